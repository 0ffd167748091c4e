from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from emotion_core.faces.mesh.points import OUTLINES
from emotion_core.faces.mesh.squares import MARGIN, UprightSquare
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.training.mesh.data import PICTURE_SIDE, MeshTensors
from emotion_core.training.mesh.views import ViewMaker, draw_frames
from tests.training.mesh.faces import mesh_faces

SIZE = 96


@pytest.fixture(scope="module")
def faces() -> MeshTensors:
    return MeshTensors(mesh_faces(8), torch.device("cpu"))


@pytest.fixture(scope="module")
def maker() -> ViewMaker:
    return ViewMaker(SIZE, MARGIN, Covers(paint_covers(len(KINDS), 0)), share=0.5)


def test_points_go_into_a_view_and_back(faces: MeshTensors) -> None:
    torch.manual_seed(0)
    frames = draw_frames(faces.points, MARGIN)
    assert 0 < int(frames.mirrored.sum()) < len(faces)
    back = frames.to_picture(frames.to_view(faces.points))
    assert torch.allclose(back, faces.points, atol=1e-5)


def test_an_unmoved_view_is_the_upright_square_that_film_is_cut_by(faces: MeshTensors) -> None:
    frames = draw_frames(faces.points, MARGIN, strength=0, turn=0, mirror=False)
    views = frames.to_view(faces.points)
    for k, view in enumerate(views):
        pixels = faces.points[k].numpy().copy() * PICTURE_SIDE
        pixels[:, :2] -= 0.5
        square = UprightSquare.around(pixels)
        assert np.allclose(square.to_picture(view.numpy()), pixels, atol=1e-3)


@pytest.mark.parametrize("turn", [0, 30, 60])
def test_a_turned_view_shows_the_face_turned(faces: MeshTensors, turn: int) -> None:
    torch.manual_seed(0)
    frames = draw_frames(faces.points, MARGIN, strength=0.5, turn=turn)
    views = frames.to_view(faces.points)
    across = views[:, 263, :2] - views[:, 33, :2]
    angles = torch.rad2deg(torch.atan2(across[:, 1], across[:, 0]))
    assert torch.allclose(angles.abs(), torch.full((len(views),), float(turn)), atol=0.01)


def test_points_lie_on_what_the_view_shows(faces: MeshTensors, maker: ViewMaker) -> None:
    torch.manual_seed(1)
    pictures, points = faces.__getitems__(range(len(faces)))
    frames = draw_frames(points, MARGIN)
    views = maker.framed(pictures, points, frames, torch.full((len(points),), -1))
    # drawn eyes are white, the middle of drawn lips is red
    for name, color in (("right_eye", (250, 250, 250)), ("lips_outer", (150, 30, 40))):
        middle = views.points[:, list(OUTLINES[name]), :2].mean(dim=1)
        for pixels, (x, y) in zip(views.pixels, middle.tolist(), strict=True):
            if min(x, y) > 0.05 and max(x, y) < 0.95:
                shown = pixels[:, math.floor(y * SIZE), math.floor(x * SIZE)] * 255
                assert torch.allclose(shown, torch.tensor(color).float(), atol=25)
    # in a mirrored view the right eye is still the one at the left of an upright face
    assert (views.points[:, 33, 0] < views.points[:, 263, 0]).all()


def test_views_by_chance_are_pictures_and_repeat_with_a_seed(
    faces: MeshTensors, maker: ViewMaker
) -> None:
    pictures, points = faces.__getitems__(range(len(faces)))
    views = []
    for _ in range(2):
        torch.manual_seed(3)
        views.append(maker(pictures, points))
    one, again = views
    assert torch.equal(one.pixels, again.pixels)
    assert one.pixels.shape == (8, 3, SIZE, SIZE)
    assert one.pixels.min() >= 0 and one.pixels.max() <= 1
    assert ((one.visibility >= 0) & (one.visibility <= 1)).all()
