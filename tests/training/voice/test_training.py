from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError
from emotion_core.progress import finish
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.delivery import load_delivery_reader
from emotion_core.sound.voice.features import FEATURES
from emotion_core.sound.voice.network import VoiceCard
from emotion_core.training.voice.conditions import Condition, apply_condition, draw_condition
from emotion_core.training.voice.data import (
    VoiceExamples,
    held_out_speakers,
    load_utterances,
    measure_scenes,
    measure_utterance,
)
from emotion_core.training.voice.fitting import (
    best_temperature,
    compare_examples,
    fit_network,
    fold_temperature,
)
from emotion_core.training.voice.measures import calibration_error, score_readings
from emotion_core.training.voice.music import made_music
from emotion_core.training.voice.run import VoiceConfig, read_logits, train_voice
from tests.sound.voice.made import line

NAMES = ("angry", "calm", "sad", "happy", "boredom", "disgust")


def voice_zip(path: Path, speakers: int = 5) -> Path:
    """Lines of some speakers: the raised ones higher, each speaker at a pitch of their own."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(speakers):
            for place, emotion in enumerate(NAMES):
                pitch = (90 + 30 * number) * (1.4 if emotion in ("angry", "happy") else 1.0)
                sound = io.BytesIO()
                soundfile.write(sound, line(pitch + place, 0.9), SAMPLE_RATE, format="WAV")
                archive.writestr(f"{emotion}/s{number}_{place}.wav", sound.getvalue())
    return path


def made_examples(name: str, seed: int) -> VoiceExamples:
    """Features of eight speakers in two scenes whose pitch is higher where they are raised."""
    random = np.random.default_rng(seed)
    emotion = np.array([*EMOTIONS, ""] * 16)
    raised = np.array([1, np.nan, 1, 1, 0, 0, 1, 0.0] * 16)
    features = random.normal(0, 1, (128, len(FEATURES)))
    features[:, 0] += 3 * np.nan_to_num(raised)
    features[:, 12] += np.where(emotion == "sad", 4, 0)
    speaker = np.repeat(np.arange(8), 16)
    features += 10 * random.normal(0, 1, (8, len(FEATURES)))[speaker]
    names = np.array([f"{name}/{k}" for k in speaker])
    return VoiceExamples(features, names, np.tile(np.repeat([0, 1], 8), 8), emotion, raised)


def joined(*parts: VoiceExamples) -> VoiceExamples:
    fields = ("features", "speaker", "scene", "emotion", "raised")
    return VoiceExamples(*(np.concatenate([getattr(p, f) for p in parts]) for f in fields))


def test_a_set_is_read_with_its_speakers_and_what_its_emotions_do_to_a_voice(
    tmp_path: Path,
) -> None:
    found = load_utterances(voice_zip(tmp_path / "set.zip", 1))
    by_name = {one.emotion: one.raised for one in found}
    assert by_name == {
        "angry": 1,
        "happy": 1,
        "neutral": 0,
        "sad": 0,
        "": 0,
        "disgust": pytest.approx(np.nan, nan_ok=True),
    }
    assert {one.speaker for one in found} == {"set/s0"}
    assert all(abs(len(one.samples) / SAMPLE_RATE - 1.3) < 0.15 for one in found)


def test_a_set_without_voices_or_with_a_damaged_one_is_refused(tmp_path: Path) -> None:
    empty, damaged = tmp_path / "empty.zip", tmp_path / "damaged.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("sad/s1_1.ogg", b"no sound")
    with pytest.raises(DatasetError, match="no sound"):
        load_utterances(empty)
    with pytest.raises(DatasetError, match=r"sad/s1_1\.ogg"):
        load_utterances(damaged)


def test_a_fifth_of_the_speakers_of_each_set_is_left_for_the_test() -> None:
    speakers = [f"{name}/{k}" for name, n in (("a", 20), ("b", 10)) for k in range(n)]
    chosen = held_out_speakers(speakers)
    assert sorted(name[0] for name in chosen) == ["a"] * 4 + ["b"] * 2
    assert chosen == held_out_speakers(speakers[::-1])


@pytest.mark.parametrize(
    "condition",
    [
        Condition(reverberation=(0.5, -6.0)),
        Condition(band=(300.0, 3400.0), tilt=2.0, compression=0.5),
        Condition(noise=(-15.0, -3.0)),
        Condition(music=-20.0),
        *(Condition(codec=number) for number in range(4)),
    ],
)
def test_a_condition_changes_a_voice_and_leaves_its_pitch(condition: Condition) -> None:
    random = np.random.default_rng(0)
    voice = np.pad(line(150, 1.2), 3200)
    heard = apply_condition(voice, condition, random)
    assert heard.shape == voice.shape and heard.dtype == np.float32
    assert 0.01 < np.abs(heard - voice).max() < 1
    clean, changed = (
        measure_utterance(voice, one, np.random.default_rng(0)) for one in (Condition(), condition)
    )
    assert abs(changed[0] - clean[0]) < 0.5


def test_conditions_that_are_drawn_leave_numbers_even_of_silence() -> None:
    random = np.random.default_rng(0)
    for _ in range(12):
        heard = apply_condition(np.zeros(8000, np.float32), draw_condition(random), random)
        assert np.isfinite(heard).all() and np.abs(heard).max() < 0.01


def test_music_has_the_power_that_is_asked_for_and_differs_by_seed() -> None:
    first, second = (made_music(30_000, np.random.default_rng(seed)) for seed in (0, 1))
    assert (first**2).mean() == pytest.approx(1, rel=1e-3)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.5


def test_what_is_usual_falls_out_with_the_speaker() -> None:
    examples = made_examples("a", 0)
    whole = compare_examples(examples, 0, 4, np.random.default_rng(0))
    assert len(whole.example) == len(examples)
    assert np.median(whole.relative[:8], axis=0) == pytest.approx(0, abs=1e-9)
    drawn = compare_examples(examples, 3, 4, np.random.default_rng(0))
    assert len(drawn.example) == 3 * len(examples)
    assert np.abs(drawn.relative).max() < 20


def test_a_network_learns_what_raises_a_voice_and_reads_other_speakers() -> None:
    card, random = VoiceCard(), np.random.default_rng(0)
    examples, others = made_examples("a", 0), made_examples("b", 1)
    network = fit_network(examples, compare_examples(examples, 3, 4, random), card, 0.01)
    compared = compare_examples(others, 0, 4, random)
    raised, names = read_logits(network, compared.relative)
    truth = others.raised[compared.example]
    known = np.isfinite(truth)
    assert ((raised > 0) == truth)[known].mean() > 0.85
    sad = others.emotion[compared.example] == "sad"
    assert (names.argmax(axis=1) == EMOTIONS.index("sad"))[sad].mean() > 0.7
    fold_temperature(network, 2.0, 4.0)
    cooler = read_logits(network, compared.relative)
    np.testing.assert_allclose(cooler[0], raised / 2, atol=1e-6)
    np.testing.assert_allclose(cooler[1], names / 4, atol=1e-6)


def test_more_strength_gives_smaller_coefficients() -> None:
    examples = made_examples("a", 0)
    compared = compare_examples(examples, 2, 4, np.random.default_rng(0))
    small, large = (
        fit_network(examples, compared, VoiceCard(), strength).raised.weight.norm()
        for strength in (1.0, 0.001)
    )
    assert small < large / 3


def test_a_temperature_makes_sureness_as_large_as_how_often_it_is_right() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 4000)
    logits = np.stack([np.zeros(4000), np.where(truth, 1, -1) + random.normal(0, 1, 4000)], axis=1)
    logits[:, 1] *= 8  # the best are 2 times the second: four times too sure
    assert best_temperature(logits, truth) == pytest.approx(4, rel=0.15)


def test_scores_are_over_classes_and_their_intervals_over_speakers() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    shares = np.tile([0.9, 0.1], (100, 1))
    speakers = np.array([f"s{k % 5}" for k in range(100)])
    score = score_readings(shares, truth, speakers, 0.7)
    assert score.recall == 0.5 and (score.low, score.high) == (0.5, 0.5)
    assert score.told == 1 and score.right == 0.9
    assert score.calibration_error == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.array([0.9, 0.9]), np.array([True, False])) == pytest.approx(0.4)
    with pytest.raises(ValueError, match="readings"):
        score_readings(shares[:0], truth[:0], speakers[:0], 0.7)


def test_a_run_leaves_a_network_and_its_figures(tmp_path: Path) -> None:
    torch.manual_seed(0)
    examples = joined(made_examples("a", 0), made_examples("b", 1))
    run = tmp_path / "run"
    folder = train_voice(VoiceConfig(draws=2, folds=3), examples, run)
    reader = load_delivery_reader(str(folder), tmp_path)
    compared = compare_examples(examples, 0, 4, np.random.default_rng(0))
    raised, names = reader.probabilities(compared.relative)
    truth = examples.raised[compared.example]
    assert raised[truth == 1].mean() > 0.7 > 0.3 > raised[truth == 0].mean()
    np.testing.assert_allclose(names.sum(axis=1), 1, atol=1e-5)
    figures = json.loads((run / "figures.json").read_text())
    assert figures["raised, other sets, clean"]["recall"] > 0.8
    assert figures["emotions, other speakers, all"]["readings"] == 2 * 2 * 128 * 7 / 8
    assert len(figures["temperatures"]) == 2


def test_the_command_trains_from_a_zip(tmp_path: Path) -> None:
    source, run = voice_zip(tmp_path / "set.zip"), tmp_path / "run"
    options = ["--conditions", "1", "--draws", "2", "--folds", "2"]
    result = CliRunner().invoke(
        app, ["train", "voice", "--data", str(source), "--out", str(run), *options]
    )
    assert result.exit_code == 0, result.output
    assert "24 utterances of 4 speakers" in result.output
    assert {path.name for path in (run / "model").iterdir()} == {"config.json", "model.safetensors"}
    assert json.loads((run / "config.json").read_text())["draws"] == 2


def test_scenes_hold_every_utterance_as_recorded_and_once_more(tmp_path: Path) -> None:
    utterances = load_utterances(voice_zip(tmp_path / "set.zip", 2))
    examples = finish(measure_scenes(utterances, 1, 0))
    assert np.bincount(examples.scene).tolist()[0] == 12
    again = finish(measure_scenes(utterances, 1, 0))
    np.testing.assert_array_equal(examples.features, again.features)
