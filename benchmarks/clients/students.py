"""What those do who use the app: they go from page to page, look, upload a clip, wait for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.clients.protocol import Client, ClientError
from benchmarks.pages.browser import painted_at

# Addresses of pages, and how often each is gone to; the first is the one with the scene.
PAGES = {
    "": 4, "library": 3, "attributions": 2, "progression": 2, "compare": 2, "models": 1,
    "practice": 1, "training": 1,
}  # fmt: skip
LOOK = (2.0, 8.0)  # s for which a page is looked at
UPLOAD_EVERY = 60.0  # s between the uploads of one, on average


@dataclass
class Diary:
    """What one of them met.

    Attributes:
        finished: (page, seconds until its script had finished).
        complete: (page, seconds until all that it shows was fetched, or painted in a browser).
        uploaded: seconds until the page stood again after an upload.
        read: seconds from the upload until the scene was open.
        errors: what went wrong, or was said to have.
    """

    finished: list[tuple[str, float]] = field(default_factory=list)
    complete: list[tuple[str, float]] = field(default_factory=list)
    uploaded: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Student:
    """One who speaks the app's protocol.

    Args:
        url: of the server.
        clip: what is uploaded, each time as another file.
        seed: of the choices.
    """

    def __init__(self, url: str, clip: Path, seed: int) -> None:
        self._url, self._clip, self._seed = url, clip, seed
        self._chance = random.Random(seed)
        self._number = 0
        self.diary = Diary()

    def study(self, end: float) -> None:
        """Use the app until a moment of ``time.monotonic``."""
        try:
            client = Client(self._url)
            try:
                self._study(client, end)
            finally:
                client.close()
        except (ClientError, OSError) as error:
            self.diary.errors.append(f"student {self._seed}: {error}")

    def _study(self, client: Client, end: float) -> None:
        next_upload = time.monotonic() + self._chance.uniform(0, UPLOAD_EVERY)
        self._visit(client, "")
        while time.monotonic() < end:
            client.look(min(self._chance.uniform(*LOOK), max(end - time.monotonic(), 0)))
            if time.monotonic() >= end:
                break
            if time.monotonic() > next_upload:
                next_upload = time.monotonic() + self._chance.uniform(0.5, 1.5) * UPLOAD_EVERY
                self._visit(client, "")
                self._upload(client)
            else:
                self._visit(client, self._chance.choices(list(PAGES), list(PAGES.values()))[0])

    def _visit(self, client: Client, page: str) -> None:
        began = time.monotonic()
        self.diary.finished.append((page, client.open(page)))
        _, wrong = client.fetch()
        self.diary.complete.append((page, time.monotonic() - began))
        self._note(client, page, wrong)

    def _upload(self, client: Client) -> None:
        self._number += 1
        name = f"take {self._seed}-{self._number}.mp4"
        # a box that players skip: other content, and so another clip
        mark = self._chance.randbytes(16)
        own = self._clip.with_name(f"own-{self._seed}.mp4")
        own.write_bytes(
            self._clip.read_bytes() + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark
        )
        before, began = client.shown.query, time.monotonic()
        self.diary.uploaded.append(client.upload(own, name))
        try:
            client.wait(
                lambda: client.shown.query != before or bool(client.shown.errors),
                f"the reading of {name}",
                seconds=300,
            )
            self.diary.read.append(time.monotonic() - began)
        finally:
            _, wrong = client.fetch()
            self._note(client, "", wrong)

    def _note(self, client: Client, page: str, wrong: list[str]) -> None:
        found = [*client.shown.errors, *wrong]
        client.shown.errors.clear()
        self.diary.errors += [f"student {self._seed}, {page or 'scene'}: {one}" for one in found]


class BrowserStudent:
    """One with headless Chromium, who opens pages by their address and uploads nothing.

    Args:
        url: of the server.
        start: gives the driver of a browser that is measured.
        seed: of the choices.
    """

    def __init__(self, url: str, start: Callable[[], Any], seed: int) -> None:
        self._url, self._start, self._seed = url, start, seed
        self._chance = random.Random(seed)
        self.diary = Diary()

    def study(self, end: float) -> None:
        """Use the app until a moment of ``time.monotonic``."""
        driver = self._start()
        try:
            while time.monotonic() < end:
                page = self._chance.choices(list(PAGES), list(PAGES.values()))[0]
                began = time.time()
                _, painted = painted_at(driver, f"{self._url}/{page}")
                self.diary.complete.append((page, painted - began))
                self.diary.errors += [
                    f"browser {self._seed}, {page or 'scene'}: {entry['message']}"
                    for entry in driver.get_log("browser")
                    # Streamlit looks for its server below the address of a page first
                    if entry["level"] == "SEVERE" and "/_stcore/" not in entry["message"]
                ]
                time.sleep(min(self._chance.uniform(*LOOK), max(end - time.monotonic(), 0)))
        except TimeoutError as error:
            self.diary.errors.append(f"browser {self._seed}: {error}")
        finally:
            driver.quit()
