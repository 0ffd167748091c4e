"""When and how far a movement went, beside what was asked: times and sizes, and no grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.errors import ComparisonError
from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.performance import Values
from emotion_core.practice.movements.exercise import MirrorMovement, RaiseAndHold
from emotion_core.practice.movements.playing import STEP, MovementPlaying, clock_of

# A value is near the target within this share of its size.
_NEAR = 0.2
# A movement is over when no more than this share of its size is left.
_LEFT = 0.25
# Seconds before a movement begins in which the face should be at rest.
_BEFORE = 0.5
# The most seconds by which somebody may be behind, or ahead, of what they mirror.
_LARGEST_LAG = 1.5
# Correlation from which two curves are the same movement, so that a lag can be said. A movement
# that repeats fits at several lags: the smallest is taken of those that fit about as well.
_ALIKE, _AS_WELL = 0.6, 0.02
# Seconds in which both curves must be known for a lag, and for which a difference must last.
_KNOWN, _LASTS = 1.0, 0.4


@dataclass(frozen=True, slots=True)
class HeldOutcome:
    """How a movement was raised, held and released.

    Attributes:
        before: the value just before it was asked; NaN if unknown.
        reached: seconds from the start of the raise until the value was near the target; ``None``
            if it never was.
        largest: value; the 90th percentile of what was measured while the target was up.
        held: seconds of the hold near the target.
        beyond, below: seconds of the hold above and below that.
        released: seconds from the end of the hold, negative before it, until the movement was
            over; ``None`` if it was not over at the end, or never reached.
        measured: share of the time in which the movement was measured.
        rate: looks a second.
    """

    before: float
    reached: float | None
    largest: float
    held: float
    beyond: float
    below: float
    released: float | None
    measured: float
    rate: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A part in which what was done differs from what was mirrored, once the lag is taken out.

    Attributes:
        start, end: seconds of the exercise.
        played, asked: mean values.
    """

    start: float
    end: float
    played: float
    asked: float


@dataclass(frozen=True, slots=True)
class MirrorOutcome:
    """How a movement of somebody else was followed.

    Attributes:
        lag: seconds behind, negative ahead; ``None`` where the curves are too different to say.
        largest: value; the 95th percentile of what was done.
        asked: the same of what was mirrored.
        differences: the largest first, two at most.
        measured, rate: as of :class:`HeldOutcome`.
    """

    lag: float | None
    largest: float
    asked: float
    differences: tuple[Difference, ...]
    measured: float
    rate: float


def movement_outcome(playing: MovementPlaying) -> HeldOutcome | MirrorOutcome:
    """How a run went.

    Args:
        playing: ended.

    Raises:
        ComparisonError: the movement was not measured during the run.
    """
    exercise = playing.exercise
    if len(playing.readings()[0]) < 2:
        noun = MOVEMENTS[exercise.movement].noun
        raise ComparisonError(f"This movement was not measured during the exercise: {noun}.")
    if isinstance(exercise, RaiseAndHold):
        return _held(playing, exercise)
    return _mirrored(playing, exercise)


def tolerance(exercise: RaiseAndHold) -> float:
    """How far from its size a movement may be to count as held, in its unit."""
    return max(_NEAR * exercise.size, MOVEMENTS[exercise.movement].clear / 2)


def _held(playing: MovementPlaying, exercise: RaiseAndHold) -> HeldOutcome:
    clock, curve = clock_of(exercise), playing.on_clock()
    near, left = tolerance(exercise), _left(exercise)
    holding = (clock >= exercise.holds) & (clock < exercise.lets_go)
    up = clock[(clock >= exercise.starts) & (curve >= exercise.size - near)]
    reached = released = None
    if len(up):
        reached = max(float(up[0]) - exercise.starts, 0.0)
        over = clock[(clock > up[-1]) & (curve <= left)]
        released = float(over[0]) - exercise.lets_go if len(over) else None
    before = curve[(clock >= exercise.starts - _BEFORE) & (clock < exercise.starts)]
    asked = curve[(clock >= exercise.starts) & (clock <= exercise.lets_go + exercise.release)]
    return HeldOutcome(
        before=_quantile(before, 0.5),
        reached=reached,
        largest=_quantile(asked, 0.9),
        held=STEP * int((np.abs(curve - exercise.size) <= near)[holding].sum()),
        beyond=STEP * int((curve > exercise.size + near)[holding].sum()),
        below=STEP * int((curve < exercise.size - near)[holding].sum()),
        released=released,
        measured=float(np.isfinite(curve).mean()),
        rate=playing.rate,
    )


