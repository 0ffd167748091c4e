"""The live picture and its exercises, in a real browser that plays a clip as its camera."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from emotion_core.practice.live.adaptation import QUALITIES
from emotion_core.types import ImageArray
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.practice.practising import (
    App,
    enter,
    face_camera,
    look,
    reads_a_face,
    shorten,
    shown,
    speed,
    start_camera,
    stop_camera,
)

pytestmark = pytest.mark.e2e

DARK, BRIGHT = 40, 200

# Keeps what the browser is told to send: pictures a second, and by how much they are scaled down.
SENT = """
globalThis.__sent = [];
const set = RTCRtpSender.prototype.setParameters;
RTCRtpSender.prototype.setParameters = function (parameters) {
  const { maxFramerate, scaleResolutionDownBy } = parameters.encodings[0];
  globalThis.__sent.push([maxFramerate, scaleResolutionDownBy]);
  return set.call(this, parameters);
};
"""


def background(page: Page) -> float:
    """The grey at the edge of the picture, in [0, 255]."""
    return float(np.median(look(page).picture[100:300, 10:60]))


def goes_on(page: Page) -> None:
    """Wait until the browser has shown some more pictures."""
    before = shown(page)[1]
    page.wait_until(lambda: shown(page)[1] > before + 10, "more pictures")


@pytest.mark.long
def test_the_page_says_how_old_the_picture_is_and_shows_what_is_asked_by_its_own_clock(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 90)])
    enter(page)
    shorten(page)
    start_camera(page)
    said = speed(page)
    assert said is not None and 0 < said.age <= said.oldest
    assert said.delay > 0
    page.resize(420, 1300)
    assert page.overflow() == 0
    page.screenshot("practice-live-420")
    page.resize(1400, 1300)

    # the line of the strip, the prompt and the marks at the bars come with the picture
    page.click_button("Start")
    page.wait_until(lambda: _part(page, "countdown") in ("1", "2", "3"), "the countdown")
    assert _part(page, "prompt") == "hold sad"
    page.wait_until(lambda: _part(page, "prompt").endswith("s left"), "the exercise")
    assert not _part(page, "countdown")
    sad = page.find('[data-emotion="sad"] s')
    assert sad.value_of_css_property("display") != "none"
    assert sad.get_attribute("style") == "left: 80%;"
    page.wait_for_text("Aligned with the target", 240)
    assert not _part(page, "prompt")

    # a movement starts from the neutral face, which this one has been throughout
    page.click_button("One movement")
    page.wait_for_text("No clear movement", 60)
    page.click_for(".st-key-do-False button", "inner brows up: you; dotted: the target")
    assert _part(page, "prompt").startswith("rest")
    page.screenshot("practice-movement-1400")
    assert page.console_errors() == []


@pytest.mark.long
def test_where_the_picture_grows_old_the_browser_sends_less_and_says_so(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 150, fps=2)])
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SENT})
    enter(page)
    start_camera(page)
    page.wait_for_text("To keep the picture new, fewer or smaller pictures are read.", 240)
    said = speed(page)
    assert said is not None and said.oldest > 400
    page.wait_until(
        lambda: (
            page.driver.execute_script("return globalThis.__sent;")
            == [[quality.fps, quality.scale] for quality in QUALITIES[1:]]
        ),
        "every level to be sent",
    )
    assert page.console_errors() == []


def _part(page: Page, name: str) -> str:
    element = page.find(f'[data-part="{name}"]')
    return str(element.text) if element.is_displayed() else ""


@pytest.mark.long
def test_a_camera_that_is_stopped_or_left_leaves_no_threads_and_starts_again(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 60)])
    enter(page)
    start_camera(page)
    stop_camera(page)
    time.sleep(3)  # its threads end after it
    once = app.threads()
    for _ in range(2):
        start_camera(page)
        stop_camera(page)
    for _ in range(2):
        start_camera(page)
        page.go("Models")
        page.wait_for_text("What it is")
        page.go("Practice")
        page.wait_for_text("Your takes")
    page.wait_until(lambda: app.threads() <= once + 2, f"{once} threads, or two more")
    start_camera(page)
    goes_on(page)
    assert page.console_errors() == []


@pytest.mark.long
def test_two_who_practise_at_once_have_cameras_and_exercises_of_their_own(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    first = new_page(app.url, [face_camera(tmp_path, portrait, DARK)])
    enter(first)
    shorten(first)
    start_camera(first)
    second = new_page(app.url, [face_camera(tmp_path, portrait, BRIGHT)])
    second.open("practice")
    second.wait_for_text("Before the camera")  # what one agrees to does not count for the other
    second.click_button("I have read this")
    second.wait_for_text("Your takes", 240)
    start_camera(second)
    for page, shade in ((first, DARK), (second, BRIGHT)):
        page.wait_until(lambda page=page: reads_a_face(page), "a reading of the face", 240)
        assert abs(background(page) - shade) < 40

    second.click_button("Move")
    second.wait_for_text("Transition")
    assert "Start and record" in second.text()
    # on a busy machine a camera may drop out, which ends an exercise: actors press Start again
    first.click_for(".st-key-do-False button", "Aligned with the target")
    assert "Transition" not in first.text()
    assert "Aligned with the target" not in second.text()

    stop_camera(first)
    goes_on(second)
    assert speed(second) is not None
    assert reads_a_face(second)
    assert first.console_errors() == second.console_errors() == []
