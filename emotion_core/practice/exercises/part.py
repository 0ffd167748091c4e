"""A part of a performance that is played after."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.errors import ComparisonError
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import LONGEST, check_seconds


def part_of(
    performance: Performance, start: float | None, end: float | None
) -> tuple[float, float, npt.NDArray[np.bool_]]:
    """From when to when a part lasts, and which readings are in it.

    Args:
        performance: the whole of it.
        start: seconds of the clip; the first reading if ``None``.
        end: seconds of the clip; the end of the last reading if ``None``, but
            :data:`~emotion_core.practice.exercises.exercise.LONGEST` after the start at most.

    Returns:
        Start and end in seconds of the clip, and (n,) which readings lie between them.

    Raises:
        ComparisonError: the character is never seen.
    """
    if not len(performance):
        raise ComparisonError(f"{performance.name} is never in view in {performance.scene}.")
    times, step = performance.times, performance.step
    begin = float(times[0]) if start is None else start
    if end is None:
        end = min(max(float(times[-1]), begin) + step, begin + LONGEST)
    # in view is a reading that stands for time of the part
    return begin, end, (times >= begin - 1e-9) & (times <= end + 1e-9)


def check_part(seconds: float) -> None:
    """Raise ``ValueError`` unless a part is so long that it can be played after."""
    check_seconds("The part to play along with", seconds)
