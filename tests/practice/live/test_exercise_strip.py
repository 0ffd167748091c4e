"""What was asked and what was played, side by side over the time of an exercise."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.media.drawing import BACKGROUND, COLORS, LINE, TEXT, UNPLAYED
from emotion_core.practice.exercises.exercise import Hold, Move
from emotion_core.practice.live.exercise_strip import APART, HEIGHT, ROWS, ExerciseStrip
from emotion_core.practice.live.reader import NO_READING
from emotion_core.render.video.widgets import shares_column
from emotion_core.types import ImageArray
from tests.practice.doubles import shares

WIDTH = 200


def _drawn(strip: ExerciseStrip) -> ImageArray:
    canvas = np.full((HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    strip.draw(canvas, (0, 0))
    return canvas


def _at(sheet: ImageArray, row: str, share_of_width: float) -> tuple[int, ...]:
    """The colour at the foot of a row."""
    below = {"target": ROWS["you"] - 4, "you": ROWS["distance"] - 4, "distance": HEIGHT}[row]
    return tuple(sheet[below - 1, round(share_of_width * WIDTH)].tolist())


def _level(sheet: ImageArray, x: int) -> int:
    """Pixels of the lowest row that say how far apart it is."""
    return int((sheet[ROWS["distance"] :, x] == APART).all(axis=1).sum())


def test_the_target_is_there_from_the_beginning_and_what_is_played_is_not() -> None:
    sheet = _drawn(ExerciseStrip(Move("angry", "happy", 1.0, passage=2, rest=4), WIDTH))
    assert _at(sheet, "target", 0.1) == COLORS["angry"]
    assert _at(sheet, "target", 0.9) == COLORS["happy"]
    assert _at(sheet, "you", 0.5) == _at(sheet, "distance", 0.5) == UNPLAYED


def test_what_is_played_is_drawn_up_to_now() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), WIDTH)
    strip.push(2.0, shares(happy=1.0), 1.0)
    strip.push(4.0, shares(angry=1.0), 0.0)
    sheet = _drawn(strip)
    assert _at(sheet, "you", 0.1) == COLORS["happy"]
    assert _at(sheet, "you", 0.3) == COLORS["angry"]
    assert _at(sheet, "you", 0.5) == UNPLAYED
    assert tuple(sheet[0, 80].tolist()) == TEXT


def test_the_lowest_row_is_as_high_as_what_is_played_is_apart() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), WIDTH)
    for time, distance in ((2.0, 1.0), (4.0, 0.5), (6.0, 0.0), (8.0, None)):
        strip.push(time, shares(angry=1.0), distance)
    sheet = _drawn(strip)
    whole = HEIGHT - ROWS["distance"]
    assert [_level(sheet, x) for x in (20, 60, 100, 140)] == [whole, whole // 2, 1, 0]


def test_where_no_face_is_read_there_is_a_gap() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), WIDTH)
    strip.push(5.0, NO_READING, None)
    assert _at(_drawn(strip), "you", 0.2) == LINE


@pytest.mark.parametrize("time", [9.99, 10.0, 12.0])
def test_the_end_of_the_exercise_is_the_end_of_the_strip(time: float) -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), WIDTH)
    strip.push(time, shares(happy=1.0), 1.0)
    sheet = _drawn(strip)
    assert _at(sheet, "you", 0.95) == COLORS["happy"]
    assert tuple(sheet[0, -1].tolist()) == TEXT


def test_a_reading_that_comes_late_does_not_change_what_was_drawn() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), WIDTH)
    strip.push(5.0, shares(angry=1.0), 0.0)
    strip.push(3.0, shares(happy=1.0), 1.0)
    strip.push(6.0, shares(happy=1.0), 1.0)
    sheet = _drawn(strip)
    assert [_at(sheet, "you", share) for share in (0.2, 0.4)] == [COLORS["angry"]] * 2
    assert _at(sheet, "you", 0.55) == COLORS["happy"]


def test_an_exercise_of_a_moment_has_a_strip() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=0.05), WIDTH)
    strip.push(0.02, shares(angry=1.0), 0.0)
    assert _at(_drawn(strip), "you", 0.1) == COLORS["angry"]


def test_shares_are_stacked_from_the_foot_up_in_the_order_of_the_emotions() -> None:
    column = shares_column(shares(angry=0.25, happy=0.75), 40)
    assert column.shape == (40, 3)
    assert (column[30:] == COLORS["angry"]).all()
    assert (column[:30] == COLORS["happy"]).all()
    assert (
        not (shares_column(shares(happy=1.0), 4, faded=True) == COLORS["happy"]).all(axis=1).any()
    )
