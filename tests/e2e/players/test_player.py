"""The scene player in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.harness.page import NARROW, WIDE, NewPage, Page
from tests.e2e.harness.servers import running
from tests.media.clips import make_clip, read_mark
from tests.pages.players.scene_tables import FPS, FRAMES

pytestmark = pytest.mark.e2e
VIDEO = ".st-key-player-stage video"
BOXES = "document.querySelectorAll('canvas.eme-overlay').length"
FRAME_READ = """
const { table, rows } = globalThis.__emeScenes.get("player").player;
return table.rowFrame[rows[0]];
"""
PIXELS = """(() => {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.height, canvas.width, Array.from(data)];
})()"""


@pytest.fixture(scope="module")
def player_url(
    browser_programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", FRAMES, FPS, (320, 180))
    with running(Path(__file__).with_name("player_app.py"), {"EME_TEST_CLIP": str(clip)}) as url:
        yield url


@pytest.fixture(scope="module")
def opened(new_module_page: NewPage, player_url: str) -> Page:
    return new_module_page(player_url)


@pytest.fixture
def page(opened: Page) -> Page:
    """The player's page with the clip ready, at its start of 1 s."""
    opened.open_anew()
    at(opened, 1.0)
    return opened


def at(page: Page, seconds: float) -> None:
    """Wait until the clip stands at a moment and shows its picture."""
    there = f"Math.abs(video.currentTime - {seconds}) < 0.05 && !video.seeking"
    page.wait_until(
        lambda: page.video(f"{there} && video.readyState >= 2", VIDEO), f"the clip at {seconds} s"
    )
    time.sleep(0.3)


def seek(page: Page, seconds: float) -> None:
    page.video(f"video.currentTime = {seconds}", VIDEO)
    at(page, seconds)


def moment(page: Page) -> float:
    return float(page.part("when").text.removesuffix(" s"))


def runs(page: Page) -> int:
    found = re.search(r"runs (\d+)", page.text())
    assert found
    return int(found.group(1))


def click_lane(page: Page, seconds: float, y: float) -> None:
    """Click the timeline at a moment, y px below its upper edge."""
    from selenium.webdriver import ActionChains

    lanes = page.part("scroller")
    left, right = 150, 10  # gutter and margin of lanes.js at this width
    x = left + seconds / 4.0 * (lanes.size["width"] - left - right)
    offset = (x - lanes.size["width"] / 2, y - lanes.size["height"] / 2)
    ActionChains(page.driver).move_to_element_with_offset(
        lanes, *map(round, offset)
    ).click().perform()


