"""What lives as long as one camera."""

from __future__ import annotations

import pandas as pd
import pytest

from emotion_core.practice.live import reader
from emotion_core.practice.live import region_feedback as coaching
from emotion_core.practice.live.pipeline import Live
from emotion_core.practice.live.region_feedback import FeedbackLoop
from emotion_core.practice.movements.following import LiveNeutral
from tests.practice.doubles import (
    BOX,
    Finds,
    Reads,
    numbered,
    shares,
    threads_named,
    wait_until,
)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "READ_EVERY", 0.0)
    monkeypatch.setattr(coaching, "EVERY", 0.005)


def _live(reads: Reads, with_feedback: bool = False) -> Live:
    writer = FeedbackLoop(lambda _: pd.DataFrame()) if with_feedback else None
    return Live(reads, Finds(BOX), None, 0.0, LiveNeutral(), writer)  # type: ignore[arg-type]


def test_a_reading_is_given_out_once() -> None:
    live = _live(Reads())
    assert live.new_reading() is None
    live.advance(numbered(0), 0.0)
    wait_until(lambda: live.reader.reading is not None)
    reading = live.new_reading()
    assert reading is not None and reading.index == 0
    assert live.new_reading() is None
    live.close()


def test_the_face_is_in_the_next_picture_once_it_was_found() -> None:
    live = _live(Reads())
    assert live.advance(numbered(0), 0.0) is None
    wait_until(lambda: live.reader.reading is not None)
    place = live.advance(numbered(0), 0.1)
    assert place is not None
    assert place.xyxy.tolist() == list(BOX)
    live.close()


def test_pictures_are_shown_though_the_reader_is_busy() -> None:
    reads = Reads()
    live = _live(reads)
    reads.open.clear()
    live.advance(numbered(0), 0.0)
    assert reads.asked.wait(20)
    for number in range(1, 20):
        live.advance(numbered(number), number / 25)
    assert live.new_reading() is None
    reads.open.set()
    live.close()


def test_pictures_go_on_and_nothing_is_read_once_the_model_has_failed() -> None:
    reads = Reads()
    reads.error = RuntimeError("bad shapes")
    live = _live(reads)
    live.advance(numbered(0), 0.0)
    wait_until(lambda: live.reader.error != "")
    for number in range(1, 20):
        live.advance(numbered(number), number / 25)
    assert live.new_reading() is None
    live.close()


def test_the_feedback_is_reported_what_is_played_towards() -> None:
    live = _live(Reads(), with_feedback=True)
    live.ask_for(shares(happy=1.0))
    assert live.coaching is not None
    assert live.coaching.target.tolist() == shares(happy=1.0).tolist()
    live.close()


def test_no_thread_is_left_once_it_is_closed_also_twice_and_before_the_first_picture() -> None:
    live = _live(Reads(), with_feedback=True)
    assert len(threads_named("eme-reader") + threads_named("eme-feedback")) == 2
    live.close()
    live.close()
    assert not threads_named("eme-reader") + threads_named("eme-feedback")
