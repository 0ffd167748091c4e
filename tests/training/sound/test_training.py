from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.errors import DatasetError, ModelError
from emotion_core.sound.kinds.detector import load_sound_detector
from emotion_core.sound.kinds.logmel import log_mel
from emotion_core.sound.kinds.network import SoundNetwork, save_sound_network
from emotion_core.training.sound.data import SoundBatches
from emotion_core.training.sound.measures import SoundMeasures
from emotion_core.training.sound.mixing import MixMaker, cell_powers
from emotion_core.training.sound.module import SoundConfig, SoundModule, train_sounds
from emotion_core.training.sound.noises.choosing import KNOWN, NEW, make_noise
from emotion_core.training.sound.prepared import Prepared, mix_stems, read_prepared
from emotion_core.training.sound.sources import load_music, load_voices, split_of_speakers
from emotion_core.training.sound.stems import Stem
from emotion_core.training.sound.truth import Truth, truth_of
from tests.sound.made import chords, noise

QUIET = {"enable_progress_bar": False, "accelerator": "cpu"}
SECONDS = 3.0


def stems(seed: int) -> list[Stem]:
    """Hissing for speech, chords for music, a hum for the rest; the first half of each is heard."""
    time = np.arange(48_000) / 16_000
    hum = np.sin(2 * np.pi * 100 * time).astype(np.float32) * 0.08
    found = []
    for sound in (noise(SECONDS, seed, 0.056), chords(SECONDS, 0.056), hum):
        heard = sound.copy()
        heard[24_000:] = 0
        found.append(Stem(heard, np.arange(30) < 15))
    return found


def prepared(count: int = 8) -> Prepared:
    parts = [stems(k) for k in range(count)]
    chance = np.random.default_rng(0)
    mixes = [mix_stems(some, (0, -10, -200), -80, chance) for some in parts[:4]]
    return Prepared(
        stems=np.array([[log_mel(s.samples).T for s in some] for some in parts], np.float16),
        active=np.array([[s.active for s in some] for some in parts]),
        mixes=np.array([log_mel(mix.samples).T for mix in mixes], np.float16),
        powers=np.stack([mix.powers for mix in mixes]),
        heard=np.stack([mix.active for mix in mixes]),
        floor=np.stack([mix.floor for mix in mixes]),
    )


def test_a_run_leaves_a_network_and_its_figures(tmp_path: Path) -> None:
    config = SoundConfig(width=16, epochs=1, batch=4)
    folder = train_sounds(
        config, SoundBatches(prepared(), 4), tmp_path / "run", trainer_options=QUIET
    )
    detector = load_sound_detector(tmp_path, str(folder))
    frames = 5 * (2 * detector.card.reach + 7)
    heard = detector.hear(np.zeros((frames, 64), np.float32))
    assert heard.probabilities.shape == (7, 3) and heard.above.shape == (7,)
    figures = json.loads((tmp_path / "run" / "figures.json").read_text())
    assert {"error", "speech_missed", "music_false", "other_error", "above"} <= set(figures)


def test_a_run_continues_from_a_network_of_the_same_size(tmp_path: Path) -> None:
    config = SoundConfig(width=16)
    first = SoundNetwork(config.card())
    save_sound_network(first, config.card(), tmp_path / "first")
    module = SoundModule(SoundConfig(width=16, weights=tmp_path / "first"))
    given = {name: tensor.half().float() for name, tensor in first.state_dict().items()}
    own = module.network.state_dict()
    assert all(torch.equal(own[name].float(), tensor) for name, tensor in given.items())
    assert module.network.training and all(p.requires_grad for p in module.network.parameters())
    with pytest.raises(ModelError, match="another size"):
        SoundModule(SoundConfig(width=8, weights=tmp_path / "first"))


def test_the_command_trains_from_a_file_and_names_one_that_is_none(tmp_path: Path) -> None:
    with (tmp_path / "sounds.npz").open("wb") as file:
        made = prepared()
        np.savez(file, **{name: getattr(made, name) for name in Prepared.__slots__})
    arguments = ["train", "sound", "--out", str(tmp_path / "run"), "--epochs", "1", "--width", "8"]
    arguments += ["--batch", "4", "--data", str(tmp_path / "sounds.npz")]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0 and "Network of sounds written to" in result.output
    (tmp_path / "other.npz").write_bytes(b"none")
    with pytest.raises(DatasetError, match="is not a file of"):
        read_prepared(tmp_path / "other.npz")


