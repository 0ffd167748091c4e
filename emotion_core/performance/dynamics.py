"""Dynamics: how a face holds, changes and ranges over its emotions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.arcs.arc import arc_of, segments_on_clock, smooth
from emotion_core.performance.chords.runs import Labels, reading_ends
from emotion_core.performance.complexity import effective_number
from emotion_core.performance.performance import Performance, Values

# Seconds from one look to the next for inertia and volatility. Frames lie so close that a face
# always looks like the one before; half a second is about as long as an expression lasts at least.
CLOCK = 0.5
# A correlation of fewer neighbours says nothing: five seconds at least.
_LEAST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Range:
    """How much of what a face could show a performance uses; NaN of an empty one.

    Attributes:
        leading: how many emotions lead at least once.
        effective: how many equally strong emotions would be as varied as its mean reading, see
            :func:`~emotion_core.performance.complexity.effective_number`; 1 to 7.
        valence, arousal: the least and the greatest of the smoothed readings, within [-1, 1].
    """

    leading: int
    effective: float
    valence: tuple[float, float]
    arousal: tuple[float, float]


def dynamics_of(performance: Performance, step: float = CLOCK) -> pd.DataFrame:
    """Level, inertia and volatility of each emotion, and of valence and arousal.

    The readings are looked at every ``step`` seconds, not smoothed, since smoothing would itself
    make neighbours alike. Only neighbours in one segment are compared.

    Args:
        performance: the readings.
        step: seconds.

    Returns:
        A row for each of the seven emotions, ``valence`` and ``arousal``: ``what``, ``mean`` (over
        time), ``inertia`` (:func:`inertia`), ``volatility`` (:func:`rmssd`), ``pairs`` (how many
        neighbours they rest on).
    """
    arc = arc_of(performance, step, sigma=0)
    segments = segments_on_clock(performance, arc)
    series = dict(zip(EMOTIONS, arc.values.T, strict=True))
    series["valence"], series["arousal"] = valence_arousal(arc.values.astype(np.float32))
    levels = _means(performance)
    pairs = int(_neighbours(segments).sum())
    return pd.DataFrame(
        {
            "what": pd.Series(list(series), dtype="string"),
            "mean": [levels[name] for name in series],
            "inertia": [inertia(values, segments) for values in series.values()],
            "volatility": [rmssd(values, segments) for values in series.values()],
            "pairs": pairs,
        }
    )


def inertia(values: Values, segments: Labels) -> float:
    """How far a value is carried over to the next look: lag-1 autocorrelation.

    The correlation of x_t with x_{t+1} over all neighbours of a segment, pooled; 1: it stays
    where it is, 0: the next one cannot be predicted from it, below 0: it swings. Called emotional
    inertia by Kuppens, Allen and Sheeber (2010), "Emotional inertia and psychological
    maladjustment", Psychological Science 21, 984-991.

    Args:
        values: (n,) on a regular clock.
        segments: (n,), of :func:`~emotion_core.performance.arcs.arc.segments_on_clock`.

    Returns:
        NaN with fewer than ten neighbours, or where nothing changes.
    """
    together = _neighbours(segments)
    now, then = values[:-1][together], values[1:][together]
    if len(now) < _LEAST_PAIRS or np.ptp(now) < 1e-9 or np.ptp(then) < 1e-9:
        return float("nan")
    return float(np.corrcoef(now, then)[0, 1])


def rmssd(values: Values, segments: Labels) -> float:
    """How large a step is from one look to the next: root mean square of successive differences.

    sqrt(mean of (x_{t+1} - x_t)^2) over all neighbours of a segment, in the unit of the values:
    the MSSD of von Neumann, Kent, Bellinson and Hart (1941), "The mean square successive
    difference", Annals of Mathematical Statistics 12, 153-162, as a measure of unstable affect in
    Jahng, Wood and Trull (2008), Psychological Methods 13, 354-375.

    Args: as for :func:`inertia`.

    Returns:
        NaN without neighbours.
    """
    together = _neighbours(segments)
    if not together.any():
        return float("nan")
    return float(np.sqrt(np.mean((values[1:] - values[:-1])[together] ** 2)))


def dwell_times(states: pd.DataFrame) -> pd.DataFrame:
    """How long each emotion leads at a time, the one that leads longest in all first.

    A cut or a gap ends a stay that might have gone on, so that these are what is seen of them.

    Args:
        states: :func:`~emotion_core.performance.chords.states.states_of`.

    Returns:
        One row an emotion that leads at least once: ``emotion``, ``stays``, ``seconds`` and
        ``share`` of the time in view (0 to 1), and ``mean``, ``median``, ``longest`` in seconds.
    """
    table = (
        states.groupby("emotion", sort=True)["seconds"]
        .agg(stays="size", seconds="sum", mean="mean", median="median", longest="max")
        .reset_index()
    )
    table.insert(3, "share", table["seconds"] / table["seconds"].sum())
    return table.sort_values("seconds", ascending=False, kind="stable", ignore_index=True)


def range_of(performance: Performance, states: pd.DataFrame, sigma: float = SMOOTHING) -> Range:
    """How much of what a face could show a performance uses.

    Args:
        performance: the readings.
        states: :func:`~emotion_core.performance.chords.states.states_of` it.
        sigma: of :func:`~emotion_core.performance.arcs.arc.smooth`, seconds.
    """
    unknown = (float("nan"), float("nan"))
    if not len(performance):
        return Range(0, float("nan"), unknown, unknown)
    values = smooth(performance, sigma)
    valence, arousal = valence_arousal(values.astype(np.float32))
    return Range(
        leading=int(states["emotion"].nunique()),
        effective=effective_number(mean_reading(performance)),
        valence=(float(valence.min()), float(valence.max())),
        arousal=(float(arousal.min()), float(arousal.max())),
    )


def mean_reading(performance: Performance) -> Values:
    """The mean probabilities over time: (7,), each reading weighed by its seconds; NaN if empty."""
    if not len(performance):
        return np.full(len(EMOTIONS), np.nan)
    seconds = reading_ends(performance) - performance.times
    return np.asarray(np.average(performance.probabilities, axis=0, weights=seconds))


def _means(performance: Performance) -> dict[str, float]:
    shares = mean_reading(performance)
    valence, arousal = valence_arousal(shares[None].astype(np.float32))
    return {
        **dict(zip(EMOTIONS, shares.tolist(), strict=True)),
        "valence": float(valence[0]),
        "arousal": float(arousal[0]),
    }


def _neighbours(segments: Labels) -> npt.NDArray[np.bool_]:
    """(n - 1,) whether a look and the next one are of the same segment."""
    return np.asarray((segments[1:] == segments[:-1]) & (segments[1:] >= 0))
