"""Taking a scene home in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import webvtt

from tests.e2e.harness.page import NewPage, Page

pytestmark = pytest.mark.e2e


def test_a_scene_is_taken_home_as_a_report_and_in_other_formats(
    browser: Page, new_page: NewPage, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"

    def saved(name: str) -> Path:
        browser.wait_until((folder / name).is_file, f"the download {name}")
        return folder / name

    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.click_button("Report")
    report = saved("Sample scene.html")
    browser.click_button("More formats")
    browser.wait_for_text("subtitles for a video player")
    browser.screenshot("exports-1400")
    browser.click_button("Captions")
    assert len(webvtt.read(saved("Sample scene.vtt"))) >= 4
    browser.click_button("Readings as JSON")
    assert json.loads(saved("Sample scene.json").read_text(encoding="utf-8"))["version"] == 1
    assert browser.console_errors() == []

    page = new_page(report.as_uri())
    page.driver.get(report.as_uri())
    page.wait_for_text("Mean reading of each character over the time in view")
    for width in (1400, 800):
        page.resize(width, 1300)
        page.screenshot(f"report-{width}")
        assert page.overflow() <= 0
    shown = "return [...document.images].every((image) => image.complete && image.naturalWidth > 0)"
    assert page.driver.execute_script(shown)
    assert page.console_errors() == []
