"""How far a head is turned to the side, roughly, from the five points that MTCNN finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.conditions.pictures import SIDE, to_side
from emotion_core.faces.detection import FaceDetector
from emotion_core.progress import Progress, Task
from emotion_core.types import ImageArray

NOT_FOUND = "no face found by MTCNN"
# Upper ends of the groups, in degrees.
GROUPS = {
    "head turned by less than 15°": 15.0,
    "head turned by 15 to 30°": 30.0,
    "head turned by 30 to 45°": 45.0,
    "head turned by 45° or more": np.inf,
}
# How far the tip of the nose stands out before the eyes, over the distance of the eyes: 0.45 in
# generic heads. The groups are as rough as this one number for all noses.
_NOSE = 0.45


def yaw(landmarks: npt.NDArray[np.float32]) -> float:
    """Turn of the head to either side in degrees, 0 to 90.

    In the manner of Gee and Cipolla 1994, "Determining the gaze of faces in images": seen from
    afar, a turn by t moves the tip of the nose by d sin t along the line of the eyes, and brings
    the eyes, e apart, to e cos t; so tan t is the one over the other, times e / d.

    Args:
        landmarks: (5, 2) px: left eye, right eye, tip of the nose, corners of the mouth.
    """
    left, right, nose = landmarks[:3].astype(np.float64)
    along = right - left
    length = float(np.hypot(*along))
    if length == 0:
        return 90.0
    offset = float((nose - (left + right) / 2) @ along) / length
    return float(np.degrees(np.arctan2(abs(offset) / _NOSE, length)))


def group_by_turn(
    faces: Sequence[ImageArray], detector: FaceDetector
) -> Task[dict[str, npt.NDArray[np.int64]]]:
    """Which faces belong to which group of :data:`GROUPS`, and which to none.

    Args:
        faces: crops of any size, each filled by a face; the edge is repeated around them, since
            a detector expects a face to be smaller than its picture.
        detector: with landmarks.

    Returns:
        Indices into ``faces`` by group, those that are not found last.
    """
    found: dict[str, list[int]] = {name: [] for name in (*GROUPS, NOT_FOUND)}
    for index, face in enumerate(faces):
        margin = SIDE // 2
        padded = np.pad(to_side(face), ((margin, margin), (margin, margin), (0, 0)), mode="edge")
        detections = detector.detect(padded)
        if len(detections.xyxy) and detections.landmarks is not None:
            turn = yaw(detections.landmarks[0])
            name = next(name for name, end in GROUPS.items() if turn < end)
        else:
            name = NOT_FOUND
        found[name].append(index)
        yield Progress(index + 1, len(faces))
    return {name: np.array(indices, np.int64) for name, indices in found.items()}
