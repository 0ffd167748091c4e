"""How the page Practice keeps up, with a real browser on the same machine.

    python -m benchmarks.practice CLIP [--minutes 0.5] [--busy] [--starts 10] [--visits 5]

Plays a clip as the camera of a headless Chromium and prints

- of the picture on the screen, by what the browser tells of each picture that it shows
  (``requestVideoFrameCallback``): its age, from when the browser had it from the camera until the
  next one took its place, those that came while the page was at work being taken to have come
  evenly; the greatest age if none of those had been shown; pictures a second; and, as the page
  says, readings a second and the time from a picture until its reading is on the screen; in free
  play and while a take is recorded;
- how far the times at which pictures were taken, as they are known where they are read, lie from
  those that the browser tells;
- at how many of some moments the longest of the bars that are shown is the emotion that leads in
  the offline analysis of the same clip: in its readings when they are steadied as live ones are, at
  the frame that was read by the delay that the page states; and, allowing for neither, in its
  reading of the very frame that is shown;
- threads and memory of the app, and processes of the browser, before and after the camera was
  started and stopped some times, and the page left and entered again.

With ``--busy`` as many other processes as there are cores compute all the while.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from benchmarks.pipeline.load import busy
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.practice.live.adaptation import OLDEST
from emotion_core.practice.live.smoothing import STEADINESS, Smoothing
from emotion_core.progress import finish
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.settings import load_settings
from tests.e2e.harness.browsers import find_programs, start_browser
from tests.e2e.harness.page import Page
from tests.e2e.harness.servers import ROOT, running
from tests.e2e.practice import practising
from tests.e2e.practice.fake_camera import read_number, write_camera

EVERY = 0.5  # seconds from one moment that is looked at to the next
# Keeps the times of the views that come back, beside what the app does with them.
SPY = """
globalThis.__views = [];
const create = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (label, ...more) {
  const channel = create.call(this, label, ...more);
  if (label === "views") {
    channel.addEventListener("message", ({ data }) => {
      globalThis.__views.push(JSON.parse(data).time - performance.timeOrigin);
    });
  }
  return channel;
};
"""
# Each picture as it comes onto the screen: when, and when it was taken.
WATCH = """
const video = arguments[0];
const shown = (globalThis.__shown = []);
globalThis.__views.length = 0;
const next = (_, { expectedDisplayTime, captureTime, presentedFrames }) => {
  if (shown !== globalThis.__shown) return;
  shown.push([expectedDisplayTime, captureTime ?? null, presentedFrames]);
  video.requestVideoFrameCallback(next);
};
video.requestVideoFrameCallback(next);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--visits", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        camera = folder / "camera.y4m"
        frames = write_camera(arguments.clip, camera)
        print(f"{arguments.clip.name}: {frames} frames{', busy' if arguments.busy else ''}")
        variables = {"EME_DATA_DIR": str(folder / "data")}
        flags = [f"--use-file-for-fake-video-capture={camera}"]
        with running(ROOT / "streamlit_app.py", variables, afresh=True) as url:
            driver = start_browser(find_programs(), folder, flags)
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SPY})
            try:
                measure(Page(driver, url), url.pid, frames, arguments)
            finally:
                driver.quit()


def offline_readings(clip: Path) -> tuple[pd.DataFrame, float]:
    """The probabilities of the face longest in view, by frame, and frames per second."""
    analysis = finish(Reader(load_settings()).read(clip, identify(clip)))
    faces = analysis.faces
    own = faces[faces["track"] == faces["track"].mode()[0]].set_index("frame")
    return own[list(EMOTIONS)], analysis.info.fps


def steadied(readings: pd.DataFrame, fps: float, frames: int) -> pd.DataFrame:
    """The same as they are averaged live, when the clip is played over and over."""
    smoothing, found = Smoothing(STEADINESS), {}
    for step in range(2 * frames):  # the first round begins with nothing before it
        if step % frames in readings.index:
            row = readings.loc[step % frames].to_numpy(np.float32)
            found[step % frames] = smoothing.add(step / fps, row)
    return pd.DataFrame.from_dict(found, orient="index", columns=readings.columns)


def measure(page: Page, pid: int, frames: int, arguments: argparse.Namespace) -> None:
    page.resize(1400, 1300)
    practising.enter(page)
    practising.start_camera(page)
    time.sleep(5)  # what is done for the first time takes longer
    with busy() if arguments.busy else nullcontext():
        print(f"\n{'':<12}{HEAD}")
        watched = watch(page, 60 * arguments.minutes)
        print(f"{'free play':<12}{watched}")
        page.click_button("Start and record")
        time.sleep(4)
        print(f"{'recording':<12}{watch(page, 6)}")
    print(f"\nolder than {1000 * OLDEST:.0f} ms: {watched.late} of {len(watched.ages)} pictures")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"fewer or smaller pictures were read {watched.lowered:.0%} of the time")
    print(
        "times of pictures where they are read, beside those of the browser: "
        f"{watched.beside[0]:.1f} ms, 95% within {watched.beside[1]:.1f} ms\n"
    )
    page.wait_for_text("not analyzed yet", 120)
    if not arguments.busy:
        same, strict, looked = agreement(page, arguments.clip, frames, 30)
        print(f"same leading emotion as offline: {same / looked:.1%} of {looked} moments")
        print(f"as the very frame that is shown: {strict / looked:.1%}")
    practising.stop_camera(page)
    page.wait_until(lambda: "not analyzed yet" not in page.text(), "the take to be read", 120)
    leftovers(page, pid, arguments)


