"""The first visit of a film student, in a real browser."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.types import ImageArray
from tests.conftest import place
from tests.e2e.harness.page import Page
from tests.e2e.harness.servers import APP, running
from tests.media.clips import make_clip

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which nothing is yet: the app reads its sample on the first visit."""
    return tmp_path_factory.mktemp("first-visit")


@pytest.fixture(scope="module")
def app_url(browser_programs: tuple[str, str], data_dir: Path) -> Iterator[str]:
    """An app of these journeys' own: their clips are in nobody's way."""
    with running(APP, {"EME_DATA_DIR": str(data_dir)}) as url:
        yield url


@pytest.fixture(scope="session")
def own_clip(tmp_path_factory: pytest.TempPathFactory, portrait: ImageArray) -> Path:
    """A clip of the student's own: one second of nothing, then a face that moves."""
    still = np.full((240, 320, 3), 60, np.uint8)
    return make_clip(
        tmp_path_factory.mktemp("own") / "my take.mp4",
        n=100,
        size=(320, 240),
        audio="mono",
        picture=lambda i: still if i < 25 else place(portrait, (320, 240), i // 2, 0, 240),
    )


def _escape(page: Page) -> None:
    """Close the popover that is open."""
    from selenium.webdriver import ActionChains, Keys

    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()


def _chosen(page: Page) -> str:
    """The scene that the select box shows."""
    fields = page.driver.find_elements("css selector", '[data-testid="stSelectbox"] input')
    return " ".join(str(field.get_attribute("value")) for field in fields)


_FACES_SHOWN = """
const faces = [...document.querySelectorAll('[class*="st-key-cut-faces-strip"] img')];
return faces.length > 0 && faces.every((face) => face.naturalWidth > 100);
"""


def _saved(folder: Path, name: str, page: Page) -> bytes:
    path = folder / name
    page.wait_until(path.exists, f"the download {name}")
    return path.read_bytes()


def test_a_student_sees_the_sample_uploads_a_clip_plays_seeks_and_takes_the_table_home(
    browser: Page, own_clip: Path, tmp_path: Path
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.wait_until(lambda: "Sample scene" in _chosen(browser), "the sample to be chosen")
    browser.wait_until(lambda: browser.video("video.readyState >= 2"), "the sample to load")
    browser.wait_until(lambda: browser.driver.execute_script(_FACES_SHOWN), "its faces")
    browser.screenshot("sample-1400")
    browser.resize(800, 1000)
    assert browser.overflow() == 0
    browser.screenshot("sample-800")
    browser.resize(1400, 900)

    # her own clip, with a bar while it is read
    browser.click_button("Add a clip")
    browser.upload(own_clip)
    browser.wait_for_text("Stop")
    _escape(browser)
    browser.screenshot("reading-1400")
    browser.wait_until(lambda: "my take · 0:04" in _chosen(browser), "the scene", seconds=240)
    browser.wait_for_text("1 character")
    # not the sample, which is there until then
    mine = "video.readyState >= 2 && Math.abs(video.duration - 4) < 0.1"
    browser.wait_until(lambda: browser.video(mine), "the clip to load")

    # it plays, and the reading follows
    browser.video("video.currentTime = 0")
    browser.wait_for_text("No face in view")
    browser.video("(video.muted = true, video.play(), true)")
    browser.wait_until(lambda: browser.video("video.currentTime") > 1.5, "a second of play")
    # she marks what she sees while she watches, and says it in words afterwards
    browser.click_button("Bookmark (B)")
    browser.wait_until(lambda: browser.video("video.currentTime") > 2, "two seconds of play")
    browser.video("video.pause()")
    browser.unfold("Bookmarks")
    comment = '[aria-label^="What you see at"]'
    browser.wait_until(lambda: browser.find(comment), "the bookmark")
    browser.find(comment).send_keys("she looks away\n")
    browser.wait_idle()
    browser.screenshot("bookmark-1400")
    browser.driver.refresh()
    browser.wait_until(lambda: browser.find(comment), "the bookmark after a reload")
    assert browser.find(comment).get_attribute("value") == "she looks away"
    browser.wait_until(lambda: browser.video("video.readyState >= 2"), "the clip to load")
    browser.video("video.currentTime = 2")
    browser.wait_until(lambda: "Person 1:" in browser.text(), "a reading of the face")
    browser.screenshot("own-clip-1400")

    # what her face does stands below the timeline; she says which moment is neutral
    browser.wait_for_text("Movements of Person 1")
    assert "Neutral face: estimated" in browser.text() and "no FACS coding" in browser.text()
    assert "AU12 lip corner puller" in browser.text()
    browser.click_button("This is the neutral face")
    browser.wait_for_text("Neutral face: chosen at 0:02.0.")
    browser.screenshot("neutral-1400")
    # readings relative to that face say so wherever they stand, and go back
    switch = "arguments[0].click()"
    browser.driver.execute_script(switch, browser.part("relative"))
    browser.wait_for_text("Person 1 (relative):")
    assert "over time, relative to rest" in browser.text() and "only here" in browser.text()
    assert browser.video("video.currentTime") == pytest.approx(2, abs=0.05)
    for width in (800, 420, 1400):
        browser.resize(width, 1300)
        assert browser.overflow() == 0
        browser.screenshot(f"relative-{width}")
    browser.resize(1400, 900)
    browser.driver.execute_script(switch, browser.part("relative"))
    browser.wait_until(lambda: "(relative)" not in browser.text(), "the readings as read")
    browser.click_button("Back to the estimate")
    browser.wait_for_text("Neutral face: estimated")

    # a strongest moment takes her there
    seen = browser.video("video.currentTime")
    buttons = browser.driver.find_elements("css selector", '[class*="st-key-moment-"] button')
    assert buttons
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", buttons[0])
    buttons[0].click()
    browser.wait_until(
        lambda: abs(browser.video("video.currentTime") - seen) > 0.05, "the clip to jump"
    )
    time.sleep(1)  # the page runs twice for it, and a button that is replaced loses its click
    browser.wait_idle()

    # and the table is hers
    browser.click_button("Readings as CSV")
    table = pd.read_csv(io.BytesIO(_saved(tmp_path / "downloads", "my take.csv", browser)))
    assert len(table) == 75 and table["time"].min() == pytest.approx(1.0)
    assert browser.console_errors() == []


@pytest.mark.long
def test_a_reload_while_a_clip_is_read_keeps_its_progress_and_its_stop_button(
    browser: Page, tmp_path: Path, portrait: ImageArray
) -> None:
    clip = make_clip(
        tmp_path / "upright.mp4",
        n=1500,
        size=(240, 320),
        picture=lambda i: place(portrait, (240, 320), i % 40, 0, 200),
    )
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.click_button("Add a clip")
    browser.upload(clip)
    browser.wait_for_text("Stop")
    address = browser.driver.current_url
    assert "scene=" in address
    browser.open(address.removeprefix(browser.url))
    browser.wait_for_text("upright.mp4 · ")
    browser.screenshot("reloaded-while-reading-1400")
    assert browser.driver.current_url == address
    browser.click_button("Stop")
    browser.wait_for_text("upright.mp4 was stopped.")
    browser.click_button("Close")
    browser.wait_until(lambda: "was stopped" not in browser.text(), "the line to go")


SUBTITLES = """1
00:00:01,000 --> 00:00:02,500
ANA: Where is she?

2
00:00:03,000 --> 00:00:04,000
BEN: Gone.
"""


def test_a_student_adds_subtitles_and_goes_to_a_line(browser: Page, tmp_path: Path) -> None:
    from selenium.webdriver import ActionChains

    lines = tmp_path / "sample.srt"
    lines.write_text(SUBTITLES)
    browser.open()
    browser.wait_for_text("What is said", seconds=300)
    browser.unfold("Add subtitles or a script")
    browser.upload(lines)
    browser.click_button("Use this file")
    browser.wait_for_text("Choose a line to go to it")
    browser.wait_until(lambda: browser.video("video.readyState >= 2"), "the clip to load")
    browser.screenshot("lines-1400")
    canvas = '[class*="st-key-line-list"] canvas'
    table = browser.wait_until(lambda: browser.find(canvas), "the table of lines")
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", table)
    left, top = -table.size["width"] / 2, -table.size["height"] / 2
    second = ActionChains(browser.driver)
    second.move_to_element_with_offset(table, round(left + 16), round(top + 35 * 2.5)).click()
    second.perform()
    there = "Math.abs(video.currentTime - 3) < 0.1"
    browser.wait_until(lambda: browser.video(there), "the clip at the second line")
    heard = browser.part("heard")
    said = "Line: BEN: Gone."
    browser.wait_until(lambda: said in str(heard.get_attribute("aria-label")), "the line")
    browser.resize(420, 900)
    assert browser.overflow() == 0
    browser.resize(1400, 900)


def test_what_is_not_a_clip_is_reported_in_one_sentence_and_nothing_is_lost(
    browser: Page, tmp_path: Path
) -> None:
    fake = tmp_path / "holiday <b>film.mp4"
    fake.write_text("To be, or not to be\n" * 100)
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.click_button("Add a clip")
    browser.upload(fake)
    browser.wait_for_text("holiday <b>film.mp4: The file cannot be opened")
    assert "Traceback" not in browser.text()
    browser.wait_for_text("Strongest moments")


@pytest.mark.long
def test_the_annotated_video_is_made_with_masks_where_an_explainer_is_there(
    browser: Page, tmp_path: Path
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.wait_for_text("Show masks")
    labels = browser.driver.find_elements("css selector", '[data-testid="stCheckbox"] label')
    tick = next(label for label in labels if "Show masks" in label.text)
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", tick)
    browser.screenshot("masks-1400")
    tick.click()
    time.sleep(0.3)
    browser.wait_idle()
    browser.click_button("Make annotated video")
    browser.wait_for_text("Annotated video")
    browser.screenshot("masks-drawing-1400")
    browser.wait_until(lambda: "Drawing" not in browser.text(), "the drawing", seconds=240)
    browser.resize(800, 1000)
    assert browser.overflow() == 0
    show = "document.querySelector('[data-testid=stCheckbox]').scrollIntoView({block: 'center'})"
    browser.driver.execute_script(show)
    browser.screenshot("masks-800")
    browser.click_button("Annotated video")
    kind = "*annotated with masks.mp4"
    name = next(iter(browser.wait_until(lambda: _files(tmp_path / "downloads", kind), "the video")))
    assert name.stat().st_size > 10_000
    assert browser.console_errors() == []


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(kind))


@pytest.mark.long
def test_a_film_on_this_machine_is_opened_by_its_path_and_can_be_stopped(
    browser: Page, tmp_path: Path, portrait: ImageArray, data_dir: Path
) -> None:
    film = make_clip(
        tmp_path / "Film.mp4",
        n=1500,
        size=(320, 240),
        picture=lambda i: place(portrait, (320, 240), i % 80, 0, 240),
    )
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.click_button("Add a clip")
    tabs = browser.driver.find_elements("css selector", '[role="tab"]')
    next(tab for tab in tabs if "on this computer" in tab.text).click()
    browser.find('input[placeholder="/home/me/Films/scene.mkv"]').send_keys(str(film) + "\n")
    browser.wait_for_text("Film.mp4 · Analyzing")
    browser.wait_for_text("left")
    browser.screenshot("film-1400")
    browser.click_button("Stop")
    browser.wait_for_text("Film.mp4 was stopped")
    assert len(list((data_dir / "analyses").iterdir())) <= 2  # the sample, and the upload
    assert film.exists() and not list((data_dir / "media").glob(f"{film.stem}*"))
