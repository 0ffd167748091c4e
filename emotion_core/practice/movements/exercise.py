"""Movements that are asked for: raised, held and released, or after a character of the library.

They ask for no emotion: the target of an emotion is zero-length throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from emotion_core.errors import ComparisonError
from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.movements import movements_of
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.exercises.exercise import NOTHING, check_seconds
from emotion_core.practice.exercises.part import check_part, part_of
from emotion_core.practice.movements.curves import smooth_curve, value_between
from emotion_core.practice.movements.wording import how_far
from emotion_core.text import format_time
from emotion_core.types import FloatArray

# What can be asked for: which side goes further is no one movement, and who looks away, or down,
# does not see what is asked.
ASKED = tuple(name for name in MOVEMENTS if name not in ("asymmetry", "lids_lowered", "gaze_side"))


@dataclass(frozen=True, slots=True)
class RaiseAndHold:
    """One movement from a face at rest: raised evenly, held, and released evenly.

    Attributes:
        movement: of :data:`ASKED`.
        size: how far, in the movement's unit, from clear to full.
        rise, hold, release: seconds.
        rest: seconds at rest before, and after.
    """

    movement: str
    size: float
    rise: float = 1.0
    hold: float = 3.0
    release: float = 1.0
    rest: float = 1.5

    def __post_init__(self) -> None:
        _check_movement(self.movement)
        known = MOVEMENTS[self.movement]
        # written so that NaN, which no comparison holds for, is refused as well
        if not known.clear <= self.size <= known.full:
            raise ValueError(
                f"To {known.instruction} can be asked for from {known.clear} to {known.full}, "
                f"not {self.size}."
            )
        for name in ("rise", "hold", "release", "rest"):
            check_seconds(f"The {name} of a movement", getattr(self, name))
        check_seconds("A movement", self.seconds)

    @property
    def starts(self) -> float:
        """Seconds at which the movement begins."""
        return self.rest

    @property
    def holds(self) -> float:
        """Seconds from which on it is held."""
        return self.rest + self.rise

    @property
    def lets_go(self) -> float:
        """Seconds from which on it is released."""
        return self.holds + self.hold

    @property
    def seconds(self) -> float:
        """Length, with both rests."""
        return self.lets_go + self.release + self.rest

    @property
    def title(self) -> str:
        """For example ``Lift the inner brows by a quarter``."""
        text = f"{MOVEMENTS[self.movement].instruction} by {how_far(self.movement, self.size)}"
        return text[0].upper() + text[1:]

    @property
    def instruction(self) -> str:
        """What to do, first to last."""
        return (
            f"Rest your face for {self.rest:.3g} s. {self.title} within {self.rise:.3g} s, hold "
            f"it for {self.hold:.3g} s, and release it within {self.release:.3g} s."
        )

    def target_at(self, time: float) -> FloatArray:  # noqa: ARG002
        """No emotion is asked."""
        return NOTHING

    def value_at(self, time: float) -> float:
        """Zero, evenly up, the size, evenly down, and zero."""
        if not 0 <= time <= self.seconds:
            return float("nan")
        corners = (self.starts, self.holds, self.lets_go, self.lets_go + self.release)
        return float(np.interp(time, corners, (0.0, self.size, self.size, 0.0)))

    def prompt_at(self, time: float) -> str:
        """In turn ``rest``, ``lift the inner brows``, ``hold``, ``release`` and ``rest``."""
        if not 0 <= time <= self.seconds:
            return ""
        prompts = (
            (self.starts, "rest"),
            (self.holds, MOVEMENTS[self.movement].instruction),
            (self.lets_go, "hold"),
            (self.lets_go + self.release, "release"),
        )
        return next((words for end, words in prompts if time < end), "rest")


@dataclass(frozen=True, slots=True)
class MirrorMovement:
    """One movement of a character between two times of a clip; see :meth:`of`.

    Attributes:
        movement: of :data:`ASKED`.
        times: (n,) seconds of the exercise, ascending.
        values: (n,) how far the movement goes, against the character's own neutral face.
        start, end: seconds of the clip.
        scene_id, character_id: of the library.
        character, scene: what they are called.
    """

    movement: str
    times: Values = field(compare=False)
    values: Values = field(compare=False)
    start: float
    end: float
    scene_id: int
    character_id: int
    character: str
    scene: str

    def __post_init__(self) -> None:
        _check_movement(self.movement)
        check_part(self.seconds)
        where = f"{self.scene} between {format_time(self.start)} and {format_time(self.end)}"
        known = MOVEMENTS[self.movement]
        if not len(self.values):
            raise ComparisonError(
                f"{self.character} is not seen well enough in {where} to measure: {known.noun}."
            )
        if np.ptp(self.values) < known.clear:
            raise ComparisonError(
                f"{self.character} makes no clear movement of this kind in {where}: {known.noun}."
            )

    @classmethod
    def of(
        cls,
        performance: Performance,
        scene_id: int,
        character_id: int,
        start: float | None,
        end: float | None,
        movement: str,
    ) -> MirrorMovement:
        """Mirror a movement of a performance.

        Args:
            performance: the whole of it.
            scene_id, character_id: of the library.
            start, end: as for :func:`~emotion_core.practice.exercises.part.part_of`.
            movement: of :data:`ASKED`.

        Raises:
            ComparisonError: the movement is not measured in that part, or not clear.
            ValueError: the part is empty or too long, or nobody can be asked for this movement.
        """
        _check_movement(movement)
        begin, finish, inside = part_of(performance, start, end)
        values = _movements_of(performance)[movement].to_numpy(np.float64)
        known = inside & np.isfinite(values)
        times = performance.times[known]
        curve = smooth_curve(times, values[known], performance.segments()[known])
        names = (performance.name, performance.scene)
        return cls(movement, times - begin, curve, begin, finish, scene_id, character_id, *names)

    @property
    def seconds(self) -> float:
        """Length."""
        return self.end - self.start

    @property
    def title(self) -> str:
        """For example ``Mirror Ana in At the wedding: inner brows up``."""
        return f"Mirror {self.character} in {self.scene}: {MOVEMENTS[self.movement].noun}"

    @property
    def instruction(self) -> str:
        """What to do."""
        words = MOVEMENTS[self.movement].instruction
        return f"{words[0].upper()}{words[1:]} when {self.character} does, and as far."

    def target_at(self, time: float) -> FloatArray:  # noqa: ARG002
        """No emotion is asked."""
        return NOTHING

    def value_at(self, time: float) -> float:
        """The character's curve, linear between two readings; NaN where it is not known."""
        if not 0 <= time <= self.seconds:
            return float("nan")
        return value_between(self.times, self.values, time)

    def prompt_at(self, time: float) -> str:
        """What to move, or ``out of view: rest``."""
        if not 0 <= time <= self.seconds:
            return ""
        if np.isnan(self.value_at(time)):
            return "out of view: rest"
        return MOVEMENTS[self.movement].instruction


