"""The same line by several performers: how long, how fast, how high and how loud each says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.delivery.shared_words import shared_lines
from emotion_core.performance.delivery.turns import overlaps, speakers_of
from emotion_core.sound.words.normalization import words_of

SAME_LINE_COLUMNS = (
    *("line", "performance", "text", "start", "end", "length", "pace", "pitch", "pitch_range"),
    *("loudness", "delivery", "filled", "strongest", "stress", "face"),
)
_KINDS = {"line": "int64", "performance": "int64"}
# Share of an utterance that a line must fill for the voice of the one to be that of the other.
_HALF = 0.5
# Decibels by which music must lie below speech: the voice network reads no voice over music that
# is less than 10 dB below, and its level is estimated to 5 dB.
CLEAR = 15.0
_CANNOT_TELL = "can't tell"


class _Voice(NamedTuple):
    """How a line is spoken; see :func:`same_lines`."""

    pace: float = np.nan
    pitch: float = np.nan
    pitch_range: float = np.nan
    loudness: float = np.nan
    delivery: str = ""
    filled: float = np.nan


def same_lines(scenes: Sequence[tuple[SceneSound, str]]) -> pd.DataFrame:
    """Lines that at least two of some characters say, and how each says them.

    A line is a character's who is seen to speak it, or, where nobody in view is, who is written to.

    Args:
        scenes: by performance, the sound of its scene and the name of its character there.

    Returns:
        A row a line and performance that has it, with the columns :data:`SAME_LINE_COLUMNS`.
        Lines are numbered from 0, in the order of the first performance that has them:

        - ``line``, ``performance`` (place in ``scenes``), ``text`` as it is written there;
        - ``start, end, length`` in s, of the speech within the times that the line has;
        - ``pace`` (syllables a second), ``pitch`` (semitones against the character's own usual in
          this scene), ``pitch_range`` (semitones), ``loudness`` (LU against the own usual) and
          ``delivery`` ("raised", "lowered" or "can't tell"), of the utterances of the character of
          which the line fills at least half; ``filled`` is the share that it fills of them. NaN and
          "" where there are none. What is compared with the usual is NaN too where the voice
          cannot be: too few utterances, too little of a voice, music;
        - ``strongest``, the loudest word ("" where none stands out), and ``stress``: "same" or
          "other" beside the first performance that has the line, "" where it cannot be told;
        - ``face``, what the face reads over the line, "" where that cannot be told.
    """
    own = [_own_lines(sound.delivery, name) for sound, name in scenes]
    said = [[words_of(text) for text in lines["text"]] for lines in own]
    rows: list[tuple[float | str, ...]] = []
    for number, found in enumerate(shared_lines(said)):
        rows += _rows(
            number,
            [
                (performance, *scenes[performance], own[performance].iloc[list(found[performance])])
                for performance in sorted(found)
            ],
        )
    return pd.DataFrame(rows, columns=list(SAME_LINE_COLUMNS)).astype(_KINDS)


def one_line(said: Sequence[tuple[SceneSound, str, int]]) -> pd.DataFrame:
    """How each of several performers says a line, of which it is known where each says it.

    Args:
        said: by performance, the sound, the name of the voice in it ("" where nobody knows whose
            it is), and the row of the line in :attr:`Delivery.lines`.

    Returns:
        A row a performance, as of :func:`same_lines`.
    """
    rows = _rows(
        0,
        [
            (place, sound, name, sound.delivery.lines.iloc[[line]])
            for place, (sound, name, line) in enumerate(said)
        ],
    )
    return pd.DataFrame(rows, columns=list(SAME_LINE_COLUMNS)).astype(_KINDS)


def _rows(
    number: int, said: Sequence[tuple[int, SceneSound, str, pd.DataFrame]]
) -> list[tuple[float | str, ...]]:
    """A line, by performance: its place, the sound, the voice, and the lines that are the line."""
    rows = []
    first = ""
    for place, (performance, sound, name, lines) in enumerate(said):
        strongest = ", ".join(filter(None, lines["strongest"]))
        stress = _stress(strongest, first) if place else ""
        first = first if place else strongest
        rows.append(
            (
                *(number, performance, " ".join(lines["text"])),
                *_measured(sound.delivery.utterances, name, lines),
                *(strongest, stress, "; ".join(dict.fromkeys(filter(None, lines["face"])))),
            )
        )
    return rows


def _own_lines(delivery: Delivery, name: str) -> pd.DataFrame:
    """The lines of a character, by time; each line of a scene is of one character at most."""
    lines = delivery.lines
    seen = speakers_of(lines, delivery.turns)["character"]
    written = lines["speaker"].str.casefold().eq(name.casefold())
    return lines[seen.eq(name) | (seen.eq("") & written)].reset_index(drop=True)


def _stress(strongest: str, first: str) -> str:
    if not strongest or not first:
        return ""
    return "same" if words_of(strongest) == words_of(first) else "other"


def _measured(utterances: pd.DataFrame, name: str, lines: pd.DataFrame) -> tuple[float | str, ...]:
    """When one or several lines in a row are spoken, for how long, and how."""
    start, end = float(lines["start"].min()), float(lines["end"].max())
    shared = overlaps(utterances, start, end)
    length = (utterances["end"] - utterances["start"]).to_numpy(np.float64)
    filled = (shared > 0) & (shared >= _HALF * length)
    near = utterances["character"].isin([name, ""]).to_numpy()
    # subtitles stand longer than they are spoken, into the next utterance
    speech = utterances[near & (filled | ((shared > 0) & (shared >= _HALF * (end - start))))]
    if len(speech):
        start, end = max(start, speech["start"].min()), min(end, speech["end"].max())
    own = filled & utterances["character"].eq(name).to_numpy()
    voice = _voice(utterances[own], length[own], shared[own])
    return (start, end, end - start, *voice)


def _voice(
    own: pd.DataFrame, length: npt.NDArray[np.float64], shared: npt.NDArray[np.float64]
) -> _Voice:
    """How utterances are spoken, the longer ones counting for more."""
    if not len(own):
        return _Voice()
    clear = own["music_below"].to_numpy(np.float64) >= CLEAR
    compared = own["raised"].notna().to_numpy()

    def mean(column: str, known: npt.NDArray[np.bool_]) -> float:
        values = own[column].to_numpy(np.float64)
        known = known & np.isfinite(values)
        return float(np.average(values[known], weights=length[known])) if known.any() else np.nan

    words = set(own["delivery"])
    return _Voice(
        mean("rate", clear),
        mean("pitch_difference", compared),
        mean("pitch_range", clear),
        mean("loudness_difference", compared),
        words.pop() if len(words) == 1 else _CANNOT_TELL,
        float(shared.sum() / length.sum()),
    )
