from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.faces.mesh.points import MIRRORED, mean_face
from emotion_core.faces.mesh.pose import head_pose
from emotion_core.faces.movements.measures import GAZE, MEASURES, POSE, measure_faces
from emotion_core.faces.movements.movements import (
    CAVEAT,
    MOVEMENTS,
    describe,
    relative_movements,
)
from emotion_core.faces.movements.neutral import NEUTRAL_COLUMNS, neutral_face
from tests.faces.mesh.heads import head
from tests.faces.movements.rows import rows

NEUTRAL = neutral_face(rows(4))


def moves(**changes: float) -> pd.Series:
    """The movements of one face of which some measures are changed by so much."""
    face = rows(0.04)
    for name, change in changes.items():
        face[name] += change
    return relative_movements(face, NEUTRAL).iloc[0]


def clear(values: pd.Series) -> set[str]:
    return {name for name, value in values.items() if abs(value) >= MOVEMENTS[name].clear}


def both(name: str, change: float) -> dict[str, float]:
    return {f"right_{name}": change, f"left_{name}": change}


def test_a_neutral_face_does_nothing() -> None:
    values = moves()
    assert tuple(values.index) == tuple(MOVEMENTS)
    assert np.allclose(values, 0, atol=1e-5)


CASES = {
    "inner_brows_up": both("inner_brow", 0.1),
    "outer_brows_up": both("outer_brow", 0.1),
    "brows_lowered": both("inner_brow", -0.06) | both("outer_brow", -0.06),
    "brows_together": {"brow_gap": -0.05},
    "lids_wide": both("lid_opening", 0.08),
    "lids_narrow": both("lid_opening", -0.08),
    "lids_lowered": both("upper_lid", -0.04),
    "mouth_open": {"mouth_opening": 0.2},
    "mouth_wide": {"mouth_width": 0.1},
    "lip_corners_up": both("lip_corner", 0.1),
    "lip_corners_down": both("lip_corner", -0.1),
    "lips_pressed": {"lip_thickness": -0.08},
    "pucker": {"mouth_width": -0.15},
    "jaw_drop": {"jaw": 0.15},
    "nose_wrinkled": both("nose_wing", 0.06),
    "cheeks_raised": both("cheek", 0.06),
    "asymmetry": {"right_lip_corner": 0.02, "left_lip_corner": -0.03},
    "head_turn": {"head_turn": -20},
    "head_nod": {"head_nod": 12},
    "head_tilt": {"head_tilt": 10},
    "gaze_side": {"gaze_side": 0.4},
}


def test_every_movement_has_a_case() -> None:
    assert set(CASES) == set(MOVEMENTS)


@pytest.mark.parametrize("name", CASES)
def test_a_movement_is_clear_where_it_is_made_and_none_other(name: str) -> None:
    assert clear(moves(**CASES[name])) == {name}


def test_a_brow_that_stands_a_third_higher_has_risen_by_a_third() -> None:
    height = NEUTRAL.values["right_inner_brow"]
    value = moves(right_inner_brow=height / 3, left_inner_brow=height / 3)["inner_brows_up"]
    assert value == pytest.approx(1 / 3, rel=1e-4)
    assert describe("inner_brows_up", value) == "The inner brows rise by a third."


def test_a_smile_is_neither_a_wrinkled_nose_nor_a_press() -> None:
    smile = moves(
        mouth_width=0.2, mouth_opening=0.2, lip_thickness=-0.06, **both("nose_wing", 0.035)
    )
    assert "mouth_wide" in clear(smile)
    assert not {"nose_wrinkled", "lips_pressed"} & clear(smile)


def test_the_side_that_is_turned_away_is_left_out() -> None:
    for turn, hidden, seen in ((40, "left", "right"), (-40, "right", "left")):
        wrong = moves(head_turn=turn, **{f"{hidden}_inner_brow": 0.3})
        right = moves(head_turn=turn, **{f"{seen}_inner_brow": 0.1})
        assert wrong["inner_brows_up"] == 0 and np.isnan(wrong["asymmetry"])
        assert right["inner_brows_up"] == pytest.approx(
            0.1 / NEUTRAL.values["left_inner_brow"], 0.01
        )


def test_of_a_profile_only_the_head_is_known() -> None:
    values = moves(head_turn=75)
    known = {name for name, value in values.items() if np.isfinite(value)}
    assert known == {"head_turn", "head_nod", "head_tilt", "gaze_side"}


def test_what_is_unknown_stays_unknown() -> None:
    face = rows(0.04).drop(columns=["gaze_side", "brow_gap"])
    face["right_lid_opening"] = np.nan
    values = relative_movements(face, NEUTRAL).iloc[0]
    assert np.isnan(values[["gaze_side", "brows_together"]]).all()
    assert values["lids_wide"] == pytest.approx(0, abs=1e-5)  # by the other eye
    unknown = neutral_face(rows(0.1))
    assert relative_movements(rows(1), unknown).isna().all(axis=None)


def test_a_head_that_hangs_tilts_the_short_way_round() -> None:
    upside_down = neutral_face(rows(4, head_tilt=178.0))
    values = relative_movements(rows(0.04, head_tilt=-178.0), upside_down)
    assert values["head_tilt"].iloc[0] == pytest.approx(4)


def test_turning_the_head_moves_nothing_in_the_face() -> None:
    """The same raised brow, from meshes, whichever way the head is turned."""
    brows = [107, 66, 55, 65]
    brows += MIRRORED[brows].tolist()
    raised = mean_face().copy()
    raised[brows, 1] -= 0.08
    poses = [(turn, nod, tilt) for turn in (-25, 0, 25) for nod in (-20, 20) for tilt in (0, 90)]
    heads = np.stack([head(*pose, face=raised) for pose in poses])
    faces = pd.DataFrame(measure_faces(heads), columns=list(MEASURES))
    faces[list(POSE)] = head_pose(heads)
    values = relative_movements(faces, NEUTRAL)
    expected = 0.08 / NEUTRAL.values["right_inner_brow"]
    assert np.allclose(values["inner_brows_up"], expected, rtol=0.05)
    still = values.drop(columns=["inner_brows_up", *POSE, "gaze_side"])
    for name, column in still.items():
        assert (column.abs() < MOVEMENTS[str(name)].clear).all(), name


def test_every_movement_is_in_words_and_measured_from_known_columns() -> None:
    assert "no FACS coding" in CAVEAT
    for name, movement in MOVEMENTS.items():
        assert movement.name == name
        assert set(movement.measures) <= set(NEUTRAL_COLUMNS)
        assert 0 < movement.clear < movement.full
        assert movement.action_unit and movement.instruction and movement.noun and movement.unit
    assert {m for movement in MOVEMENTS.values() for m in movement.measures} == {
        *MEASURES, *POSE, *GAZE
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("inner_brows_up", 0.01, "No clear movement: inner brows up."),
        ("inner_brows_up", float("nan"), "Not seen: inner brows up."),
        ("mouth_open", 0.52, "The mouth opens by half of its width."),
        ("lids_narrow", 0.24, "The eyes narrow by a quarter."),
        ("mouth_open", 1.3, "The mouth opens by 130% of its width."),
        ("lip_corners_up", 0.05, "The corners of the mouth rise by 5% of its width."),
        ("head_turn", -20.4, "The head turns 20° to the left of the picture."),
        ("head_nod", 11.7, "The head sinks by 12°."),
        ("gaze_side", -0.4, "The eyes go to the left of the picture."),
    ],
)
def test_a_value_is_said_in_a_sentence(name: str, value: float, said: str) -> None:
    assert describe(name, value) == said
