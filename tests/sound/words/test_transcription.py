"""Speech written down only where somebody speaks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emotion_core.errors import WordsError
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.words import transcription
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.transcription import SpeechTranscriber
from tests.sound.words.test_hearing import blocks_of


class FakeWhisper:
    """Writes "word" for each second that it is given, and keeps how long its pieces were."""

    given: list[float]

    def __init__(self, model: str, **options: Any) -> None:
        if model == "missing":
            raise RuntimeError("no such folder\nsecond line")
        type(self).given = []

    def transcribe(self, samples: Any, **options: Any) -> tuple[Iterator[Any], None]:
        seconds = len(samples) / SAMPLE_RATE
        self.given.append(seconds)
        words = [
            SimpleNamespace(start=float(at), end=at + 0.5, word=" word")
            for at in range(int(seconds))
        ]
        segment = SimpleNamespace(
            start=0.0, end=seconds, text=" word " * len(words), avg_logprob=-0.5, words=words
        )
        return iter([segment]), None


@pytest.fixture
def whisper(monkeypatch: pytest.MonkeyPatch) -> type[FakeWhisper]:
    module = ModuleType("faster_whisper")
    module.WhisperModel = FakeWhisper  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    monkeypatch.setattr(transcription, "find_spec", lambda name: name)
    return FakeWhisper


def speech(*spans: tuple[float, float], seconds: float = 60.0) -> pd.DataFrame:
    time = np.arange(0, seconds, 0.1)
    speaks = np.any([(time >= start) & (time < end) for start, end in spans], axis=0)
    return pd.DataFrame({"time": time, "speech": speaks.astype(np.float64)})


def transcribe(blocks: Iterable[SoundBlock], speech: pd.DataFrame, model: str) -> Lines:
    transcriber = SpeechTranscriber(speech, model)
    for block in blocks:
        transcriber.add(block)
    return transcriber.finish()


def test_only_stretches_with_speech_are_given_also_over_the_borders_of_blocks(
    whisper: type[FakeWhisper],
) -> None:
    samples = np.ones(60 * SAMPLE_RATE, np.float32)
    lines = transcribe(blocks_of(samples), speech((2, 4), (18.0, 22.0), (55, 60)), "base")
    assert whisper.given == pytest.approx([2.6, 4.6, 5.3], abs=0.15)
    assert lines.table["start"].tolist() == pytest.approx([1.7, 17.7, 54.7], abs=0.15)
    assert lines.table["confidence"].tolist() == pytest.approx([np.exp(-0.5)] * 3)
    assert lines.words["line"].tolist() == [0] * 2 + [1] * 4 + [2] * 5
    assert set(lines.table["source"]) == {"Whisper (base)"}


def test_long_speech_is_given_in_pieces_and_all_of_it(whisper: type[FakeWhisper]) -> None:
    samples = np.ones(100 * SAMPLE_RATE, np.float32)
    transcribe(blocks_of(samples), speech((0, 100), seconds=100), "base")
    assert sum(whisper.given) == pytest.approx(100, abs=0.2) and max(whisper.given) <= 40


def test_without_speech_nothing_is_written(whisper: type[FakeWhisper]) -> None:
    samples = np.ones(30 * SAMPLE_RATE, np.float32)
    assert len(transcribe(blocks_of(samples), speech((70, 80)), "base")) == 0
    assert whisper.given == []


def test_a_model_that_cannot_be_loaded_is_said_in_one_sentence(
    whisper: type[FakeWhisper],
) -> None:
    with pytest.raises(WordsError, match=r"missing cannot be loaded \(no such folder\)"):
        transcribe(iter(()), speech((0, 1)), "missing")


def test_without_the_recognizer_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transcription, "find_spec", lambda name: None)
    with pytest.raises(WordsError, match="install Eme with its extra speech"):
        transcribe(iter(()), speech((0, 1)), "base")
