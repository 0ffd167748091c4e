"""Ten who upload and browse at the same time: page times, errors, memory.

    python -m benchmarks.clients [--clients 10] [--browsers 1] [--minutes 5] [--data FOLDER]

Starts the app as ``make run`` does, with the sample scene in a new library (or the one in
``--data``), and lets ``--clients`` use it for some minutes: each goes from page to page, looks at
each for 2 to 8 s, and uploads a clip of two seconds about once a minute, whose scene it then opens.
``--browsers`` of them are headless Chromium, which open pages by their address; the others speak
the protocol of the app's pages (``protocol.py``), since ten browsers would take the processor from
the server that is measured. Who they are, what they choose and when is the same each time.

- **script**: ms from asking for a page until its script has finished, as a client sees it.
- **complete**: ms until pictures, readings and the head of the clip that it shows have come too.
- **painted**: s from the start of the navigation until the last paint, in Chromium.
- **uploaded**, **read**: s from an upload until the page stands again, and until its scene is open.
- **memory**: resident MB of the server and its processes: after the first page and the models, the
  most of any second, and at the end, once nobody is there and nothing runs.

Errors are answers of 400 and more, exceptions and error messages on a page, lost connections, waits
of more than two minutes, and what Chromium logs as severe. Ends with 1 if there are any.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from skimage import data

from benchmarks.clients.protocol import Client
from benchmarks.clients.students import PAGES, BrowserStudent, Diary, Student
from benchmarks.pages.browser import measure
from benchmarks.pages.serving import ROOT, server, settle
from tests.conftest import place
from tests.e2e.harness.browsers import find_programs, start_browser
from tests.media.clips import make_clip

SIZE, FRAMES = (320, 240), 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--browsers", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    programs = find_programs()
    browsers = min(arguments.browsers, arguments.clients) if None not in programs else 0
    kept = nullcontext(arguments.data) if arguments.data else tempfile.TemporaryDirectory()
    with kept as folder, tempfile.TemporaryDirectory() as work:
        os.environ["EME_DATA_DIR"] = str(folder)
        if not arguments.data:
            sample = [sys.executable, "-m", "emotion_core", "sample"]
            subprocess.run(sample, cwd=ROOT, check=True, capture_output=True)
        clip = _clip(Path(work))
        with server(["-m", "emotion_core", "app"]) as (url, _, _, pid):
            memory = Memory(pid)
            first = Client(url)
            first.open()
            first.close()
            settle(pid)
            memory.before = memory.now()
            users: list[Student | BrowserStudent] = [
                Student(url, clip, number) for number in range(arguments.clients - browsers)
            ]
            for number in range(browsers):
                folder_of_one = Path(work) / f"browser-{number}"
                users.append(
                    BrowserStudent(url, lambda one=folder_of_one: _browser(programs, one), number)
                )
            _let(users, arguments.minutes * 60, memory)
            settle(pid)
            memory.after = memory.now()
    diaries = [user.diary for user in users]
    errors = report(diaries, memory, browsers)
    sys.exit(1 if errors else 0)


class Memory:
    """Of a process and those that it has started, in MB; and its seconds of the processor."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.after = self.most = 0.0
        self.seconds = 0.0

    def now(self) -> float:
        """What is resident."""
        found = 0
        for one in (self._process, *self._process.children(recursive=True)):
            try:
                found += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return found / 1e6

    def watch(self, over: threading.Event) -> None:
        """Note the most, each second."""
        began = sum(self._process.cpu_times()[:2])
        while not over.wait(1):
            self.most = max(self.most, self.now())
        self.seconds = sum(self._process.cpu_times()[:2]) - began


def _let(users: Sequence[Student | BrowserStudent], seconds: float, memory: Memory) -> None:
    over = threading.Event()
    watching = threading.Thread(target=memory.watch, args=(over,))
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=user.study, args=(end,)) for user in users]
    watching.start()
    for thread in threads:
        thread.start()
        time.sleep(0.2)  # nobody comes at exactly the same moment
    for thread in threads:
        thread.join()
    over.set()
    watching.join()


def _clip(folder: Path) -> Path:
    portrait = np.ascontiguousarray(data.astronaut(), dtype=np.uint8)
    return make_clip(
        folder / "take.mp4",
        n=FRAMES,
        size=SIZE,
        audio="mono",
        picture=lambda index: place(portrait, SIZE, index, 0, SIZE[1]),
    )


def _browser(programs: tuple[str, str], folder: Path) -> Any:
    driver = start_browser(programs, folder)
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1400, "height": 1300, "deviceScaleFactor": 1, "mobile": False},
    )
    measure(driver)
    return driver


def report(diaries: Sequence[Diary], memory: Memory, browsers: int) -> int:
    """Print what they met; gives the number of errors."""
    own, seen = diaries[: len(diaries) - browsers], diaries[len(diaries) - browsers :]
    finished = [visit for diary in own for visit in diary.finished]
    complete = [visit for diary in own for visit in diary.complete]
    print(f"{'page':<14}{'visits':>7}{'script, ms':>22}{'complete, ms':>24}")
    print(" " * 21 + "".join(f"{name:>8}" for name in ("median", "95%", "most")) * 2)
    for page in (*PAGES, None):
        times = [
            [1000 * s for p, s in visits if page in (p, None)] for visits in (finished, complete)
        ]
        if times[0]:
            name = "all" if page is None else page or "scene"
            cells = "".join(f"{value:>8.0f}" for one in times for value in _three(one))
            print(f"{name:<14}{len(times[0]):>7}{cells}")
    painted = [seconds for diary in seen for _, seconds in diary.complete]
    for name, times in (
        ("painted", painted),
        ("uploaded", [one for diary in own for one in diary.uploaded]),
        ("read", [one for diary in own for one in diary.read]),
    ):
        if times:
            median, most, longest = _three(times)
            print(
                f"{name}: {len(times)} times, median {median:.1f} s, 95% {most:.1f} s, "
                f"most {longest:.1f} s"
            )
    print(
        f"memory, MB: before {memory.before:.0f}, most {memory.most:.0f}, "
        f"after {memory.after:.0f}; the server's processor: {memory.seconds:.0f} s"
    )
    errors = [error for diary in diaries for error in diary.errors]
    print(f"errors: {len(errors)}", *errors[:20], sep="\n  ")
    return len(errors)


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(values), float(np.percentile(values, 95)), max(values)


if __name__ == "__main__":
    main()
