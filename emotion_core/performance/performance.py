"""One character through one scene."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import segments_of
from emotion_core.emotions.uncertainty import uncertainty_of
from emotion_core.errors import ComparisonError
from emotion_core.scene.analysis import SceneAnalysis

Values = npt.NDArray[np.float64]

# By emotion, the column that keeps the reading as it was read where :attr:`Performance.faces` holds
# readings relative to the face at rest (:mod:`emotion_core.performance.resting`).
AS_READ = {name: f"read_{name}" for name in EMOTIONS}

# In a sentence that names the characters of a scene, of which there may be many.
_SHOWN_NAMES = 8


@dataclass(frozen=True, slots=True)
class Performance:
    """The readings of one character in one scene.

    Attributes:
        name: what the character is called.
        scene: what the scene is called.
        faces: the character's rows of :attr:`SceneAnalysis.faces`, by time, one a frame; where its
            readings are relative, also the columns of :data:`AS_READ`.
        duration: length of the clip in seconds.
        every: frames from one that was read to the next.
        fps: frames per second of the clip.
        neutral_time: seconds in the clip at which the character's face is neutral, as a user says;
            ``None`` where nobody has said.
    """

    name: str
    scene: str
    faces: pd.DataFrame
    duration: float
    every: int
    fps: float
    neutral_time: float | None = None

    def __post_init__(self) -> None:
        if not self.faces["time"].is_monotonic_increasing or self.faces["frame"].duplicated().any():
            raise ValueError("Performance.faces must be ordered by time, with one row a frame")

    def __len__(self) -> int:
        return len(self.faces)

    @property
    def times(self) -> Values:
        """(n,) seconds in the clip."""
        return self.faces["time"].to_numpy(np.float64)

    @property
    def probabilities(self) -> Values:
        """(n, 7) in the order of :data:`~emotion_core.emotions.labels.EMOTIONS`."""
        return self.faces[list(EMOTIONS)].to_numpy(np.float64)

    @property
    def step(self) -> float:
        """Nominal seconds from one reading to the next."""
        return self.every / self.fps

    @property
    def seconds(self) -> float:
        """Time in view: readings times :attr:`step`."""
        return len(self) * self.step

    def doubts(self) -> pd.DataFrame:
        """:func:`~emotion_core.emotions.uncertainty.uncertainty_of` the readings as they were read.

        That a reading is shown relative to the face at rest makes it no surer.
        """
        return doubts_of(self.faces)

    @property
    def relative(self) -> bool:
        """Whether the readings are relative to the face at rest."""
        return are_relative(self.faces)

    def segments(self) -> npt.NDArray[np.int64]:
        """(n,) number of the unbroken segment that each row belongs to, from 0.

        A segment ends at a cut, where the track changes, and where a frame was read without
        this character: nothing is smoothed or counted across.
        """
        return segments_of(self.faces, self.every)


def are_relative(faces: pd.DataFrame) -> bool:
    """Whether readings of a ``faces`` table are relative to faces at rest."""
    return set(AS_READ.values()) <= set(faces.columns)


def doubts_of(faces: pd.DataFrame) -> pd.DataFrame:
    """:func:`~emotion_core.emotions.uncertainty.uncertainty_of` readings as they were read."""
    if not are_relative(faces):
        return uncertainty_of(faces)
    return uncertainty_of(faces.assign(**{name: faces[column] for name, column in AS_READ.items()}))


def performances_of(analysis: SceneAnalysis, scene: str | None = None) -> tuple[Performance, ...]:
    """The performances of a scene, longest in view first.

    Tracks that bear the same name are one performance; a track without a character is one of its
    own. Where two tracks of one name are in a frame together, which a user can bring about, the
    more confident face counts.

    Args:
        analysis: the scene.
        scene: what to call it; the name of the clip if ``None``.
    """
    names = analysis.faces["track"].map(analysis.face_names())
    found = []
    for name, rows in analysis.faces.groupby(names, sort=False):
        rows = rows.sort_values(["frame", "confidence"], ascending=[True, False], kind="stable")
        named = [analysis.neutral_times.get(int(track)) for track in rows["track"].unique()]
        found.append(
            Performance(
                name=str(name),
                scene=scene or analysis.clip.name,
                faces=rows.drop_duplicates("frame").reset_index(drop=True),
                duration=analysis.info.duration,
                every=analysis.parameters.every,
                fps=analysis.info.fps,
                # of two who were merged since, both may have one
                neutral_time=min((time for time in named if time is not None), default=None),
            )
        )
    return tuple(sorted(found, key=len, reverse=True))


def choose_performance(analysis: SceneAnalysis, clip: str, name: str | None = None) -> Performance:
    """The performance of one character.

    Args:
        analysis: the scene.
        clip: name of its file; the scene is called by its stem.
        name: of the character, in capitals or not; whoever is in view longest if ``None``.

    Raises:
        ComparisonError: there is no such character, or no face at all.
    """
    found = performances_of(analysis, PurePath(clip).stem)
    if not found:
        raise ComparisonError(f"No usable face was found in {clip}.")
    if name is None:
        return found[0]
    wanted = [one for one in found if one.name.casefold() == name.strip().casefold()]
    if not wanted:
        known = ", ".join(one.name for one in found[:_SHOWN_NAMES])
        more = ", ..." if len(found) > _SHOWN_NAMES else ""
        raise ComparisonError(f"{clip} has no character {name}; it has {known}{more}.")
    return wanted[0]
