from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.settings import load_settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.delivery import (
    CANNOT_TELL,
    DEFAULT_VOICE,
    LOWERED,
    RAISED,
    DeliveryReader,
    load_delivery_reader,
)
from emotion_core.sound.voice.features import FEATURES, features_of, relative_features
from emotion_core.sound.voice.frames import Values
from emotion_core.sound.voice.network import VoiceCard, VoiceNetwork, save_voice_network
from emotion_core.sound.voice.reader import read_voice
from emotion_core.types import FloatArray
from tests.sound.voice.made import line

QUIET = -np.inf
COLUMNS = ["compared", "raised", "delivery", *EMOTIONS, "sounds"]


def by_pitch() -> VoiceNetwork:
    """A network that goes by the pitch alone: raised above the usual, and then angry."""
    network = VoiceNetwork(VoiceCard())
    with torch.no_grad():
        for layer in (network.raised, network.emotions):
            layer.weight.zero_()
            layer.bias.zero_()
        network.raised.weight[0, FEATURES.index("pitch")] = 2.0
        network.emotions.weight[EMOTIONS.index("angry"), FEATURES.index("pitch")] = 3.0
    return network.eval().requires_grad_(False)


def scene(pitches: list[float]) -> tuple[FloatArray, pd.DataFrame]:
    """Lines of 1.4 s with a pause after each, and where they lie."""
    pause = np.zeros(int(0.6 * SAMPLE_RATE), np.float32)
    sound = np.concatenate([part for p in pitches for part in (line(p), pause)])
    starts = np.arange(len(pitches)) * 2.0
    return sound, pd.DataFrame({"start": starts, "end": starts + 1.4})


@pytest.fixture(scope="module")
def read_scene() -> tuple[Values, list[str]]:
    # two speakers an octave apart; each raises the voice once and lowers it once
    sound, utterances = scene([100, 200, 101, 202, 133, 150, 99, 270, 75, 198])
    return features_of(read_voice(sound), utterances), ["him", "her"] * 5


def test_each_voice_is_read_against_its_own_usual(
    read_scene: tuple[Values, list[str]],
) -> None:
    reader = DeliveryReader(by_pitch(), VoiceCard(), "test")
    found = reader.read(*read_scene, np.full(10, QUIET))
    assert list(found) == COLUMNS
    assert found["compared"].tolist() == [5] * 10
    expected = [CANNOT_TELL] * 4 + [RAISED, LOWERED, CANNOT_TELL, RAISED, LOWERED, CANNOT_TELL]
    assert found["delivery"].tolist() == expected
    assert found["sounds"][4] == "angry" and found["sounds"][0] == CANNOT_TELL
    assert found[list(EMOTIONS)].sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_under_music_names_are_withheld_first_and_then_everything(
    read_scene: tuple[Values, list[str]],
) -> None:
    reader = DeliveryReader(by_pitch(), VoiceCard(), "test")
    music = np.array([QUIET] * 10)
    music[[4, 5, 7, 8]] = -25.0, -15.0, -5.0, np.nan
    found = reader.read(*read_scene, music)
    assert found["delivery"][4:9].tolist() == [
        RAISED,
        LOWERED,
        CANNOT_TELL,
        CANNOT_TELL,
        CANNOT_TELL,
    ]
    assert found["sounds"][4] == "angry"
    assert found.loc[[5, 7, 8], list(EMOTIONS)].isna().all(axis=None)
    assert found.loc[[7, 8], "raised"].isna().all()


def test_who_says_too_little_cannot_be_compared() -> None:
    sound, utterances = scene([100, 180, 101])
    reader = DeliveryReader(by_pitch(), VoiceCard(), "test")
    found = reader.read(features_of(read_voice(sound), utterances), [1, 1, 1], np.full(3, QUIET))
    assert found["compared"].tolist() == [3] * 3
    assert found["raised"].isna().all() and set(found["delivery"]) == {CANNOT_TELL}


def test_whispers_and_silence_are_left_out_of_the_usual() -> None:
    sound, utterances = scene([100, 101, 102, 140, 99])
    sound[: 2 * SAMPLE_RATE] = 0
    reader = DeliveryReader(by_pitch(), VoiceCard(), "test")
    found = reader.read(features_of(read_voice(sound), utterances), ["a"] * 5, np.full(5, QUIET))
    assert found["compared"].tolist() == [4] * 5
    assert np.isnan(found["raised"][0]) and found["delivery"][3] == RAISED


def test_a_clip_without_speech_has_no_rows() -> None:
    reader = DeliveryReader(by_pitch(), VoiceCard(), "test")
    empty = pd.DataFrame({"start": [], "end": []}, dtype=np.float64)
    features = features_of(read_voice(np.zeros(0, np.float32)), empty)
    found = reader.read(features, [], np.zeros(0))
    assert list(found) == COLUMNS and len(found) == 0
    with pytest.raises(ValueError, match="one length"):
        reader.read(features, ["a"], np.zeros(0))


def test_how_loud_a_recording_is_moves_no_feature() -> None:
    sound, utterances = scene([110, 140])
    loud, soft = (features_of(read_voice(sound * gain), utterances) for gain in (1.0, 0.2))
    assert loud.shape == (2, len(FEATURES))
    np.testing.assert_allclose(loud, soft, atol=0.05)
    assert np.isnan(relative_features(loud, loud[:0])).all()


def test_a_pressed_voice_has_more_of_its_power_in_the_upper_bands() -> None:
    sound = np.concatenate([line(120, effort=1.0), line(120, effort=0.4)])
    utterances = pd.DataFrame({"start": [0.0, 1.4], "end": [1.4, 2.8]})
    calm, pressed = features_of(read_voice(sound), utterances)
    high, low = FEATURES.index("balance_9"), FEATURES.index("balance_0")
    assert pressed[high] - calm[high] > 3 and pressed[low] - calm[low] < -3


def test_the_voice_that_ships_reads_a_raised_line(
    read_scene: tuple[Values, list[str]],
) -> None:
    reader = load_delivery_reader(DEFAULT_VOICE, load_settings().models_dir)
    found = reader.read(*read_scene, np.full(10, QUIET))
    assert found["raised"][[4, 7]].min() > found["raised"][[5, 8]].max() + 0.2


def test_a_folder_that_is_no_voice_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no voice network"):
        load_delivery_reader("nobody", tmp_path)
    save_voice_network(by_pitch(), VoiceCard(), tmp_path / "voice")
    assert load_delivery_reader(str(tmp_path / "voice"), tmp_path).card == VoiceCard()
    (tmp_path / "voice" / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match="does not contain"):
        load_delivery_reader(str(tmp_path / "voice"), tmp_path)
    other = VoiceCard(features=("pitch",))
    save_voice_network(VoiceNetwork(other), other, tmp_path / "older")
    with pytest.raises(ModelError, match="another version"):
        load_delivery_reader(str(tmp_path / "older"), tmp_path)
