"""Readings averaged over their neighbours in time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.through_time import REACH, segments_of, smooth_readings

TIMES = np.arange(50) / 25
ONE = np.zeros(50, np.int64)


def test_an_odd_frame_is_drawn_towards_its_neighbours_and_sums_stay() -> None:
    values = np.tile([0.9, 0.1], (50, 1))
    values[20] = [0.1, 0.9]
    found = smooth_readings(values, TIMES, ONE, 0.2)
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[20, 0] > 0.8 and found[19, 0] > 0.8


def test_the_kernel_ends_and_what_lies_further_counts_for_nothing() -> None:
    values = np.zeros((50, 1))
    values[25] = 1
    found = smooth_readings(values, TIMES, ONE, 0.1)[:, 0]
    assert (found > 0).sum() == 2 * int(REACH * 0.1 * 25) + 1


def test_nothing_reaches_from_one_segment_to_another() -> None:
    values = np.repeat([[1.0, 0.0], [0.0, 1.0]], 25, axis=0)
    assert smooth_readings(values, TIMES, np.repeat([0, 1], 25), 0.3) == pytest.approx(values)


def test_what_is_not_known_counts_for_nothing_and_is_filled_by_its_neighbours() -> None:
    values = np.tile([0.7, 0.3], (50, 1))
    values[10] = np.nan
    assert smooth_readings(values, TIMES, ONE, 0.2) == pytest.approx(np.tile([0.7, 0.3], (50, 1)))
    alone = smooth_readings(np.full((1, 2), np.nan), TIMES[:1], ONE[:1], 0.2)
    assert np.isnan(alone).all()


def test_without_a_kernel_readings_stay_as_they_are() -> None:
    values = np.random.default_rng(0).random((50, 7))
    assert smooth_readings(values, TIMES, ONE, 0.0) is values


def test_a_segment_ends_at_a_cut_a_gap_and_another_track() -> None:
    faces = pd.DataFrame(
        {
            "frame": [0, 2, 4, 8, 10, 12, 0],
            "shot": [0, 0, 0, 0, 0, 1, 0],
            "track": [0, 0, 0, 0, 0, 0, 1],
        }
    )
    assert segments_of(faces, 2).tolist() == [0, 0, 0, 1, 1, 2, 3]
    assert segments_of(faces.iloc[:0], 2).tolist() == []
