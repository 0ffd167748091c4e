from __future__ import annotations

import numpy as np
import pytest

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.loudness import LoudnessReader
from emotion_core.sound.voice.reader import read_voice
from emotion_core.sound.voice.tremor import tremor_of
from emotion_core.sound.voice.utterances import (
    UTTERANCE_COLUMNS,
    relative_to,
    semitones,
    utterances_of,
)
from tests.sound.voice.made import blocks, line, speech_at, tone

PAUSE = np.zeros(SAMPLE_RATE, np.float32)


def test_utterances_lie_between_pauses_and_short_sounds_are_none() -> None:
    voice = read_voice(np.zeros(10 * SAMPLE_RATE, np.float32))
    speech = speech_at([(1.0, 2.0), (2.2, 3.0), (3.4, 4.0), (6.0, 6.2)], 10)
    found = utterances_of(voice, speech)
    assert list(found) == list(UTTERANCE_COLUMNS)
    assert found["start"].tolist() == pytest.approx([1.0, 3.4])
    assert found["end"].tolist() == pytest.approx([3.0, 4.0])
    assert found["pauses"].tolist() == pytest.approx([0.1, 0.0])
    assert np.isnan(found["pause_before"][0])
    assert found["pause_before"][1] == pytest.approx(0.4)
    # nobody is heard there: nothing is made up
    assert found[["pitch", "pitch_range", "tremor", "loudness"]].isna().all(axis=None)


def test_pitch_loudness_and_pace_of_lines_are_measured() -> None:
    sound = np.concatenate([line(120, 2.0, syllables=3), PAUSE, 2 * line(240, 2.0, syllables=5)])
    reader = LoudnessReader()
    for block in blocks(sound):
        reader.add(block)
    speech = speech_at([(0.0, 2.0), (3.0, 5.0)], 5)
    found = utterances_of(read_voice(sound), speech, reader.finish().momentary)
    # two semitones down from where it begins: one in the middle
    assert found["pitch"].to_numpy() == pytest.approx([113.3, 226.5], rel=0.02)
    assert found["pitch_range"].to_numpy() == pytest.approx([1.6, 1.6], abs=0.3)
    assert found["rate"].to_numpy() == pytest.approx([3, 5], abs=0.51)
    assert 4 < found["loudness"][1] - found["loudness"][0] < 9
    own = relative_to(found, found)
    assert own["pitch_difference"].to_numpy() == pytest.approx([-6.9, 5.1], abs=0.3)
    usual = relative_to(found, found.iloc[:1])
    assert usual["pitch_difference"].to_numpy() == pytest.approx([0, 12], abs=0.3)
    assert usual["rate_ratio"][1] > 1.4


def test_who_never_speaks_has_no_usual() -> None:
    voice = read_voice(line(150, 2.0))
    found = utterances_of(voice, speech_at([(0, 2)], 2))
    assert relative_to(found, found.iloc[:0]).isna().all(axis=None)
    assert len(utterances_of(voice, speech_at([], 2))) == 0
    assert len(utterances_of(voice, speech_at([], 0))) == 0


def test_speech_beyond_the_end_of_the_sound_measures_nothing() -> None:
    found = utterances_of(read_voice(line(150, 1.0)), speech_at([(3, 5)], 6))
    assert len(found) == 1 and found[["pitch", "rate", "voiced"]].isna().all(axis=None)


@pytest.mark.parametrize("rate", [4.5, 6.0, 7.5])
def test_a_trembling_voice_trembles_by_as_much_as_was_made(rate: float) -> None:
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    falling = 180 * 2 ** (-3 / 12 * time / 3)
    steady, trembling = (
        tremor_of(
            semitones(
                read_voice(tone(falling * 2 ** (extent * np.sin(2 * np.pi * rate * time) / 12)))[
                    "pitch"
                ].to_numpy(np.float64)
            )
        )
        for extent in (0.0, 0.5)
    )
    assert steady < 0.05
    # a window of 50 ms takes a little from the quick ones
    assert trembling == pytest.approx(0.5, abs=0.08)


def test_a_voice_that_never_lasts_has_no_tremor() -> None:
    pitch = np.full(200, 60.0)
    pitch[::20] = np.nan
    assert np.isnan(tremor_of(pitch))
