from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.movements.measures import MEASURES
from emotion_core.faces.movements.neutral import NeutralFace, neutral_at, neutral_face
from tests.faces.movements.rows import rows

STILL = rows(1).iloc[0]


def test_a_face_that_mostly_holds_still_has_that_for_neutral() -> None:
    faces = rows(4)
    raised = faces["time"].between(1, 2)
    faces["right_inner_brow"] += np.where(raised, 0.2, 0)
    neutral = neutral_face(faces)
    assert neutral.known and neutral.time is None
    for name in MEASURES:
        assert neutral.values[name] == pytest.approx(STILL[name], abs=1e-6), name


def test_rows_that_speak_are_turned_or_blurred_do_not_count() -> None:
    faces = rows(10)
    time = faces["time"]
    speaks = time < 4
    turned, blurred = time.between(4, 6), time.between(6, 8)
    faces["mouth_opening"] += np.where(speaks, 0.3, 0)
    faces["head_turn"] = np.where(turned, 40, 0.0)
    faces["sharpness"] = np.where(blurred, 0.1, 1.0)
    faces["jaw"] += np.where(speaks | turned | blurred, 0.2, 0)  # wrong on most rows
    assert neutral_face(faces).values["jaw"] == pytest.approx(STILL["jaw"], abs=1e-6)


def test_a_mouth_that_never_closes_is_taken_where_it_is_least_open() -> None:
    faces = rows(4, mouth_opening=np.linspace(0.2, 0.6, 100))
    assert neutral_face(faces).values["mouth_opening"] == pytest.approx(0.24, abs=0.01)


def test_too_few_rows_give_no_number() -> None:
    assert not neutral_face(rows(0.4)).known
    assert not neutral_face(rows(0.4).iloc[:0]).known
    assert not neutral_face(rows(4, head_turn=50.0)).known
    hidden = rows(4)
    hidden.loc[8:, "brow_gap"] = np.nan
    neutral = neutral_face(hidden)
    assert np.isnan(neutral.values["brow_gap"]) and np.isfinite(neutral.values["jaw"])


def test_a_moment_that_is_named_is_taken_as_it_is() -> None:
    faces = rows(4, mouth_width=np.linspace(0.5, 1.0, 100))
    named = neutral_at(faces, 2.0)
    assert named.time == 2.0
    assert named.values["mouth_width"] == pytest.approx(0.75, abs=0.01)
    assert not neutral_at(faces, 60.0).known


def test_it_survives_being_written_down() -> None:
    neutral = neutral_at(rows(2, gaze_side=np.nan), 1.0)
    again = NeutralFace.from_json(neutral.to_json())
    assert again.time == neutral.time and again.rows == neutral.rows
    np.testing.assert_equal(again.values, neutral.values)
    assert np.isnan(again.values["gaze_side"])


@pytest.mark.parametrize("text", ["[]", "{}", '{"values": 3, "rows": 1, "time": null}'])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no neutral face"):
        NeutralFace.from_json(text)
