"""Which words of a script are which words of something else, however the two differ.

The longest common subsequence, weighted (Needleman and Wunsch 1970, "A general method applicable to
the search for similarities in the amino acid sequence of two proteins", without a cost for gaps): a
pair of equal words counts by how rare the word is, and by whether its neighbours are equal too, so
that an "and" alone pairs nothing. Lines that were moved are found in further rounds over what is
left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]

# What a pair counts whose neighbours on both sides differ, of one with equal neighbours.
_ALONE = 0.3
# Words of a line that lie further apart in the other text belong to other lines; the text between
# may hold as many words again.
_SPREAD = 2
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Match:
    """Where the words of lines were found.

    Attributes:
        places: (words,) place in the other text of each word of all lines, -1 where none.
        found: (lines,) words of each line that were found.
        known: (lines,) words that could be found: those that the other text can hold.
    """

    places: Indices
    found: Indices
    known: Indices

    @property
    def share(self) -> npt.NDArray[np.float64]:
        """(lines,) share of words found; 0 for lines without a word."""
        return self.found / np.maximum(self.known, 1)


def match_lines(
    lines: Sequence[Sequence[str]],
    other: Sequence[str],
    *,
    fewest: int,
    least: float,
    known: Sequence[Sequence[bool]] | None = None,
) -> Match:
    """Find the words of lines in another text.

    Args:
        lines: words of each line, normalized.
        other: words of the other text.
        fewest: words of a line that must be found; of a shorter one all, and only right
            beside another line that was found.
        least: share of a line's words that must be found.
        known: words that the other text can hold at all, by line; by default all.

    Returns:
        a place only for words of lines for which enough was found.
    """
    words = [word for line in lines for word in line]
    owner = np.repeat(np.arange(len(lines)), np.array([len(line) for line in lines], np.int64))
    able = _flags(known, len(words))
    amount = np.bincount(owner[able], minlength=len(lines))
    places = np.full(len(words), -1, np.int64)
    free = np.ones(len(other), np.bool_)
    ids, others = _numbers(words, other)
    weights = _weights(others, ids)
    left = able.copy()
    for _ in range(_ROUNDS):
        mine, theirs = np.flatnonzero(left), np.flatnonzero(free)
        if not len(mine) or not len(theirs):
            break
        pairs = _common(ids[mine], others[theirs], weights)
        trial = np.full(len(words), -1, np.int64)
        trial[mine[pairs[:, 0]]] = theirs[pairs[:, 1]]
        kept = _plausible(trial, owner, amount, fewest, least)
        if not (kept >= 0).any():
            break
        places[kept >= 0] = kept[kept >= 0]
        free[kept[kept >= 0]] = False
        left &= ~np.isin(owner, owner[kept >= 0])
    found = np.bincount(owner[places >= 0], minlength=len(lines))
    return Match(places, found.astype(np.int64), amount.astype(np.int64))


def _flags(known: Sequence[Sequence[bool]] | None, count: int) -> npt.NDArray[np.bool_]:
    if known is None:
        return np.ones(count, np.bool_)
    return np.array([flag for line in known for flag in line], np.bool_)


def _numbers(words: Sequence[str], other: Sequence[str]) -> tuple[Indices, Indices]:
    numbers: dict[str, int] = {}
    made = [[numbers.setdefault(word, len(numbers)) for word in text] for text in (words, other)]
    return np.array(made[0], np.int64), np.array(made[1], np.int64)


def _weights(others: Indices, ids: Indices) -> npt.NDArray[np.float32]:
    """By number of a word: its information in bits, by how often it occurs in both texts."""
    both = np.concatenate([others, ids])
    counts = np.bincount(both, minlength=1)
    return np.log2(1 + len(both) / np.maximum(counts, 1)).astype(np.float32)


def _common(mine: Indices, theirs: Indices, weights: npt.NDArray[np.float32]) -> Indices:
    """(n, 2) pairs of the heaviest common subsequence, in their order."""
    rows, columns = len(mine), len(theirs)
    best = np.zeros(columns + 1, np.float32)
    # bits, since a film against its script has a hundred million cells
    improved = np.zeros((rows, (columns + 7) // 8), np.uint8)
    paired = np.zeros_like(improved)
    for row in range(rows):
        gain = _gains(mine, theirs, row, weights)
        diagonal, above = best[:-1] + gain, best[1:].copy()
        best[1:] = np.maximum.accumulate(np.maximum(above, diagonal))
        improved[row] = np.packbits(best[1:] > above)
        paired[row] = np.packbits((gain > 0) & (diagonal >= best[1:]))
    pairs = []
    column = columns - 1
    for row in range(rows - 1, -1, -1):
        if column < 0:
            break
        if not np.unpackbits(improved[row, column // 8 : column // 8 + 1])[column % 8]:
            continue
        # the way to here ends in the last pair at which the best of this row was reached
        column = int(np.flatnonzero(np.unpackbits(paired[row], count=column + 1))[-1])
        pairs.append((row, column))
        column -= 1
    return np.array(pairs[::-1], np.int64).reshape(-1, 2)


def _gains(
    mine: Indices, theirs: Indices, row: int, weights: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """What pairs of one of my words with each of theirs count."""
    equal = theirs == mine[row]
    gain = np.zeros(len(theirs), np.float32)
    at = np.flatnonzero(equal)
    if len(at):
        before = np.zeros(len(at), np.bool_)
        after = np.zeros(len(at), np.bool_)
        if row:
            before = (at > 0) & (theirs[np.maximum(at - 1, 0)] == mine[row - 1])
        if row + 1 < len(mine):
            last = len(theirs) - 1
            after = (at < last) & (theirs[np.minimum(at + 1, last)] == mine[row + 1])
        gain[at] = weights[mine[row]] * np.where(before | after, 1.0, _ALONE)
    return gain


def _plausible(
    trial: Indices, owner: Indices, amount: npt.NDArray[Any], fewest: int, least: float
) -> Indices:
    """The places of lines of which enough was found close together, -1 for all others."""
    kept = np.full_like(trial, -1)
    short = []
    for line in np.unique(owner[trial >= 0]):
        rows = np.flatnonzero((owner == line) & (trial >= 0))
        rows = _cluster(rows, trial[rows])
        if len(rows) < max(least * amount[line], 1):
            continue
        if len(rows) >= fewest:
            kept[rows] = trial[rows]
        elif len(rows) == amount[line]:
            short.append(rows)
    for rows in short:
        if _follows(rows, kept, trial):
            kept[rows] = trial[rows]
    return kept


def _cluster(rows: Indices, places: Indices) -> Indices:
    """The largest group of a line's words that lie close together in the other text."""
    far = np.diff(places) > _SPREAD * np.diff(rows) + _SPREAD
    groups = np.split(rows, np.flatnonzero(far) + 1)
    return max(groups, key=len)


def _follows(rows: Indices, kept: Indices, trial: Indices) -> bool:
    """Whether the words right before or after a short line were found right beside it."""
    first, last = rows[0], rows[-1]
    before = kept[first - 1] if first else -1
    after = kept[last + 1] if last + 1 < len(kept) else -1
    near_before = before >= 0 and 0 < trial[first] - before <= _SPREAD
    near_after = after >= 0 and 0 < after - trial[last] <= _SPREAD
    return bool(near_before or near_after)
