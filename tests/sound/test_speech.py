from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from emotion_core.sound.speech import SpeechReader
from emotion_core.training.sound.effects import decode_sound
from emotion_core.types import FloatArray
from tests.sound.made import blocks, noise

VOICES = Path("/work/shared/data/speech_emotion_emodb.zip")


def speech() -> FloatArray:
    """Two utterances with noise before, between and after."""
    if not VOICES.is_file():
        pytest.skip(f"{VOICES} is not here")
    with zipfile.ZipFile(VOICES) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("neutral/"))[:2]
        one, other = (decode_sound(io.BytesIO(archive.read(name)).read()) for name in names)
    still = noise(3, level=0.001)
    return np.concatenate([still, one, still, other, still])


def heard(samples: FloatArray, size: int = 160_000) -> FloatArray:
    reader = SpeechReader()
    for block in blocks(samples, size):
        reader.add(block)
    found = reader.finish()
    assert np.allclose(found["time"], np.arange(len(found)) * 0.032)
    return found["speech"].to_numpy()


def test_speech_is_heard_where_somebody_speaks_wherever_blocks_begin() -> None:
    samples = speech()
    found = heard(samples)
    assert len(found) == -(-len(samples) // 512)
    assert found[:80].max() < 0.3  # the noise before
    assert (found[95:125] > 0.7).mean() > 0.8  # the first second of the first utterance
    np.testing.assert_allclose(found, heard(samples, 7_777), atol=1e-4)


def test_a_clip_without_sound_has_no_row_and_a_short_one_few() -> None:
    assert len(heard(noise(0))) == 0
    assert len(heard(noise(0.05))) == 2


def test_samples_that_are_no_number_or_beyond_full_scale_are_survived() -> None:
    wild = noise(0.5)
    wild[100], wild[200], wild[300] = np.nan, np.inf, -40
    assert np.isfinite(heard(wild)).all()
