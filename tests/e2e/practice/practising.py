"""What a journey does on the page Practice."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import psutil
from PIL import Image

from emotion_core.types import ImageArray
from tests.e2e.harness.page import Page
from tests.e2e.harness.servers import AppUrl
from tests.e2e.practice.fake_camera import write_camera
from tests.media.clips import make_clip

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


# A page under this name is not of the same machine, as far as the browser knows.
ELSEWHERE = "eme.test"
FPS = 15  # enough to read a smile
LATE = 1.5  # seconds in which a reading is drawn, on a busy machine, too


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


@dataclass(frozen=True, slots=True)
class App:
    """A running app with a data directory and a folder for temporary files of its own."""

    url: AppUrl
    data: Path
    temporary: Path

    def files(self) -> set[Path]:
        """What belongs to clips, and to takes on their way."""
        kinds = ("media", "analyses", "previews", "thumbnails", "voice")
        found = [path for kind in kinds for path in (self.data / kind).rglob("*")]
        found += self.temporary.glob("eme-take-*")
        found += self.temporary.glob("eme-voice-*")
        return set(found)

    def threads(self) -> int:
        return psutil.Process(self.url.pid).num_threads()


@dataclass(frozen=True, slots=True)
class Camera:
    """A clip as a camera.

    Attributes:
        flag: gives it to a browser.
        leading: the leading emotion of each frame, as the clip is read offline.
    """

    flag: str
    leading: pd.Series

    def may_show(self, number: int) -> set[str]:
        """What leads in a frame, or in one a little before it; the clip goes round."""
        frames = len(self.leading)
        return {self.leading[(number - k) % frames] for k in range(round(LATE * FPS))}


def face_camera(folder: Path, portrait: ImageArray, shade: int, fps: int = 5) -> str:
    """The flag for a camera before which a face stays, on grey of this shade."""
    picture = np.full((480, 640, 3), shade, np.uint8)
    picture[:, 80:560] = cv2.resize(portrait, (480, 480), interpolation=cv2.INTER_AREA)
    path = folder / f"{shade}.mp4"
    clip = make_clip(path, n=25, fps=fps, size=(640, 480), picture=lambda _: picture)
    camera = folder / f"{shade}.y4m"
    write_camera(clip, camera)
    return f"--use-file-for-fake-video-capture={camera}"


def shorten(page: Page) -> None:
    """Make the exercise as short as can be, 3 s."""
    from selenium.webdriver import Keys

    def is_short() -> bool:
        thumb = page.find('[class*="st-key-hold-seconds"] input')
        if thumb is None or thumb.get_attribute("value") == "3":
            return thumb is not None
        thumb.send_keys(Keys.HOME)
        time.sleep(0.5)
        return False

    page.wait_until(is_short, "the shortest length")
    page.wait_idle()


def reads_a_face(page: Page) -> bool:
    return max(look(page).bars.values()) > 0
