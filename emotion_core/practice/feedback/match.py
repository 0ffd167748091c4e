"""How near a run came to what was asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.errors import ComparisonError
from emotion_core.performance.arcs.arc import Arc, arc_of
from emotion_core.performance.chords.runs import SHORTEST
from emotion_core.performance.comparison.alignment import (
    STEP,
    Alignment,
    align,
    hellinger,
)
from emotion_core.performance.comparison.divergence import LEAST
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.exercises.exercise import Exercise, Hold, Mirror, Move
from emotion_core.practice.exercises.performances import (
    GAP,
    performance_of_readings,
    target_performance,
)
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.feedback.mismatch import NEAR, Mismatch, find_worst_mismatch

# A passage can be timed where at most this share of the time lies on the wrong side of it.
_ASTRAY = 0.25


@dataclass(frozen=True, slots=True)
class Match:
    """How near a run came to what was asked.

    Attributes:
        distance: mean Hellinger distance along ``alignment``, 0 for the same, 1 for never alike.
        moment_by_moment: mean distance on the clock of the exercise, nothing aligned.
        asked: seconds in which something was asked.
        seconds_seen: those of them in which a face was read.
        held: of a hold or a mirror, the seconds within
            :data:`~emotion_core.practice.feedback.mismatch.NEAR` of the target; ``None`` for
            others.
        longest: of these the longest without a break; ``None`` for others.
        late: of a move, by how many seconds the passage came later than asked, negative for
            earlier; ``None`` for others, and where it is unknown.
        mismatch: where it parted most; ``None`` where it was near throughout.
        alignment: what was played (first) along what was asked (second).
    """

    distance: float
    moment_by_moment: float
    asked: float
    seconds_seen: float
    held: float | None
    longest: float | None
    late: float | None
    mismatch: Mismatch | None
    alignment: Alignment


def match(playing: Playing) -> Match:
    """Compare what was played with what was asked.

    The distance is that of the page Compare: what was read is aligned with the target by
    :func:`~emotion_core.performance.comparison.alignment.align`. What is played while nothing is
    asked is
    left out: whoever rests where the character is out of view has missed nothing.

    Args:
        playing: a run, ended or not.

    Raises:
        ComparisonError: no face was read while something was asked.
    """
    exercise = playing.exercise
    times, values = playing.readings()
    wanted = np.array([len(exercise.target_at(float(time))) > 0 for time in times], bool)
    if not wanted.any():
        raise ComparisonError("No face was read during the exercise.")
    own = performance_of_readings(
        times[wanted], values[wanted], "Your performance", exercise.title, exercise.seconds
    )
    target = target_performance(exercise)
    alignment = align(own, target)
    arc = arc_of(own, STEP)
    distances = _distances(arc, exercise)
    held = longest = None
    if isinstance(exercise, Hold | Mirror):
        held, longest = _held(distances, playing.seconds_seen)
    return Match(
        distance=alignment.distance,
        moment_by_moment=float(np.nanmean(distances)),  # something is asked at its first point
        asked=_asked(exercise),
        seconds_seen=playing.seconds_seen,
        held=held,
        longest=longest,
        late=_late(arc, target, exercise) if isinstance(exercise, Move) else None,
        mismatch=find_worst_mismatch(alignment),
        alignment=alignment,
    )


def _distances(arc: Arc, exercise: Exercise) -> Values:
    """(n,) distance from the target at each point of an arc; NaN where either is not there."""
    found = np.full(len(arc), np.nan)
    for place in np.flatnonzero(arc.seen):
        target = exercise.target_at(float(arc.times[place]))
        if len(target):
            found[place] = hellinger(arc.values[place], target.astype(np.float64))
    return found


def _asked(exercise: Exercise) -> float:
    count = max(round(exercise.seconds / STEP), 1)
    middles = (np.arange(count) + 0.5) * exercise.seconds / count
    return exercise.seconds * float(
        np.mean([len(exercise.target_at(float(time))) > 0 for time in middles])
    )


def _held(distances: Values, seconds: float) -> tuple[float, float]:
    """Seconds near the target, in all and the longest without a break.

    Args:
        distances: (n,) of the points of a regular clock.
        seconds: what the points that are not NaN stand for.
    """
    near = distances <= NEAR  # NaN is not
    edges = np.flatnonzero(np.diff(near, prepend=False, append=False))
    longest = int((edges[1::2] - edges[::2]).max(initial=0))
    each = seconds / int((~np.isnan(distances)).sum())
    return float(near.sum() * each), longest * each


def _late(arc: Arc, target: Performance, move: Move) -> float | None:
    """How much later than asked the face passes from the first emotion of a move to the second.

    Both the target and the arc are on a side where they are nearer to one end of the move than to
    the other, by :data:`~emotion_core.performance.comparison.divergence.LEAST`. The passage is the
    time that leaves least on the wrong side of it.

    Returns:
        Seconds; ``None`` where the face is not on both sides for
        :data:`~emotion_core.performance.chords.runs.SHORTEST`, where too much is astray, or where
        it is out of view around its passage.
    """
    asked = _passage(target.times, _sides(target.probabilities, move))
    played = _passage(arc.times[arc.seen], _sides(arc.values[arc.seen], move))
    return None if asked is None or played is None else played - asked


def _sides(values: Values, move: Move) -> npt.NDArray[np.int64]:
    """(n,) -1 nearer to the first emotion, 1 nearer to the second, 0 for neither."""
    ends = (move.target_at(0.0), move.target_at(move.seconds))
    first, second = (hellinger(values, end.astype(np.float64)) for end in ends)
    side = first - second
    return np.where(np.abs(side) < LEAST, 0, np.sign(side)).astype(np.int64)


def _passage(times: Values, sides: npt.NDArray[np.int64]) -> float | None:
    """When -1 gives way to 1, half way between two points; ``None`` where that is not clear."""
    before = np.concatenate([[0], np.cumsum(sides > 0)])  # astray if the passage comes after
    after = np.concatenate([np.cumsum((sides < 0)[::-1])[::-1], [0]])
    astray = before + after
    best = np.flatnonzero(astray == astray.min())
    # where neither is nearer, each of several is as good: take the middle
    low, high = int(best[0]), int(best[-1])
    if low == 0 or high == len(times) or astray.min() > _ASTRAY * len(times):
        return None
    here = (sides[:low] < 0).sum(), (sides[high:] > 0).sum()
    if min(here) * STEP < SHORTEST - 1e-9 or np.diff(times[low - 1 : high + 1]).max() > GAP:
        return None
    return float((times[low - 1] + times[high]) / 2)
