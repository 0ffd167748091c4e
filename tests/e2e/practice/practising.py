"""What a journey does on the page Practice."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from emotion_core.types import ImageArray
from tests.e2e.harness.page import Page

VIDEO = '[data-part="video"]'
# The picture as the browser shows it, but not mirrored, and what stands beside it at this moment.
_SHOWN = """
const video = arguments[0];
const root = video.getRootNode();
if (!video.videoWidth) return null;
const canvas = document.createElement("canvas");
canvas.width = video.videoWidth;
canvas.height = video.videoHeight;
canvas.getContext("2d").drawImage(video, 0, 0);
const bars = [...root.querySelectorAll(".bar")].map(
  (bar) => [bar.dataset.emotion, Number(bar.dataset.share || 0)]);
return [canvas.toDataURL("image/png").split(",")[1], bars];
"""
_COUNT = """
const quality = arguments[0].getVideoPlaybackQuality();
return [performance.now(), quality.totalVideoFrames - quality.droppedVideoFrames];
"""
_AGE = re.compile(r"The picture is (\d+) ms old, at most (\d+) ms\.")
_LOWERED = "fewer or smaller pictures"
_READ = re.compile(r"Your face is read (?:(\d+) times|once) a second, (\d+) ms after")


@dataclass(frozen=True, slots=True)
class TheSpeed:
    """What the page says: ages and delays in milliseconds, readings a second, less being sent."""

    age: int
    oldest: int
    readings: int
    delay: int
    lowered: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the browser shows: the camera's picture, (H, W, 3), and the shares of the bars."""

    picture: ImageArray
    bars: dict[str, float]


def enter(page: Page) -> None:
    """Open the page and agree to what it says."""
    page.open("practice")  # the scene, which the app begins with, would take seconds of a core
    page.click_button("I have read this")
    page.wait_for_text("Your takes", 240)
    page.wait_until(lambda: page.find(VIDEO), "the camera's place")


def start_camera(page: Page) -> None:
    """Start the camera and wait until faces are read."""
    page.click_button("Start the camera")
    page.wait_until(lambda: speed(page), "readings", 240)


def stop_camera(page: Page) -> None:
    """Stop it and wait until it is off."""
    page.click_button("Stop the camera")
    page.wait_until(lambda: "ms old" not in page.text(), "the camera to be off")


def speed(page: Page) -> TheSpeed | None:
    """What the page says of age and speed; ``None`` while it says nothing."""
    text = page.text()
    age, read = _AGE.search(text), _READ.search(text)
    if age is None or read is None:
        return None
    return TheSpeed(int(age[1]), int(age[2]), int(read[1] or 1), int(read[2]), _LOWERED in text)


def look(page: Page) -> Shown:
    """What the browser shows now."""
    encoded, bars = page.wait_until(
        lambda: page.driver.execute_script(_SHOWN, page.find(VIDEO)), "a picture"
    )
    picture = Image.open(BytesIO(base64.b64decode(encoded))).convert("RGB")
    return Shown(np.asarray(picture), dict(bars))


def shown(page: Page) -> tuple[float, int]:
    """Milliseconds, and the number of pictures that the browser has shown by then."""
    now, count = page.driver.execute_script(_COUNT, page.find(VIDEO))
    return float(now), int(count)
