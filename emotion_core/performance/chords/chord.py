"""Chords: the emotions that sound together, and how one chord follows another.

The study that Eme follows proposed to look at emotions "in a similar way to chord progressions".
Here a chord is a set and not an order: sad with fear and fear with sad are one chord, as a chord
of music keeps its name when its notes are turned round. Its name in words gives the stronger
emotion first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.arcs.arc import smooth
from emotion_core.performance.chords.runs import SHORTEST, Labels, find_runs, mean_shares
from emotion_core.performance.performance import Performance, Values
from emotion_core.performance.unsure import unsure_between

# An emotion sounds from this share on: clearly above the 14% that each of seven would have by
# chance, and low enough that a second and a third one can sound beside a leading one.
SOUNDS = 0.2
MOST = 3
# Seconds that an example of a progression shows before its first change and after its last one.
LEAD = 1.0

_BITS = 1 << np.arange(len(EMOTIONS))
_JOIN, _THEN = "+", " > "


def sounding(values: Values, threshold: float = SOUNDS) -> Labels:
    """Which emotions sound at each reading, as bits.

    Args:
        values: (n, 7) probabilities.
        threshold: share from which an emotion sounds. The leading one always does, and never
            more than the :data:`MOST` strongest ones.

    Returns:
        (n,) sums of ``1 << k`` over the emotions k that sound.
    """
    ranks = (-values).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    sounds = ((values >= threshold) & (ranks < MOST)) | (ranks == 0)
    return np.asarray(sounds @ _BITS, np.int64)


def chords_of(
    performance: Performance,
    sigma: float = SMOOTHING,
    threshold: float = SOUNDS,
    shortest: float = SHORTEST,
) -> pd.DataFrame:
    """The chords of a performance, as runs that never cross a cut or a gap.

    Args:
        performance: the readings.
        sigma: of :func:`~emotion_core.performance.arcs.arc.smooth`, seconds.
        threshold: of :func:`sounding`, a share.
        shortest: seconds that a chord lasts at least, unless it is all of its segment; see
            :func:`~emotion_core.performance.chords.runs.find_runs`.

    Returns:
        One row a chord, by time: ``stretch``, ``start``, ``end``, ``seconds``, ``chord`` (its
        identity, such as ``fear+sad``, in the order of the seven), ``name`` (``sad with fear``),
        ``symbol`` (``Sa+Fe``), ``unsure`` (why it is, in words, see
        :func:`~emotion_core.performance.unsure.unsure_between`), and the mean share of each of
        the seven emotions.
    """
    values = smooth(performance, sigma)
    runs = find_runs(performance, sounding(values, threshold), shortest)
    shares = mean_shares(performance, values, runs)
    members = [_members(label) for label in runs["label"]]
    ordered = [by_share(own, row) for own, row in zip(members, _rows(shares), strict=True)]
    table = runs[["stretch", "start", "end", "seconds"]].copy()
    table["chord"] = _strings(_JOIN.join(own) for own in members)
    table["name"] = _strings(map(name_chord, ordered))
    table["symbol"] = _strings(map(chord_symbol, ordered))
    table["unsure"] = unsure_between(performance, table["start"], table["end"])
    return pd.concat([table, shares], axis=1)


def emotions_in(chord: str) -> tuple[str, ...]:
    """The emotions of a chord by its identity, in the order of the seven."""
    return tuple(chord.split(_JOIN))


def by_share(emotions: Sequence[str], shares: Mapping[str, float]) -> tuple[str, ...]:
    """Some emotions, the strongest first."""
    return tuple(sorted(emotions, key=lambda name: -shares[name]))


def name_chord(emotions: Sequence[str]) -> str:
    """A chord in words: ``sad``, ``sad with fear``, ``sad with fear and angry``.

    Args:
        emotions: one to three, the strongest first.
    """
    first, *others = emotions
    return first + (" with " + " and ".join(others) if others else "")


def describe_chord(reading: Values, threshold: float = SOUNDS) -> str:
    """The chord of one reading in words.

    Args:
        reading: (7,) probabilities.
        threshold: of :func:`sounding`.
    """
    members = _members(int(sounding(reading[None], threshold)[0]))
    return name_chord(by_share(members, dict(zip(EMOTIONS, reading, strict=True))))


def chord_symbol(emotions: Sequence[str]) -> str:
    """A chord where there is little room: ``Sa+Fe``.

    Args:
        emotions: one to three, the strongest first.
    """
    return _JOIN.join(emotion[:2].title() for emotion in emotions)


def chord_shares(chords: pd.DataFrame) -> pd.DataFrame:
    """How often and how long each chord sounds, the longest first.

    Args:
        chords: :func:`chords_of`.

    Returns:
        One row a chord: ``chord``, ``name`` and ``symbol`` (strongest emotion first, over all its
        time), ``times`` (how often it comes), ``seconds``, ``share`` of the time in view, and
        ``unsure``, the share of its seconds in which it is unsure, each 0 to 1.
    """
    total = chords["seconds"].sum()
    lengths, shares = chords["seconds"].to_numpy(), chords[list(EMOTIONS)].to_numpy()
    is_unsure = (chords["unsure"] != "").to_numpy(bool)
    rows = []
    for chord, own in sorted(chords.groupby("chord").indices.items()):
        weights = lengths[own]
        means = dict(zip(EMOTIONS, weights @ shares[own], strict=True))
        ordered = by_share(emotions_in(str(chord)), means)
        seconds = float(weights.sum())
        unsure = float(weights[is_unsure[own]].sum()) / seconds
        words = chord, name_chord(ordered), chord_symbol(ordered)
        rows.append((*words, len(own), seconds, seconds / total, unsure))
    columns = ["chord", "name", "symbol", "times", "seconds", "share", "unsure"]
    table = pd.DataFrame(rows, columns=columns).astype(
        {
            **dict.fromkeys(columns[:3], "string"),
            "times": "int64",
            **dict.fromkeys(columns[4:], "float64"),
        }
    )
    return table.sort_values("seconds", ascending=False, kind="stable", ignore_index=True)


def examples_of(chords: pd.DataFrame, lengths: Sequence[int] = (2, 3, 4)) -> pd.DataFrame:
    """Every place where chords follow one another within a segment: n-grams of chords.

    A cut or a gap ends a progression. Places may overlap: in A B A B A, A B A comes twice.

    Args:
        chords: :func:`chords_of`.
        lengths: how many chords a progression has.

    Returns:
        One row a place, by length and time: ``progression`` (``neutral > fear+sad``), ``length``,
        ``start`` and ``end`` of its first and last chord in seconds, and ``play_from`` and
        ``play_to``, the part that shows its changes: at most :data:`LEAD` seconds around them.
    """
    segments, names = chords["stretch"].to_numpy(), chords["chord"].to_numpy(object)
    start, end = chords["start"].to_numpy(), chords["end"].to_numpy()
    rows = []
    for length in lengths:
        for first in range(len(chords) - length + 1):
            last = first + length - 1
            if segments[first] != segments[last]:
                continue
            begin = max(start[first], end[first] - LEAD)
            stop = min(end[last], start[last] + LEAD)
            key = _THEN.join(names[first : last + 1])
            rows.append((key, length, start[first], end[last], begin, stop))
    columns = ["progression", "length", "start", "end", "play_from", "play_to"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(
        {"progression": "string", "length": "int64", **dict.fromkeys(columns[2:], "float64")}
    )


def progressions_of(chords: pd.DataFrame, examples: pd.DataFrame) -> pd.DataFrame:
    """The progressions of a performance, the most frequent first, of as frequent ones the longest.

    Args:
        chords: :func:`chords_of`.
        examples: :func:`examples_of` of them.

    Returns:
        One row a progression: ``progression`` (its identity), ``name`` (``neutral → sad with
        fear``), ``length``, ``times`` (how often it comes), and ``first``, when it first does.
    """
    names = dict(zip(*(chord_shares(chords)[column] for column in ("chord", "name")), strict=True))
    table = (
        examples.groupby("progression", sort=False)
        .agg(length=("length", "first"), times=("start", "size"), first=("start", "min"))
        .reset_index()
    )
    words = (" → ".join(names[chord] for chord in key.split(_THEN)) for key in table["progression"])
    table.insert(1, "name", _strings(words))
    order = ["times", "length", "first"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _members(label: int) -> tuple[str, ...]:
    return tuple(name for name, bit in zip(EMOTIONS, _BITS, strict=True) if label & bit)


def _rows(shares: pd.DataFrame) -> list[dict[str, float]]:
    return [dict(zip(EMOTIONS, row, strict=True)) for row in shares.to_numpy()]


def _strings(words: object) -> pd.Series:
    return pd.Series(list(words), dtype="string")  # type: ignore[call-overload]
