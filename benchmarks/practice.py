"""How the page Practice keeps up, with a real browser on the same machine.

    python -m benchmarks.practice CLIP [--seconds 30] [--starts 10] [--visits 5]

Plays a clip as the camera of a headless Chromium and prints

- how many pictures a second the browser shows, and how long after a picture has come its reading is
  drawn, in free play and while a take is recorded;
- at how many of some moments the longest of the bars that are shown is the emotion that leads in
  the offline analysis of the same clip: in its readings when they are steadied as live ones are, at
  the frame that came before the one that is shown by the delay that the page states; and, allowing
  for neither, in its reading of the very frame that is shown;
- threads and memory of the app, and processes of the browser, before and after the camera was
  started and stopped some times, and the page left and entered again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.practice.live.smoothing import STEADINESS, Smoothing
from emotion_core.progress import finish
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import identify
from emotion_core.settings import load_settings
from tests.e2e.harness.browsers import find_programs, start_browser
from tests.e2e.harness.page import Page
from tests.e2e.harness.servers import ROOT, running
from tests.e2e.practice import practising
from tests.e2e.practice.fake_camera import read_bars, read_number, write_camera

EVERY = 0.5  # seconds from one moment that is looked at to the next


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--visits", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        camera = folder / "camera.y4m"
        frames = write_camera(arguments.clip, camera)
        print(f"{arguments.clip.name}: {frames} frames")
        variables = {"EME_DATA_DIR": str(folder / "data")}
        flags = [f"--use-file-for-fake-video-capture={camera}"]
        with running(ROOT / "streamlit_app.py", variables) as url:
            driver = start_browser(find_programs(), folder, flags)
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
    print(f"\n{'':<16} {'shown':>6} {'read':>5} {'delay':>6} {'95%':>6}   (a second; ms)")
    print(f"{'free play':<16} {pace(page, arguments.seconds)}")
    same, strict, looked = agreement(page, arguments.clip, frames, arguments.seconds)
    print(f"\nsame leading emotion as offline: {same / looked:.1%} of {looked} moments")
    print(f"as the very frame that is shown: {strict / looked:.1%}\n")
    page.click_button("Start and record")
    time.sleep(4)
    print(f"{'recording':<16} {pace(page, 6)}")
    page.wait_for_text("not analyzed yet", 60)
    practising.stop_camera(page)
    page.wait_until(lambda: "not analyzed yet" not in page.text(), "the take to be read", 120)
    leftovers(page, pid, arguments)


def pace(page: Page, seconds: float) -> str:
    """What the browser shows and the page says, over some seconds."""
    begin, said = practising.shown(page), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(3)  # what the page says is of the last three seconds
        if (now := practising.speed(page)) is not None:
            said.append(now)
    after = practising.shown(page)
    fps = 1000 * (after[1] - begin[1]) / (after[0] - begin[0])
    readings, delay = (
        statistics.median(getattr(one, name) for one in said) for name in ("readings", "delay")
    )
    return f"{fps:>6.1f} {readings:>5.0f} {delay:>6.0f} {max(one.longest for one in said):>6}"


def agreement(page: Page, clip: Path, frames: int, seconds: float) -> tuple[int, int, int]:
    """Moments at which the bars say what the offline analysis does, see above; of how many."""
    raw, fps = offline_readings(clip)
    calm = steadied(raw, fps, frames)
    same = strict = looked = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(EVERY)
        sheet, said = practising.sheet(page), practising.speed(page)
        bars, number = read_bars(sheet), read_number(sheet)
        late = 0 if said is None else round(said.delay / 1000 * fps)
        read = (number - late) % frames
        if max(bars.values()) and number in raw.index and read in calm.index:
            first = max(bars, key=lambda name: bars[name])
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
