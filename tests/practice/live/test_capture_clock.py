"""When a picture was taken, on the clock of the browser."""

from __future__ import annotations

import math

import pytest

from emotion_core.practice.live.capture_clock import CaptureClock

# The stream began at this time of the browser; this machine's clock counts from another origin.
BEGAN, AHEAD = 1_700_000_000.0, -1_699_990_000.0


def _arrivals(ways: tuple[float, ...], message: float = 0.002) -> CaptureClock:
    """A clock after pictures that took so many seconds, and a message that took ``message``."""
    clock = CaptureClock()
    for number, way in enumerate(ways):
        taken = number / 24
        clock.picture_came(taken, BEGAN + taken + way + AHEAD)
    clock.browser_said(BEGAN + 1, BEGAN + 1 + message + AHEAD)
    return clock


def test_a_sender_report_says_when_a_picture_was_taken_however_late_it_came() -> None:
    clock = _arrivals((0.3, 0.25, 0.4))
    clock.reported(0.5, BEGAN + 0.5)
    assert clock.at(2.0) == pytest.approx(BEGAN + 2)
    assert clock.of(BEGAN + 2) == pytest.approx(2.0)


def test_before_a_report_the_picture_that_came_fastest_says_it_but_for_its_way() -> None:
    clock = _arrivals((0.3, 0.06, 0.4), message=0.002)
    assert clock.at(2.0) == pytest.approx(BEGAN + 2 + 0.058, abs=1e-6)


def test_a_report_from_another_origin_is_not_believed() -> None:
    clock = _arrivals((0.06,), message=0.0)
    clock.reported(0.5, 12_345.0)
    assert clock.at(2.0) == pytest.approx(BEGAN + 2.06, abs=1e-6)


def test_a_report_counts_though_the_browser_has_said_nothing_else() -> None:
    clock = CaptureClock()
    clock.reported(0.5, BEGAN + 0.5)
    assert clock.at(2.0) == pytest.approx(BEGAN + 2)


def test_the_age_of_a_picture_is_counted_from_when_it_was_taken() -> None:
    clock = _arrivals((0.3,), message=0.0)
    clock.reported(0.0, BEGAN)
    assert clock.age(2.0, BEGAN + 2.25 + AHEAD) == pytest.approx(0.25, abs=1e-6)


def test_nothing_is_known_before_the_browser_has_said_its_time() -> None:
    clock = CaptureClock()
    clock.picture_came(0.0, 5.0)
    assert math.isnan(clock.age(0.0, 5.0))
    assert math.isnan(clock.at(1.5))
    assert not clock.known
    clock.browser_said(BEGAN, 5.0)
    assert clock.known


def test_sound_and_pictures_that_were_taken_at_once_come_to_the_same_time() -> None:
    video, audio = CaptureClock(), CaptureClock()
    video.reported(10.0, BEGAN)  # each stream counts from anywhere
    audio.reported(3.0, BEGAN)
    assert video.of(audio.at(4.25)) == pytest.approx(11.25)
