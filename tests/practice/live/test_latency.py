"""How fast live work goes, in numbers that can be read."""

from __future__ import annotations

import tracemalloc

import pytest

from emotion_core.practice.live.latency import LatencyMeter


def test_pictures_and_readings_of_the_last_seconds_are_counted() -> None:
    pace = LatencyMeter()
    for number in range(200):
        pace.shown(number / 20)
        if number % 2:
            pace.read(number / 20, 0.08)
    speed = pace.speed(199 / 20)
    assert speed.pictures == pytest.approx(20, rel=0.05)
    assert speed.readings == pytest.approx(10, rel=0.05)
    assert speed.delay == pytest.approx(0.08)
    assert speed.words == "20 frames/s, 10 readings/s, 80 ms delay"


def test_one_late_reading_does_not_move_the_delay_but_the_longest() -> None:
    pace = LatencyMeter()
    for number in range(10):
        pace.read(number / 10, 1.0 if number == 5 else 0.1)
    speed = pace.speed(1.0)
    assert speed.delay == pytest.approx(0.1)
    assert speed.longest_delay > 0.5


def test_what_has_stopped_has_no_speed() -> None:
    pace = LatencyMeter()
    for number in range(50):
        pace.shown(number / 25)
        pace.read(number / 25, 0.1)
    speed = pace.speed(60.0)
    assert (speed.pictures, speed.readings) == (0, 0)
    assert speed.words == "0 frames/s"


def test_nothing_has_come_before_the_first_picture() -> None:
    assert LatencyMeter().speed(5.0).words == "0 frames/s"


def test_an_hour_takes_no_more_memory_than_some_seconds() -> None:
    pace = LatencyMeter()
    tracemalloc.start()
    try:
        for number in range(60 * 60 * 25):
            pace.shown(number / 25)
            pace.read(number / 25, 0.1)
        assert tracemalloc.get_traced_memory()[0] < 200_000
    finally:
        tracemalloc.stop()
