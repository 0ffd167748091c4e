"""Performances side by side, in a real browser."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running
from tests.media.clips import make_clip

pytestmark = pytest.mark.e2e

SIZE = (320, 240)


@pytest.fixture
def takes(tmp_path: Path, portrait: ImageArray) -> tuple[Path, Path]:
    """The same face in two takes of other lengths and rates."""
    still = np.full((*SIZE[::-1], 3), 60, np.uint8)

    def draw(index: int) -> ImageArray:
        return still if index < 10 else place(portrait, SIZE, index // 3, 0, 240)

    first = make_clip(tmp_path / "first take.mp4", n=60, size=SIZE, audio="mono", picture=draw)
    second = make_clip(tmp_path / "second take.mp4", n=75, fps=30, size=SIZE, picture=draw)
    return first, second


@pytest.fixture
def browser(new_page: NewPage, data_with_sample: Path, tmp_path: Path) -> Iterator[Page]:
    """Before an app of its own, which keeps the clips that are taken in as object storage does."""
    (tmp_path / "kept").mkdir()
    kept = f"file://{tmp_path / 'kept'}"
    with running(APP, {"EME_DATA_DIR": str(data_with_sample), "EME_MEDIA_URL": kept}) as url:
        yield new_page(url)
    clips = clips_of(Settings(data_dir=data_with_sample, media_url=kept))
    for clip in clips.kept():
        assert clips.is_at_hand(clip) and not clip.exists()
        clips.discard(clip)  # also from the cache of this machine


def take_in(page: Page, clip: Path) -> None:
    page.click_button("Add a clip")
    page.upload(clip)
    # in one step: the page may put other fields in place while it runs
    values = "return [...document.querySelectorAll(arguments[0])].map((field) => field.value)"

    def chosen() -> bool:
        found = page.driver.execute_script(values, '[data-testid="stSelectbox"] input')
        return any(re.search(rf"\b{re.escape(clip.stem)}\b", value) for value in found)

    page.wait_until(chosen, f"the scene {clip.name}", seconds=240)
    page.wait_idle()


def choose(page: Page, *words: str) -> None:
    """Choose performances by what their names begin with, and no others."""
    from selenium.webdriver import Keys

    field = page.driver.find_element("css selector", ".st-key-compared input")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    clear = page.driver.find_elements("css selector", '.st-key-compared [aria-label="Clear all"]')
    if clear:
        clear[0].click()
        time.sleep(0.5)
        page.wait_idle()
    for word in words:
        field = page.driver.find_element("css selector", ".st-key-compared input")
        field.send_keys(word)
        time.sleep(0.3)
        field.send_keys(Keys.ENTER)
        time.sleep(0.5)
        page.wait_idle()
    field.send_keys(Keys.ESCAPE)


def seconds(page: Page) -> list[float]:
    script = "return [...document.querySelectorAll('video')].map((video) => video.currentTime)"
    return [float(value) for value in page.driver.execute_script(script)]


def show(page: Page, element: Any) -> None:
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    time.sleep(0.3)


def test_a_student_compares_faces_jumps_to_where_they_part_and_takes_the_table_home(
    browser: Page, takes: tuple[Path, Path], tmp_path: Path
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    for clip in takes:
        take_in(browser, clip)
    browser.go("Compare")
    browser.wait_for_text("compared with")
    browser.wait_for_text("What this does not mean")
    ready = "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)"
    browser.wait_until(lambda: browser.video(ready), "the clips to load")
    browser.wait_for_text("Moments of greatest divergence")
    browser.screenshot("compare-takes-1400")

    # the same face in two takes is alike; the two of the sample are not
    assert "second take" in browser.text() and "first take" in browser.text()
    choose(browser, "Person 1 · Sample", "Person 2 · Sample")
    browser.wait_for_text(
        "Person 2 · Sample scene compared with Person 1 · Sample scene", seconds=60
    )
    browser.wait_for_text("points lower for happy")
    for width in (1400, 800):
        browser.resize(width, 1300)
        toggle = browser.part("toggle")
        clips = browser.driver.find_elements("css selector", "video")
        assert all(toggle.location["y"] < clip.location["y"] for clip in clips)
        assert max(clip.size["height"] for clip in clips) <= 0.35 * 1300
        height = (
            "return document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight"
        )
        assert width < 1400 or browser.driver.execute_script(height) < 2600
        assert browser.overflow() == 0
        browser.screenshot(f"compare-{width}")
    browser.resize(1400, 1300)

    # a picture of a moment takes both players there
    browser.wait_until(lambda: browser.video(ready), "the clips to load")
    kind = '[class*="st-key-divergence-"] button'
    found = browser.driver.find_elements("css selector", kind)
    moments = [button for button in found if button.is_displayed()]
    assert moments and browser.driver.find_elements("css selector", '[data-testid="stImage"] img')
    before = seconds(browser)
    show(browser, moments[0])  # the strongest; the players stand at the first
    moments[0].click()
    browser.wait_until(
        lambda: all(
            abs(now - then) > 0.05 for now, then in zip(seconds(browser), before, strict=True)
        ),
        "both clips to jump",
    )
    browser.wait_idle()

    # and so does its marker on the arcs
    open_tab(browser, "Arcs")
    there = seconds(browser)
    (*_, marker) = browser.wait_until(
        lambda: browser.driver.find_elements(
            "css selector", ".st-key-compared-aligned .scatterlayer .points path.point"
        ),
        "the markers",
    )
    show(browser, marker)
    _click(browser, marker)
    browser.wait_until(
        lambda: any(
            abs(now - then) > 0.05 for now, then in zip(seconds(browser), there, strict=True)
        ),
        "the clips to jump",
    )
    browser.screenshot("compare-jumped-1400")

    open_tab(browser, "Means")
    browser.click_button("Means as CSV")
    path = tmp_path / "downloads" / "comparison measures.csv"
    browser.wait_until(path.exists, "the download")
    table = pd.read_csv(io.BytesIO(path.read_bytes()))
    assert set(EMOTIONS) < set(table["measure"]) and table["title"].nunique() == 2
    assert browser.console_errors() == []


def open_tab(page: Page, label: str) -> None:
    tabs = page.driver.find_elements("css selector", '[data-testid="stTab"], [role="tab"]')
    tab = next(one for one in tabs if one.text.strip() == label)
    show(page, tab)
    _click(page, tab)


def _click(page: Page, element: Any) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(page.driver).move_to_element(element).pause(0.3).click().perform()
    time.sleep(0.5)
    page.wait_idle()