def _left(exercise: RaiseAndHold) -> float:
    return max(_LEFT * exercise.size, min(MOVEMENTS[exercise.movement].clear, exercise.size / 2))


def _mirrored(playing: MovementPlaying, exercise: MirrorMovement) -> MirrorOutcome:
    clock, curve = clock_of(exercise), playing.on_clock()
    target = np.array([exercise.value_at(float(time)) for time in clock])
    lag = _lag(curve, target, MOVEMENTS[exercise.movement].clear)
    steps = 0 if lag is None else round(lag / STEP)
    known = MOVEMENTS[exercise.movement]
    most = max(known.clear, 0.25 * float(np.nanmax(target) - np.nanmin(target)))
    asked = target[np.isfinite(target)]
    return MirrorOutcome(
        lag=lag,
        largest=_furthest(curve),
        asked=_furthest(asked),
        differences=_differences(clock, _shifted(curve, steps), target, most),
        measured=float(np.isfinite(curve[np.isfinite(target)]).mean()) if len(asked) else 0.0,
        rate=playing.rate,
    )


def _quantile(values: Values, share: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, share)) if len(values) else float("nan")


def _furthest(values: Values) -> float:
    """The value furthest from neutral, but for the outermost twentieth at either end."""
    low, high = _quantile(values, 0.05), _quantile(values, 0.95)
    return low if abs(low) > abs(high) else high


def _shifted(values: Values, steps: int) -> Values:
    """(n,) what came ``steps`` later, NaN where the end is reached."""
    moved = np.full(len(values), np.nan)
    if steps >= 0:
        moved[: len(values) - steps] = values[steps:]
    else:
        moved[-steps:] = values[:steps]
    return moved


def _lag(curve: Values, target: Values, clear: float) -> float | None:
    """By how many seconds a curve fits later onto the target, by their correlation.

    Only where both make a clear movement: what trembles correlates with something, too.
    """
    most = min(round(_LARGEST_LAG / STEP), len(curve) - 1)
    found = {}
    for steps in range(-most, most + 1):
        moved = _shifted(curve, steps)
        both = np.isfinite(moved) & np.isfinite(target)
        if both.sum() * STEP < _KNOWN or both.sum() < np.isfinite(target).sum() / 2:
            continue
        one, other = moved[both], target[both]
        if min(np.ptp(one), np.ptp(other)) >= clear:
            found[steps] = float(np.corrcoef(one, other)[0, 1])
    best = max(found.values(), default=0.0)
    if best < _ALIKE:
        return None
    peaks = [
        steps
        for steps, value in found.items()
        if value >= best - _AS_WELL
        # at the end of what was tried it may rise further
        and value >= max(found.get(steps - 1, 2.0), found.get(steps + 1, 2.0))
    ]
    return STEP * min(peaks, key=abs) if peaks else None


def _differences(
    clock: Values, played: Values, asked: Values, most: float
) -> tuple[Difference, ...]:
    """Parts in which two curves lie further apart than ``most``, all to the same side."""
    apart = played - asked
    found: list[tuple[float, Difference]] = []
    for side in (1, -1):
        far = side * apart > most  # never of NaN
        for start, end in _runs(far):
            seconds = STEP * (end - start)
            if seconds >= _LASTS:
                part = slice(start, end)
                means = (float(played[part].mean()), float(asked[part].mean()))
                difference = Difference(float(clock[start]), float(clock[end - 1]), *means)
                found.append((float(np.abs(apart[part]).sum()), difference))
    found.sort(key=lambda pair: -pair[0])
    return tuple(difference for _, difference in found[:2])


def _runs(chosen: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end, exclusive, of each run of what is chosen."""
    edges = np.flatnonzero(np.diff(chosen, prepend=False, append=False))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
