"""Playing along with a character of the library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS
from emotion_core.errors import ComparisonError
from emotion_core.performance.arcs.arc import Arc, arc_of
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import NOTHING
from emotion_core.practice.exercises.part import check_part, part_of
from emotion_core.text import format_time
from emotion_core.types import FloatArray

# A second emotion with this share of a target is named on the screen.
_BESIDE = 0.25


@dataclass(frozen=True, slots=True)
class PlayAlong:
    """The smoothed arc of a performance between two times of its clip; see :meth:`of`.

    Attributes:
        performance: its readings in that part, on the clock of the exercise.
        start, end: seconds of the clip.
        scene_id, character_id: of the library.
        arc: of ``performance``.
    """

    performance: Performance = field(compare=False)
    start: float
    end: float
    scene_id: int
    character_id: int
    arc: Arc = field(init=False, compare=False)

    def __post_init__(self) -> None:
        check_part(self.seconds)
        if not len(self.performance):
            raise ComparisonError(
                f"{self.character} is never in view in {self.scene} between "
                f"{format_time(self.start)} and {format_time(self.end)}."
            )
        object.__setattr__(self, "arc", arc_of(self.performance))

    @classmethod
    def of(
        cls,
        performance: Performance,
        scene_id: int,
        character_id: int,
        start: float | None = None,
        end: float | None = None,
    ) -> PlayAlong:
        """Play along with a performance.

        Args:
            performance: the whole of it.
            scene_id, character_id: of the library.
            start, end: as for :func:`~emotion_core.practice.exercises.part.part_of`.

        Raises:
            ComparisonError: the character is never seen in that part.
            ValueError: the part is empty or too long.
        """
        begin, end, inside = part_of(performance, start, end)
        faces = performance.faces[inside].reset_index(drop=True)
        faces = faces.assign(time=(faces["time"] - begin).clip(0, end - begin))
        part = replace(performance, faces=faces, duration=end - begin)
        return cls(part, begin, end, scene_id, character_id)

    @property
    def character(self) -> str:
        """Whom to play along with."""
        return self.performance.name

    @property
    def scene(self) -> str:
        """Where they play."""
        return self.performance.scene

    @property
    def seconds(self) -> float:
        """Length."""
        return self.end - self.start

    @property
    def title(self) -> str:
        """For example ``Play along with Ana in At the wedding``."""
        return f"Play along with {self.character} in {self.scene}"

    @property
    def instruction(self) -> str:
        """What to do, and what where the character is not seen."""
        text = f"Play what {self.character} plays, at the same pace"
        if self.arc.seen.all():
            return f"{text}."
        return f"{text}, and rest where {self.character} is out of view."

    def target_at(self, time: float) -> FloatArray:
        """The arc, linear between two points of its clock; nothing where nobody is seen.

        Where the picture cuts from one take of the face to another, the target passes over within
        a step of the clock.
        """
        if not 0 <= time <= self.seconds:
            return NOTHING
        place = (time - float(self.arc.times[0])) / self.arc.step
        before, share = int(np.floor(place)), place % 1
        near = self.arc.values[np.clip([before, before + 1], 0, len(self.arc) - 1)]
        # a point of the clock stands for half a step to either side, the last reading for its frame
        end = self.performance.times[-1] + self.performance.step
        if place < -0.5 or time > end + 1e-9 or np.isnan(near[round(share), 0]):
            return NOTHING
        if np.isnan(near).any():
            return np.asarray(near[round(share)], np.float32)
        return np.asarray((1 - share) * near[0] + share * near[1], np.float32)

    def prompt_at(self, time: float) -> str:
        """For example ``sad``, ``sad with fear``, or ``out of view: rest``."""
        if not 0 <= time <= self.seconds:
            return ""
        target = self.target_at(time)
        if not len(target):
            return "out of view: rest"
        second, first = np.argsort(target, kind="stable")[-2:]
        if target[second] < _BESIDE:
            return EMOTIONS[first]
        joined = "with" if target[first] >= CLEAR_LEAD else "and"
        return f"{EMOTIONS[first]} {joined} {EMOTIONS[second]}"
