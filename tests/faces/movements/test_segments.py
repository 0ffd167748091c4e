from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.movements.segments import (
    Stroke,
    known_runs,
    quick_runs,
    readings_per_second,
    strokes,
    trembling,
    turning_points,
    unbroken,
)
from tests.faces.movements.rows import rows


def test_rows_break_at_cuts_gaps_and_between_tracks() -> None:
    faces = rows(1, 10)
    faces["track"] = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    faces["shot"] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    faces.loc[8:, "time"] += 0.5
    assert [part.tolist() for part in unbroken(faces)] == [[0, 1, 2], [3, 4], [5, 6, 7], [8, 9]]
    mixed = faces.sample(frac=1, random_state=0)
    times = [mixed["time"].to_numpy()[part].tolist() for part in unbroken(mixed)]
    assert times == [faces["time"].to_numpy()[part].tolist() for part in unbroken(faces)]


def test_no_rows_are_no_parts() -> None:
    assert unbroken(rows(0)) == [] and readings_per_second(rows(0)) == 0
    assert [part.tolist() for part in unbroken(rows(0.04))] == [[0]]


def test_readings_are_counted_within_tracks() -> None:
    assert readings_per_second(rows(2, 24)) == pytest.approx(24)
    assert readings_per_second(rows(2, 24).iloc[::3]) == pytest.approx(8)
    assert readings_per_second(rows(2, 24).assign(track=np.arange(48))) == 0


def test_unknown_values_part_a_run() -> None:
    values = np.array([np.nan, 1, 2, np.nan, 3, np.nan])
    runs = known_runs(values, np.arange(6))
    assert [run.tolist() for run in runs] == [[1, 2], [4]]
    assert known_runs(np.full(3, np.nan), np.arange(3)) == []


def test_small_turns_are_no_turning_points() -> None:
    values = np.array([0.0, 1, 0.8, 3, 2.9, 0, 0.4, 0])
    assert turning_points(values, 1.0).tolist() == [0, 3, 5]
    assert turning_points(values, 0.3).tolist() == [0, 3, 5, 6, 7]
    assert turning_points(values, 5.0).tolist() == []
    assert turning_points(values[:0], 1.0).tolist() == []


def test_rest_is_no_part_of_a_stroke() -> None:
    values = np.array([0.0, 0, 0, 0, 5, 10, 10, 10, 10, 0, 0])
    assert strokes(values, 2.0) == [Stroke(3, 5, 10.0), Stroke(8, 9, -10.0)]


def test_slow_strokes_and_long_rests_part_runs() -> None:
    moves = [Stroke(0, 2, 1), Stroke(2, 4, -1), Stroke(8, 10, 1), Stroke(10, 18, -1)]
    time = np.arange(20) / 10
    assert quick_runs(moves, time, 0.4) == [moves[:2], moves[2:3]]
    assert quick_runs(moves, time, 0.8) == [moves]
    assert quick_runs([], time, 0.8) == []


def test_trembling_is_noise_and_no_movement() -> None:
    noise = np.random.default_rng(0).normal(0, 2, 2000)
    slow = 50 * np.sin(np.arange(2000) / 200)
    assert trembling(noise) == pytest.approx(2, rel=0.1)
    assert trembling(noise + slow) == pytest.approx(2, rel=0.1)
    assert trembling(slow) < 0.1 and trembling(slow[:2]) == 0
