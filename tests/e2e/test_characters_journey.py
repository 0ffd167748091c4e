"""From two clips to a comparison of the people in them, in a real browser."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import cbook

from emotion_core.types import ImageArray
from tests.conftest import place
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running
from tests.e2e.test_compare_page import choose, open_tab, seconds, show, take_in
from tests.media.clips import make_clip

pytestmark = pytest.mark.e2e

SIZE = (320, 240)


@pytest.fixture
def clips(tmp_path: Path, portrait: ImageArray) -> tuple[Path, Path]:
    """Two people, a clip each; both are seen in the sample scene, too."""
    encoded = Path(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))).read_bytes()
    hopper = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    other = np.ascontiguousarray(hopper[:512, :512], np.uint8)

    def clip(name: str, face: ImageArray) -> Path:
        return make_clip(
            tmp_path / name,
            n=60,
            size=SIZE,
            picture=lambda index: place(face, SIZE, index // 3, 0, 240),
        )

    return clip("one.mp4", portrait), clip("two.mp4", other)


def name(page: Page, unnamed: str, new: str) -> None:
    from selenium.webdriver import Keys

    selector = f'input[placeholder="{unnamed}"]'
    field = page.wait_until(lambda: page.find(selector), f"the name of {unnamed}")
    show(page, field)
    field.send_keys(new, Keys.ENTER)
    time.sleep(0.5)
    page.wait_idle()
    page.wait_for_text(f"{new}: ")


@pytest.mark.long
def test_a_student_names_who_is_in_two_clips_and_takes_their_comparison_home(
    new_page: NewPage, clips: tuple[Path, Path], data_with_sample: Path, tmp_path: Path
) -> None:
    with running(APP, {"EME_DATA_DIR": str(data_with_sample)}) as url:
        page = new_page(url)
        page.open()
        page.wait_for_text("Strongest moments", seconds=300)

        # each is known from the sample scene, without a click
        for clip, unnamed, new in zip(
            clips, ("Person 1", "Person 2"), ("Eileen", "Grace"), strict=True
        ):
            take_in(page, clip)
            page.wait_for_text("also in 1 other scene")
            name(page, unnamed, new)
        page.screenshot("characters-1400")
        page.resize(800, 1300)
        assert page.overflow() == 0
        page.resize(1400, 1300)

        page.go("Compare")
        page.wait_for_text("compared with")
        choose(page, "Eileen · one", "Grace · two")
        page.wait_for_text("Grace · two compared with Eileen · one")
        ready = "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)"
        page.wait_until(lambda: page.video(ready), "the clips to load")

        # from their ends, a moment at which they part takes both players there
        page.video(
            "[...document.querySelectorAll('video')].forEach("
            "(video) => { video.currentTime = video.duration - 0.1; })"
        )
        page.wait_until(lambda: min(seconds(page)) > 1, "the clips to stand at their ends")
        kind = '[class*="st-key-divergence-"] button'
        page.wait_idle()
        found = page.driver.find_elements("css selector", kind)
        moment = next(button for button in reversed(found) if button.is_displayed())
        before = seconds(page)
        show(page, moment)
        moment.click()
        page.wait_until(
            lambda: any(
                abs(now - then) > 0.05 for now, then in zip(seconds(page), before, strict=True)
            ),
            "the clips to jump",
        )
        page.wait_idle()

        open_tab(page, "Downloads")
        page.click_button("Report")
        folder = tmp_path / "downloads"
        report = page.wait_until(
            lambda: next(iter(folder.glob("*.html")), None), "the report", seconds=120
        )
        text = report.read_text(encoding="utf-8")
        assert "Eileen" in text and "Grace" in text and "does not mean" in text
        assert page.console_errors() == []
