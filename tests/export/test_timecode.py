"""Timecode at the rates of film and television."""

from __future__ import annotations

from fractions import Fraction

import pytest

from emotion_core.export.timecode import Timecode


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (23.976, Fraction(24000, 1001)),
        (24.0, Fraction(24)),
        (25.0, Fraction(25)),
        (29.97, Fraction(30000, 1001)),
        (29.98, Fraction(30000, 1001)),
        (30.0, Fraction(30)),
        (59.94, Fraction(60000, 1001)),
        (120.0, Fraction(60)),
        (12.5, Fraction(25)),
        (15.0, Fraction(30)),
        (240.0, Fraction(60)),
        (17.3, Fraction(25)),
        (60000.0, Fraction(25)),
    ],
)
def test_a_rate_is_the_nearest_that_editing_programs_know(fps: float, rate: Fraction) -> None:
    assert Timecode.of(fps).rate == rate


def test_frames_are_counted_by_the_rate() -> None:
    code = Timecode(Fraction(25))
    assert code.text(code.frame(3661.2)) == "01:01:01:05"
    assert Timecode(Fraction(24000, 1001)).text(24) == "00:00:01:00"


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
    ],
)
def test_numbers_are_dropped_at_29_97_so_that_timecode_keeps_with_the_clock(
    frame: int, text: str
) -> None:
    assert Timecode(Fraction(30000, 1001)).text(frame) == text


def test_twice_as_many_are_dropped_at_59_94() -> None:
    code = Timecode(Fraction(60000, 1001))
    assert [code.text(frame) for frame in (3599, 3600, 35964)] == [
        "00:00:59;59",
        "00:01:00;04",
        "00:10:00;00",
    ]
