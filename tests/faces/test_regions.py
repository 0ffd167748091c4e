"""The parts of a face: where they lie, also in tilted faces, and what is done with them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.faces.hiding import hide_region, read_without
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.regions import REGIONS, FaceRegions, face_regions, region_shares, to_crop
from emotion_core.types import Attribution, ImageArray
from tests.explanation.classifiers import PixelModel, patch_of, quarters, wrap

SIZE = 112
# Upright: eyes 40 px apart, mouth 44 px below them.
UPRIGHT = np.array([[36, 46], [76, 46], [56, 70], [42, 90], [70, 90]], np.float32)


def turned(angle: float) -> np.ndarray:  # type: ignore[type-arg]
    """The points turned about the middle by degrees, clockwise as seen."""
    matrix = cv2.getRotationMatrix2D((56, 56), -angle, 1.0)
    return (UPRIGHT @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


@pytest.mark.parametrize("angle", [0, -40, 25, 90, 180])
@pytest.mark.parametrize("soft", [True, False])
def test_the_parts_sum_to_one_at_every_pixel(angle: float, soft: bool) -> None:
    maps = face_regions(turned(angle), SIZE, soft=soft).maps
    assert maps.shape == (len(REGIONS), SIZE, SIZE) and maps.dtype == np.float32
    np.testing.assert_allclose(maps.sum(axis=0), 1, atol=1e-5)
    assert maps.min() >= 0 and (soft or set(np.unique(maps)) == {0, 1})


@pytest.mark.parametrize("angle", [0, -40, 25])
def test_each_point_lies_in_its_own_part_however_the_face_is_tilted(angle: float) -> None:
    regions = face_regions(turned(angle), SIZE, soft=False)
    for (x, y), part in zip(turned(angle), ("eyes", "eyes", "nose", "mouth", "mouth"), strict=True):
        assert regions[part][round(float(y)), round(float(x))] == 1


def test_parts_stand_in_a_face_as_they_should() -> None:
    regions = face_regions(UPRIGHT, SIZE, soft=False)
    expected = {
        "forehead": (56, 15),
        "brows": (36, 33),
        "eyes": (36, 46),
        "nose": (56, 60),
        "cheeks": (30, 72),
        "mouth": (56, 92),
        "chin": (56, 105),
        "outside": (2, 110),
    }
    for part, (x, y) in expected.items():
        assert regions[part][y, x] == 1, part
    assert regions["brows"][33, 56] == 1, "a frown sits between the brows"


def test_a_tilted_face_has_the_parts_of_the_upright_one_tilted() -> None:
    upright, tilted = (face_regions(turned(a), SIZE, soft=True) for a in (0, 30))
    matrix = cv2.getRotationMatrix2D((56, 56), -30, 1.0)
    inner = np.hypot(*(np.mgrid[:SIZE, :SIZE] - 56)) < 50  # what no corner turns into
    for part in REGIONS:
        moved = cv2.warpAffine(upright[part], matrix, (SIZE, SIZE))
        assert np.abs(moved - tilted[part])[inner].mean() < 0.01, part


def test_the_nose_follows_a_turned_head() -> None:
    points = UPRIGHT.copy()
    points[2, 0] += 14
    regions = face_regions(points, SIZE, soft=False)
    assert regions["nose"][70, 70] == 1 and regions["nose"][70, 48] == 0


def test_a_profile_still_has_its_parts() -> None:
    points = np.array([[70, 46], [70.2, 46], [90, 70], [76, 90], [76.1, 90]], np.float32)
    regions = face_regions(points, SIZE, soft=False)
    assert regions["mouth"][92, 76] == 1 and regions["eyes"][46, 70] == 1


@pytest.mark.parametrize("points", [np.full((5, 2), np.nan), np.full((5, 2), 50.0)])
def test_a_face_whose_points_are_unknown_is_refused(points: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="no regions"):
        face_regions(points, SIZE)


def test_points_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(5, 2\), but has shape \(4, 2\)"):
        face_regions(np.zeros((4, 2)), SIZE)


def test_the_portraits_mouth_is_where_its_teeth_are(portrait: ImageArray) -> None:
    found = MTCNNDetector().detect(portrait)
    assert found.landmarks is not None
    box = found.xyxy[0]
    crop = crop_face(portrait, box, SIZE)
    regions = face_regions(to_crop(found.landmarks[0], box, SIZE), SIZE)
    # white without colour in the lower middle of the face: teeth
    teeth = (crop.min(axis=2) > 170) & (np.ptp(crop, axis=2) < 30)
    teeth[:60] = teeth[:, :30] = teeth[:, 82:] = False
    assert teeth.sum() > 20 and regions["mouth"][teeth].mean() > 0.8


def test_a_point_keeps_its_place_in_the_crop() -> None:
    picture = np.zeros((100, 140, 3), np.uint8)
    picture[40:44, 60:64] = 255  # its middle is at 61.5, 41.5
    box = (30.0, 10.0, 110.0, 90.0)
    crop = crop_face(picture, box, 160)
    rows, columns = np.nonzero(crop[..., 0] > 127)
    x, y = to_crop([[61.5, 41.5]], box, 160)[0]
    assert (columns.mean(), rows.mean()) == pytest.approx((x, y), abs=0.5)


def test_shares_tell_how_much_of_a_mask_lies_in_each_part() -> None:
    regions = face_regions(UPRIGHT, SIZE, soft=False)
    masks = np.zeros((1, 7, SIZE, SIZE), np.float32)
    masks[0, 0] = regions["mouth"]
    masks[0, 1] = 0.5
    table = region_shares(Attribution(masks, EMOTIONS, "rise"), [regions])
    assert len(table) == 7 * len(REGIONS)
    shares = table.pivot(index="emotion", columns="region", values="share")
    assert shares.loc["angry", "mouth"] == 1 and shares.loc["angry"].sum() == 1
    assert shares.loc["happy"].isna().all(), "an empty mask lies nowhere"
    areas = table[table.emotion == "disgust"]
    np.testing.assert_allclose(areas.share, areas.area, atol=1e-6)


def test_masks_of_another_size_than_the_parts_are_refused() -> None:
    attribution = Attribution(np.zeros((1, 7, 8, 8), np.float32), EMOTIONS, "rise")
    with pytest.raises(ValueError, match="must have one size"):
        region_shares(attribution, [face_regions(UPRIGHT, SIZE)])


@pytest.mark.parametrize("fill", ["mean", "blur"])
def test_what_is_hidden_is_gone_and_the_rest_stays(fill: str) -> None:
    image = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    where = face_regions(UPRIGHT, SIZE, soft=False)["eyes"]
    hidden = hide_region(image, where, fill)  # type: ignore[arg-type]
    np.testing.assert_array_equal(hidden[where == 0], image[where == 0])
    assert hidden[where == 1].std() < 0.1 * image[where == 1].std()


def test_hiding_where_an_emotion_is_seen_lowers_it_and_raises_the_others() -> None:
    happy = EMOTIONS.index("happy")
    image = np.zeros((8, 8, 3), np.uint8)
    image[patch_of(happy) > 0] = 255
    maps = np.zeros((len(REGIONS), 8, 8), np.float32)
    maps[REGIONS.index("mouth")] = patch_of(happy)
    maps[REGIONS.index("outside")] = 1 - patch_of(happy)
    classifier, regions = wrap(PixelModel(quarters(0.3))), FaceRegions(maps)
    changes = read_without(classifier, image, regions["mouth"])
    assert list(changes) == list(EMOTIONS)
    # hidden, its eight pixels become the mean colour: 1 in 8 white, which is -0.75
    before = np.full(7, np.exp(-2.4)) + np.eye(7)[happy] * (np.exp(2.4) - np.exp(-2.4))
    after = np.full(7, np.exp(-2.4)) + np.eye(7)[happy] * (np.exp(-1.8) - np.exp(-2.4))
    expected = after / after.sum() - before / before.sum()
    np.testing.assert_allclose(list(changes.values()), expected, atol=0.01)
    assert sum(changes.values()) == pytest.approx(0, abs=1e-5)
    assert not any(read_without(classifier, image, regions["eyes"]).values())
    # all of it together is one colour, of which nothing is read
    everything = read_without(classifier, image, regions.together(["mouth", "outside"]))
    np.testing.assert_allclose(list(everything.values()), 1 / 7 - before / before.sum(), atol=0.02)
