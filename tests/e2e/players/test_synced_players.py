"""Clips that play in step, in a real browser."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness.page import NARROW, WIDE, NewPage, Page
from tests.e2e.harness.servers import running
from tests.media.clips import make_clip

pytestmark = pytest.mark.e2e
SLOWER = 1.2
CLOSE = 0.15  # s
STATE = """
return [...document.querySelectorAll("video")].map((video) => ({
  time: video.currentTime, paused: video.paused, muted: video.muted, rate: video.playbackRate,
  ready: video.readyState >= 2 && !video.seeking,
}));
"""
ACT = "const video = document.querySelectorAll('video')[arguments[0]];"


@pytest.fixture(scope="module")
def synced_url(
    browser_programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clips")
    clips = [
        make_clip(folder / "one.mp4", 200, 25, (320, 180), audio="mono"),
        make_clip(folder / "slower.mp4", 240, 25, (320, 180), audio="mono"),
    ]
    app = Path(__file__).with_name("synced_app.py")
    with running(app, {"EME_TEST_CLIPS": os.pathsep.join(map(str, clips))}) as url:
        yield url


@pytest.fixture(scope="module")
def opened(new_module_page: NewPage, synced_url: str) -> Page:
    return new_module_page(synced_url)


@pytest.fixture
def page(opened: Page) -> Page:
    opened.open_anew()
    ready(opened)
    return opened


def state(page: Page) -> list[dict[str, float]]:
    return page.driver.execute_script(STATE)


def ready(page: Page, count: int = 2) -> None:
    page.wait_until(
        lambda: len(videos := state(page)) == count and all(video["ready"] for video in videos),
        f"{count} clips",
    )
    time.sleep(0.3)


def act(page: Page, index: int, script: str) -> None:
    page.driver.execute_script(f"{ACT} {script}", index)


def times(page: Page) -> tuple[float, float]:
    first, second = state(page)
    return first["time"], second["time"]


def wait_for_time(page: Page, seconds: float) -> None:
    page.wait_until(lambda: times(page)[0] >= seconds, f"{seconds} s of the first clip")


def in_step(page: Page) -> bool:
    """A machine that is busy shows one late now and then; it is caught up with."""
    first, second = times(page)
    return abs(second - SLOWER * first) <= CLOSE


def paused(page: Page) -> list[bool]:
    return [bool(video["paused"]) for video in state(page)]


def test_the_slower_clip_keeps_step_while_both_play(page: Page) -> None:
    page.click_button("Play together")
    for seconds in (2.0, 3.0, 4.0, 5.0):
        wait_for_time(page, seconds)
        page.wait_until(lambda: in_step(page), "both to be in step", 2)
    assert state(page)[1]["rate"] == pytest.approx(SLOWER, abs=0.1)
    assert re.search(r"runs 1\b", page.text())


def test_a_click_on_either_clip_plays_and_stops_both(page: Page) -> None:
    act(page, 1, "video.play()")
    page.wait_until(lambda: paused(page) == [False, False], "both to play")
    wait_for_time(page, 1.0)
    act(page, 1, "video.pause()")
    page.wait_until(lambda: paused(page) == [True, True], "both to stop")
    page.wait_until(lambda: all(video["ready"] for video in state(page)), "pictures")
    first, second = times(page)
    assert second == pytest.approx(SLOWER * first, abs=0.05)
    act(page, 0, "video.play()")
    page.wait_until(lambda: paused(page) == [False, False], "both to play again")
    act(page, 0, "video.pause()")
    page.wait_until(lambda: paused(page) == [True, True], "both to stop again")
    time.sleep(0.5)
    assert paused(page) == [True, True]


def test_moving_one_clip_moves_the_other(page: Page) -> None:
    act(page, 0, "video.currentTime = 4.0")
    page.wait_until(lambda: times(page)[1] == pytest.approx(4.8, abs=0.05), "the second at 4.8 s")
    act(page, 1, "video.currentTime = 2.4")
    page.wait_until(lambda: times(page)[0] == pytest.approx(2.0, abs=0.05), "the first at 2.0 s")
    page.click_button("Play together")
    wait_for_time(page, 3.0)
    act(page, 1, "video.currentTime = 7.2")
    wait_for_time(page, 6.5)
    first, second = times(page)
    assert second == pytest.approx(SLOWER * first, abs=CLOSE)


def test_a_clip_whose_alignment_waits_holds_still(page: Page) -> None:
    page.driver.find_element("css selector", "[data-testid=stCheckbox] label").click()
    page.wait_for_text("runs 2")
    ready(page)
    page.click_button("Play together")
    for seconds in (1.6, 2.2, 3.5):
        wait_for_time(page, seconds)
        one, two = state(page)
        assert two["time"] == pytest.approx(1.0 + max(0, one["time"] - 2.5), abs=CLOSE)
        if abs(one["time"] - 2.5) > CLOSE:
            assert (one["paused"], two["paused"]) == (False, one["time"] < 2.5)
        waits = ", waits" in page.text()
        if one["time"] > 2.5 + CLOSE:
            assert not waits
        elif times(page)[0] < 2.5:
            assert waits


def test_only_one_clip_has_sound(page: Page) -> None:
    def muted() -> list[bool]:
        return [bool(video["muted"]) for video in state(page)]

    assert muted() == [False, True]
    page.click_button("Sound off")
    assert muted() == [True, False]
    act(page, 0, "video.muted = false")
    page.wait_until(lambda: muted() == [False, True], "the first alone to sound")


def test_the_page_seeks_once_for_each_wish_and_hears_of_a_moment(page: Page) -> None:
    page.click_button("To 3 s")
    page.wait_until(lambda: times(page) == pytest.approx((3.0, 3.6), abs=0.05), "the wish")
    act(page, 0, "video.currentTime = 1.0")
    page.wait_until(lambda: times(page)[1] == pytest.approx(1.2, abs=0.05), "the second at 1.2 s")
    page.click_button("Show this moment")
    page.wait_for_text("event 1.0")
    time.sleep(0.5)
    assert times(page) == pytest.approx((1.0, 1.2), abs=0.05)


def test_the_reading_under_a_clip_is_that_of_its_own_moment(page: Page) -> None:
    act(page, 0, "video.currentTime = 0.9")  # the character is away from 0.8 to 1.2 s
    page.wait_for_text("not in view")
    act(page, 0, "video.currentTime = 0.3")
    page.wait_until(lambda: "not in view" not in page.text(), "readings")


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_nothing_is_cut_off_and_no_error_is_logged(
    page: Page, size: tuple[int, int], count: int
) -> None:
    page.resize(*size)
    if count > 2:
        field = page.driver.find_element("css selector", "input[type=number]")
        field.send_keys("\ue009a\ue000", str(count), "\ue007")
        page.wait_for_text(f"Take {count}")
        ready(page, count)
    act(page, 0, "video.currentTime = 0.3")
    time.sleep(0.5)
    page.screenshot(f"synced-{count}-{size[0]}")
    assert page.overflow() <= 0
    for video in page.driver.find_elements("css selector", "video"):
        place = video.rect
        assert place["width"] > 200
        assert place["x"] >= 0 and place["x"] + place["width"] <= size[0]
    assert page.driver.title != "parsed"
    assert page.console_errors() == []
