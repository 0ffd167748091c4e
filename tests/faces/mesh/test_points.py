from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.faces.mesh.points import (
    MIRRORED,
    OUTLINES,
    POINTS,
    VISIBLE_PARTS,
    eye_distance,
    mean_face,
    mirror_points,
    points_of,
)


def test_mirroring_twice_changes_nothing() -> None:
    assert (MIRRORED[MIRRORED] == np.arange(POINTS)).all()
    points = np.random.default_rng(0).normal(size=(2, POINTS, 3)).astype(np.float32)
    assert np.allclose(mirror_points(mirror_points(points, 112), 112), points, atol=1e-4)


def test_the_mean_face_is_its_own_mirror_image() -> None:
    face = mean_face()
    assert face.shape == (POINTS, 3)
    assert np.allclose(mirror_points(face, 1), face, atol=1e-6)
    assert eye_distance(face) == pytest.approx(1, abs=1e-3)
    assert np.allclose(face[[33, 133, 263, 362]].mean(axis=0), 0, atol=1e-3)


@pytest.mark.parametrize("name", OUTLINES)
def test_an_outline_does_not_cross_itself(name: str) -> None:
    outline = np.round(mean_face()[list(OUTLINES[name]), :2] * 1000).astype(np.int32)
    assert len(set(OUTLINES[name])) == len(outline)
    # a polygon that crosses itself loses area where it runs the other way round
    low = outline.min(axis=0)
    filled = np.zeros(np.ptp(outline, axis=0)[::-1] + 1, np.uint8)
    cv2.fillPoly(filled, [outline - low], 1)
    assert cv2.contourArea(outline) == pytest.approx(filled.sum(), rel=0.06)


def test_the_parts_lie_where_they_belong() -> None:
    face = mean_face()
    middle = {name: face[list(outline), :2].mean(axis=0) for name, outline in OUTLINES.items()}
    order = ("forehead", "glabella", "nose_root", "nose_bridge", "nose_tip", "upper_lip", "chin")
    heights = [middle[name][1] for name in order]
    assert heights == sorted(heights)
    for name in (name for name in OUTLINES if name.startswith("right_")):
        assert middle[name][0] < 0 < middle[name.replace("right_", "left_")][0]
    assert middle["right_upper_lid"][1] < middle["right_eye"][1] < middle["right_lower_lid"][1]
    assert middle["right_outer_brow"][0] < middle["right_inner_brow"][0]


def test_each_part_that_is_seen_or_hidden_has_points_of_its_own() -> None:
    numbers = [points_of(*outlines) for outlines in VISIBLE_PARTS.values()]
    together = np.concatenate(numbers)
    assert len(np.unique(together)) == len(together)
