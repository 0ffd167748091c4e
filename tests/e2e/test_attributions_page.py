"""A student asks why a face is read as it is."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.harness.page import Page

pytestmark = pytest.mark.e2e


def _press_moment(page: Page, number: int) -> None:
    """Press a button of the strongest moments of a face."""
    buttons = page.driver.find_elements("css selector", '[class*="st-key-to-"] button')
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", buttons[number])
    buttons[number].click()
    time.sleep(0.5)
    page.wait_idle()


def _title(page: Page) -> str:
    return str(page.wait_until(lambda: page.find("h2"), "the reading").text)


def test_a_student_asks_why_sees_masks_hides_a_part_compares_and_takes_the_masks_home(
    browser: Page, tmp_path: Path
) -> None:
    # from a moment of the scene
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.wait_until(lambda: browser.find('[class*="st-key-moment-"] button'), "a strong moment")
    time.sleep(1)
    browser.wait_idle()
    browser.screenshot("attributions-why-1400")
    browser.click_button("Why this?")
    browser.wait_for_text("Red: the model finds the emotion here", seconds=90)
    browser.wait_idle()
    browser.screenshot("attributions-1400")

    # to another moment
    before = _title(browser)
    _press_moment(browser, 1)
    browser.wait_until(lambda: _title(browser) != before, "another moment")
    browser.wait_for_text("Red: the model finds the emotion here")

    # without a part of the face
    browser.wait_for_text("Without the mouth")
    browser.click_button("eyes")
    browser.wait_for_text("Without the eyes and the mouth")
    browser.screenshot("attributions-hidden-1400")
    browser.click_button("left upper lid")
    browser.wait_for_text("Without the left upper lid and the mouth")

    # every part, with its outline
    browser.find("details summary").click()
    outlines = 'img[alt="The outlines of the parts over the face"]'
    browser.wait_until(lambda: browser.find(outlines).is_displayed(), "the outlines")
    browser.wait_until(lambda: browser.find('[data-testid="stDataFrame"] canvas'), "the table")

    # beside another method, and against chance
    browser.click_button("Occlusion")
    browser.wait_for_text("Hides one square after another")
    browser.click_button("Test this mask")
    browser.wait_for_text("that the mask marks are hidden first", seconds=120)
    browser.screenshot("attributions-test-1400")

    # through time, and home with it
    browser.click_button("Explain the whole shot")
    browser.wait_for_text("Region shares over time as CSV", seconds=180)
    browser.click_button("Masks as data (NPZ)")
    (path,) = browser.wait_until(
        lambda: list((tmp_path / "downloads").glob("Sample scene*.npz")), "the masks"
    )
    with np.load(path) as saved:
        assert saved["masks"].shape == (1, 7, 112, 112) and len(saved["labels"]) == 7
        assert saved["probabilities"].sum() == pytest.approx(1, abs=1e-3)
    browser.resize(800, 1300)
    assert browser.overflow() == 0
    browser.screenshot("attributions-800")
    browser.resize(420, 1300)
    assert browser.overflow() == 0
    assert browser.console_errors() == []
