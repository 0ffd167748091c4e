"""How much the camera sends: less on a busy machine, more again when it is quiet."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from emotion_core.practice.live.adaptation import OLDEST, QUALITIES, Adaptation, ScreenReport

EVERY = 0.5
CALM, OLD = 0.08, 0.28


class Screen:
    """Reports twice a second."""

    def __init__(self) -> None:
        self.adaptation = Adaptation()
        self.now = 1000.0

    def report(self, oldest: float, late: float = 0.1, camera: float = 24.0) -> int:
        """One report; gives the level, 0 for the best."""
        self.now += EVERY
        report = ScreenReport(self.now, oldest / 2, oldest, camera, camera, 0.15)
        return QUALITIES.index(self.adaptation.update(report, late))

    def until(self, level: int, oldest: float, late: float = 0.1) -> float:
        """Seconds of such reports until a level is reached."""
        begin = self.now
        while self.report(oldest, late) != level:
            assert self.now - begin < 1000, "it never came there"
        return self.now - begin


def test_it_begins_with_the_best_and_stays_there_while_it_is_quiet() -> None:
    screen = Screen()
    assert {screen.report(CALM) for _ in range(100)} == {0}
    assert not screen.adaptation.lowered


def test_levels_send_ever_less() -> None:
    for better, worse in pairwise(QUALITIES):
        assert worse.fps * worse.scale**-2 < better.fps * better.scale**-2


def test_less_is_sent_before_the_picture_is_too_old() -> None:
    screen = Screen()
    assert OLD < OLDEST
    assert screen.until(1, OLD) == 2 * EVERY
    assert screen.adaptation.lowered


def test_less_is_sent_when_pictures_come_late_though_the_screen_is_well() -> None:
    assert Screen().until(1, CALM, late=0.9) == 2 * EVERY


@pytest.mark.parametrize("camera", [5.0, 10.0])
def test_a_camera_that_is_slow_in_the_dark_is_no_busy_machine(camera: float) -> None:
    screen = Screen()
    assert {screen.report(1 / camera + 0.04, camera=camera) for _ in range(50)} == {0}
    assert screen.report(1 / camera + 0.2, camera=camera) == 0
    assert screen.report(1 / camera + 0.2, camera=camera) == 1


@pytest.mark.parametrize("camera", [0.0, 1.0, math.nan])
def test_pictures_that_hardly_come_at_all_are_held_up(camera: float) -> None:
    screen = Screen()
    screen.report(0.9, camera=camera)
    assert screen.report(0.9, camera=camera) == 1


def test_one_late_picture_changes_nothing() -> None:
    screen = Screen()
    for _ in range(20):
        assert screen.report(OLD) == 0
        assert screen.report(CALM) == 0


def test_it_goes_down_step_by_step_and_not_below_the_least() -> None:
    screen = Screen()
    levels = [screen.report(OLD) for _ in range(12)]
    assert levels[:6] == [0, 1, 1, 2, 2, 3]
    assert set(levels[6:]) == {len(QUALITIES) - 1}


def test_more_is_tried_again_after_some_calm() -> None:
    screen = Screen()
    screen.until(2, OLD)
    assert screen.until(1, CALM) == pytest.approx(10, abs=2 * EVERY)
    assert screen.until(0, CALM) == pytest.approx(10, abs=2 * EVERY)


def test_neither_calm_nor_late_stays_as_it_is() -> None:
    screen = Screen()
    screen.until(1, OLD)
    assert {screen.report(0.17) for _ in range(200)} == {1}


def test_what_was_too_much_is_tried_ever_more_rarely() -> None:
    screen = Screen()
    screen.until(1, OLD)
    waits = []
    for _ in range(6):
        waits.append(screen.until(0, CALM))
        screen.until(1, OLD)
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(10, abs=1)
    assert waits[3] == pytest.approx(80, abs=1)
    assert waits[5] == pytest.approx(160, abs=1)


def test_what_is_not_known_is_no_reason_to_send_less() -> None:
    screen = Screen()
    assert {screen.report(math.nan, math.nan) for _ in range(50)} == {0}
