from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from emotion_core.faces.mesh.mesh import FaceMeshes
from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.mesh.squares import READ_MARGIN, UprightSquare
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.movements.measures import MEASURE_NOTES
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS, read_movements
from emotion_core.types import FloatArray, ImageArray
from tests.faces.mesh.test_squares import five_points, turned_face

PICTURE = np.zeros((200, 240, 3), np.uint8)


class Meshes:
    """Gives the meshes that a test names, and remembers where it looked for them."""

    def __init__(self, *points: FloatArray, visible: float = 1.0) -> None:
        self.points, self.visible = points, visible
        self.squares: list[UprightSquare] = []

    def read(self, faces: Sequence[tuple[ImageArray, UprightSquare]]) -> FaceMeshes:
        self.squares += [square for _, square in faces]
        visibility = np.full((len(faces), 5), self.visible, np.float32)
        return FaceMeshes(np.stack(self.points).astype(np.float32), visibility)


def seen(points: FloatArray) -> SeenFace:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return SeenFace(PICTURE, np.concatenate([low, high]), five_points(points))


@pytest.mark.parametrize("degrees", [0.0, 45.0, -90.0, 180.0])
def test_a_face_is_read_in_the_square_in_which_its_mesh_stands_upright(degrees: float) -> None:
    points = turned_face(degrees)
    upright = turn_upright(Meshes(points), [seen(points)])  # type: ignore[arg-type]
    (square,) = upright.squares
    assert abs(math.remainder(math.degrees(square.angle) - degrees, 360)) < 0.1
    assert square.side == pytest.approx(READ_MARGIN * UprightSquare.around(points, 1.0).side)
    assert np.allclose(upright.meshes.points[0], points)


def test_without_a_mesh_the_points_of_the_detector_turn_a_face_upright() -> None:
    points = turned_face(60)
    upright = turn_upright(None, [seen(points), SeenFace(PICTURE, np.array([10, 20, 60, 80.0]))])
    assert math.degrees(upright.squares[0].angle) == pytest.approx(60, abs=0.5)
    assert (upright.squares[1].x, upright.squares[1].y, upright.squares[1].angle) == (35, 50, 0)
    assert np.isnan(upright.meshes.points).all() and np.isnan(upright.meshes.visibility).all()


def test_a_mesh_that_lies_elsewhere_or_has_another_size_is_of_no_face() -> None:
    points = turned_face(0)
    elsewhere, smaller = points + 60, points * np.float32(0.5) + (50, 40, 0)
    reader = Meshes(elsewhere, smaller.astype(np.float32), points)
    upright = turn_upright(reader, [seen(points)] * 3)  # type: ignore[arg-type]
    assert np.isnan(upright.meshes.points).all(axis=(1, 2)).tolist() == [True, True, False]
    for square in upright.squares[:2]:
        assert (square.x, square.y) == (reader.squares[0].x, reader.squares[0].y)


def test_a_part_that_cannot_be_seen_is_not_measured() -> None:
    points = np.stack([turned_face(0)] * 2)
    visibility = np.ones((2, 5), np.float32)
    visibility[1, 3] = 0.1  # the mouth
    found = read_movements([PICTURE, PICTURE], FaceMeshes(points, visibility))
    unknown = np.isnan(found[1]) & ~np.isnan(found[0])
    names = {name for name, is_so in zip(MOVEMENT_COLUMNS, unknown, strict=True) if is_so}
    assert names == {name for name, note in MEASURE_NOTES.items() if note.part == "mouth"}
    assert np.isnan(read_movements([PICTURE], FaceMeshes.unknown(1))).all()


def test_a_square_keeps_its_place_in_pictures_of_other_sizes_and_in_parts_of_them() -> None:
    square = UprightSquare.around(turned_face(30))
    points = mean_face()[:5, :2] * 20 + 100
    half = square.scaled(0.5)
    assert np.allclose(half.to_crop((points + 0.5) / 2 - 0.5, 64), square.to_crop(points, 64))
    part = square.moved((-20, -10))
    assert np.allclose(part.to_crop(points - (20, 10), 64), square.to_crop(points, 64), atol=1e-3)
    left, top, right, bottom = square.bounds(240, 200)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    placed = square.to_picture(corners)
    assert left <= max(placed[:, 0].min(), 0) and right >= min(placed[:, 0].max(), 240)
    assert top <= max(placed[:, 1].min(), 0) and bottom >= min(placed[:, 1].max(), 200)
    assert UprightSquare(-90, -90, 20, 0.0).bounds(240, 200)[2:] == (0, 0)
