from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.signal import butter, resample_poly, sosfilt

from emotion_core.errors import ModelError
from emotion_core.settings import load_settings
from emotion_core.sound.kinds.detector import SoundDetector, load_sound_detector
from emotion_core.sound.kinds.logmel import BANDS, FLOOR, LogMel, log_mel
from emotion_core.sound.kinds.network import SoundCard, SoundNetwork, save_sound_network
from emotion_core.sound.kinds.reader import SILERO_SHARE
from emotion_core.sound.kinds.segments import segments_of
from tests.sound.made import chords, noise, read, untrained
from tests.sound.test_speech import speech


@pytest.fixture(scope="module")
def shipped() -> SoundDetector:
    return load_sound_detector(load_settings().models_dir)


def test_what_is_heard_does_not_depend_on_where_blocks_begin() -> None:
    samples = np.concatenate([noise(13.21), chords(12), noise(4, 1, 0.01)])
    detector = untrained()
    whole = read(detector, samples, len(samples))
    assert len(whole) == 293 and whole["music"].std() > 1e-4
    for size in (160_000, 16_000, 7_777):
        pd.testing.assert_frame_equal(read(detector, samples, size), whole, atol=1e-5)


def test_a_network_hears_no_further_than_its_card_says() -> None:
    detector = untrained()
    reach = detector.card.reach
    quiet, loud = noise(10, 0, 0.01), noise(10, 0, 0.01)
    loud[160_000 - 1_600 :] = 1
    first, second = read(detector, quiet), read(detector, loud)
    # the window of a frame reaches into the cell before
    same = 99 - reach - 1
    np.testing.assert_allclose(first["music"][:same], second["music"][:same], atol=1e-6)
    assert abs(first["music"][98] - second["music"][98]) > 1e-6


@pytest.mark.parametrize("seconds", [0, 0.01, 0.3, 1.0])
def test_a_clip_of_any_length_has_a_row_for_each_tenth_of_a_second(seconds: float) -> None:
    frames = read(untrained(), noise(seconds))
    assert len(frames) == -(-round(seconds * 16_000) // 1_600)
    assert np.isfinite(frames.to_numpy()).all()
    assert {str(kind) for kind in frames.dtypes[1:]} == {"float32"}
    segments = segments_of(frames)
    assert segments["end"].max() == pytest.approx(len(frames) * 0.1) if seconds else segments.empty


def test_the_level_is_that_of_full_scale_and_digital_silence_is_100_below() -> None:
    square = np.ones(16_000, np.float32)
    square[::2] = -1
    samples = np.concatenate([square, 0.1 * square, 0 * square]).astype(np.float32)
    level = read(untrained(), samples)["level"].to_numpy()
    np.testing.assert_allclose(level[[5, 15, 25]], [0, -20, -100], atol=1e-3)


def test_bands_add_up_to_the_power_of_the_sound_however_it_comes() -> None:
    samples = noise(3.04)
    whole = log_mel(samples)
    assert whole.shape == (155, BANDS)
    power = 10 * np.log10((10 ** (whole[10:140] / 10)).sum(axis=1).mean())
    assert power == pytest.approx(-20, abs=0.5)
    stream = LogMel()
    pieces = [stream.add(samples[start : start + 999]) for start in range(0, len(samples), 999)]
    found = np.concatenate(pieces)
    np.testing.assert_allclose(found, whole[: len(found)], atol=1e-3)
    assert log_mel(np.zeros(1_600, np.float32)).max() == FLOOR


def test_speech_is_heard_also_as_a_telephone_gives_it(shipped: SoundDetector) -> None:
    samples = speech()
    band = butter(4, [300, 3_400], "bandpass", fs=16_000, output="sos")
    slow = resample_poly(sosfilt(band, samples), 1, 2)  # 8 kHz
    for sound in (samples, resample_poly(slow, 2, 1).astype(np.float32)):
        frames = read(shipped, sound, 7_777, SILERO_SHARE)
        spoken = frames[(frames["time"] > 3.2) & (frames["time"] < 4.2)]
        assert spoken["speech"].median() > 0.7 and spoken["music"].median() < 0.3
        assert "speech" in set(segments_of(frames)["kind"])


def test_music_noise_and_silence_are_told_apart(shipped: SoundDetector) -> None:
    samples = np.concatenate([chords(8), noise(8, 0, 0.05), np.zeros(5 * 16_000, np.float32)])
    segments = segments_of(read(shipped, samples, silero=SILERO_SHARE))
    assert segments["kind"].tolist() == ["music", "other", "silence"]
    np.testing.assert_allclose(segments["start"], [0, 8, 16], atol=1.5)


def test_a_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no detector of sounds"):
        load_sound_detector(tmp_path)
    card = SoundCard(channels=(4, 4), width=8, dilations=(1,))
    save_sound_network(SoundNetwork(card), card, tmp_path / "own")
    assert load_sound_detector(tmp_path, str(tmp_path / "own")).card == card
    (tmp_path / "own" / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelError, match="does not contain"):
        load_sound_detector(tmp_path, str(tmp_path / "own"))
