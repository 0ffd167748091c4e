from __future__ import annotations

import math

import numpy as np
import pytest

from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.mesh.squares import MARGIN, UprightSquare
from emotion_core.types import FloatArray


def turned_face(degrees: float, unit: float = 40.0) -> FloatArray:
    """The mean face in a picture, its eyes around (100, 80)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points = mean_face() * unit
    points[:, :2] = points[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + (100, 80)
    return points.astype(np.float32)


def five_points(points: FloatArray) -> FloatArray:
    eyes = [points[list(corners)].mean(axis=0) for corners in ((33, 133), (263, 362))]
    return np.stack([*eyes, *points[[1, 61, 291]]])[:, :2]


@pytest.mark.parametrize("degrees", [0, 30, -75, 90, 170])
def test_a_square_turns_with_the_face_and_holds_all_of_it(degrees: float) -> None:
    points = turned_face(degrees)
    square = UprightSquare.around(points)
    assert math.degrees(square.angle) == pytest.approx(degrees, abs=0.01)
    matrix = square.matrix(128)
    placed = (points[:, :2] @ matrix[:, :2].T + matrix[:, 2] + 0.5) / 128
    edge = (1 - 1 / MARGIN) / 2
    assert placed.min() == pytest.approx(edge, abs=1e-3)
    assert placed.max() == pytest.approx(1 - edge, abs=1e-3)
    in_crop = np.column_stack([placed, points[:, 2] / square.side])
    assert np.allclose(square.to_picture(in_crop), points, atol=1e-3)


@pytest.mark.parametrize("degrees", [0, 30, -75, 90, 170])
def test_the_square_by_five_points_is_about_that_by_the_mesh(degrees: float) -> None:
    points = turned_face(degrees)
    wanted = UprightSquare.around(points)
    first = UprightSquare.from_landmarks(five_points(points))
    assert math.degrees(first.angle) == pytest.approx(degrees, abs=0.1)
    assert first.side == pytest.approx(wanted.side, rel=0.05)
    assert math.hypot(first.x - wanted.x, first.y - wanted.y) < 0.02 * wanted.side


def test_a_profile_whose_eyes_are_in_one_place_still_has_a_square() -> None:
    landmarks = np.array([[50, 40], [50, 40], [30, 60], [45, 80], [45, 80]], np.float32)
    square = UprightSquare.from_landmarks(landmarks)
    assert 40 < square.side < 200 and abs(math.degrees(square.angle)) < 20


def test_what_is_cut_out_stands_upright_and_keeps_its_brightness() -> None:
    points = turned_face(90)
    for scale in (1, 8):  # the second is averaged, since it shrinks
        image = np.zeros((200 * scale, 200 * scale, 3), np.uint8)
        x, y = (points[152, :2] * scale).astype(int)  # the chin, at the left of the picture
        image[y - 6 * scale : y + 7 * scale, x - 6 * scale : x + 7 * scale] = 200
        square = UprightSquare.around(points * scale)
        crop = square.cut(image, 64)
        rows, columns = np.nonzero(crop[..., 0] > 100)
        assert rows.mean() == pytest.approx(64 * (0.5 + 0.5 / MARGIN), abs=1.5)
        assert columns.mean() == pytest.approx(31.5, abs=1.5)
        assert crop.max() > 190
