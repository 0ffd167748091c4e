"""Back light and make-up, by the outline and the mesh of a face."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from emotion_core.faces.mesh.points import OUTLINES, mean_face
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.film.backlight import lit_from_behind
from emotion_core.training.common.film.makeup import made_up
from emotion_core.training.common.film.outlines import head_mask, inside, part_mask

SIDE = 112


def _points(count: int = 1) -> Tensor:
    """The mean face in the middle of the picture; the eyes are 0.3 of its side apart."""
    middle = torch.from_numpy(mean_face()[:, :2] * 0.3 + (0.5, 0.4)).float()
    return middle.repeat(count, 1, 1)


def _faces(count: int, value: float = 0.5) -> tuple[Tensor, Tensor]:
    """Flat pictures, and the outline of their faces."""
    mask = part_mask(_points(count), ("face_oval",), SIDE)
    return torch.full((count, 3, SIDE, SIDE), value) * mask, mask


def _at(image: Tensor, point: Tensor) -> Tensor:
    """(n, 3) what is seen at a point from 0 to 1 across."""
    x, y = (int(value * SIDE) for value in point)
    return image[:, :, y, x]


def test_the_inside_of_an_outline_has_its_area_and_leaves_out_its_holes() -> None:
    square = torch.tensor([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])
    mask = inside(square[None, None], 32)
    assert mask.shape == (1, 1, 32, 32)
    assert float(mask.mean()) == pytest.approx(0.25, abs=0.005)
    assert mask[0, 0, 16, 16] == 1 and mask[0, 0, 2, 16] == 0
    twice = torch.cat([square, square])  # by the even-odd rule nothing is inside of both
    assert inside(twice[None, None], 32).abs().max() == 0


def test_a_part_lies_around_its_points_and_a_face_without_a_mesh_has_none() -> None:
    points = _points(2)
    points[1] = torch.nan
    lips = part_mask(points, ("lips_outer",), SIDE)
    x, y = points[0, list(OUTLINES["lips_outer"])].mean(dim=0) * SIDE
    assert lips[0, 0, int(y), int(x)] > 0.5
    assert 0 < lips[0].mean() < 0.1
    assert lips[1].max() == 0
    assert head_mask(points, SIDE)[1].min() == 1  # of such a face nothing is cut off


def test_back_light_is_brighter_behind_the_face_than_on_it_and_darkens_the_face() -> None:
    torch.manual_seed(0)
    image, mask = _faces(16)
    lit = lit_from_behind(image, mask, _points(16))
    assert lit.min() >= 0 and lit.max() <= 1
    middle, corner = _at(lit, torch.tensor([0.5, 0.5])), lit[:, :, -1, 0]
    assert (corner.amax(dim=1) > middle.amax(dim=1)).all()
    plain = lit_from_behind(image, torch.ones_like(mask))  # no outline is known
    assert _at(plain, torch.tensor([0.5, 0.5])).mean() < 0.5


def test_back_light_bleeds_over_the_outline() -> None:
    torch.manual_seed(0)
    image, mask = _faces(16)
    light = lit_from_behind(torch.zeros_like(image), mask, _points(16)).mean(dim=(0, 1))
    row = light[SIDE // 2]
    inner = torch.nonzero(mask[0, 0, SIDE // 2] == 1)[:, 0]
    assert row[inner[1]] > row[SIDE // 2] + 0.05


def test_make_up_darkens_brows_lids_and_lips_and_makes_skin_paler() -> None:
    torch.manual_seed(0)
    image, points = torch.full((16, 3, SIDE, SIDE), 0.5), _points(16)
    change = (made_up(image, points) - image).mean(dim=(0, 1))
    for name in ("right_inner_brow", "lips_outer"):
        part = part_mask(points[:1], (name,), SIDE)[0, 0] > 0.7
        part &= part_mask(points[:1], ("lips_inner",), SIDE)[0, 0] < 0.3
        assert change[part].mean() < 0
    x, y = points[0, list(OUTLINES["right_cheek"])].mean(dim=0) * SIDE
    assert change[int(y), int(x)] > 0.05
    assert change[0, 0] == 0


def test_make_up_needs_a_mesh_and_grey_pictures_stay_grey() -> None:
    torch.manual_seed(0)
    grey, points = torch.rand(8, 1, SIDE, SIDE).repeat(1, 3, 1, 1), _points(8)
    points[:4] = torch.nan
    changed = made_up(grey, points)
    torch.testing.assert_close(changed[:4], grey[:4], atol=1e-3, rtol=0)
    assert (changed[4:] - grey[4:]).abs().amax(dim=(1, 2, 3)).min() > 0.05
    torch.testing.assert_close(changed[:, 0], changed[:, 2])


def test_back_light_comes_before_training_pictures_with_and_without_meshes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    def count(image: Tensor, *more: Tensor) -> Tensor:
        seen.append(len(more))
        assert all(len(each) == len(image) for each in more)
        return image

    for name in ("lit_from_behind", "made_up"):
        monkeypatch.setattr(f"emotion_core.training.common.augmentation.{name}", count)
    pictures = torch.full((10, 4, 32, 32), 255, dtype=torch.uint8)
    FaceAugmentation()(pictures)
    assert seen == [1]  # the outline
    FaceAugmentation()(pictures, _points(10))
    assert seen == [1, 1, 2]  # make-up by points, back light by outline and points