def test_powers_in_bands_add_up_to_those_of_samples() -> None:
    made = prepared(4)
    bands = torch.from_numpy(made.mixes).float()
    power = cell_powers(10 ** (bands[:, None] / 10))[:, 0]
    wanted = torch.from_numpy(made.powers.sum(axis=1) + made.floor)
    inside = slice(1, 13)
    off = 10 * torch.log10(power[:, inside] / wanted[:, inside])
    assert off.abs().max() < 1.5


def test_the_truth_says_what_is_there_how_far_above_and_where_it_is_not_asked() -> None:
    active = torch.zeros(1, 3, 60, dtype=torch.bool)
    active[0, 0, 10:50] = True
    active[0, 1, 30:] = True
    powers = active.float() * torch.tensor([1e-2, 1e-4, 0.0])[None, :, None]
    truth = truth_of(powers, active, torch.full((1, 60), 1e-9), 30.0)
    assert truth.present[0, 0].sum() == 40 and truth.present[0, 1].sum() == 30
    torch.testing.assert_close(truth.above[0, 36:50], torch.full((14,), 20.0), atol=0.05, rtol=0)
    assert (truth.above[0, 10:24] == 30).all()
    assert not truth.known[0, 0, 9] and not truth.known[0, 0, 10] and truth.known[0, 0, 12]
    assert not truth.spoken[0, :10].any() and truth.spoken[0, 12:48].all()
    # music 40 dB below speech cannot be asked for; where it is alone it can
    powers[0, 1] *= 1e-2
    truth = truth_of(powers, active, torch.full((1, 60), 1e-12), 30.0)
    assert not truth.known[0, 1, 32:45].any() and truth.known[0, 1, 57:].all()


def test_mixes_are_the_same_for_the_same_seed_and_hold_every_kind() -> None:
    made = prepared(8)
    bands, active = torch.from_numpy(made.stems).float(), torch.from_numpy(made.active)
    first, second = (MixMaker(30.0, seed=3)(bands, active) for _ in range(2))
    torch.testing.assert_close(first[0], second[0])
    many = MixMaker(30.0)(bands.repeat(8, 1, 1, 1), active.repeat(8, 1, 1))[1]
    assert (many.present.amax(dim=2).mean(dim=0) > 0.15).all()
    assert not many.present[..., 15:].any()


def test_measures_count_what_is_missed_and_what_is_falsely_heard() -> None:
    present = torch.zeros(1, 3, 10)
    present[0, :, :5] = 1
    known = torch.ones(1, 3, 10, dtype=torch.bool)
    truth = Truth(present, known, torch.full((1, 10), 10.0), known[:, 0])
    logits = torch.where(present > 0, 3.0, -3.0)
    logits[0, 1, 0], logits[0, 2, 9] = -3, 3
    measures = SoundMeasures()
    measures.add(logits, torch.full((1, 10), 12.5), truth)
    figures = measures.figures()
    assert figures["speech_error"] == 0
    assert figures["music_missed"] == pytest.approx(0.2) and figures["music_false"] == 0
    assert figures["other_false"] == pytest.approx(0.2)
    assert figures["above"] == pytest.approx(2.5)


def test_every_noise_is_a_sound_and_some_kinds_are_left_for_the_test() -> None:
    chance = np.random.default_rng(0)
    for make in (*KNOWN, *NEW):
        sound = make(chance, 24_000)
        assert sound.shape == (24_000,) and np.isfinite(sound).all() and sound.std() > 0
    assert not set(KNOWN) & set(NEW)
    assert np.sqrt(np.mean(make_noise(chance, 1.0, "train") ** 2)) == pytest.approx(1, abs=1e-3)


def test_a_speaker_is_in_one_split_and_missing_sets_are_named(tmp_path: Path) -> None:
    splits = split_of_speakers([f"s{k:02}" for k in range(10)] * 2)
    assert sorted(splits.values()) == ["test"] * 2 + ["train"] * 6 + ["val"] * 2
    (tmp_path / "neutral").mkdir()
    with pytest.raises(DatasetError, match="no speaker"):
        load_voices([tmp_path], "train")
    with pytest.raises(DatasetError, match="no music"):
        load_music(tmp_path, "train", "known")