def press(page: Page, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    page.driver.execute_script("arguments[0].focus()", page.part("scroller"))
    for key in keys:
        ActionChains(page.driver).send_keys(key).perform()
        time.sleep(0.4)


def test_the_reading_is_that_of_the_picture_on_the_screen(page: Page) -> None:
    for seconds in (0.3, 1.13, 2.01, 3.59):
        seek(page, seconds)
        height, width, pixels = page.video(PIXELS, VIDEO)
        picture = np.array(pixels, np.uint8).reshape(height, width, 4)[..., :3]
        frame = page.driver.execute_script(FRAME_READ)
        assert read_mark(picture) == frame


def test_readings_follow_playback_without_running_the_page(page: Page) -> None:
    before = runs(page)
    page.video("(video.muted = true, video.play(), 0)", VIDEO)
    time.sleep(1.2)
    playing = moment(page)
    assert playing > 1.3
    click_lane(page, 2.4, 20)
    time.sleep(0.5)
    assert not page.video("video.paused", VIDEO)
    assert moment(page) > 2.3
    assert runs(page) == before
    page.wait_for_text("No face in view")  # after 3.6 s


def test_a_click_at_rest_seeks_and_tells_the_page(page: Page) -> None:
    click_lane(page, 0.6, 20)
    page.wait_for_text("event (0.6, 0)")
    at(page, 0.6)
    # The first line has opened to 148 px; in it, track 0 is away from 0.8 to 1.2 s.
    click_lane(page, 1.0, 80)
    page.wait_for_text("event (1.0, None)")


def test_looking_closer_pauses_and_tells_the_page(page: Page) -> None:
    page.video("(video.muted = true, video.play(), 0)", VIDEO)
    time.sleep(0.5)
    page.click_button("Show this moment")
    assert page.video("video.paused", VIDEO)
    page.wait_until(lambda: re.search(r"event \([\d.]+, \d\)", page.text()), "an event")


def test_a_key_bookmarks_the_moment_while_the_clip_plays_on(page: Page) -> None:
    from selenium.webdriver import ActionChains

    page.video("(video.muted = true, video.play(), 0)", VIDEO)
    time.sleep(0.5)
    press(page, "b")
    page.wait_for_text("bookmarks 1")
    assert not page.video("video.paused", VIDEO)
    [mark] = page.driver.execute_script(
        "return globalThis.__emeScenes.get('player').player.timeline.marks"
    )
    assert 1.2 < mark["time"] < page.video("video.currentTime", VIDEO)

    # its words come up over its flag, as text
    axis = page.part("axis")
    x = 150 + mark["time"] / 4.0 * (axis.size["width"] - 160) - axis.size["width"] / 2
    ActionChains(page.driver).move_to_element_with_offset(axis, round(x), 12).perform()
    page.wait_until(lambda: "<b>a look</b>" in page.part("tooltip").text, "the bookmark")
    page.click_button("Bookmark (B)")
    page.wait_for_text("bookmarks 2")


def test_keys_seek_by_seconds_and_by_frames(page: Page) -> None:
    from selenium.webdriver import ActionChains, Keys

    press(page, Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    at(page, 1.0)
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT).perform()
    ActionChains(page.driver).key_up(Keys.SHIFT).perform()
    at(page, 1.05)
    slider = page.part("scroller")
    assert slider.get_attribute("role") == "slider"
    assert slider.get_attribute("aria-valuetext").startswith("1.0 s. Face 2: ")
    press(page, Keys.SPACE)
    assert not page.video("video.paused", VIDEO)


def test_the_page_seeks_once_for_each_wish(page: Page) -> None:
    page.click_button("Strongest moment")
    at(page, 3.0)
    seek(page, 0.5)
    page.driver.find_element("css selector", "[data-testid=stCheckbox] label").click()
    page.wait_for_text("runs 3")
    page.wait_idle()
    at(page, 0.5)
    page.click_button("Strongest moment")
    at(page, 3.0)


def test_boxes_lie_on_their_own_video_and_leave_with_the_player(page: Page) -> None:
    another, away = page.driver.find_elements("css selector", "[data-testid=stCheckbox] label")
    another.click()
    page.wait_until(lambda: page.video("document.querySelectorAll('video').length == 2"), "clips")
    same_place = """(() => {
      const box = document.querySelector('canvas.eme-overlay').getBoundingClientRect();
      const own = video.getBoundingClientRect();
      return ['x', 'y', 'width', 'height'].every((k) => Math.abs(box[k] - own[k]) < 1.5);
    })()"""
    for size in (NARROW, WIDE):
        page.resize(*size)
        page.wait_until(lambda: page.video(same_place, VIDEO), "the boxes over their video")
    for _ in range(2):
        away.click()
        page.wait_until(lambda: page.video(f"{BOXES} == 0"), "the boxes to leave")
        away.click()
        page.wait_until(lambda: page.video(f"{BOXES} == 1"), "the boxes to return")


def test_an_unsure_reading_is_described_with_its_reason_and_not_set_bold(page: Page) -> None:
    seek(page, 3.0)  # the face is turned away
    page.wait_for_text("unsure, ")
    page.wait_for_text("(turned away)")
    first = page.part("lines").find_element("css selector", "p")
    assert first.value_of_css_property("font-weight") == "400"
    assert "unsure" in page.part("legend").text
    page.screenshot("player-unsure")


def heard(page: Page) -> str:
    """What the lanes of the sound say of the moment."""
    return str(page.part("heard").get_attribute("aria-label"))


def test_the_lanes_of_the_sound_say_what_is_heard_at_the_moment(page: Page) -> None:
    page.wait_until(lambda: "Heard: Speech." in heard(page), "the sound of the moment")
    said = heard(page)
    assert "Who speaks: Ana" in said and "Line: Ana: Where is she?" in said
    assert "raised against 4 other lines" in said
    assert "Ana shows a still face on a raised voice" in said
    seek(page, 3.5)
    page.wait_until(lambda: "Speech over music" in heard(page), "the sound after it")
    assert "A voice off screen" in heard(page) and "perhaps Am" in heard(page)


def test_a_part_is_played_again_and_again_until_that_is_stopped(page: Page) -> None:
    page.click_button("Loop from here")
    seek(page, 1.6)
    page.click_button("Loop from 1.0 s to here")
    page.wait_for_text("Stop the loop")
    page.video("(globalThis.__last = 0, video.muted = true, video.play(), true)", VIDEO)
    back = (
        "globalThis.__last > video.currentTime + 0.2 || (globalThis.__last = video.currentTime, 0)"
    )
    page.wait_until(lambda: page.video(back, VIDEO), "the clip to go back")
    assert page.video("video.currentTime", VIDEO) < 1.6
    page.click_button("Stop the loop")
    page.wait_until(lambda: page.video("video.currentTime > 2", VIDEO), "the clip to go on")
    page.video("video.pause()", VIDEO)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_is_cut_off_and_no_error_is_logged(page: Page, size: tuple[int, int]) -> None:
    page.resize(*size)
    seek(page, 0.5)
    page.screenshot(f"player-{size[0]}")
    assert page.overflow() <= 0
    for part in ("radar", "lines", "stage", "legend"):
        place = page.part(part).rect
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= size[0]
    assert page.console_errors() == []


def test_a_name_with_markup_stays_text(page: Page) -> None:
    seek(page, 3.0)
    page.wait_for_text("<img src=x onerror=")
    assert page.driver.title != "parsed"
