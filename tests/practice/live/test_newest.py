"""A place for one thing: nothing queues before who looks slowly."""

from __future__ import annotations

import threading
import time as clock

from emotion_core.practice.live.newest import Newest
from tests.practice.doubles import PATIENCE


def test_of_all_that_came_while_one_was_busy_only_the_newest_is_left() -> None:
    place: Newest[int] = Newest()
    for number in range(100):
        place.put(number)
    assert place.take() == 99
    assert place.dropped == 99
    place.put(100)
    assert place.take() == 100
    assert place.dropped == 99


def test_who_waits_is_given_what_comes() -> None:
    place: Newest[int] = Newest()
    found: list[int | None] = []
    waiting = threading.Thread(target=lambda: found.append(place.take()))
    waiting.start()
    place.put(1)
    waiting.join(PATIENCE)
    assert found == [1]


def test_who_takes_a_pause_is_given_what_came_last_in_it() -> None:
    place: Newest[int] = Newest()
    place.put(1)
    threading.Timer(0.02, lambda: place.put(2)).start()
    begin = clock.monotonic()
    assert place.take(after=0.2) == 2
    assert clock.monotonic() - begin >= 0.19


def test_once_it_is_closed_nothing_is_given_to_anyone() -> None:
    place: Newest[int] = Newest()
    found: list[int | None] = []
    waiting = [
        threading.Thread(target=lambda after=after: found.append(place.take(after=after)))
        for after in (0.0, 1000.0)
    ]
    for thread in waiting:
        thread.start()
    place.close()
    for thread in waiting:
        thread.join(PATIENCE)
    place.put(1)
    assert [*found, place.take()] == [None, None, None]
