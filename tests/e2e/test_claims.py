"""What pages say of doubt and of what a probability is; and that a scene never becomes a take."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.settings import Settings
from tests.e2e.harness.page import Page

pytestmark = pytest.mark.e2e


def test_doubt_goes_along_and_no_probability_is_told_as_an_amount(
    browser: Page, read_sample: Path
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    said = browser.text()
    assert "A talking or singing mouth can be read as surprise" in said
    assert "says disgust and fear too readily" in said

    browser.go("Progression")
    browser.wait_for_text("Hatched: the reading is unsure")

    browser.go("Practice")
    browser.click_button("I have read this")
    browser.wait_for_text("Target confidence")
    assert "How much" not in browser.text()

    # a scene that was studied stays one: as a take it would go with all takes
    browser.click_button("A clip")
    browser.upload(Settings(data_dir=read_sample).sample_clip)
    browser.wait_for_text("This clip is in the library already, as the scene Sample scene")
    assert "Take 1" not in browser.text() and browser.console_errors() == []