AGES = f"{'age':>6} {'95%':>6} {'max':>6} {'seen':>6}"
HEAD = f"{AGES} {'shown/s':>8} {'read/s':>7} {'late':>6} {'max':>6}   (ms)"


@dataclass(frozen=True, slots=True)
class Watched:
    """What was on the screen for some time; ages and delays in ms.

    Attributes:
        ages: of the pictures when the next one took their place.
        longest: the greatest from a picture to the next that the page saw.
        fps: pictures a second.
        said: what the page said every few seconds.
        lowered: share of the time in which less was sent than could be.
        beside: median and 95th percentile of how far the times of pictures are from the browser's.
    """

    ages: np.ndarray
    longest: float
    fps: float
    said: list[practising.TheSpeed]
    lowered: float
    beside: tuple[float, float]

    @property
    def late(self) -> int:
        return int((self.ages > 1000 * OLDEST).sum())

    def __str__(self) -> str:
        middle, most = np.percentile(self.ages, [50, 95])
        readings = statistics.median(one.readings for one in self.said)
        delay = statistics.median(one.delay for one in self.said)
        longest = max(one.delay for one in self.said)
        ages = f"{middle:>6.0f} {most:>6.0f} {self.ages.max():>6.0f} {self.longest:>6.0f}"
        return f"{ages} {self.fps:>8.1f} {readings:>7.0f} {delay:>6.0f} {longest:>6}"


def watch(page: Page, seconds: float) -> Watched:
    """Watch the screen for some seconds."""
    page.driver.execute_script(WATCH, page.find(practising.VIDEO))
    end, said, lowered = time.monotonic() + seconds, [], []
    while time.monotonic() < end:
        time.sleep(min(5, seconds / 2))  # what the page says is of the last five seconds
        if (now := practising.speed(page)) is not None:
            said.append(now)
            lowered.append(now.lowered)
    shown, views = page.driver.execute_script("return [globalThis.__shown, globalThis.__views];")
    displayed, captured, number = np.array(shown, float).T
    steps = np.diff(number).astype(int)
    even = displayed[:-1] - captured[:-1] + np.diff(displayed) / steps
    ages, longest = np.repeat(even, steps), float((displayed[1:] - captured[:-1]).max())
    span = (displayed[-1] - displayed[0]) / 1000
    nearest = np.abs(np.array(views)[:, None] - captured[None]).min(axis=1)
    beside = tuple(np.percentile(nearest, [50, 95]).tolist())
    return Watched(ages, longest, len(ages) / span, said, float(np.mean(lowered)), beside)


def agreement(page: Page, clip: Path, frames: int, seconds: float) -> tuple[int, int, int]:
    """Moments at which the bars say what the offline analysis does, see above; of how many."""
    raw, fps = offline_readings(clip)
    calm = steadied(raw, fps, frames)
    same = strict = looked = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(EVERY)
        shown, said = practising.look(page), practising.speed(page)
        number = read_number(shown.picture)
        late = 0 if said is None else round((said.delay - said.age) / 1000 * fps)
        read = (number - late) % frames
        if max(shown.bars.values()) and number in raw.index and read in calm.index:
            first = max(shown.bars, key=lambda name: shown.bars[name])
            looked += 1
            same += first == calm.loc[read].idxmax()
            strict += first == raw.loc[number].idxmax()
    return same, strict, looked


def leftovers(page: Page, pid: int, arguments: argparse.Namespace) -> None:
    """What starting, stopping, leaving and entering leaves behind."""
    print(f"\n{'':<28} {'threads':>8} {'memory (MB)':>12}")
    print(f"{'camera off, once read':<28} {left(pid)}")
    for number in range(arguments.starts):
        practising.start_camera(page)
        practising.stop_camera(page)
        if number == 0:
            time.sleep(3)
            print(f"{'started and stopped once':<28} {left(pid)}")
    time.sleep(3)
    print(f"{f'{arguments.starts} times':<28} {left(pid)}")
    for _ in range(arguments.visits):
        practising.start_camera(page)
        page.go("Models")
        page.wait_for_text("What it is")
        page.go("Practice")
        page.wait_for_text("Your takes")
    time.sleep(5)
    print(f"{f'left and entered {arguments.visits} times':<28} {left(pid)}")


def left(pid: int) -> str:
    """Threads and resident memory of a process."""
    process = psutil.Process(pid)
    return f"{process.num_threads():>8} {process.memory_info().rss / 2**20:>12.0f}"


if __name__ == "__main__":
    main()
