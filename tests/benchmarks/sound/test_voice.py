from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.sound.delivery import under_music
from benchmarks.sound.known_voices import SENTENCES, glottal_voice, has_espeak, spoken
from benchmarks.sound.rendered_music import has_fluidsynth, rendered_music
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.frames import HOP
from emotion_core.sound.voice.reader import read_voice
from emotion_core.sound.voice.syllables import syllables_of
from emotion_core.training.voice.data import ActedUtterance


@pytest.mark.parametrize("pitch", [85.0, 330.0])
def test_a_glottal_voice_has_the_pitch_that_it_says(pitch: float) -> None:
    voice = glottal_voice(pitch, 3.2, seed=1)
    read = read_voice(voice.samples)["pitch"].to_numpy()
    truth = voice.pitch[::HOP][: len(read)]
    off = 1200 * np.log2(read / truth)
    off = off[np.isfinite(off)]
    assert len(off) > 100 and np.median(np.abs(off)) < 10 and np.abs(off).max() < 100


@pytest.mark.skipif(not has_espeak(), reason="espeak-ng is not installed")
def test_a_spoken_sentence_has_its_syllables_and_as_a_monotone_one_pitch() -> None:
    text, syllables = SENTENCES[0]
    table = read_voice(np.pad(spoken(text, span="0%"), 4000))
    assert len(syllables_of(table)) == pytest.approx(syllables, abs=2)
    pitch = table["pitch"].dropna().to_numpy()
    assert (np.abs(12 * np.log2(pitch / np.median(pitch))) < 1).mean() > 0.95


def test_music_lies_under_a_voice_at_its_level() -> None:
    random = np.random.default_rng(0)
    voice = ActedUtterance(random.normal(0, 0.1, 8000).astype(np.float32), "a/b", "sad", 0.0)
    piece = random.normal(0, 1, SAMPLE_RATE).astype(np.float32)
    (mixed,) = under_music([replace(voice)], [piece], -10)
    added = mixed.samples - voice.samples
    ratio = 10 * np.log10((added**2).mean() / (voice.samples**2).mean())
    assert ratio == pytest.approx(-10, abs=0.1)


@pytest.mark.skipif(not has_fluidsynth(), reason="FluidSynth is not installed")
def test_rendered_music_lasts_and_has_power_1() -> None:
    music = rendered_music(2.0, 0)
    assert len(music) == 2 * SAMPLE_RATE and (music**2).mean() == pytest.approx(1, rel=1e-3)
