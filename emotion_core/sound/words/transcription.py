"""Speech as text, by a recognizer that is installed apart: faster-whisper.

Whisper writes words where nobody speaks: in music, noise and silence. So it is given only stretches
in which speech was detected, and what it doubts itself is marked by its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emotion_core.errors import WordsError
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.words.lines import Line, Lines, Word
from emotion_core.sound.words.speech_spans import speech_spans
from emotion_core.types import FloatArray

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

# A stretch is cut where it reaches this length, in seconds: Whisper hears 30 s at once.
_LONGEST = 29.0
_SHORTEST = 0.2


class SpeechTranscriber:
    """Writes down what is said in the stretches in which somebody speaks.

    Args:
        speech: table ``time, speech`` (s; probability) every 0.1 s.
        model: folder of a Whisper model for CTranslate2, or its name on the model hub ("base"),
            from where it is loaded once.
        language: two letters, such as "en" or "tl" (Filipino); ``None`` finds out by itself.

    Raises:
        WordsError: the recognizer is not installed, or the model cannot be loaded.
    """

    def __init__(self, speech: pd.DataFrame, model: str, language: str | None = None) -> None:
        self._speech = speech
        self._language = language
        self._model = _load(model)
        self._source = f"Whisper ({model.replace(chr(92), '/').rstrip('/').split('/')[-1]})"
        self._lines: list[Line] = []
        self._words: list[Word] = []
        self._held: FloatArray = np.zeros(0, np.float32)
        self._start = 0.0  # of what is held

    def add(self, block: SoundBlock) -> None:
        """Take the next block; sound of 40 s at most is held."""
        if not len(self._held):
            self._start = block.start
        self._held = np.concatenate([self._held, block.samples])
        self._use(block.start + len(block.samples) / SAMPLE_RATE, last=False)

    def finish(self) -> Lines:
        """What was said, a line for each segment of the recognizer; the speakers are not known."""
        self._use(self._start + len(self._held) / SAMPLE_RATE, last=True)
        return Lines.of(self._lines, self._words)

    def _use(self, end: float, *, last: bool) -> None:
        """Write down every stretch that is complete, and forget its sound."""
        keep = end
        for start, stop in _parts(speech_spans(self._speech, self._start, end)):
            # the last stretch may go on in the next block
            if stop >= end and not last and stop - start < _LONGEST:
                keep = start
                break
            if stop - start >= _SHORTEST:
                self._write(self._cut(start, stop), start)
        self._held = self._cut(keep, end)
        self._start = keep

    def _cut(self, start: float, stop: float) -> FloatArray:
        first, after = (round((moment - self._start) * SAMPLE_RATE) for moment in (start, stop))
        return self._held[first:after]

    def _write(self, samples: FloatArray, start: float) -> None:
        segments, _ = self._model.transcribe(
            samples,
            language=self._language,
            word_timestamps=True,
            condition_on_previous_text=False,  # a mistake would be carried on
        )
        for segment in segments:
            text = " ".join(segment.text.split())
            if not any(letter.isalnum() for letter in text):
                continue
            sure = math.exp(min(segment.avg_logprob, 0.0))
            begin, end = start + segment.start, start + segment.end
            self._words += [
                Word(len(self._lines), start + word.start, start + word.end, word.word.strip())
                for word in segment.words or ()
            ]
            self._lines.append(Line(begin, end, text, source=self._source, confidence=float(sure)))


def _parts(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Spans, long ones in pieces that the recognizer can take at once."""
    for start, stop in spans:
        while stop - start > _LONGEST:
            yield start, start + _LONGEST
            start += _LONGEST
        yield start, stop


def _load(model: str) -> WhisperModel:
    if find_spec("faster_whisper") is None:
        raise WordsError(
            "To write down speech, Eme needs faster-whisper: install Eme with its extra speech."
        )
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(model, device="cpu", compute_type="int8")
    # of the model hub, of the network, of CTranslate2: each has errors of its own
    except Exception as error:
        raise WordsError(
            f"The speech model {model} cannot be loaded ({_first_line(error)}). Give a folder with "
            "a Whisper model for CTranslate2, or connect to load it by its name."
        ) from error


def _first_line(error: Any) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
