"""The table of conditions on tiny sets, and what the conditions do to a face."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.conditions import run as conditions
from benchmarks.conditions.head_turn import GROUPS, NOT_FOUND, group_by_turn, yaw
from benchmarks.conditions.pictures import (
    CONDITIONS,
    PLAIN,
    SIDE,
    darken,
    hide,
    light_from_the_left,
    move,
    shrink,
)
from benchmarks.conditions.run import Row, Share, to_table
from benchmarks.conditions.shaped import SHAPED, light_from_behind, make_up
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.points import OUTLINES, POINTS, mean_face
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.progress import finish
from emotion_core.types import FaceDetections, ImageArray
from tests.emotions.model_folders import make_vit
from tests.training.sets import label_zip, votes_zip

WHOLE = np.full((SIDE, SIDE), 255, np.uint8)
POINTS_OF_FACE = (mean_face()[:, :2] * 0.3 + (0.5, 0.4)).astype(np.float32)
FACE = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_keeps_the_shape_and_gives_the_same_on_every_run(name: str) -> None:
    before = FACE.copy()
    changed = CONDITIONS[name](FACE)
    assert changed.shape == FACE.shape and changed.dtype == np.uint8
    np.testing.assert_array_equal(changed, CONDITIONS[name](FACE))
    np.testing.assert_array_equal(FACE, before)
    assert (changed == FACE).all() == (name == PLAIN)


@pytest.mark.parametrize("name", SHAPED)
def test_a_shaped_condition_keeps_the_shape_and_gives_the_same_on_every_run(name: str) -> None:
    before = FACE.copy()
    changed = SHAPED[name](FACE, WHOLE, POINTS_OF_FACE)
    assert changed.shape == FACE.shape and changed.dtype == np.uint8
    np.testing.assert_array_equal(changed, SHAPED[name](FACE, WHOLE, POINTS_OF_FACE))
    np.testing.assert_array_equal(FACE, before)
    assert (changed != FACE).mean() > 0.2


def test_back_light_is_white_behind_the_head_and_leaves_the_face_its_share() -> None:
    face = np.full((SIDE, SIDE, 3), 200, np.uint8)
    lit = light_from_behind(face, WHOLE, POINTS_OF_FACE, exposure=0.5, veil=0.0)
    assert (lit[-1, 0] == 255).all()
    assert lit[SIDE // 2, SIDE // 2] == pytest.approx(100, abs=3)
    hazy = light_from_behind(face, WHOLE, POINTS_OF_FACE, exposure=0.5, veil=0.5)
    assert hazy[SIDE // 2, SIDE // 2] == pytest.approx(178, abs=3)


def test_make_up_darkens_lips_lightens_cheeks_and_needs_a_mesh() -> None:
    face = np.full((SIDE, SIDE, 3), 120, np.uint8)
    made = make_up(face, WHOLE, POINTS_OF_FACE, strength=1.0)
    lip, cheek = (
        (POINTS_OF_FACE[list(points)].mean(axis=0) * SIDE).astype(int)
        for points in ((0, 17, 84), OUTLINES["right_cheek"])
    )
    assert made[lip[1], lip[0]].max() < 120 < made[cheek[1], cheek[0]].min()
    unknown = np.full((POINTS, 2), np.nan, np.float32)
    np.testing.assert_array_equal(make_up(face, WHOLE, unknown, strength=1.0), face)


def test_less_light_scales_the_values_and_gamma_bends_them() -> None:
    face = np.full((SIDE, SIDE, 3), 204, np.uint8)  # 0.8
    assert (darken(face, gain=0.25) == 51).all()
    assert (darken(face, gamma=2.0) == 163).all()  # 0.64
    lit = light_from_the_left(face, 0.5)
    assert (lit[:, 0] == 204).all() and (lit[:, -1] == 102).all()


def test_a_small_face_keeps_its_mean_and_loses_its_detail() -> None:
    small = shrink(FACE, 12)
    assert small.mean() == pytest.approx(FACE.mean(), abs=1) and small.std() < 0.3 * FACE.std()


def test_what_is_hidden_is_grey_and_the_rest_is_as_it_was() -> None:
    hidden = hide(FACE, 0, 0.5, 0, 1)
    assert (hidden[: SIDE // 2] == 127).all()
    np.testing.assert_array_equal(hidden[SIDE // 2 :], FACE[SIDE // 2 :])


def test_a_face_is_turned_clockwise_and_shifted_right_and_down() -> None:
    spot = np.zeros((SIDE, SIDE, 3), np.uint8)
    spot[10:20, 50:62] = 255  # at the top
    turned, shifted = move(spot, angle=90.0), move(spot, shift=0.25)
    assert turned[50:62, -20:-10].mean() > 250  # at the right
    assert shifted[38:48, 78:90].mean() > 250


@pytest.mark.parametrize("roll", [0.0, 30.0])
@pytest.mark.parametrize("turn", [0.0, 20.0, -50.0])
def test_the_turn_of_a_head_is_found_from_its_points_whatever_its_roll(
    turn: float, roll: float
) -> None:
    # a head whose eyes are 1 apart and whose nose stands out by 0.45, seen from afar
    t, r = np.radians(turn), np.radians(roll)
    points = np.array([[-0.5 * np.cos(t), 0], [0.5 * np.cos(t), 0], [0.45 * np.sin(t), 0.6]])
    turned = points @ np.array([[np.cos(r), np.sin(r)], [-np.sin(r), np.cos(r)]])
    landmarks = np.vstack([turned, np.zeros((2, 2))]).astype(np.float32) * 40 + 100
    assert yaw(landmarks) == pytest.approx(abs(turn), abs=0.01)


class _Detector(FaceDetector):
    """Finds in a picture what its mean says: nothing, or points turned so far."""

    def detect(self, image: ImageArray) -> FaceDetections:
        assert image.shape[0] == 2 * SIDE
        if image.mean() < 10:
            return FaceDetections.empty()
        nose = 0.45 * np.tan(np.radians(image.mean()))
        points = np.array([[[-0.5, 0], [0.5, 0], [nose, 0.6], [0, 1], [0, 1]]], np.float32)
        box = np.array([[0, 0, 9, 9]], np.float32)
        return FaceDetections(xyxy=box, confidence=np.ones(1, np.float32), landmarks=points)


def test_faces_are_grouped_by_their_turn_and_those_not_found_apart() -> None:
    faces = [np.full((48, 48, 3), value, np.uint8) for value in (12, 40, 0, 70, 13)]
    groups = finish(group_by_turn(faces, _Detector()))
    first, _, third, last = GROUPS
    assert {name: list(group) for name, group in groups.items() if len(group)} == {
        first: [0, 4],
        third: [1],
        last: [3],
        NOT_FOUND: [2],
    }


def test_a_row_of_the_table_has_a_cell_a_model() -> None:
    row = Row("FER+ val", PLAIN, 10, {"a": Share(0.5, (0.25, 0.75)), "b": Share(1, (1, 1))})
    assert to_table([row]).splitlines() == [
        "| set | condition | pictures | a | b |",
        "|---|---|---|---|---|",
        "| FER+ val | as it is | 10 | 0.500 (0.250 to 0.750) | 1.000 (1.000 to 1.000) |",
    ]


def test_every_condition_is_measured_on_val_for_every_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    votes = {f"val/happy/{i}.png": "0,9,0,0,0,0,0,0,0,0" for i in range(3)}
    # whoever reads the split test would count five
    votes |= {f"test/happy/{i}.png": "0,9,0,0,0,0,0,0,0,0" for i in range(2)}
    votes_zip(tmp_path / "fer2013plus-valtest.zip", votes)
    label_zip(tmp_path / "wildfaces.zip", 100)
    for name in ("one", "two"):
        make_vit(tmp_path / "models" / name)
    out = tmp_path / "conditions.json"
    folders = ["--data", str(tmp_path), "--models-dir", str(tmp_path / "models")]
    conditions.main([*folders, "--limit", "9", "--json", str(out)])
    written = json.loads(out.read_text())
    assert [model["name"] for model in written["models"]] == ["one", "two"]
    counts = {row["dataset"]: row["count"] for row in written["rows"]}
    assert counts == {"FER+ val": 3, "wildfaces hold-out": 9}
    names = [row["condition"] for row in written["rows"] if row["dataset"] == "FER+ val"]
    assert names == [*CONDITIONS, *SHAPED, NOT_FOUND]
    assert all(set(row["models"]) == {"one", "two"} for row in written["rows"])
    assert "| FER+ val | as it is | 3 |" in capsys.readouterr().out


def test_a_folder_without_the_sets_is_reported_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="There is neither"):
        conditions.main(["--data", str(tmp_path), "--models", "eme-lite2"])


def test_a_real_face_is_found_although_it_fills_its_crop(portrait: ImageArray) -> None:
    face = cv2.resize(portrait[55:195, 160:290], (48, 48), interpolation=cv2.INTER_AREA)
    groups = finish(group_by_turn([np.asarray(face, np.uint8)], MTCNNDetector(min_face=0.15)))
    assert len(groups[NOT_FOUND]) == 0
