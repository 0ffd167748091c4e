"""What the face before the camera does, against its own neutral face, as it comes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.faces.mesh.points import VISIBLE_PARTS
from emotion_core.faces.mesh.upright import UprightFaces
from emotion_core.faces.movements.measures import MEASURES
from emotion_core.faces.movements.movements import MOVEMENTS, relative_movements
from emotion_core.faces.movements.neutral import FRONTAL, NeutralFace, neutral_at
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS, PART_SEEN, read_movements
from emotion_core.faces.movements.speaking import speaking_of
from emotion_core.practice.live.smoothing import GAP
from emotion_core.types import FloatArray, ImageArray

# Seconds of which the median is said: a blink or a mesh that slips once leaves no trace in it.
_STEADY = 0.5
# A face that makes no clear movement for so long, and for so many readings, is taken for neutral.
_CALM, _FEWEST = 2.0, 12
# Of the readings meanwhile, the share within which nothing moves: a mesh may slip once.
_MOSTLY = 0.9
# What moves in a face at rest too.
_RESTLESS = ("lids_wide", "lids_narrow", "lids_lowered", "gaze_side", "asymmetry")
# Seconds from one look for a calm face to the next.
_LOOK_EVERY = 0.5
# Seconds of the newest readings that a user means by "this is my neutral face".
_MOMENT = 0.3
# Seconds that tell whether somebody speaks: three strokes of the mouth, and a pause after them.
_SPEECH = 1.5
# Readings that are remembered: at 12 a second more than four seconds.
_REMEMBERED = 50
_NUMBERS = {name: number for number, name in enumerate(MOVEMENTS)}
_CHECKED = [name for name in MOVEMENTS if name not in _RESTLESS]


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
        self._looked = -np.inf

    def forget(self) -> None:
        """The face is gone: what comes next is another, or the same anew."""
        self._times.clear()
        self._measures.clear()
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
        measures = read_movements([image], upright.meshes)[0]
        self._times.append(time)
        self._measures.append(measures)
        rows = self._rows()
        self._find_neutral(rows, time)
        face = self._neutral.face
        raw = steady = np.full(len(MOVEMENTS), np.nan, np.float32)
        if face is not None:
            recent = relative_movements(rows[rows["time"] >= time - _STEADY], face)
            raw = recent.iloc[-1].to_numpy(np.float32)
            steady = np.where(np.isnan(raw), raw, recent.median().to_numpy(np.float32))
        visible = upright.meshes.visibility[0]
        return MovementReading(
            raw,
            steady,
            float(measures[MOVEMENT_COLUMNS.index("head_turn")]),
            tuple(
                part
                for part, share in zip(VISIBLE_PARTS, visible, strict=True)
                if share < PART_SEEN
            ),
            bool(np.isfinite(visible).all()),
            face is not None,
            bool(speaking_of(rows[rows["time"] >= time - _SPEECH])[-1]),
        )

    def _rows(self) -> pd.DataFrame:
        """What is remembered, as a ``faces`` table of one track."""
        rows = pd.DataFrame(np.stack(self._measures), columns=list(MOVEMENT_COLUMNS))
        return rows.assign(time=np.array(self._times), track=0, shot=0)

    def _find_neutral(self, rows: pd.DataFrame, time: float) -> None:
        if self._neutral.asked:
            found = neutral_at(rows, time, _MOMENT)
            if found.known:
                self._neutral.face, self._neutral.asked = found, False
        elif self._neutral.face is None and time - self._looked >= _LOOK_EVERY:
            self._looked = time
            self._neutral.face = _calm_face(rows, time)


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
