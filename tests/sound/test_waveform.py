"""The outline of the sound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.waveform import FLOOR, WAVEFORM_RATE, WaveformReader
from emotion_core.types import FloatArray
from tests.sound.clips import in_blocks


def outline(samples: FloatArray) -> pd.DataFrame:
    reader = WaveformReader()
    for block in in_blocks(samples):
        reader.add(block)
    return reader.finish()


def test_it_keeps_the_extremes_and_the_level_of_the_voice_band() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    found = outline(np.float32(0.5) * np.sin(2 * np.pi * 1000 * time).astype(np.float32))
    assert len(found) == 2 * WAVEFORM_RATE
    later = found[found["time"] > 0.5]
    assert later["high"].to_numpy() == pytest.approx(0.5, abs=0.01)
    assert later["low"].to_numpy() == pytest.approx(-0.5, abs=0.01)
    # 0.5 / sqrt(2) of full scale
    assert later["envelope"].to_numpy() == pytest.approx(-9.03, abs=0.3)


def test_rumble_is_no_part_of_the_envelope() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    found = outline(np.sin(2 * np.pi * 40 * time).astype(np.float32))
    assert found["envelope"].iloc[-1] < -30


def test_silence_is_at_the_floor_and_no_sound_has_no_row() -> None:
    assert (outline(np.zeros(800, np.float32))["envelope"] == FLOOR).all()
    assert len(outline(np.zeros(0, np.float32))) == 0


def test_an_outline_over_many_blocks_goes_on_without_a_seam() -> None:
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, 25 * SAMPLE_RATE).astype(np.float32)
    found = outline(samples)
    assert found["time"].to_numpy() == pytest.approx(np.arange(25 * WAVEFORM_RATE) / WAVEFORM_RATE)
    seam = found[found["time"].between(9.8, 10.2)]["envelope"]
    assert seam.std() < 1.5
