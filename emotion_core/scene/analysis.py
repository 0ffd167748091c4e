"""What is known of a scene once it has been read: two tables and where they come from."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any

import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import face_square
from emotion_core.emotions.registry import ModelId
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS
from emotion_core.faces.identity.track_embeddings import DEFAULT_EMBEDDER, TrackEmbeddings
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS
from emotion_core.faces.tracking.tracker import TrackingParameters
from emotion_core.types import VideoInfo

# Raise it when the same clip, model and parameters would now give another result. Readings keep the
# one that they were made with; those of version 3 and before do not say it.
ANALYSIS_VERSION = 5
UNSTATED_VERSION = 3

# What is known of a face by its mesh; versions before 5 did not read it.
CROP_COLUMNS = ("crop_x", "crop_y", "crop_side", "crop_angle")
MESH_COLUMNS = (*CROP_COLUMNS, *VISIBLE_COLUMNS, *MOVEMENT_COLUMNS, "speaking")

# What may be unknown: NaN.
UNKNOWN_COLUMNS = ("sharpness", "turn", *MESH_COLUMNS)

FACE_DTYPES = {
    "frame": "int32",
    "time": "float64",
    "shot": "int32",
    "track": "int32",
    "character": "string",
    **dict.fromkeys(("x1", "y1", "x2", "y2", "confidence"), "float32"),
    "detected": "bool",
    **dict.fromkeys(EMOTIONS, "float32"),
    **dict.fromkeys(("valence", "arousal", "entropy"), "float32"),
    **dict.fromkeys(("sharpness", "turn"), "float32"),
    **dict.fromkeys(MESH_COLUMNS, "float32"),
}
FRAME_DTYPES = {"frame": "int32", "time": "float64", "shot": "int32", "faces": "int32"}


@dataclass(frozen=True, slots=True)
class AnalysisParameters:
    """What decides the result of an analysis beside the clip and the model.

    Attributes:
        every: read every n-th frame.
        detect_interval: seconds from one detection of faces to the next; every frame that is
            read gets its boxes, detected or interpolated.
        min_face: smallest face, as a share of the picture's shorter side.
        max_side: longer side in pixels to which larger pictures are shrunk before reading.
        tracking: how freely faces are joined.
        embedder: what identifies a person, see
            :func:`~emotion_core.faces.identity.embedder.load_embedder`.
        still_change: a face that changed by no more than this since it was last read has that
            reading, for at most 7 frames that are read: mean difference of its grey values, of
            255. 0 reads every face that changed at all.
        version: of the method, :data:`ANALYSIS_VERSION` when it was read.
    """

    every: int = 1
    detect_interval: float = 0.2
    min_face: float = 0.06
    max_side: int = 1280
    tracking: TrackingParameters = field(default_factory=TrackingParameters)
    embedder: str = DEFAULT_EMBEDDER
    still_change: float = 0.0
    version: int = field(default_factory=lambda: ANALYSIS_VERSION)

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every must be at least 1, but is {self.every}")
        if not 0 <= self.still_change <= 255:
            raise ValueError(f"still_change must be in [0, 255], but is {self.still_change}")

    def detect_every(self, fps: float) -> int:
        """Frames that are read from one detection to the next."""
        return max(round(self.detect_interval * fps / self.every), 1)

    def tracking_at(self, fps: float) -> TrackingParameters:
        """The tracking parameters, with room for two missed detections when read sparsely."""
        step = self.detect_every(fps) * self.every / fps
        return replace(self.tracking, max_gap=max(self.tracking.max_gap, 2.5 * step))

    def current(self) -> AnalysisParameters:
        """The same for the version of the method that reads now."""
        return replace(self, version=ANALYSIS_VERSION)

    def key(self) -> str:
        """Short name that changes with every parameter and with the version of the method."""
        parameters = asdict(self)
        version = parameters.pop("version")
        still_change = float(parameters.pop("still_change"))  # 6 is stored as 6.0
        if still_change:  # else as before there was such a parameter
            parameters["still_change"] = still_change
        text = json.dumps([version, parameters], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def crop_of(face: Mapping[Any, Any]) -> UprightSquare:
    """The square in which a face of the ``faces`` table was read.

    Args:
        face: a row; before version 5 faces were read in the squares of their boxes.
    """
    x, y, side, angle = (float(face[name]) for name in CROP_COLUMNS)
    if math.isnan(side):
        x1, y1, x2, y2 = (float(face[name]) for name in ("x1", "y1", "x2", "y2"))
        left, top, whole = face_square((x1, y1, x2, y2))
        return UprightSquare(left + (whole - 1) / 2, top + (whole - 1) / 2, whole, 0.0)
    return UprightSquare(x, y, side, math.radians(angle))


@dataclass(frozen=True, slots=True)
class ClipId:
    """Which file was read: SHA-256 of its content, and the name it came with."""

    sha256: str
    name: str


def analysis_id(clip: ClipId, model: ModelId, parameters: AnalysisParameters) -> str:
    """Address of an analysis: ``<clip sha256>/<model>-<fingerprint>-<parameters>``.

    The name of the model is shortened to its last part; the fingerprint distinguishes models.
    """
    name = re.sub(r"[^\w.-]", "-", PurePath(model.name).name)
    return f"{clip.sha256}/{name}-{model.fingerprint}-{parameters.key()}"


@dataclass(frozen=True, slots=True)
class SceneAnalysis:
    """A scene that has been read.

    Attributes:
        clip: which file it is.
        info: size, rate and length of the clip.
        shots: first and end time of each shot in seconds.
        faces: one row per face and frame, dtypes :data:`FACE_DTYPES`. Boxes are pixels of the
            clip as shown; the seven probabilities sum to 1; ``valence`` and ``arousal`` are
            derived (:func:`~emotion_core.emotions.labels.valence_arousal`), ``entropy`` is in
            bits. ``sharpness`` (:func:`~emotion_core.faces.quality.sharpness`, no unit) and
            ``turn`` (:func:`~emotion_core.faces.quality.turn`, in half distances of the eyes)
            say how well the face could be seen. The square in which it was read has its middle at
            ``crop_x`` and ``crop_y``, the side ``crop_side`` (px) and is turned clockwise by
            ``crop_angle`` (degrees). By the mesh of the face, ``brows_visible`` to ``jaw_visible``
            say which of its parts can be seen, in [0, 1];
            :data:`~emotion_core.faces.movements.reading.MOVEMENT_COLUMNS` say what they do, and
            ``speaking`` is 1 where the mouth moves as in speech, else 0. NaN stands for what is not
            known; what is doubtful says
            :func:`~emotion_core.emotions.uncertainty.uncertainty_of`. A frame without a face has no
            row: missing is not neutral.
        frames: one row per frame that was read, dtypes :data:`FRAME_DTYPES`.
        model: which classifier read it.
        parameters: how it was read.
        warnings: sentences on what could not be read.
        identity: an embedding of each track, by which tracks are clustered into characters.
        neutral_times: by track, seconds in the clip at which a user says that its face is neutral.
            It is no part of what was read and is not stored with it, but in the library.
    """

    clip: ClipId
    info: VideoInfo
    shots: tuple[tuple[float, float], ...]
    faces: pd.DataFrame
    frames: pd.DataFrame
    model: ModelId
    parameters: AnalysisParameters
    warnings: tuple[str, ...] = ()
    identity: TrackEmbeddings = field(default_factory=TrackEmbeddings.empty)
    neutral_times: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, table, dtypes in (
            ("faces", self.faces, FACE_DTYPES),
            ("frames", self.frames, FRAME_DTYPES),
        ):
            if list(table.columns) != list(dtypes):
                raise ValueError(
                    f"SceneAnalysis.{name} must have the columns {list(dtypes)}, "
                    f"but has {list(table.columns)}"
                )

    @property
    def id(self) -> str:
        """Address of the analysis: clip, model and parameters."""
        return analysis_id(self.clip, self.model, self.parameters)

    def face_names(self) -> dict[int, str]:
        """What each track is called: its character, or else Face 1, Face 2, ..."""
        firsts = self.faces.drop_duplicates("track")
        return {
            int(track): f"Face {int(track) + 1}" if pd.isna(character) else str(character)
            for track, character in zip(firsts["track"], firsts["character"], strict=True)
        }
