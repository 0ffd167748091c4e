"""What was played and what was asked for, laid out over the time of an exercise."""

from __future__ import annotations

import cv2
import numpy as np

from emotion_core.media.drawing import BACKGROUND, LINE, TEXT, UNPLAYED, color_from_hex, fill
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.render.video.widgets import shares_column
from emotion_core.types import FloatArray, ImageArray

APART = color_from_hex("#E8A06A")
_ASKED, _OWN, _GAP, _DISTANCE = 26, 26, 4, 22
HEIGHT = _ASKED + _GAP + _OWN + _GAP + _DISTANCE
# Where each row begins, in px from the top.
ROWS = {"target": 0, "you": _ASKED + _GAP, "distance": _ASKED + _OWN + 2 * _GAP}


class ExerciseStrip:
    """Three rows: the target, one's own reading, and how far they are apart.

    Args:
        exercise: whose target is drawn, from its beginning at the left to its end at the right.
        width: px.
    """

    def __init__(self, exercise: Exercise, width: int) -> None:
        self._seconds, self._width = exercise.seconds, width
        self._sheet = np.full((HEIGHT, width, 3), BACKGROUND, np.uint8)
        self._column = 0
        for x in range(width):
            target = exercise.target_at((x + 0.5) / width * self._seconds)
            column = LINE if not len(target) else shares_column(target, _ASKED)
            self._sheet[:_ASKED, x] = column
        fill(self._sheet[ROWS["you"] : ROWS["you"] + _OWN], UNPLAYED)
        fill(self._sheet[ROWS["distance"] :], UNPLAYED)

    def push(self, time: float, probabilities: FloatArray, distance: float | None) -> None:
        """Play on to a time.

        Args:
            time: seconds since the exercise began.
            probabilities: (7,) what is played; zero-length where no face is read.
            distance: from the target, 0 to 1; ``None`` where nothing is asked or played.
        """
        end = min(round(time / self._seconds * self._width), self._width)
        if end <= self._column:
            return
        new = self._sheet[:, self._column : end]
        own = LINE if not len(probabilities) else shares_column(probabilities, _OWN)[:, None]
        new[ROWS["you"] : ROWS["you"] + _OWN] = own
        if distance is not None:
            new[HEIGHT - max(round(distance * _DISTANCE), 1) :] = APART
        self._column = end

    def draw(self, canvas: ImageArray, at: tuple[int, int]) -> None:
        """Draw it with a line at the moment that is played now; ``at`` is its left top corner."""
        x, y = at
        canvas[y : y + HEIGHT, x : x + self._width] = self._sheet
        here = x + min(self._column, self._width - 1)
        cv2.line(canvas, (here, y), (here, y + HEIGHT - 1), TEXT, 2)
