"""From when to when speech, music, other sound and silence are heard."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.kinds.logmel import CELL_SECONDS
from emotion_core.types import FloatArray

_Flags = npt.NDArray[np.bool_]


class SoundKind(StrEnum):
    """What is heard for a while."""

    SPEECH = "speech"
    MUSIC = "music"
    SPEECH_OVER_MUSIC = "speech over music"
    OTHER = "other"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How a probability over time becomes segments, times in tenths of a second.

    Attributes:
        window: over which the probability is averaged, odd.
        begin, end: a segment begins at the one and ends below the other.
        gap: gaps up to this long are closed.
        least: segments shorter than this are left out.
    """

    window: int
    begin: float
    end: float
    gap: int
    least: int


# Chosen on validation with `python -m benchmarks.sound.choose`.
SPEECH_SMOOTHING = Smoothing(window=3, begin=0.3, end=0.2, gap=2, least=3)
MUSIC_SMOOTHING = Smoothing(window=11, begin=0.4, end=0.2, gap=10, least=10)
# dB of full scale, averaged over 0.5 s, below which nothing is heard, until it is above the second.
# Set by us, not measured: they lie some 30 dB below dialogue as films are mixed.
SILENT, AUDIBLE = -60.0, -55.0
_SILENT_WINDOW = 5
# Cells of a segment that is not joined to its neighbour.
_SHORTEST = 3
_COLUMNS = ("start", "end", "kind", "confidence")


def segments_of(frames: pd.DataFrame) -> pd.DataFrame:
    """Cut a clip where what is heard changes.

    Args:
        frames: as :meth:`~emotion_core.sound.kinds.reader.KindsReader.finish` gives them.

    Returns:
        ``start`` and ``end`` in seconds, one segment after the other from the beginning of the
        clip; ``kind``, see :class:`SoundKind`; and ``confidence``, float32 in [0, 1], the mean over
        the segment of how probable it is: for speech over music, the lesser of both probabilities.
        What is neither speech nor music nor silent is ``other``, whether or not the network knows
        what it is: there ``confidence`` may be low. Of silence it is 1, since that is measured.
    """
    if not len(frames):
        empty = {name: np.zeros(0) for name in _COLUMNS}
        return pd.DataFrame(empty).astype({"kind": str, "confidence": np.float32})
    kinds = _joined(kinds_of(frames))
    sure = _probabilities(frames)
    edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
    rows = []
    for start, end in pairwise(edges):
        kind = list(SoundKind)[kinds[start]]
        confidence = np.float32(sure[start:end, kinds[start]].mean())
        rows.append((start * CELL_SECONDS, end * CELL_SECONDS, str(kind), confidence))
    found = pd.DataFrame(rows, columns=list(_COLUMNS))
    return found.astype({"confidence": np.float32})


def kinds_of(frames: pd.DataFrame) -> npt.NDArray[np.int64]:
    """(n,) the place in :class:`SoundKind` of each row, before short segments are joined."""
    speech = smoothed(frames["speech"].to_numpy(np.float64), SPEECH_SMOOTHING)
    music = smoothed(frames["music"].to_numpy(np.float64), MUSIC_SMOOTHING)
    power = 10 ** (frames["level"].to_numpy(np.float64) / 10)
    quiet = -10 * np.log10(_averaged(power, _SILENT_WINDOW))
    silent = _lasting(quiet, -SILENT, -AUDIBLE)
    order = list(SoundKind)
    kinds = np.full(len(frames), order.index(SoundKind.OTHER))
    kinds[speech] = order.index(SoundKind.SPEECH)
    kinds[music] = order.index(SoundKind.MUSIC)
    kinds[speech & music] = order.index(SoundKind.SPEECH_OVER_MUSIC)
    kinds[silent] = order.index(SoundKind.SILENCE)
    return kinds


def music_below(frames: pd.DataFrame) -> FloatArray:
    """By how many dB music lies below speech.

    Args:
        frames: as :meth:`~emotion_core.sound.kinds.reader.KindsReader.finish` gives them.

    Returns:
        (n,) float32, one number a row, averaged over about a second; from -30 to 30, where 30 means
        that much or more, or no music; NaN where no speech is heard. It is an estimate: its error
        is on the card of the network.
    """
    speech = smoothed(frames["speech"].to_numpy(np.float64), SPEECH_SMOOTHING)
    below = frames["music_below"].to_numpy(np.float64)
    weights = _averaged(speech.astype(np.float64), MUSIC_SMOOTHING.window)
    sums = _averaged(np.where(speech, below, 0.0), MUSIC_SMOOTHING.window)
    found = np.full(len(frames), np.nan, np.float32)
    found[speech] = (sums[speech] / weights[speech]).astype(np.float32)
    return found


def smoothed(probability: npt.NDArray[np.float64], by: Smoothing) -> _Flags:
    """(n,) bool, where something is heard: averaged, with two thresholds, nothing too short."""
    averaged = _averaged(probability, by.window)
    heard = _lasting(averaged, by.begin, by.end)
    for start, end in _runs(~heard):
        if start > 0 and end < len(heard) and end - start <= by.gap:
            heard[start:end] = True
    for start, end in _runs(heard):
        # what is cut by an edge of the clip, or lasts for all of it, may be longer
        if end - start < by.least and start > 0 and end < len(heard):
            heard[start:end] = False
    return heard


def _lasting(values: npt.NDArray[np.float64], begin: float, end: float) -> _Flags:
    """(n,) bool, from where values reach the one to where they fall below the other, both ways."""
    flags = np.zeros(len(values), np.bool_)
    for first, last in _runs(values >= end):
        flags[first:last] = values[first:last].max() >= begin
    return flags


def _averaged(values: npt.NDArray[np.float64], window: int) -> npt.NDArray[np.float64]:
    """(n,) means over a window, at the edges over what there is of it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    start = np.maximum(places - window // 2, 0)
    end = np.minimum(places + window // 2 + 1, len(values))
    return np.asarray((sums[end] - sums[start]) / (end - start))


def _runs(flags: _Flags) -> list[tuple[int, int]]:
    """Where flags are set without a gap: first, and one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _joined(kinds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Kinds with segments that are too short given to the longer of their neighbours."""
    kinds = kinds.copy()
    while True:
        edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
        lengths = np.diff(edges)
        if len(lengths) < 2 or lengths.min() >= _SHORTEST:
            return kinds
        k = int(lengths.argmin())
        before = lengths[k - 1] if k else 0
        after = lengths[k + 1] if k + 1 < len(lengths) else 0
        kinds[edges[k] : edges[k + 1]] = kinds[edges[k] - 1 if before >= after else edges[k + 1]]


def _probabilities(frames: pd.DataFrame) -> FloatArray:
    """(n, 5) how probable each kind is in each row, in the order of :class:`SoundKind`."""
    speech, music, other = (frames[k].to_numpy(np.float32) for k in ("speech", "music", "other"))
    return np.column_stack(
        [
            np.minimum(speech, 1 - music),
            np.minimum(music, 1 - speech),
            np.minimum(speech, music),
            np.minimum(other, 1 - np.maximum(speech, music)),
            np.ones_like(speech),
        ]
    )
