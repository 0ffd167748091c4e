"""A line of a scene as it is to be said after."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.sound.known_voices import has_espeak, spoken
from emotion_core.performance.delivery.line_list import LINE_COLUMNS
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.practice.voice.model_line import model_line, words_of_model
from emotion_core.practice.voice.recording import LONGEST
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.words.lines import Line, Lines, Word, words_table
from emotion_core.types import FloatArray
from tests.sound.clips import write_clip
from tests.sound.delivered import deliver
from tests.sound.heard import make_sound

SPOKEN = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0))
TEXT = "I waited all night for you."


def scene(speaker: str, start: float, end: float, lines: Lines | None = None) -> SceneSound:
    """Ana says all utterances but the last, whose voice is nobody's in view."""
    sound = make_sound(seconds=12.0, spoken=SPOKEN)
    row = (start, end, speaker, TEXT, "", "", "", np.nan)
    delivery = replace(deliver(sound), lines=pd.DataFrame([row], columns=list(LINE_COLUMNS)))
    return SceneSound(sound, lines or Lines.of([Line(start, end, TEXT, speaker)]), delivery)


def test_a_line_has_the_voice_of_who_is_seen_to_speak_or_else_is_written() -> None:
    no_words = words_table(())
    seen = model_line(scene("Ben", 1.0, 2.0), 0, no_words)
    assert (seen.title, seen.name, seen.usual) == ("Ana", "Ana", 200.0)
    written = model_line(scene("ANA", 9.0, 10.0), 0, no_words)
    assert (written.title, written.name) == ("Ana", "Ana")
    heard_only = model_line(scene("Ben", 9.0, 10.0), 0, no_words)
    assert (heard_only.title, heard_only.name) == ("Ben", "") and np.isnan(heard_only.usual)
    assert model_line(scene("", 9.0, 10.0), 0, no_words).title == "the model"


def test_words_with_times_are_taken_as_they_are() -> None:
    said = TEXT.strip(".").split()
    words = [Word(0, 1 + k / 6, 1 + (k + 1) / 6, word) for k, word in enumerate(said)]
    lines = Lines.of([Line(1.0, 2.0, TEXT, "Ana")], words)
    found = words_of_model(scene("Ana", 1.0, 2.0, lines), 0, None)
    assert found["word"].tolist() == said and found["start"].iloc[0] == 1.0
    fewer = Lines.of([Line(1.0, 2.0, TEXT, "Ana")], words[:3])
    assert not len(words_of_model(scene("Ana", 1.0, 2.0, fewer), 0, None))


def test_a_line_that_is_longer_than_a_recording_may_be_is_not_listened_to(tmp_path: Path) -> None:
    nowhere = tmp_path / "clip.mp4"  # cannot even be opened
    assert not len(words_of_model(scene("Ana", 1.0, 2.0 + LONGEST), 0, nowhere))


@pytest.mark.skipif(not has_espeak(), reason="espeak-ng, which speaks the line, is not installed")
def test_words_without_times_are_heard_in_the_clip(tmp_path: Path) -> None:
    voice = spoken(TEXT, voice="en-us", speed=150)
    # in the second block of the sound
    samples = np.concatenate([np.zeros(11 * SAMPLE_RATE, np.float32), voice])
    clip = write_clip(tmp_path / "a.mkv", [samples], rate=SAMPLE_RATE, layout="mono")
    end = 11 + len(voice) / SAMPLE_RATE
    found = words_of_model(scene("Ana", 11.0, end), 0, clip)
    assert len(found) == 6 and found["heard"].all()
    assert 10.9 < found["start"].iloc[0] < 11.3 and found["end"].iloc[-1] <= end + 0.3


def test_of_the_sound_before_a_line_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[weakref.ref[FloatArray]] = []
    held: list[bool] = []

    def blocks(_clip: Path, _end: float, _start: float) -> Iterator[SoundBlock]:
        for number in range(4):
            samples = np.zeros(10 * SAMPLE_RATE, np.float32)
            held[:] = [one() is not None for one in seen[:-1]]
            seen.append(weakref.ref(samples))
            yield SoundBlock(10.0 * number, samples, samples[None], SAMPLE_RATE, "mono")

    monkeypatch.setattr("emotion_core.practice.voice.model_line.read_blocks", blocks)
    words_of_model(scene("Ana", 33.0, 34.0), 0, Path("a.mkv"))
    assert held == [False, False]
