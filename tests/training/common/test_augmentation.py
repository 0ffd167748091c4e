"""What film does to a face, done to training pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from emotion_core.faces.mesh.points import mean_face
from emotion_core.training.common import augmentation
from emotion_core.training.common.augmentation import FaceAugmentation, face_mask
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.types import ImageArray


def _cut_out(side: int = 112) -> tuple[ImageArray, ImageArray]:
    """A grey ellipse on exact black with two black eyes in it, and where the ellipse is."""
    face = np.zeros((side, side), np.uint8)
    cv2.ellipse(face, (side // 2, side // 2), (side // 3, side * 2 // 5), 0, 0, 360, 255, -1)
    image = np.where(face[..., None] > 0, 150, 0).astype(np.uint8).repeat(3, axis=2)
    for x in (44, 68):
        cv2.circle(image, (x, 46), 4, (0, 0, 0), -1)
    return image, face


def _batch(count: int = 4, side: int = 48) -> Tensor:
    image, _ = _cut_out()
    shown = cv2.resize(np.dstack([image, face_mask(image)]), (side, side))
    return torch.from_numpy(shown).permute(2, 0, 1).repeat(count, 1, 1, 1)


def test_the_mask_of_a_cut_out_is_its_face_with_the_dark_eyes() -> None:
    image, face = _cut_out()
    mask = face_mask(image)
    assert (mask[cv2.erode(face, np.ones((9, 9), np.uint8)) > 0] == 255).all()
    assert (mask[cv2.dilate(face, np.ones((9, 9), np.uint8)) == 0] == 0).all()


@pytest.mark.parametrize("value", [0, 90])
def test_a_picture_without_an_outline_is_all_face(value: int) -> None:
    assert (face_mask(np.full((48, 48, 3), value, np.uint8)) == 255).all()


def test_a_cut_out_gets_another_background_and_keeps_its_face() -> None:
    pixels = _batch(40).float() / 255
    image, mask = pixels[:, :3], pixels[:, 3:]
    torch.manual_seed(0)
    changed = FaceAugmentation()._other_background(image, mask)
    inside = (mask == 1).expand_as(image)
    torch.testing.assert_close(changed[inside], image[inside])
    filled = changed[:, :, 0, 0].amax(dim=1) > 0
    assert 0.5 < filled.float().mean() < 1


@pytest.mark.parametrize("side", [24, 50, 112])
def test_a_variant_has_the_shape_and_range_of_a_picture(side: int) -> None:
    torch.manual_seed(0)
    variant = FaceAugmentation()(_batch(32, side))
    assert (variant.shape, variant.dtype) == ((32, 3, side, side), torch.float32)
    assert variant.isfinite().all()
    assert variant.min() >= 0 and variant.max() <= 1


def test_the_same_seed_gives_the_same_variants_and_leaves_the_pictures() -> None:
    pictures = _batch(16)
    before = pictures.clone()
    variants = []
    for _ in range(2):
        torch.manual_seed(7)
        variants.append(FaceAugmentation()(pictures))
    torch.testing.assert_close(variants[0], variants[1], rtol=0, atol=0)
    torch.testing.assert_close(pictures, before)


def test_no_strength_leaves_the_picture() -> None:
    pictures = _batch()
    variant = FaceAugmentation(0)(pictures)
    torch.testing.assert_close(variant, pictures[:, :3].float() / 255)


@pytest.mark.parametrize(
    "name",
    [
        "_coarser",
        "_lit_from_one_side",
        "_blurred",
        "_compressed",
        "_grainy",
        "_covered",
        "_cut_off",
    ],
)
def test_every_change_changes_something_and_keeps_the_shape(name: str) -> None:
    torch.manual_seed(0)
    image = torch.rand(9, 3, 50, 50)
    changed = getattr(augmentation, name)(image)
    assert changed.shape == image.shape
    assert changed.isfinite().all()
    assert (changed - image).abs().amax(dim=(1, 2, 3)).min() > 0


def test_something_painted_lies_over_the_share_of_faces_that_is_asked_for_and_has_a_mesh() -> None:
    pictures = torch.full((8, 4, 64, 64), 128, dtype=torch.uint8)
    pictures[:, 3] = 255
    points = torch.from_numpy(mean_face()[:, :2] * 0.3 + 0.5).float().repeat(8, 1, 1)
    points[:4] = torch.nan
    covers = Covers(paint_covers(len(KINDS), seed=0))
    changed = FaceAugmentation(1.0, covers=covers, covered=1.0)
    image = pictures[:, :3].float() / 255
    different = (changed._behind_covers(image, points) - image).abs().amax(dim=(1, 2, 3)) > 0.02
    assert not different[:4].any()
    assert different[4:].all()
