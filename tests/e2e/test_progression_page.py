"""A student follows how a face moves from one expression to the next."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.harness.page import Page

pytestmark = pytest.mark.e2e
_PLAYHEAD = """
const chart = document.querySelector(`.st-key-${arguments[0]} .js-plotly-plot`);
const area = chart.querySelector(".nsewdrag").getBoundingClientRect();
const line = chart.querySelector(".eme-playhead").getBoundingClientRect();
const [first, last] = chart.layout.xaxis.range;
return first + (last - first) * (line.x + line.width / 2 - area.x) / area.width;
"""
VIDEO = ".st-key-progression-stage video"


def _choose(page: Page, field: int, text: str) -> None:
    """Choose in the field with this number what contains a text."""
    fields = page.driver.find_elements("css selector", '[data-testid="stSelectbox"] input')
    fields[field].click()
    options = page.wait_until(
        lambda: [
            option
            for option in page.driver.find_elements("css selector", '[role="option"]')
            if text in option.text
        ],
        f"the choice {text!r}",
    )
    options[0].click()
    time.sleep(0.5)
    page.wait_idle()


def _download(page: Page, label: str, folder: Path, pattern: str) -> Path:
    page.click_button(label)
    (path,) = page.wait_until(lambda: list(folder.glob(pattern)), f"the file {pattern}")
    return Path(path)


def test_a_student_reads_watches_and_takes_home_the_progression_of_a_face(
    browser: Page, tmp_path: Path
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=300)
    browser.go("Progression")
    browser.wait_for_text("Person 1 is in view for")
    browser.wait_for_text("All tables")

    # the other face
    _choose(browser, 1, "Person 2")
    browser.wait_for_text("Person 2 is in view for")
    browser.wait_for_text("sad with neutral")

    # its chord, from its start to its end and no further
    browser.wait_until(
        lambda: browser.video("video.readyState >= 2 && !video.seeking", VIDEO), "the clip"
    )
    played = browser.wait_until(lambda: browser.find('[data-part="when"]'), "the player").text
    length = float(played.removesuffix(" s").split(" of ")[1])
    browser.click_button("Play this part")
    start = browser.video("video.currentTime", VIDEO)
    assert start >= 5 - 0.1  # the second shot, in which this face is seen
    browser.wait_until(lambda: browser.video("video.paused", VIDEO), "the end")
    assert browser.video("video.currentTime", VIDEO) == pytest.approx(5 + length, abs=0.2)

    # a line in the figures above stands where the clip does
    for key in ("arcs", "chords"):
        assert browser.driver.execute_script(_PLAYHEAD, key) == pytest.approx(5 + length, abs=0.2)

    # another way to say it
    browser.click_button("Every half second")
    browser.wait_for_text("bits per half second")

    downloads = tmp_path / "downloads"
    arcs = pd.read_csv(_download(browser, "Data as CSV", downloads, "*Person 2 arcs.csv"))
    assert arcs["time"].iloc[0] == pytest.approx(5) and arcs["sad"].notna().all()
    tables = _download(browser, "All tables (ZIP of CSV)", downloads, "*progression.zip")
    with zipfile.ZipFile(io.BytesIO(tables.read_bytes())) as archive:
        assert "chords.csv" in archive.namelist()

    browser.photograph("progression", 4600)
    assert browser.console_errors() == []
