"""A browser that gives no camera, described in words."""

from __future__ import annotations

import pytest

from tests.e2e.harness.page import NewPage
from tests.e2e.practice.practising import (
    ELSEWHERE,
    App,
    enter,
)

pytestmark = pytest.mark.e2e

FAKE_DEVICE, FAKE_CONSENT = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"


def test_a_browser_that_denies_the_camera_is_described_in_words(
    new_page: NewPage, app: App
) -> None:
    page = new_page(app.url, without=[FAKE_CONSENT])
    denied = {"permission": {"name": "camera"}, "setting": "denied"}
    page.driver.execute_cdp_cmd("Browser.setPermission", denied)
    enter(page)
    page.click_button("Start the camera")
    page.wait_for_text("The browser blocks the camera for Eme. Allow it")
    assert "Traceback" not in page.text()


def test_a_machine_without_a_camera_is_described_in_words(new_page: NewPage, app: App) -> None:
    page = new_page(app.url, [f"{FAKE_DEVICE}=device-count=0"], without=[FAKE_DEVICE])
    enter(page)
    page.click_button("Start the camera")
    page.wait_for_text("No camera found. Connect one, or practise with a photo or a clip.")


def test_a_page_from_elsewhere_without_https_is_described_in_words(
    new_page: NewPage, app: App
) -> None:
    address = app.url.replace("127.0.0.1", ELSEWHERE)
    page = new_page(address, [f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"])
    enter(page)
    page.wait_for_text("Browsers allow a camera only on HTTPS pages")
