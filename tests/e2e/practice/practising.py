"""What a journey does on the page Practice: the camera lies in a frame of its own."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from emotion_core.types import ImageArray
from tests.e2e.harness.page import Page

T = TypeVar("T")
_FRAME = ".st-key-camera-place iframe"
_SHEET = """
const video = document.querySelector("video");
if (!video || !video.videoWidth) return null;
const canvas = document.createElement("canvas");
canvas.width = video.videoWidth;
canvas.height = video.videoHeight;
canvas.getContext("2d").drawImage(video, 0, 0);
return canvas.toDataURL("image/png").split(",")[1];
"""
_COUNT = """
const video = document.querySelector("video");
const quality = video.getVideoPlaybackQuality();
return [performance.now(), quality.totalVideoFrames - quality.droppedVideoFrames];
"""
_SPEED = re.compile(r"(\d+) frames/s, (\d+) readings/s, (\d+) ms delay \(95% within (\d+)")


@dataclass(frozen=True, slots=True)
class TheSpeed:
    """What the page says of its speed: rates a second, delays in milliseconds."""

    pictures: int
    readings: int
    delay: int
    longest: int


def enter(page: Page) -> None:
    """Open the app, go to the page and agree to what it says."""
    page.open()
    page.go("Practice")
    page.click_button("I have read this")
    page.wait_for_text("Your takes", 240)
    page.wait_until(lambda: page.find(_FRAME), "the camera's frame")


def in_frame(page: Page, look: Callable[[Any], T]) -> T:
    """Look into the frame of the camera."""
    page.driver.switch_to.default_content()
    page.driver.switch_to.frame(page.wait_until(lambda: page.find(_FRAME), "the camera's frame"))
    try:
        return look(page.driver)
    finally:
        page.driver.switch_to.default_content()


def press(page: Page, label: str) -> None:
    """Press a button in the frame of the camera, which moves while its picture comes or goes."""
    from selenium.common.exceptions import ElementClickInterceptedException

    def pressed(driver: Any) -> bool:
        for button in driver.find_elements("css selector", "button"):
            if button.text.casefold() == label.casefold():
                with suppress(ElementClickInterceptedException):
                    button.click()
                    return True
        return False

    page.wait_until(lambda: in_frame(page, pressed), f"the button {label!r} of the camera")


def start_camera(page: Page) -> None:
    """Start the camera and wait until faces are read."""
    press(page, "Start the camera")
    page.wait_until(lambda: speed(page), "readings", 240)


def stop_camera(page: Page) -> None:
    """Stop it and wait until it is off."""
    press(page, "Stop the camera")
    page.wait_until(lambda: "frames/s" not in page.text(), "the camera to be off")


def speed(page: Page) -> TheSpeed | None:
    """What the page says of its speed; ``None`` while it says nothing."""
    found = _SPEED.search(page.text())
    return None if found is None else TheSpeed(*map(int, found.groups()))


def sheet(page: Page) -> ImageArray:
    """The picture that the browser shows now, (H, W, 3)."""
    encoded = page.wait_until(
        lambda: in_frame(page, lambda driver: driver.execute_script(_SHEET)), "a picture"
    )
    return np.asarray(Image.open(BytesIO(base64.b64decode(encoded))).convert("RGB"))


def shown(page: Page) -> tuple[float, int]:
    """Milliseconds, and the number of pictures that the browser has shown by then."""
    now, count = in_frame(page, lambda driver: driver.execute_script(_COUNT))
    return float(now), int(count)
