from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.faces.mesh.points import EYE_CORNERS, OUTLINES
from emotion_core.faces.movements.gaze import coarse_gaze
from emotion_core.types import FloatArray, ImageArray
from tests.faces.mesh.heads import head


def drawn(points: FloatArray, side: float, tilt: float = 0.0) -> ImageArray:
    """A face whose irises stand at a share of the half width of its eyes, along the head's x."""
    picture = np.full((420, 600, 3), (190, 150, 130), np.uint8)
    along = np.array([np.cos(np.radians(tilt)), np.sin(np.radians(tilt))])
    for eye, corners in (("right_eye", EYE_CORNERS[0]), ("left_eye", EYE_CORNERS[1])):
        outline = points[list(OUTLINES[eye]), :2]
        white = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(white, [np.round(outline).astype(np.int32)], 1)
        ends = points[list(corners), :2]
        half = np.linalg.norm(ends[1] - ends[0]) / 2
        middle = ends.mean(axis=0) + side * half * along
        iris = np.zeros_like(white)
        cv2.circle(iris, (round(middle[0]), round(middle[1])), round(0.4 * half), 1, -1)
        picture[white > 0] = (225, 225, 220)
        picture[(white & iris) > 0] = (60, 40, 30)
    return picture


@pytest.mark.parametrize("tilt", [0.0, 35.0, 180.0])
@pytest.mark.parametrize("side", [-0.5, -0.25, 0.0, 0.25, 0.5])
def test_the_iris_is_found_where_it_stands(side: float, tilt: float) -> None:
    points = head(tilt=tilt, size=120)
    found = coarse_gaze(drawn(points, side, tilt), points[None])
    assert found.shape == (1, 1) and found.dtype == np.float32
    assert found[0, 0] == pytest.approx(side, abs=0.12)


def test_skin_and_light_change_nothing() -> None:
    points = head(size=120)
    bright = drawn(points, 0.4)
    dark = (bright * 0.3).astype(np.uint8)
    one, other = (coarse_gaze(image, points[None])[0, 0] for image in (bright, dark))
    assert one == pytest.approx(other, abs=0.03)


def test_eyes_that_are_shut_small_or_out_of_the_picture_look_nowhere() -> None:
    points = head(size=120)
    shut = points.copy()
    for eye in ("right_eye", "left_eye"):
        shut[list(OUTLINES[eye]), 1] = shut[list(OUTLINES[eye]), 1].mean()
    small = head(size=18)
    outside = points + np.array((280, 0, 0))
    unknown = np.full_like(points, np.nan)
    faces = np.stack([shut, small, outside, unknown]).astype(np.float32)
    assert np.isnan(coarse_gaze(drawn(points, 0.3), faces)).all()
    assert coarse_gaze(drawn(points, 0.3), faces[:0]).shape == (0, 1)


def test_eyes_that_contradict_each_other_say_nothing() -> None:
    points = head(size=120)
    image = drawn(points, 0.5)
    image[:, :300] = drawn(points, -0.5)[:, :300]  # each eye looks outwards
    assert np.isnan(coarse_gaze(image, points[None])).all()