def clear_movements_in(performance: Performance, start: float, end: float) -> tuple[str, ...]:
    """The movements that a performance makes clearly in a part of it, the largest first.

    Args:
        performance: the whole of it.
        start, end: seconds of the clip.

    Raises:
        ComparisonError: there is none, or none was measured.
    """
    _, _, inside = part_of(performance, start, end)
    part = _movements_of(performance)[inside][list(ASKED)]
    ranges = part.quantile(0.95) - part.quantile(0.05)  # a mesh that slips once is no movement
    sizes = {name: float(ranges[name]) / MOVEMENTS[name].full for name in ASKED}
    found = [name for name in ASKED if ranges[name] >= MOVEMENTS[name].clear]
    if not found:
        where = f"{performance.scene} between {format_time(start)} and {format_time(end)}"
        raise ComparisonError(f"{performance.name} makes no clear movement in {where}.")
    return tuple(sorted(found, key=lambda name: -sizes[name]))


def _movements_of(performance: Performance) -> pd.DataFrame:
    found = movements_of(performance)
    if not found.known:
        raise ComparisonError(
            f"The movements of {performance.name} in {performance.scene} were not measured. "
            "Analyze the scene again."
        )
    return found.values


# One movement to be made: ``value_at`` a time in seconds says how far, NaN where nothing is asked.
MovementExercise = RaiseAndHold | MirrorMovement


def _check_movement(name: str) -> None:
    if name not in ASKED:
        raise ValueError(f"{name!r} is not one of the movements {', '.join(ASKED)}.")
