from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from emotion_core.sound.blocks import SoundBlock
from emotion_core.sound.voice.loudness import Loudness, LoudnessReader


def read(channels: np.ndarray, rate: int, layout: str) -> Loudness:
    reader = LoudnessReader()
    for start in range(0, channels.shape[1], 10 * rate):
        part = channels[:, start : start + 10 * rate].astype(np.float32)
        reader.add(SoundBlock(start / rate, part.mean(axis=0), part, rate, layout))
    return reader.finish()


def noise(channels: int, rate: int, seconds: float) -> np.ndarray:
    """Noise that swells, with two seconds of silence."""
    n = int(rate * seconds)
    sound = np.random.default_rng(0).normal(0, 0.05, (channels, n))
    sound *= 1 + np.sin(np.arange(n) / rate)
    sound[:, 5 * rate : 7 * rate] = 0
    return sound.astype(np.float32)


@pytest.mark.parametrize(
    ("rate", "layout", "channels"),
    [(48_000, "stereo", 2), (44_100, "stereo", 2), (16_000, "mono", 1), (8_000, "mono", 1)],
)
def test_a_stream_is_as_loud_as_the_whole(rate: int, layout: str, channels: int) -> None:
    sound = noise(channels, rate, 23.45)
    meter = pyloudnorm.Meter(rate)
    expected = meter.integrated_loudness(sound.T.astype(np.float64))
    found = read(sound, rate, layout)
    assert found.integrated == pytest.approx(expected, abs=0.001)
    momentary, windows = found.momentary["loudness"].to_numpy(), meter.blockwise_loudness
    assert len(momentary) == len(windows)
    loud = np.asarray(windows) > -100
    assert momentary[loud] == pytest.approx(np.asarray(windows)[loud], abs=0.001)
    assert (momentary[~loud] < -100).all() and (~loud).sum() > 10
    assert found.momentary["time"].iloc[0] == pytest.approx(0.2)


def test_a_full_sine_at_1_khz_has_minus_3_lufs() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(48_000 * 2) / 48_000)[None]
    assert read(sine, 48_000, "mono").integrated == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("layout", ["5.1", "5.1(side)"])
def test_the_surround_counts_more_and_the_effects_channel_not_at_all(layout: str) -> None:
    sound = noise(6, 48_000, 12)
    expected = pyloudnorm.Meter(48_000).integrated_loudness(
        sound[[0, 1, 2, 4, 5]].T.astype(np.float64)
    )
    assert read(sound, 48_000, layout).integrated == pytest.approx(expected, abs=0.001)
    sound[3] *= 30
    assert read(sound, 48_000, layout).integrated == pytest.approx(expected, abs=0.001)


def test_a_layout_that_is_not_known_counts_all_channels_alike() -> None:
    sound = noise(2, 16_000, 5)
    assert read(sound, 16_000, "odd").integrated == read(sound, 16_000, "stereo").integrated


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.39])
def test_what_is_shorter_than_a_window_has_no_loudness(seconds: float) -> None:
    found = read(noise(1, 16_000, seconds), 16_000, "mono")
    assert len(found.momentary) == 0 and np.isnan(found.integrated)


def test_silence_has_momentary_values_and_no_integrated_one() -> None:
    found = read(np.zeros((1, 32_000), np.float32), 16_000, "mono")
    assert (found.momentary["loudness"] == -120).all() and np.isnan(found.integrated)


def test_a_rate_below_the_filters_cannot_be_measured() -> None:
    found = read(noise(1, 4_000, 2), 4_000, "mono")
    assert found.momentary["loudness"].isna().all() and np.isnan(found.integrated)


def test_one_broken_sample_does_not_spoil_the_rest() -> None:
    sound = noise(2, 16_000, 12)
    expected = read(sound, 16_000, "stereo")
    sound[0, 100] = np.nan
    found = read(sound, 16_000, "stereo")
    assert found.integrated == pytest.approx(expected.integrated, abs=0.01)
