"""How the same line is said by several performers, in a student's words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from emotion_core.sound.voice.delivery import LOWERED, RAISED
from emotion_core.text import number

SAME_LINES_CAVEAT = (
    "These are performed lines. Pitch, loudness and whether a voice is raised are against the "
    "usual of each character in that scene, never of one actor against another; “can't tell” is "
    "normal. The voice is that of whole utterances, of which the line may be a part, and stays "
    "empty where it is less than half. Subtitles state times roughly: ignore small differences."
)


class _Measure(NamedTuple):
    """A column that is compared.

    Attributes:
        column: of the table of same lines.
        least: a smaller difference is not worth a word.
        decimals: that are said.
        unit: of it.
        more, less: what a larger and a smaller value is.
        usual: what is against the own usual, for a sentence; "" for what is not.
    """

    column: str
    least: float
    decimals: int
    unit: str
    more: str
    less: str
    usual: str = ""


# 't Hart 1981, "Differential sensitivity to pitch distance, particularly in speech": differences
# of less than three semitones play no part in communication.
_MEASURES = (
    _Measure("length", 0.3, 1, "s", "slower", "faster"),
    _Measure("pace", 1.0, 1, "syllables a second", "quicker", "slower"),
    _Measure("pitch", 3.0, 0, "semitones", "higher", "lower", "pitch"),
    _Measure("pitch_range", 3.0, 0, "semitones", "wider in range", "narrower in range"),
    _Measure("loudness", 3.0, 0, "LU", "louder", "softer", "loudness"),
)
_SAID = 3
# The performance of whoever reads the sentence has this title.
YOU = "You"


class LineDifference(NamedTuple):
    """How one performer says a line beside the first who says it.

    Attributes:
        line: its number.
        text: as the first performance has it.
        first, performance: places of the two.
        start: seconds at which the first says it.
        size: how often the largest difference is what is just worth a word, at least 1.
        words: sentences.
    """

    line: int
    text: str
    first: int
    performance: int
    start: float
    size: float
    words: str


def line_differences(table: pd.DataFrame, titles: Sequence[str]) -> list[LineDifference]:
    """What differs in lines that are the same, the largest difference first.

    Args:
        table: of :func:`~emotion_core.performance.delivery.same_lines.same_lines`.
        titles: what its performances are called.

    Returns:
        None for lines in which nothing that is known differs by enough.
    """
    found = []
    for _, rows in table.groupby("line", sort=True):
        first, *others = rows.to_dict("records")
        names = [titles[one["performance"]] for one in (first, *others)]
        for other, name in zip(others, names[1:], strict=True):
            sizes = [abs(other[one.column] - first[one.column]) / one.least for one in _MEASURES]
            sizes = [size if size >= 1 else 0.0 for size in sizes]
            sentences = [_measured(first, other, sizes, names[0], name)]
            sentences += [
                _voices(first, other, names[0], name),
                _stress(first, other, names[0], name),
            ]
            if words := " ".join(filter(None, sentences)):
                places = first["performance"], other["performance"]
                size = max(1.0, *sizes)
                found.append(
                    LineDifference(
                        first["line"], first["text"], *places, first["start"], size, words
                    )
                )
    return sorted(found, key=lambda one: -one.size)


def _measured(
    first: Mapping[Hashable, Any],
    other: Mapping[Hashable, Any],
    sizes: Sequence[float],
    *names: str,
) -> str:
    """For example ``B says it 0.8 s faster and 3 semitones higher than A``."""
    pairs = sorted(zip(sizes, _MEASURES, strict=True), key=lambda pair: -pair[0])
    chosen = [one for size, one in pairs[:_SAID] if size]
    if not chosen:
        return ""
    parts = []
    for one in chosen:
        away = other[one.column] - first[one.column]
        way = one.more if away > 0 else one.less
        parts.append(f"{number(abs(away), one.decimals)} {one.unit} {way}")
    usual = " and ".join(one.usual for one in chosen if one.usual)
    against = f" ({usual} against the own usual of each)" if usual else ""
    says = "say" if names[1] == YOU else "says"
    return f"{names[1]} {says} it {_listed(parts)} than {names[0]}{against}."


def _voices(first: Mapping[Hashable, Any], other: Mapping[Hashable, Any], *names: str) -> str:
    if {first["delivery"], other["delivery"]} != {RAISED, LOWERED}:
        return ""
    voice = "Your voice" if names[1] == YOU else f"The voice of {names[1]}"
    return f"{voice} is {other['delivery']}, that of {names[0]} {first['delivery']}."


def _stress(first: Mapping[Hashable, Any], other: Mapping[Hashable, Any], *names: str) -> str:
    if other["stress"] != "other":
        return ""
    word = "Your strongest word" if names[1] == YOU else f"The strongest word of {names[1]}"
    return f"{word} is “{other['strongest']}”, that of {names[0]} “{first['strongest']}”."


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
