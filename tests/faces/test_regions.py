"""The parts of a face: where they lie, also in tilted faces, and what is done with them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.hiding import hide_region, read_without
from emotion_core.faces.mesh.points import OUTLINES, POINTS, mirror_points
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.regions import (
    ALL_PARTS,
    PARTS,
    REGIONS,
    FaceRegions,
    by_region,
    face_regions,
    region_shares,
    scale_points,
)
from emotion_core.types import Attribution, FloatArray, ImageArray
from tests.explanation.classifiers import PixelModel, patch_of, quarters, wrap
from tests.faces.meshes import MeanMeshes, mesh_on

SIZE = 112
UPRIGHT = mesh_on([[36, 46], [76, 46]])


def turned(angle: float) -> FloatArray:
    """The points turned about the middle by degrees, clockwise as seen."""
    matrix = cv2.getRotationMatrix2D((56, 56), -angle, 1.0)
    return np.asarray(UPRIGHT[:, :2] @ matrix[:, :2].T + matrix[:, 2], np.float32)


def hard(points: FloatArray) -> npt.NDArray[np.str_]:
    """(S, S) the part that each pixel has most of."""
    return np.array(ALL_PARTS)[face_regions(points, SIZE).maps.argmax(axis=0)]


@pytest.mark.parametrize("angle", [0, -40, 25, 90, 180])
@pytest.mark.parametrize("size", [56, 112, 224])
def test_the_parts_sum_to_one_at_every_pixel(angle: float, size: int) -> None:
    maps = face_regions(scale_points(turned(angle), size / SIZE), size).maps
    assert maps.shape == (len(ALL_PARTS), size, size) and maps.dtype == np.float32
    np.testing.assert_allclose(maps.sum(axis=0), 1, atol=1e-5)
    assert maps.min() >= 0


@pytest.mark.parametrize("angle", [0, -40, 25, 180])
def test_each_point_lies_in_its_own_part_however_the_face_is_tilted(angle: float) -> None:
    parts = hard(turned(angle))
    inside = {
        "forehead": (151,),
        "right inner brow": tuple(OUTLINES["right_inner_brow"]),
        "left outer brow": tuple(OUTLINES["left_outer_brow"]),
        "between the brows": (9, 55, 285, 107, 336),
        "right eyeball": tuple(OUTLINES["right_eye"]),
        "left upper lid": (443, 442),
        "right lower lid": (23, 24),
        "nose tip": (1, 4),
        "left nose wing": tuple(OUTLINES["left_nose_wing"]),
        "right cheek": (50, 101),
        "left nasolabial fold": tuple(OUTLINES["left_nasolabial_fold"]),
        "upper lip": (0, 164),
        "lower lip": (17,),
        "chin": (199,),
        "right jaw": (210,),
    }
    for part, points in inside.items():
        x, y = np.rint(turned(angle)[list(points)].mean(axis=0)).astype(int)
        assert parts[y, x] == part
    assert parts[2, 2] == "outside"


def test_no_part_is_missing_and_the_face_has_no_gap() -> None:
    maps = face_regions(UPRIGHT, SIZE)
    assert {part for part in ALL_PARTS if maps[part].sum() < 2} == set()
    oval = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(oval, [np.rint(UPRIGHT[list(OUTLINES["face_oval"]), :2]).astype(np.int32)], 1)
    within = cv2.erode(oval, np.ones((9, 9), np.uint8)) == 1
    assert maps["outside"][within].max() < 0.01


def test_regions_are_made_of_their_parts() -> None:
    maps = face_regions(UPRIGHT, SIZE)
    assert [part for parts in PARTS.values() for part in parts] == list(ALL_PARTS)
    assert len(set(ALL_PARTS)) == len(ALL_PARTS)
    for region, parts in PARTS.items():
        np.testing.assert_allclose(maps[region], sum(maps[part] for part in parts), atol=1e-6)
        others = [other for other in (*REGIONS, *ALL_PARTS) if other == region]
        assert len(others) == 1 + (parts == (region,)), "a name means one thing"


def test_a_mirrored_face_has_left_and_right_exchanged() -> None:
    maps, other = face_regions(UPRIGHT, SIZE), face_regions(mirror_points(UPRIGHT, SIZE), SIZE)
    for part in ALL_PARTS:
        side, _, name = part.partition(" ")
        swapped = {"left": f"right {name}", "right": f"left {name}"}.get(side, part)
        assert np.abs(maps[part] - other[swapped][:, ::-1]).mean() < 2e-3, part


def test_the_right_cheek_is_the_persons_own() -> None:
    _, columns = np.nonzero(hard(UPRIGHT) == "right cheek")
    assert columns.max() < 56, "it lies on the left of the picture"


def test_a_tilted_face_has_the_parts_of_the_upright_one_tilted() -> None:
    upright, tilted = (face_regions(turned(a), SIZE) for a in (0, 30))
    matrix = cv2.getRotationMatrix2D((56, 56), -30, 1.0)
    inner = np.hypot(*(np.mgrid[:SIZE, :SIZE] - 56)) < 50  # what no corner turns into
    for part in ALL_PARTS:
        moved = cv2.warpAffine(upright[part], matrix, (SIZE, SIZE))
        assert np.abs(moved - tilted[part])[inner].mean() < 0.01, part


def test_an_opened_mouth_has_an_inside_and_closed_lips_have_none() -> None:
    closed, opened = UPRIGHT.copy(), UPRIGHT.copy()
    upper, lower = [82, 13, 312], [87, 14, 317]
    inner = [number for number in OUTLINES["lips_inner"] if number not in (78, 308)]
    closed[inner, 1] = closed[[78, 308], 1].mean()
    opened[lower, 1] += 8
    opened[upper, 1] -= 2
    assert face_regions(closed, SIZE)["open mouth"].sum() < 5
    assert face_regions(opened, SIZE)["open mouth"].sum() > 60


@pytest.mark.parametrize("angle", [50, 70])
def test_what_a_turned_head_hides_has_no_room(angle: float) -> None:
    maps = face_regions(mesh_on([[36, 46], [76, 46]], angle), SIZE)
    far, near = maps["right cheek"].sum(), maps["left cheek"].sum()
    assert far < 0.35 * near
    np.testing.assert_allclose(maps.maps.sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("points", [np.full((POINTS, 3), np.nan), np.full((POINTS, 2), 50.0)])
def test_a_face_whose_points_are_unknown_is_refused(points: FloatArray) -> None:
    with pytest.raises(ValueError, match="no regions"):
        face_regions(points, SIZE)


def test_points_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(468, 2 or more\), but have \(5, 2\)"):
        face_regions(np.zeros((5, 2)), SIZE)


def test_the_portraits_mouth_is_where_its_teeth_are(portrait: ImageArray) -> None:
    found = MTCNNDetector().detect(portrait)
    assert found.landmarks is not None
    face = SeenFace(portrait, found.xyxy[0], found.landmarks[0])
    upright = turn_upright(MeanMeshes(), [face])
    (square,), (mesh,) = upright.squares, upright.meshes.points
    crop, regions = square.cut(portrait, SIZE), face_regions(square.to_crop(mesh, SIZE), SIZE)
    # white without colour in the lower middle of the face: teeth
    teeth = (crop.min(axis=2) > 170) & (np.ptp(crop, axis=2) < 30)
    teeth[:60] = teeth[:, :30] = teeth[:, 82:] = False
    assert teeth.sum() > 20 and regions["mouth"][teeth].mean() > 0.8


def test_shares_tell_how_much_of_a_mask_lies_in_each_part() -> None:
    regions = face_regions(UPRIGHT, SIZE)
    masks = np.zeros((1, 7, SIZE, SIZE), np.float32)
    masks[0, 0] = regions["between the brows"] > 0.999
    masks[0, 1] = 0.5
    table = region_shares(Attribution(masks, EMOTIONS, "rise"), [regions])
    assert len(table) == 7 * len(ALL_PARTS)
    shares = table.pivot(index="emotion", columns="part", values="share")
    assert shares.loc["angry", "between the brows"] == pytest.approx(1, abs=1e-3)
    assert shares.loc["angry"].sum() == pytest.approx(1)
    assert shares.loc["happy"].isna().all(), "an empty mask lies nowhere"
    areas = table[table.emotion == "disgust"]
    np.testing.assert_allclose(areas.share, areas.area, atol=1e-6)
    whole = by_region(table)
    assert len(whole) == 7 * len(REGIONS) and "part" not in whole
    rows = whole.set_index(["emotion", "region"])
    assert rows.loc[("angry", "brows"), "share"] == pytest.approx(1, abs=1e-3)
    assert np.isnan(rows.loc[("happy", "brows"), "share"])
    assert rows.loc["disgust", "area"].sum() == pytest.approx(1)


def test_masks_of_another_size_than_the_parts_are_refused() -> None:
    attribution = Attribution(np.zeros((1, 7, 8, 8), np.float32), EMOTIONS, "rise")
    with pytest.raises(ValueError, match="must have one size"):
        region_shares(attribution, [face_regions(UPRIGHT, SIZE)])


@pytest.mark.parametrize("fill", ["mean", "blur"])
def test_what_is_hidden_is_gone_and_the_rest_stays(fill: str) -> None:
    image = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    where = np.rint(face_regions(UPRIGHT, SIZE)["eyes"])
    hidden = hide_region(image, where, fill)  # type: ignore[arg-type]
    np.testing.assert_array_equal(hidden[where == 0], image[where == 0])
    assert hidden[where == 1].std() < 0.1 * image[where == 1].std()


def test_hiding_where_an_emotion_is_seen_lowers_it_and_raises_the_others() -> None:
    happy = EMOTIONS.index("happy")
    image = np.zeros((8, 8, 3), np.uint8)
    image[patch_of(happy) > 0] = 255
    maps = np.zeros((len(ALL_PARTS), 8, 8), np.float32)
    maps[ALL_PARTS.index("upper lip")] = patch_of(happy)
    maps[ALL_PARTS.index("outside")] = 1 - patch_of(happy)
    classifier, regions = wrap(PixelModel(quarters(0.3))), FaceRegions(maps)
    changes = read_without(classifier, image, regions["mouth"])
    assert list(changes) == list(EMOTIONS)
    # hidden, its eight pixels become the mean colour: 1 in 8 white, which is -0.75
    before = np.full(7, np.exp(-2.4)) + np.eye(7)[happy] * (np.exp(2.4) - np.exp(-2.4))
    after = np.full(7, np.exp(-2.4)) + np.eye(7)[happy] * (np.exp(-1.8) - np.exp(-2.4))
    expected = after / after.sum() - before / before.sum()
    np.testing.assert_allclose(list(changes.values()), expected, atol=0.01)
    assert sum(changes.values()) == pytest.approx(0, abs=1e-5)
    assert changes == read_without(classifier, image, regions["upper lip"])
    assert not any(read_without(classifier, image, regions["lower lip"]).values())
    # all of it together is one colour, of which nothing is read
    everything = read_without(classifier, image, regions.together(["mouth", "outside"]))
    np.testing.assert_allclose(list(everything.values()), 1 / 7 - before / before.sum(), atol=0.02)
