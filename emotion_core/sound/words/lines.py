"""Lines that are spoken in a clip, and when: what everything that reads words gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from emotion_core.sound.words.normalization import words_of

COLUMNS = ("start", "end", "speaker", "text", "source", "spoken", "confidence")
WORD_COLUMNS = ("line", "start", "end", "word", "heard")


class Line(NamedTuple):
    """One row of :attr:`Lines.table`; see there."""

    start: float
    end: float
    text: str
    speaker: str = ""
    source: str = ""
    spoken: bool = True
    confidence: float = float("nan")


class Word(NamedTuple):
    """One row of :attr:`Lines.words`; see there."""

    line: int
    start: float
    end: float
    word: str
    heard: bool = True


def _no_words() -> pd.DataFrame:
    return words_table(())


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in the order in which they begin.

    Attributes:
        table: a row a line: ``start, end`` (s, on the clock of the clip), ``speaker`` ("" where
            unknown), ``text`` (on one line), ``source`` (what said so, such as the name of a file),
            ``spoken`` (False for sounds and songs, "[door slams]", "♪ la la ♪"), ``confidence``
            (in [0, 1]: the share of its words that were heard in order, or what a recognizer of
            speech says of its own text; NaN where a file states the times). Times that nobody
            knows are NaN, and such lines come last.
        words: a row a word where words have times, else none: ``line`` (row of ``table``),
            ``start, end`` (s), ``word``, ``heard`` (False: lies between words that were).
        warnings: a sentence for everything that was left out or put right.
    """

    table: pd.DataFrame
    words: pd.DataFrame = field(default_factory=_no_words)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, table, columns in (
            ("table", self.table, COLUMNS),
            ("words", self.words, WORD_COLUMNS),
        ):
            if tuple(table.columns) != columns:
                raise ValueError(
                    f"Lines.{name} must have the columns {', '.join(columns)}, but has "
                    f"{', '.join(map(str, table.columns))}"
                )

    def __len__(self) -> int:
        return len(self.table)

    @property
    def spoken(self) -> pd.DataFrame:
        """The rows that somebody speaks at a known time."""
        return self.table[self.table["spoken"] & self.table["start"].notna()]

    @classmethod
    def of(
        cls, lines: Iterable[Line], words: Sequence[Word] = (), warnings: Iterable[str] = ()
    ) -> Lines:
        """Lines in any order; ``words`` count them in the order given."""
        table = lines_table(lines)
        order = table.sort_values(["start", "end"], kind="stable", na_position="last").index
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        placed = words_table(words)
        placed["line"] = place[placed["line"].to_numpy(np.int64)]
        placed = placed.sort_values(["line", "start"], kind="stable", ignore_index=True)
        return cls(table.loc[order].reset_index(drop=True), placed, tuple(warnings))


def lines_table(lines: Iterable[Line]) -> pd.DataFrame:
    """A table with :data:`COLUMNS`, also of no line."""
    table = pd.DataFrame(list(lines), columns=list(Line._fields))[list(COLUMNS)]
    kinds = {"start": "float64", "end": "float64", "confidence": "float64", "spoken": "bool"}
    return table.astype({**kinds, "speaker": "str", "text": "str", "source": "str"})


def words_table(words: Iterable[Word]) -> pd.DataFrame:
    """A table with :data:`WORD_COLUMNS`, also of no word."""
    table = pd.DataFrame(list(words), columns=list(WORD_COLUMNS))
    kinds = {"line": "int64", "start": "float64", "end": "float64", "heard": "bool"}
    return table.astype({**kinds, "word": "str"})


def find_lines(lines: Lines, query: str) -> pd.DataFrame:
    """The rows of :attr:`Lines.table` that hold all words of a query, in any order.

    Case, accents and apostrophes do not count, a word may be the beginning of one ("sing" finds
    "singing"), and where a script has no spaces, any part of one. The speaker is searched too.

    Args:
        lines: searched.
        query: words; without one, nothing is found.
    """
    wanted = search_parts(query)
    texts = map(searchable, lines.table["speaker"], lines.table["text"])
    found = [bool(wanted) and all(part in text for part in wanted) for text in texts]
    return lines.table[np.array(found, np.bool_)]


def searchable(speaker: str, text: str) -> str:
    """A line as it is searched: a space and then a word, for each of its words.

    It is found where it holds all of :func:`search_parts`.
    """
    return "".join(f" {_joined(word)}" for word in words_of(f"{speaker} {text}"))


def search_parts(query: str) -> list[str]:
    """What :func:`searchable` must hold of a line, for each word of a query."""
    words = [_joined(word) for word in words_of(query)]
    return [word if _unspaced(word) else f" {word}" for word in words]


def _joined(word: str) -> str:
    return word.replace("'", "")


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def _unspaced(word: str) -> bool:
    """Whether a word is of a script without spaces: Thai, Lao, Burmese, Khmer, kana, Han."""
    return _UNSPACED.search(word) is not None
