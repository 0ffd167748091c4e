"""The turned copies of a picture side by side, so that a detector looks at all of them at once."""

from __future__ import annotations

import numpy as np

from emotion_core.types import FaceDetections, ImageArray

# Of a copy in a sheet, the quarter turns counterclockwise, and its left and top.
Place = tuple[int, int, int]


def turned_sheet(picture: ImageArray) -> tuple[ImageArray, list[Place]]:
    """The copies of a picture turned by 90, 180 and 270 degrees, side by side in one.

    One picture takes less time than three: each call of a net costs as much as many pixels.

    Returns:
        The sheet, black where it is empty, and of each copy the quarter turns counterclockwise,
        and its left and top.
    """
    height, width = picture.shape[:2]
    if width >= height:
        size = width + height, max(2 * height, width)
        places = [(1, 0, 0), (3, height, 0), (2, 0, width)]
    else:
        size = max(2 * width, height), width + height
        places = [(1, 0, 0), (3, 0, width), (2, height, 0)]
    sheet = np.zeros((*size, 3), np.uint8)
    for quarters, left, top in places:
        copy = np.rot90(picture, quarters)
        sheet[top : top + copy.shape[0], left : left + copy.shape[1]] = copy
    return sheet, places


def turned_back(
    found: FaceDetections, places: list[Place], size: tuple[int, int]
) -> FaceDetections:
    """What was found in a sheet, in pixels of the picture as it was; ``size`` is that of it."""
    assert found.landmarks is not None
    right, bottom = size[0] - 1, size[1] - 1
    back = {
        1: lambda x, y: (right - y, x),
        2: lambda x, y: (right - x, bottom - y),
        3: lambda x, y: (y, bottom - x),
    }
    parts = []
    middles = (found.xyxy[:, :2] + found.xyxy[:, 2:]) / 2
    for quarters, left, top in places:
        wide, tall = size if quarters == 2 else size[::-1]
        x, y = (middles - (left, top)).T
        there = found[(x >= 0) & (x < wide) & (y >= 0) & (y < tall)]
        assert there.landmarks is not None
        boxes, points = (
            np.stack(back[quarters](one[..., 0] - left, one[..., 1] - top), axis=-1)
            for one in (there.xyxy.reshape(-1, 2, 2), there.landmarks)
        )
        xyxy = np.concatenate([boxes.min(axis=1), boxes.max(axis=1)], axis=1)
        parts.append(FaceDetections(xyxy, there.confidence, points))
    return FaceDetections.together(parts)
