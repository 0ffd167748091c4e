"""What the face and the head of one character do in a scene, away from their neutral face."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from emotion_core.emotions.uncertainty import COVERED_BELOW, uncertainty_of
from emotion_core.faces.movements.events import FaceEvent, find_events
from emotion_core.faces.movements.measures import GAZE, MEASURE_NOTES, MEASURES, POSE
from emotion_core.faces.movements.movements import relative_movements
from emotion_core.faces.movements.neutral import NeutralFace, neutral_at, neutral_face
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS
from emotion_core.performance.performance import Performance

# What has to be said where no movement is known.
NOT_READ = (
    "This scene was read before Eme measured movements. Analyze it again to see what the face does."
)
# Names of the movements that are shown unless a user chooses others.
USUAL = (
    *("inner_brows_up", "brows_lowered", "lids_narrow"),
    *("mouth_open", "lip_corners_up", "lip_corners_down", "head_nod"),
)
# Where a face is too small or too blurred, its mesh is a guess as well. A face that is turned away
# has half of its parts hidden; how far the head is turned is known even then.
_GUESSED = ["tiny", "blurred"]
_TURNED = "turned"
# By column, the one that says how far the part can be seen that it needs.
_NEEDS = {
    **{name: f"{note.part}_visible" for name, note in MEASURE_NOTES.items()},
    **dict.fromkeys(GAZE, "eyes_visible"),
}


@dataclass(frozen=True, slots=True)
class CharacterMovements:
    """The movements of one character in one scene.

    Attributes:
        neutral: what they are measured from.
        values: float32, one row for each row of the character, with its index; the columns
            :data:`~emotion_core.faces.movements.movements.MOVEMENTS` in their units. NaN where a
            movement cannot be told.
        events: blinks, nods and others, by time.
    """

    neutral: NeutralFace
    values: pd.DataFrame
    events: tuple[FaceEvent, ...]

    @property
    def known(self) -> bool:
        """Whether any movement can be told at any moment."""
        return bool(np.isfinite(self.values.to_numpy()).any())


def movements_of(performance: Performance) -> CharacterMovements:
    """The movements of a performance, from the neutral face that its user has named, if any."""
    return measure_movements(performance.faces, performance.neutral_time)


def measure_movements(faces: pd.DataFrame, neutral_time: float | None = None) -> CharacterMovements:
    """The movements of one character, where they can be told.

    A movement is NaN where its part of the face is covered, and where the face is too small or too
    blurred; where it is turned away, only the head is told. The limits are those of readings
    (:mod:`emotion_core.emotions.uncertainty`).

    Args:
        faces: rows of one character, with the columns of the ``faces`` table.
        neutral_time: seconds in the clip at which their face is neutral, as a user says; estimated
            from all rows if ``None``. What cannot be seen at that moment is estimated too.
    """
    told = reliable(faces)
    neutral = neutral_face(told)
    if neutral_time is not None:
        neutral = _filled(neutral_at(told, neutral_time), neutral)
    return CharacterMovements(neutral, relative_movements(told, neutral), find_events(told))


def reliable(faces: pd.DataFrame) -> pd.DataFrame:
    """The same rows, with NaN for the raw measures that are not to be relied on."""
    flags = uncertainty_of(faces)
    guessed = flags[_GUESSED].to_numpy().any(axis=1)
    hidden = guessed | flags[_TURNED].to_numpy()
    columns = {}
    for name in (*MEASURES, *GAZE, *POSE):
        left_out = guessed
        if name in _NEEDS:
            covered = faces[_NEEDS[name]].to_numpy(np.float64) < COVERED_BELOW
            left_out = hidden | covered
        columns[name] = np.where(left_out, np.nan, faces[name]).astype(np.float32)
    return faces.assign(**columns)


def movements_read(faces: pd.DataFrame) -> bool:
    """Whether movements were measured when a scene was read; earlier versions did not.

    Args:
        faces: of a scene or a character. Without a row nothing is missing.
    """
    return not len(faces) or bool(np.isfinite(faces[list(MOVEMENT_COLUMNS)].to_numpy()).any())


def movements_table(performance: Performance, movements: CharacterMovements) -> pd.DataFrame:
    """One row a reading: ``frame``, ``time``, ``shot``, ``track``, ``character`` and the movements.

    Args:
        performance: whose.
        movements: :func:`movements_of` it.
    """
    places = performance.faces[["frame", "time", "shot", "track"]]
    return pd.concat([places.assign(character=performance.name), movements.values], axis=1)


def events_table(performance: Performance, movements: CharacterMovements) -> pd.DataFrame:
    """One row an event: ``character``, ``event``, ``start`` and ``end`` in seconds.

    Args: as of :func:`movements_table`.
    """
    rows = [(performance.name, one.kind, one.start, one.end) for one in movements.events]
    return pd.DataFrame(rows, columns=["character", "event", "start", "end"])


def _filled(named: NeutralFace, estimated: NeutralFace) -> NeutralFace:
    """A neutral face that a user named; what could not be seen then is what it mostly is."""
    values = {
        name: value if np.isfinite(value) else estimated.values[name]
        for name, value in named.values.items()
    }
    return replace(named, values=values)
