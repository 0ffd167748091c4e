"""The meshes of all faces of a clip, by the teacher or by a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.datasets.meshes.teacher import MeshTeacher
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.points import POINTS
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.probe import probe
from emotion_core.media.shots import split_shots
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.types import FloatArray, ImageArray

# Gives (468, 3) px of the picture for a face that lies about in the square.
Look = Callable[[ImageArray, UprightSquare], FloatArray]
_TEACHER_SIDE = 320
# Of the square for the teacher, who takes a picture for about as large as the mesh in it.
_TEACHER_CUT = 1.2


def followed_faces(clip: Path) -> list[FollowedFrame]:
    """All frames of a short clip with their faces, as an analysis follows them."""
    parameters = AnalysisParameters()
    fps = probe(clip).fps
    frames = split_shots(read_frames(clip, max_side=parameters.max_side))
    detector = MTCNNDetector(min_face=parameters.min_face)
    every = parameters.detect_every(fps)
    return list(follow_faces(frames, detector, parameters.tracking_at(fps), every))


def meshes(followed: list[FollowedFrame], look: Look) -> tuple[pd.DataFrame, FloatArray]:
    """The rows of the faces whose landmarks are known, and their (n, 468, 3) meshes in pixels."""
    rows, points = [], []
    for item in followed:
        for track, box, five in zip(
            item.faces.track, item.faces.xyxy, item.faces.landmarks, strict=True
        ):
            if np.isfinite(five).all():
                square = UprightSquare.from_landmarks(five)
                points.append(look(item.frame.image, square))
                rows.append((item.frame.index, item.frame.time, item.shot, int(track), *box))
    columns = ["frame", "time", "shot", "track", "x1", "y1", "x2", "y2"]
    table = pd.DataFrame(rows, columns=columns)
    return table, np.stack(points) if points else np.zeros((0, POINTS, 3), np.float32)


def by_teacher(teacher: MeshTeacher, most_spread: float) -> Look:
    """Meshes as the teacher answers, several times asked; NaN where its answers lie far apart."""

    def look(image: ImageArray, square: UprightSquare) -> FloatArray:
        wide = UprightSquare(square.x, square.y, square.side / 1.3 * _TEACHER_CUT, square.angle)
        taught = teacher.teach(wide.cut(image, _TEACHER_SIDE))
        if taught.spread > most_spread:
            return np.full((POINTS, 3), np.nan, np.float32)
        in_crop = taught.points / _TEACHER_SIDE
        in_crop[:, :2] += 0.5 / _TEACHER_SIDE
        return wide.to_picture(in_crop)

    return look


def by_network(reader: MeshReader) -> Look:
    """Meshes as a network reads them: one look at the detector's face, one at the mesh found."""

    def look(image: ImageArray, square: UprightSquare) -> FloatArray:
        first = reader.read([(image, square)]).points[0]
        return reader.read([(image, UprightSquare.around(first))]).points[0]

    return look
