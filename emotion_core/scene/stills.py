"""Stills of the faces of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from emotion_core.emotions.preprocessing import crop_face
from emotion_core.errors import MediaError
from emotion_core.media.seeking import read_images_at
from emotion_core.scene.summary import Moment
from emotion_core.types import ImageArray

SIZE = 224
SHOT_WIDTH = 160
_ROOM = 0.3  # of the longer side of the box, on each side


class FacePlace(NamedTuple):
    """A moment of a clip in seconds, and the box of a face then, in px."""

    time: float
    x1: float
    y1: float
    x2: float
    y2: float


def face_pictures(
    clip: Path, faces: pd.DataFrame, places: Sequence[tuple[float, int]], size: int = SIZE
) -> list[ImageArray]:
    """Faces at some moments, with some room around them, in one pass over the clip.

    Args:
        clip: the clip that the faces were read in.
        faces: the table ``faces`` of its analysis.
        places: time in seconds and track of each; the nearest reading of the track counts.
        size: side of a picture in pixels.

    Returns:
        (size, size, 3) uint8 RGB each, in the order of ``places``.

    Raises:
        MediaError: the clip cannot be read.
    """
    return cut_faces(clip, find_faces(faces, places), size)


def find_faces(faces: pd.DataFrame, places: Sequence[tuple[float, int]]) -> list[FacePlace]:
    """Where in a clip faces are at some moments.

    Args:
        faces, places: as for :func:`face_pictures`.
    """
    rows = [_nearest(faces, time, track) for time, track in places]
    return [
        FacePlace(float(row["time"]), *(float(row[name]) for name in ("x1", "y1", "x2", "y2")))
        for row in rows
    ]


def cut_faces(clip: Path, found: Sequence[FacePlace], size: int = SIZE) -> list[ImageArray]:
    """The pictures of :func:`face_pictures`, without the table.

    Args:
        clip, size: as there.
        found: by :func:`find_faces`.

    Raises:
        MediaError: the clip cannot be read.
    """
    order = sorted(range(len(found)), key=lambda place: found[place].time)
    images = read_images_at(clip, [found[place].time for place in order])
    pictures: dict[int, ImageArray] = {}
    for place, image in zip(order, images, strict=True):
        _, x1, y1, x2, y2 = found[place]
        room = _ROOM * max(x2 - x1, y2 - y1)
        pictures[place] = crop_face(image, (x1 - room, y1 - room, x2 + room, y2 + room), size)
    return [pictures[place] for place in range(len(found))]


def shot_pictures(
    clip: Path | None, times: Sequence[float], width: int = SHOT_WIDTH
) -> list[ImageArray | None]:
    """The whole picture at some times, (H, width, 3) uint8 RGB; none where the clip is not at hand.

    Args:
        clip: the clip.
        times: seconds, ascending.
        width: px.
    """
    found: list[ImageArray | None] = []
    if clip is not None:
        with suppress(MediaError):
            for image in read_images_at(clip, times):
                height = max(round(image.shape[0] * width / image.shape[1]), 1)
                small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
                found.append(np.asarray(small, np.uint8))
    return found + [None] * (len(times) - len(found))


def moment_pictures(
    clip: Path | None, faces: pd.DataFrame, moments: Sequence[Moment]
) -> dict[Moment, ImageArray]:
    """Stills of moments of a scene; none where the clip is not at hand or cannot be read."""
    if clip is None:
        return {}
    places = [(moment.time, moment.track) for moment in moments]
    try:
        return dict(zip(moments, face_pictures(clip, faces, places), strict=True))
    except MediaError:
        return {}


def _nearest(faces: pd.DataFrame, time: float, track: int) -> pd.Series:
    rows = faces[faces["track"] == track]
    return rows.iloc[int((rows["time"] - time).abs().argmin())]
