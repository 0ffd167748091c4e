"""What the face before the camera does, against its own neutral face, as it comes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.emotions.uncertainty import COVERED_BELOW
from emotion_core.faces.mesh.points import VISIBLE_PARTS
from emotion_core.faces.mesh.upright import UprightFaces
from emotion_core.faces.movements.measures import MEASURES
from emotion_core.faces.movements.movements import (
    MOVEMENTS,
    RESTLESS,
    movement_values,
    relative_movements,
)
from emotion_core.faces.movements.neutral import FRONTAL, NeutralFace, neutral_at
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS, read_movements
from emotion_core.faces.movements.speaking import SWING, speaking_of
from emotion_core.practice.live.smoothing import GAP
from emotion_core.types import FloatArray, ImageArray

# Seconds of which the median is said: a blink or a mesh that slips once leaves no trace in it.
_STEADY = 0.5
# A face that makes no clear movement for so long, and for so many readings, is taken for neutral.
_CALM, _FEWEST = 2.0, 12
# Of the readings meanwhile, the share within which nothing moves: a mesh may slip once.
_MOSTLY = 0.9
# Seconds from one look for a calm face to the next.
_LOOK_EVERY = 0.5
# Seconds of the newest readings that a user means by "this is my neutral face".
_MOMENT = 0.3
# Seconds that tell whether somebody speaks: three strokes of the mouth with what may lie between
# them, and a pause after them.
_SPEECH = 2.5
# Readings that are remembered: at 12 a second more than four seconds.
_REMEMBERED = 50
_NUMBERS = {name: number for number, name in enumerate(MOVEMENTS)}
_COLUMNS = list(MOVEMENT_COLUMNS)
_OPENING = _COLUMNS.index("mouth_opening")
_CHECKED = [name for name in MOVEMENTS if name not in RESTLESS]


class LiveNeutral:
    """The neutral face of whoever practises, kept from camera to camera.

    Attributes:
        face: ``None`` until it is known.
        asked: whether the face that is read next is to be taken for neutral.
    """

    def __init__(self) -> None:
        self.face: NeutralFace | None = None
        self.asked = False

    def take_now(self) -> None:
        """Take what is read next for neutral, whatever it does: "this is my neutral face"."""
        self.asked = True


@dataclass(frozen=True, slots=True)
class MovementReading:
    """What a face does in one picture.

    Attributes:
        raw: (m,) in the order and the units of
            :data:`~emotion_core.faces.movements.movements.MOVEMENTS`; NaN where they are unknown,
            all of them before there is a neutral face.
        steady: (m,) the median of the last half second, where ``raw`` is known.
        turn: degrees by which the head is turned in the picture; NaN if unknown.
        hidden: the parts of :data:`~emotion_core.faces.mesh.points.VISIBLE_PARTS` that cannot be
            seen.
        seen: whether a mesh fits the face.
        neutral: whether the neutral face is known.
        speaking: whether the mouth has moved as in speech.
    """

    raw: FloatArray
    steady: FloatArray
    turn: float
    hidden: tuple[str, ...]
    seen: bool
    neutral: bool
    speaking: bool

    def of(self, name: str) -> float:
        """The steady value of one movement, in its unit; NaN where it is unknown."""
        return float(self.steady[_NUMBERS[name]])

    def newest(self, name: str) -> float:
        """The value of one movement in this very picture, likewise."""
        return float(self.raw[_NUMBERS[name]])


class LiveMovements:
    """Follows the movements of one face. Used by one thread.

    Args:
        neutral: measured from, and set here once the face has been calm.
    """

    def __init__(self, neutral: LiveNeutral) -> None:
        self._neutral = neutral
        self._times: deque[float] = deque(maxlen=_REMEMBERED)
        self._measures: deque[FloatArray] = deque(maxlen=_REMEMBERED)
        self._recent: deque[tuple[float, FloatArray]] = deque()
        self._from: NeutralFace | None = None
        self._looked = -np.inf

    def forget(self) -> None:
        """The face is gone: what comes next is another, or the same anew."""
        self._times.clear()
        self._measures.clear()
        self._recent.clear()
        self._looked = -np.inf
        self._neutral.asked = False

    def add(self, time: float, image: ImageArray, upright: UprightFaces) -> MovementReading:
        """Take in one more picture of the face.

        Args:
            time: seconds.
            image: (H, W, 3) uint8 RGB.
            upright: the one face in it.
        """
        if self._times and not 0 < time - self._times[-1] <= GAP:
            self.forget()
        # who practises looks at the screen: where their eyes go is nothing that they play
        measures = read_movements([image], upright.meshes, seen=COVERED_BELOW, with_gaze=False)[0]
        self._times.append(time)
        self._measures.append(measures)
        self._find_neutral(time)
        raw = self._relative(time, measures)
        visible = upright.meshes.visibility[0]
        hidden = zip(VISIBLE_PARTS, visible, strict=True)
        return MovementReading(
            raw,
            self._steady(raw),
            float(measures[MOVEMENT_COLUMNS.index("head_turn")]),
            tuple(part for part, share in hidden if share < COVERED_BELOW),
            bool(np.isfinite(visible).all()),
            self._neutral.face is not None,
            self._speaks(time),
        )

    def _relative(self, time: float, measures: FloatArray) -> FloatArray:
        """(m,) the movements of the newest picture; those of the last half second are kept."""
        face = self._neutral.face
        if face is not self._from:
            self._from = face
            self._recent.clear()
        raw = np.full(len(MOVEMENTS), np.nan, np.float32)
        if face is not None:
            row = dict(zip(_COLUMNS, measures[:, None].astype(np.float64), strict=True))
            raw = np.array([value[0] for value in movement_values(row, 1, face).values()])
            raw = raw.astype(np.float32)
        self._recent.append((time, raw))
        while self._recent[0][0] < time - _STEADY:
            self._recent.popleft()
        return raw

    def _steady(self, raw: FloatArray) -> FloatArray:
        """(m,) the median of what is kept, of each movement that is known now."""
        known = np.isfinite(raw)
        steady = raw.copy()
        if known.any():
            recent = np.array([each[known] for _, each in self._recent])
            middle = np.median if np.isfinite(recent).all() else np.nanmedian  # five times faster
            steady[known] = middle(recent, axis=0)
        return steady

    def _speaks(self, time: float) -> bool:
        times = np.array(self._times)
        opening = np.array([measures[_OPENING] for measures in self._measures])
        last = times >= time - _SPEECH
        seen = opening[last & np.isfinite(opening)]
        if not len(seen) or np.ptp(seen) < SWING:  # as of most faces: saves the table
            return False
        mouth = {"time": times[last], "mouth_opening": opening[last], "track": 0, "shot": 0}
        return bool(speaking_of(pd.DataFrame(mouth))[-1])

    def _rows(self) -> pd.DataFrame:
        """What is remembered, as a ``faces`` table of one track."""
        rows = pd.DataFrame(np.stack(self._measures), columns=_COLUMNS)
        return rows.assign(time=np.array(self._times))

    def _find_neutral(self, time: float) -> None:
        if self._neutral.asked:
            found = neutral_at(self._rows(), time, _MOMENT)
            if found.known:
                self._neutral.face, self._neutral.asked = found, False
        elif self._neutral.face is None and time - self._looked >= _LOOK_EVERY:
            self._looked = time
            self._neutral.face = _calm_face(self._rows(), time)


def _calm_face(rows: pd.DataFrame, time: float) -> NeutralFace | None:
    """The neutral face, if the last readings show one that makes no clear movement."""
    times = rows["time"].to_numpy()
    begin = min(time - _CALM, times[-_FEWEST]) if len(rows) >= _FEWEST else -np.inf
    if times[0] > begin:
        return None
    calm = rows[times >= begin]
    found = neutral_at(calm, time, time - begin)
    known = all(np.isfinite(found.values[name]) for name in MEASURES)
    if not known or abs(found.values["head_turn"]) > FRONTAL:
        return None
    moved = relative_movements(calm, found)[_CHECKED].abs()
    clear = np.array([MOVEMENTS[name].clear for name in _CHECKED])
    # what is unknown for a moment, as behind a hand, is no rest
    still = (moved.to_numpy() < clear).mean(axis=0) >= _MOSTLY
    return found if still.all() else None
