"""One face in one frame, and how its reading is reported in the annotated video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import reasons
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.media.drawing import COLORS, MUTED, TEXT, Color
from emotion_core.types import FloatArray, Frame

_NAMED_SHARE = 0.15  # a second emotion with less than this is not worth a word


@dataclass(frozen=True, slots=True)
class FaceReading:
    """One face in one frame.

    Attributes:
        track: number of the track.
        name: as shown.
        xyxy: in px of the picture as the clip has it.
        seen: ``False`` where the place of the box is only guessed.
        probabilities: (7,) in the order of the emotions, or zero-length if it was not read.
        shot: number of the shot.
        uncertainty: what makes the reading unsure.
        crop: the square in which it was read, in px like the box; ``None`` where nothing asks.
    """

    track: int
    name: str
    xyxy: tuple[float, float, float, float]
    seen: bool
    probabilities: FloatArray
    shot: int
    uncertainty: tuple[str, ...] = ()
    crop: UprightSquare | None = None

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        left, top, right, bottom = self.xyxy
        return max(right - left, 0) * max(bottom - top, 0)

    @property
    def leading(self) -> str | None:
        """The most probable emotion, or ``None`` if the face was not read."""
        return EMOTIONS[int(self.probabilities.argmax())] if len(self.probabilities) else None

    @property
    def color(self) -> Color:
        """That of the leading emotion; an unsure reading claims none."""
        if self.leading is None:
            return MUTED
        return TEXT if self.uncertainty else COLORS[self.leading]

    @property
    def words(self) -> str:
        """For example ``sad 62%``, or ``unsure: too small``."""
        if self.leading is None:
            return "not read"
        return (
            f"unsure: {reasons(self.uncertainty)[0]}" if self.uncertainty else self._with_share(0)
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in at most three lines.

        For example ``sad 62%`` and ``with fear 21%``, or ``unsure``, ``perhaps sad 62%`` and
        ``too small``.
        """
        if self.leading is None:
            return ("not read",)
        if self.uncertainty:
            text = f"perhaps {self._with_share(0)}"
            if "unsure" in self.uncertainty:
                text = f"{self._with_share(0)} or {self._with_share(1)}"
            return "unsure", text, " and ".join(reasons(self.uncertainty))
        second = float(np.sort(self.probabilities)[-2])
        more = (f"with {self._with_share(1)}",) if second >= _NAMED_SHARE else ()
        return (self._with_share(0), *more)

    def _with_share(self, rank: int) -> str:
        index = int(np.argsort(-self.probabilities, kind="stable")[rank])
        return f"{EMOTIONS[index]} {100 * float(self.probabilities[index]):.0f}%"


class FaceOverlay(Protocol):
    """What is drawn over the faces of the annotated video, below their boxes and names.

    Attributes:
        caption: what it shows, in a sentence.
    """

    caption: str

    def draw(
        self, frames: Iterator[Frame], faces_at: Callable[[int], list[FaceReading]], width: int
    ) -> Iterator[Frame]:
        """Draw it into frames as they stream by.

        Args:
            frames: in order; all of them are given back, in this order.
            faces_at: gives the faces of the frame with an index.
            width: of the clip in px, in which the boxes of the faces are.
        """
        ...
