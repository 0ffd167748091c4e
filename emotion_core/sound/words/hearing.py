"""When the lines of a script are spoken in the sound of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.errors import WordsError
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.words.lines import Line, Lines, Word
from emotion_core.sound.words.matching import Match, match_lines
from emotion_core.sound.words.normalization import shown_words, words_of
from emotion_core.sound.words.recognizer import Heard, WordRecognizer
from emotion_core.sound.words.script import Script
from emotion_core.sound.words.speech_spans import speech_spans
from emotion_core.text import count_of, share
from emotion_core.types import FloatArray

# Samples that are recognized at once, in seconds; they are parted where it is quietest in the last
# third.
_PIECE = 30.0
_QUIET = 0.1
# Words of a line that must be heard in their order, and their share of the line.
_FEWEST = 3
_LEAST = 0.5
# Share of the heard words that lie in lines that were found; below it the script is another one, of
# which none do in benchmarks/sound/words.py.
_FITS = 0.1


class ScriptReader:
    """Finds when each line of a script is spoken; English only, as its recognizer.

    Args:
        script: its lines.
        speech: table ``time, speech`` (s; probability) every 0.1 s: only where somebody speaks is
            anything recognized. ``None`` recognizes everywhere, which takes longer.

    Raises:
        WordsError: the recognizer knows half of the words of no line.
    """

    def __init__(self, script: Script, speech: pd.DataFrame | None = None) -> None:
        self._script = script
        self._words = [
            words_of(text) if spoken else []
            for text, spoken in zip(script.table["text"], script.table["spoken"], strict=True)
        ]
        self._recognizer = WordRecognizer(self._words)
        self._known = [self._can_hear(line) for line in self._words]
        if not any(map(any, self._known)):
            raise WordsError(
                f"{script.source} has no line that can be heard: the recognizer knows English only."
            )
        self._speech = speech
        self._heard: list[Heard] = []
        self._held: list[FloatArray] = []
        self._start = 0.0  # of what is held

    def _can_hear(self, line: Sequence[str]) -> list[bool]:
        """Which words can be heard; none of a line of which most are unknown, to pair no "at"."""
        known = [word not in self._recognizer.lacking for word in line]
        return known if sum(known) >= _LEAST * len(line) else [False] * len(line)

    def add(self, block: SoundBlock) -> None:
        """Take the next block; sound of 40 s at most is held."""
        if not self._held:
            self._start = block.start
        self._held.append(block.samples)
        if sum(map(len, self._held)) >= _PIECE * SAMPLE_RATE:
            samples = np.concatenate(self._held)
            cut = _quietest(samples)
            self._recognize(samples[:cut])
            self._held = [samples[cut:]]
            self._start += cut / SAMPLE_RATE

    def finish(self) -> Lines:
        """The lines of the script with their times; those that were not heard have none.

        Raises:
            WordsError: the script does not fit the sound.
        """
        if self._held:
            self._recognize(np.concatenate(self._held))
            self._held = []
        heard = [one.word for one in self._heard]
        match = match_lines(self._words, heard, fewest=_FEWEST, least=_LEAST, known=self._known)
        self._check(match)
        return _timed_lines(self._script, self._words, self._heard, match, self._notes(match))

    def _recognize(self, samples: FloatArray) -> None:
        """Hear the words of a piece; what lies between stretches of speech is left out."""
        end = self._start + len(samples) / SAMPLE_RATE
        spans = [(self._start, end)]
        if self._speech is not None:
            spans = speech_spans(self._speech, self._start, end)
        limits = [
            (round((a - self._start) * SAMPLE_RATE), round((b - self._start) * SAMPLE_RATE))
            for a, b in spans
        ]
        parts = [samples[a:b] for a, b in limits]
        if not parts:
            return
        begins = np.cumsum([0, *map(len, parts)])[:-1] / SAMPLE_RATE
        for one in self._recognizer.recognize(np.concatenate(parts)):
            # a word that reaches over a gap is placed where its middle lies
            at = int(np.searchsorted(begins, (one.start + one.end) / 2, side="right")) - 1
            ahead = spans[at][0] - begins[at]
            start, last = max(one.start + ahead, spans[at][0]), min(one.end + ahead, spans[at][1])
            self._heard.append(Heard(one.word, start, last))

    def _check(self, match: Match) -> None:
        found, words = int((match.found > 0).sum()), int(match.found.sum())
        if not found or words < _FITS * len(self._heard):
            raise WordsError(
                f"{self._script.source} does not fit the sound: {found} of its "
                f"{count_of(len(self._script), 'line')} could be heard in it, with "
                f"{share(words / max(len(self._heard), 1))}% of the words. It may be the script of "
                "another scene, not in English, or under loud music."
            )

    def _notes(self, match: Match) -> list[str]:
        notes = list(self._script.warnings)
        found, lines = int((match.found > 0).sum()), sum(map(bool, self._words))
        if found < lines:
            notes.append(
                f"{found} of {count_of(lines, 'line')} of {self._script.source} were heard. The "
                "others have no time: they may be cut, changed, or drowned out."
            )
        lacking = len(self._recognizer.lacking)
        if lacking:
            notes.append(
                f"{count_of(lacking, 'word')} of {self._script.source} unknown to the recognizer: "
                "when each is said was taken from the words around it."
            )
        return notes


def align_script(
    script: Script, blocks: Iterable[SoundBlock], speech: pd.DataFrame | None = None
) -> Lines:
    """As :class:`ScriptReader`, over all blocks of a clip.

    Raises:
        WordsError: as there.
    """
    reader = ScriptReader(script, speech)
    for block in blocks:
        reader.add(block)
    return reader.finish()


def _quietest(samples: FloatArray) -> int:
    """Where to part sound: the middle of its quietest tenth of a second, in its last third."""
    step = round(_QUIET * SAMPLE_RATE)
    first = len(samples) * 2 // 3 // step
    count = len(samples) // step
    power = (samples[: count * step].reshape(count, step)[first:] ** 2).mean(axis=1)
    return (first + int(power.argmin())) * step + step // 2


def _timed_lines(
    script: Script,
    words: Sequence[Sequence[str]],
    heard: Sequence[Heard],
    match: Match,
    notes: Iterable[str],
) -> Lines:
    lines, timed = [], []
    used = np.sort(match.places[match.places >= 0])
    first = 0
    columns = [script.table[name].tolist() for name in ("text", "speaker", "spoken")]
    for line, (text, speaker, spoken, said) in enumerate(zip(*columns, words, strict=True)):
        places = match.places[first : first + len(said)]
        first += len(said)
        start = end = float("nan")
        if (places >= 0).any():
            times = _word_times(said, places, heard, _free_time(places, used, heard))
            start, end = float(times[0, 0]), float(times[-1, 1])
            shown = shown_words(text)
            timed += [
                Word(line, float(begin), float(finish), word, bool(place >= 0))
                for (begin, finish), word, place in zip(times, shown, places, strict=True)
            ]
        confidence = float(match.share[line]) if said else float("nan")
        lines.append(Line(start, end, text, speaker, script.source, spoken, confidence))
    return Lines.of(lines, timed, notes)


def _free_time(
    places: npt.NDArray[np.int64], used: npt.NDArray[np.int64], heard: Sequence[Heard]
) -> tuple[float, float]:
    """From the end of the line before to the start of the one after, as they are in the sound."""
    found = places[places >= 0]
    before, after = used[used < found[0]], used[used > found[-1]]
    return (
        heard[before[-1]].end if len(before) else 0.0,
        heard[after[0]].start if len(after) else np.inf,
    )


def _word_times(
    said: Sequence[str],
    places: npt.NDArray[np.int64],
    heard: Sequence[Heard],
    free: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """(words, 2) start and end in s; words that were not heard share the time between by length.

    Those at an end of the line go on at its pace, as far as there is time.
    """
    times = np.full((len(said), 2), np.nan)
    known = np.flatnonzero(places >= 0)
    times[known] = [(heard[place].start, heard[place].end) for place in places[known]]
    letters = np.array([len(word) for word in said], np.float64)
    pace = (times[known, 1] - times[known, 0]).sum() / letters[known].sum()
    first, last = known[0], known[-1]
    start, end = times[first, 0], times[last, 1]
    begin = max(start - letters[:first].sum() * pace, min(free[0], start))
    finish = min(end + letters[last + 1 :].sum() * pace, max(free[1], end))
    ends = np.concatenate([[begin], times[known, 1]])
    starts = np.concatenate([times[known, 0], [finish]])
    bounds = np.concatenate([[-1], known, [len(said)]])
    for left, right, since, until in zip(bounds, bounds[1:], ends, starts, strict=False):
        if right - left > 1:
            gap = slice(left + 1, right)
            parts = np.concatenate([[0.0], np.cumsum(letters[gap]) / letters[gap].sum()])
            edges = since + max(until - since, 0.0) * parts
            times[gap] = np.stack([edges[:-1], edges[1:]], axis=1)
    return times
