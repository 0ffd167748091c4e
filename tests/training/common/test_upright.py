"""Training pictures cut as the app cuts faces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.datasets.left_out import LeftOut
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, FaceMeshes, MeshReader, load_mesh_reader
from emotion_core.settings import SHIPPED
from emotion_core.training.common.data import FaceSet
from emotion_core.training.common.upright import turn_set_upright
from emotion_core.types import ImageArray

_SIZE = 112


@pytest.fixture(scope="module")
def mesh() -> MeshReader:
    return load_mesh_reader(DEFAULT_MESH, SHIPPED.models)


@pytest.fixture
def face(portrait: ImageArray) -> ImageArray:
    """As a data set frames it: closely."""
    return np.asarray(cv2.resize(portrait[65:205, 150:290], (160, 160)), np.uint8)


def _set(images: list[ImageArray]) -> FaceSet:
    targets = np.eye(7, dtype=np.float32)[np.zeros(len(images), int)]
    return FaceSet(images, targets, [str(k) for k in range(len(images))], LeftOut())


def _turned(image: ImageArray, degrees: float) -> ImageArray:
    side = image.shape[0]
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (side, side)), np.uint8)


def test_a_face_that_lies_askew_is_cut_upright_and_what_is_beyond_its_picture_is_no_face(
    mesh: MeshReader, face: ImageArray
) -> None:
    faces = turn_set_upright(_set([face, _turned(face, 25)]), mesh, _SIZE)
    straight, askew = faces.images
    assert straight.shape == askew.shape == (_SIZE, _SIZE, 3)
    assert faces.points is not None and faces.masks is not None
    eyes = faces.points[:, [33, 263]]
    np.testing.assert_allclose(eyes[:, 0, 1], eyes[:, 1, 1], atol=0.02)  # level in both
    inner = slice(_SIZE // 4, -_SIZE // 4)
    apart = np.abs(straight[inner, inner].astype(int) - askew[inner, inner]).mean()
    assert apart < 0.5 * np.abs(straight[inner, inner].astype(int) - straight.mean()).mean()
    assert faces.masks[1].min() == 0 and faces.masks[1][_SIZE // 2, _SIZE // 2] == 255


def test_a_picture_without_a_face_stays_as_it_is(
    mesh: MeshReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (_SIZE, _SIZE, 3)).astype(np.uint8)
    monkeypatch.setattr(MeshReader, "read", lambda _, faces: FaceMeshes.unknown(len(faces)))
    faces = turn_set_upright(_set([noise]), mesh, _SIZE)
    assert faces.points is not None and np.isnan(faces.points).all()
    np.testing.assert_array_equal(faces.images[0], noise)


def test_labels_and_names_stay_with_their_faces(mesh: MeshReader, face: ImageArray) -> None:
    before = _set([face] * 3)
    after = turn_set_upright(before, mesh, 64)
    np.testing.assert_array_equal(after.targets, before.targets)
    assert list(after.names) == list(before.names)
    first = after.first(2)
    assert first.masks is not None and first.points is not None
    assert len(first.masks) == len(first.points) == 2
