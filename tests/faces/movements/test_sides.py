from __future__ import annotations

import numpy as np

from emotion_core.faces.movements.sides import seen_mean


def test_the_side_turned_away_counts_for_nothing() -> None:
    columns = {"right_lid": np.full(5, 1.0), "left_lid": np.full(5, 3.0)}
    turn = np.array([0, 40, -40, 70, np.nan])
    found = seen_mean(columns, turn)
    np.testing.assert_equal(found, [2, 1, 3, np.nan, 2])


def test_the_head_is_known_in_profile_and_the_face_is_not() -> None:
    turn = np.array([75.0, -75.0])
    for name, known in (("head_nod", True), ("gaze_side", True), ("mouth_opening", False)):
        assert (np.isfinite(seen_mean({name: np.ones(2)}, turn)) == known).all()


def test_what_is_unknown_on_one_side_is_taken_from_the_other() -> None:
    columns = {"right_lid": np.array([np.nan, np.nan]), "left_lid": np.array([3.0, np.nan])}
    np.testing.assert_equal(seen_mean(columns, np.zeros(2)), [3, np.nan])
