"""Takes the pictures of the documents: ``python -m docs.screenshots`` in a checkout.

Needs ``requirements-dev.txt``, Chromium and its driver. The app starts with a fresh data directory
and the sample scene, so that a change of the pages is all that changes the pictures.
"""

from __future__ import annotations

import argparse
import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.e2e.harness.browsers import find_programs, start_browser
from tests.e2e.harness.page import Page
from tests.e2e.harness.servers import APP, ROOT, running
from tests.e2e.practice import practising
from tests.e2e.practice.fake_camera import write_camera

OUT = Path(__file__).resolve().parent / "images"
WIDTH = 1400
LARGEST = 120_000  # bytes
_READY = "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)"


def _open(page: Page, title: str, text: str = "") -> None:
    page.go(title)
    page.wait_for_text(text or title, 120)
    page.wait_idle(120)
    time.sleep(2)  # figures are drawn after the script has run
    page.wait_idle(120)


def scene(page: Page) -> None:
    _open(page, "Scene analysis", "Strongest moments")
    page.wait_until(lambda: page.video(_READY), "the clip")
    page.video("video.currentTime = 10")  # both faces are in view
    time.sleep(2)


def progression(page: Page) -> None:
    _open(page, "Progression", "ZIP")
    fields = page.driver.find_elements("css selector", '[data-testid="stSelectbox"] input')
    fields[1].send_keys("Person 2", "\n")  # whose expression changes
    page.wait_for_text("Person 2 is in view for")
    time.sleep(2)
    page.wait_idle()


def compare(page: Page) -> None:
    _open(page, "Compare", "compared with")
    page.wait_until(lambda: page.video(_READY), "the clips")


def practice(page: Page) -> None:
    practising.enter(page)
    practising.start_camera(page)
    time.sleep(5)


def _plain(title: str, text: str = "") -> Callable[[Page], None]:
    return lambda page: _open(page, title, text)


# name, height in px, how to come there
PICTURES: dict[str, tuple[int, Callable[[Page], None]]] = {
    "scene": (1500, scene),
    "library": (850, _plain("Library", "Sample scene")),
    "attributions": (1450, _plain("Attributions", "CSV")),
    "progression": (1150, progression),
    "compare": (1250, compare),
    "models": (1050, _plain("Models", "Macro F1")),
    "practice": (1000, practice),
}


def photograph(page: Page, path: Path, height: int) -> None:
    """The window from its top as WebP, no larger than :data:`LARGEST`."""
    page.driver.execute_script(
        "for (const e of document.querySelectorAll('*')) if (e.scrollTop) e.scrollTop = 0;"
    )
    page.resize(WIDTH, height)
    time.sleep(1)
    for quality in (85, 70, 55, 40):
        asked = {"format": "webp", "quality": quality}
        found = page.driver.execute_cdp_cmd("Page.captureScreenshot", asked)
        encoded = base64.b64decode(found["data"])
        if len(encoded) <= LARGEST:
            break
    path.write_bytes(encoded)
    print(f"{path.name}: {len(encoded) / 1000:.0f} kB")


def main(names: Sequence[str]) -> None:
    """Take the pictures with these names."""
    programs = find_programs()
    if None in programs:
        sys.exit("Chromium and its driver are needed.")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data, camera = Path(folder) / "data", Path(folder) / "camera.y4m"
        variables = {"EME_DATA_DIR": str(data)}
        subprocess.run(
            [sys.executable, "-m", "emotion_core", "sample"],
            cwd=ROOT,
            env={**os.environ, **variables},
            check=True,
        )
        write_camera(data / "Sample scene.mp4", camera, numbered=False)
        with running(APP, variables, afresh=True) as url:
            flags = [f"--use-file-for-fake-video-capture={camera}"]
            driver = start_browser(programs, Path(folder), flags)
            try:
                page = Page(driver, url)
                page.resize(WIDTH, 1300)
                page.open()
                for name in names:
                    height, come = PICTURES[name]
                    come(page)
                    photograph(page, OUT / f"{name}.webp", height)
            finally:
                driver.quit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"Of {', '.join(PICTURES)}; all if not given.")
    chosen = parser.parse_args().names or list(PICTURES)
    if unknown := set(chosen) - set(PICTURES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    main(chosen)
