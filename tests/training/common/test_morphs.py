"""Weaker expressions between two pictures of a person."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from emotion_core.datasets.left_out import LeftOut
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
from emotion_core.settings import SHIPPED
from emotion_core.training.common.data import FaceSet
from emotion_core.training.common.morphs import find_pairs, make_morphs, morph
from emotion_core.training.common.upright import turn_set_upright
from emotion_core.types import FloatArray, ImageArray

_SIZE = 112
_NEUTRAL, _HAPPY, _ANGRY = (EMOTIONS.index(name) for name in ("neutral", "happy", "angry"))


def _set(names: Sequence[str], images: Sequence[ImageArray], moved: Sequence[float]) -> FaceSet:
    """A set of one mesh, moved to the right by some shares of the side."""
    rng = np.random.default_rng(0)
    mesh = rng.uniform(0.2, 0.8, (468, 2)).astype(np.float32)
    points = np.stack([mesh + np.float32([share, 0]) for share in moved])
    blank = np.zeros((len(names), len(EMOTIONS)), np.float32)
    masks = [np.full(image.shape[:2], 255, np.uint8) for image in images]
    return FaceSet(images, blank, names, LeftOut(), masks=masks, points=points)


def _readings(leading: Sequence[int], share: float = 0.76) -> FloatArray:
    rest = np.float32((1 - share) / (len(EMOTIONS) - 1))
    readings = np.full((len(leading), len(EMOTIONS)), rest, np.float32)
    readings[np.arange(len(leading)), leading] = share
    return readings


def _plain(brightness: int) -> ImageArray:
    return np.full((_SIZE, _SIZE, 3), brightness, np.uint8)


def test_an_expression_is_paired_with_the_likest_face_at_rest_of_its_person() -> None:
    names = ["a/1.webp", "a/2.webp", "a/3.webp", "b/1.webp", "c/1.webp"]
    faces = _set(names, [_plain(9)] * 5, (0.10, 0.02, 0.0, 0.0, 0.0))
    pairs = find_pairs(faces, _readings([_NEUTRAL, _NEUTRAL, _HAPPY, _HAPPY, _NEUTRAL]))
    # b has no face at rest, c no expression
    assert pairs == [(1, 2)]


def test_neither_end_is_an_unclear_reading_or_a_face_without_a_mesh() -> None:
    faces = _set(["a/1.webp", "a/2.webp"], [_plain(9)] * 2, (0, 0))
    clear = _readings([_NEUTRAL, _ANGRY])
    assert find_pairs(faces, clear)
    assert not find_pairs(faces, _readings([_NEUTRAL, _ANGRY], 0.4))
    assert faces.points is not None
    faces.points[0] = np.nan
    assert not find_pairs(faces, clear)


def test_a_morph_lies_between_its_ends_in_shape_light_and_label() -> None:
    faces = _set(["a/1.webp", "a/2.webp"], [_plain(40), _plain(200)], (0.0, 0.08))
    readings = _readings([_NEUTRAL, _ANGRY])
    morphs = make_morphs(faces, readings, 20, _SIZE, seed=3)
    shares = np.array([float(name.split("@")[1]) for name in morphs.names])
    assert len(morphs) == 20 and 0.15 <= shares.min() < 0.3 and 0.7 < shares.max() <= 0.85
    for image, share in zip(morphs.images, shares, strict=True):
        assert abs(float(image.mean()) - (40 + 160 * share)) < 2
    wanted = (1 - shares[:, None]) * readings[0] + shares[:, None] * readings[1]
    np.testing.assert_allclose(morphs.targets, wanted, atol=0.005)
    assert faces.points is not None and morphs.points is not None
    moved = (morphs.points - faces.points[0])[..., 0].mean(axis=1)
    np.testing.assert_allclose(moved, 0.08 * shares, atol=0.001)


def test_rare_emotions_are_morphed_as_often_as_common_ones() -> None:
    leading = [_NEUTRAL] + [_HAPPY] * 9 + [_ANGRY]
    names = [f"a/{k}.webp" for k in range(len(leading))]
    faces = _set(names, [_plain(9)] * len(leading), [0.0] * len(leading))
    morphs = make_morphs(faces, _readings(leading), 400, 16)
    angry = sum(name.startswith("a/10.webp") for name in morphs.names)
    assert 150 < angry < 250


def test_without_a_pair_there_are_no_morphs() -> None:
    faces = _set(["a/1.webp", "b/1.webp"], [_plain(9)] * 2, (0, 0))
    morphs = make_morphs(faces, _readings([_NEUTRAL, _HAPPY]), 5, _SIZE)
    assert len(morphs) == 0
    assert morphs.targets.shape == (0, 7)
    assert morphs.points is not None and morphs.points.shape == (0, 468, 2)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_at_its_ends_a_morph_is_the_picture_itself(portrait: ImageArray, share: float) -> None:
    close = np.asarray(cv2.resize(portrait[65:205, 150:290], (160, 160)), np.uint8)
    faces = FaceSet([close, close[:, ::-1]], _readings([0, 0]), ["a/1.webp", "a/2.webp"], LeftOut())
    upright = turn_set_upright(faces, load_mesh_reader(DEFAULT_MESH, SHIPPED.models), _SIZE)
    pair = find_pairs(upright, _readings([_NEUTRAL, _HAPPY]))[0]
    image, points = morph(upright, pair, share, _SIZE)
    place = pair[round(share)]
    assert upright.points is not None
    np.testing.assert_allclose(points, upright.points[place], atol=1e-6)
    np.testing.assert_allclose(image[..., :3], upright.images[place], atol=2)
