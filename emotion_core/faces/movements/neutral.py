"""The neutral face of a character in a clip: what their movements are measured from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.movements.measures import GAZE, MEASURES, POSE

# What a neutral face has a value for.
NEUTRAL_COLUMNS: tuple[str, ...] = (*MEASURES, *POSE, *GAZE)
# Degrees to each side within which a face counts as seen from the front.
FRONTAL = 25.0
# Rows that a median needs; fewer are a moment and no habit.
FEWEST = 12
# Mouths count as closed up to this opening, in distances between the eyes (the mesh of a closed
# mouth shows 0.03 to 0.05), and where one is never closed, the least open fifth of its rows.
_CLOSED, _LEAST_OPEN = 0.07, 0.2
# The most blurred rows that are left out.
_BLURRED = 0.25
# Seconds to each side of a moment that a user names.
MOMENT = 0.15


@dataclass(frozen=True, slots=True)
class NeutralFace:
    """What is known of a neutral face.

    Attributes:
        values: by :data:`NEUTRAL_COLUMNS`; NaN where too little is known.
        rows: of the faces table that it was taken from.
        time: seconds in the clip of the moment that a user named; ``None`` for an estimate.
    """

    values: dict[str, float]
    rows: int
    time: float | None = None

    def __post_init__(self) -> None:
        if tuple(self.values) != NEUTRAL_COLUMNS:
            raise ValueError(f"NeutralFace.values must have the keys {NEUTRAL_COLUMNS}")

    @property
    def known(self) -> bool:
        """Whether there is anything to measure from."""
        return any(math.isfinite(self.values[name]) for name in MEASURES)

    def to_json(self) -> str:
        """As text, for a scene or a settings file."""
        values = {k: v if math.isfinite(v) else None for k, v in self.values.items()}
        return json.dumps({"values": values, "rows": self.rows, "time": self.time})

    @classmethod
    def from_json(cls, text: str) -> NeutralFace:
        """What :meth:`to_json` wrote; values that are missing are unknown, others are ignored.

        Raises:
            ValueError: it is something else.
        """
        try:
            stored = json.loads(text)
            found = {k: stored["values"].get(k) for k in NEUTRAL_COLUMNS}
            values = {k: math.nan if v is None else float(v) for k, v in found.items()}
            time = stored["time"]
            return cls(values, int(stored["rows"]), None if time is None else float(time))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("This is no neutral face.") from error


def neutral_face(faces: pd.DataFrame) -> NeutralFace:
    """What a character's face mostly is: an estimate from all rows of its tracks.

    The median of the rows that are sharp, look to the camera within 25 degrees and have the mouth
    closed (or, where it is never closed, as little open as it gets); of a short clip, blurred rows
    count as well. A face that smiles throughout
    has its smile for neutral: let the user name a moment then, see :func:`neutral_at`.

    Args:
        faces: rows of one character, with the columns of :data:`NEUTRAL_COLUMNS` that are there,
            and ``sharpness`` if known. NaN where unknown.
    """
    frontal = np.abs(_column(faces, "head_turn")) <= FRONTAL
    sharpness = _column(faces, "sharpness")
    sharp = frontal
    if np.isfinite(sharpness[frontal]).any():
        sharp = frontal & ~(sharpness < np.nanquantile(sharpness[frontal], _BLURRED))
    usable = _closed(faces, sharp)
    if usable.sum() < FEWEST:  # of a short clip
        usable = _closed(faces, frontal)
    return _median(faces, usable, FEWEST, None)


def neutral_at(faces: pd.DataFrame, time: float, within: float = MOMENT) -> NeutralFace:
    """The neutral face by a moment that a user names: "this is the neutral face".

    Args:
        faces: as for :func:`neutral_face`, with ``time``.
        time: seconds in the clip.
        within: seconds to each side of it in which rows count.
    """
    near = np.abs(_column(faces, "time") - time) <= within
    return _median(faces, near, 1, time)


def _closed(faces: pd.DataFrame, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Those of some rows in which the mouth is closed, or as little open as it gets."""
    opening = _column(faces, "mouth_opening")
    if not np.isfinite(opening[usable]).any():
        return usable
    least = np.nanquantile(opening[usable], _LEAST_OPEN)
    return usable & (opening <= max(_CLOSED, float(least)))


def _median(
    faces: pd.DataFrame, chosen: npt.NDArray[np.bool_], fewest: int, time: float | None
) -> NeutralFace:
    values = {}
    for name in NEUTRAL_COLUMNS:
        column = _column(faces, name)[chosen]
        column = column[np.isfinite(column)]
        values[name] = float(np.median(column)) if len(column) >= fewest else math.nan
    return NeutralFace(values, int(chosen.sum()), time)


def _column(faces: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in faces:
        return np.full(len(faces), np.nan)
    return faces[name].to_numpy(np.float64)
