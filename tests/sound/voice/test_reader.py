from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.signal

from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.voice.reader import BAND_COLUMNS, VOICE_COLUMNS, VoiceReader, read_voice
from tests.sound.voice.made import blocks, line, tone


def cents(table: pd.DataFrame, known: np.ndarray) -> np.ndarray:
    """How far the pitch is from the known one where both have one."""
    truth = known[:: SAMPLE_RATE // 50][: len(table)]
    off = 1200 * np.log2(table["pitch"].to_numpy()[: len(truth)] / truth)
    return np.asarray(off[np.isfinite(off)])


@pytest.mark.parametrize("middle", [75.0, 130.0, 240.0, 420.0])
def test_the_pitch_of_a_gliding_voice_is_read_without_octave_errors(middle: float) -> None:
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    known = middle * 2 ** (0.3 * np.sin(2 * np.pi * 0.7 * time))
    off = cents(read_voice(tone(known)), known)
    assert len(off) > 140
    assert np.abs(off).max() < 100 and np.median(np.abs(off)) < 10


def test_noise_and_music_without_a_voice_have_hardly_a_pitch_and_silence_none() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * SAMPLE_RATE).astype(np.float32)
    assert read_voice(noise)["pitch"].notna().mean() < 0.05
    silent = read_voice(np.zeros(SAMPLE_RATE, np.float32))
    assert silent["pitch"].isna().all() and (silent["level"] == -120).all()


def test_a_voice_in_noise_keeps_its_pitch() -> None:
    known = np.full(3 * SAMPLE_RATE, 110.0)
    noise = np.random.default_rng(0).normal(0, 0.1 * 10 ** (-10 / 20), len(known))
    off = cents(read_voice((tone(known) + noise).astype(np.float32)), known)
    assert len(off) > 130 and np.abs(off).max() < 100


def test_a_telephone_line_leaves_the_pitch_though_it_takes_the_lowest_harmonics() -> None:
    known = np.full(3 * SAMPLE_RATE, 140.0)
    band = scipy.signal.butter(6, (300, 3400), "bandpass", fs=SAMPLE_RATE, output="sos")
    narrow = scipy.signal.resample_poly(scipy.signal.sosfilt(band, tone(known)), 1, 2)
    heard = scipy.signal.resample_poly(narrow, 2, 1).astype(np.float32)
    off = cents(read_voice(heard), known)
    assert len(off) > 140 and np.abs(off).max() < 50


def test_the_level_is_that_of_full_scale() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    sine = np.sin(2 * np.pi * 500 * time).astype(np.float32)
    assert read_voice(sine)["level"].iloc[10:40].to_numpy() == pytest.approx(-3.01, abs=0.05)
    assert read_voice(sine / 10)["level"].iloc[25] == pytest.approx(-23.01, abs=0.05)


def test_the_band_with_the_sound_is_the_loudest() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    low, high = (
        read_voice(np.sin(2 * np.pi * f * time).astype(np.float32))[list(BAND_COLUMNS)].iloc[25]
        for f in (285, 3000)
    )
    assert low.idxmax() == "band_0" and high.idxmax() == "band_9"


def test_where_blocks_and_the_clip_end_does_not_change_what_is_read() -> None:
    sound = np.concatenate([line(p, 2.3) for p in (90, 150, 220, 110, 180, 95, 200, 130, 260, 75)])
    sound += np.random.default_rng(0).normal(0, 1e-3, len(sound)).astype(np.float32)
    whole = VoiceReader()
    whole.add(SoundBlock(0, sound, sound[None], SAMPLE_RATE, "mono"))
    expected = whole.finish()
    reader = VoiceReader()
    for block in blocks(sound):
        reader.add(block)
    pd.testing.assert_frame_equal(reader.finish(), expected, atol=1e-3)
    shorter = read_voice(sound[: int(17.37 * SAMPLE_RATE)])
    rows = len(shorter) - 150
    pd.testing.assert_frame_equal(shorter[:rows], expected[:rows], atol=1e-3)


@pytest.mark.parametrize(("samples", "rows"), [(0, 0), (1, 1), (320, 1), (5000, 16)])
def test_a_clip_that_is_nearly_nothing_has_its_rows(samples: int, rows: int) -> None:
    table = read_voice(np.zeros(samples, np.float32))
    assert list(table) == list(VOICE_COLUMNS) and len(table) == rows
    assert table["time"].tolist() == pytest.approx([k * 0.02 for k in range(rows)])


def test_a_clip_without_sound_has_no_rows() -> None:
    assert len(VoiceReader().finish()) == 0


def test_samples_that_are_no_numbers_count_as_silence() -> None:
    sound = tone(np.full(SAMPLE_RATE, 150.0))
    sound[4000:4100] = np.nan
    sound[9000] = np.inf
    table = read_voice(sound)
    assert np.isfinite(table["level"]).all() and table["pitch"].notna().mean() > 0.8
