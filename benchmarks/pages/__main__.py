"""What each page costs with a scene of five minutes, a film of two hours, and many scenes.

    python -m benchmarks.pages [--rounds 3] [--pages scene compare ...] [--data FOLDER]
    python -m benchmarks.pages --scenes 5000 [--rounds 3] ...

Makes a library of made-up readings (``films.py``), or with ``--scenes`` one of so many scenes, all
with the reading of the sample (``many.py``). ``--data`` keeps it. Starts the app as ``make run``
does, and opens each page in headless Chromium, 1400 px wide, by its address, each time as a new
session. Each round has a server of its own. A row of the table gives, as medians:

- **first**, **again**: ms of the page's script on the server, at the first visit since the server
  began, and at the second one. The server has started, shown a page and loaded its models by then.
- **work**: ms for which the script's thread had a processor at the first visit, which is less than
  *first* where it waits, also for what else the machine does.
- **payload**: kB that reach the browser until the page is at rest: over the connection, and the
  pictures and readings that it fetches. The app's own files and what plays of the clip come apart.
- **title**, **painted**: seconds from the start of the navigation until the title of the page and
  until its last change (of document, canvas or picture) was painted, at the second visit.

Before that, how the app starts: seconds from the start of its process until its first line on the
terminal, until it answers, and until title and whole of the first page, with the scene of five
minutes, are painted. What it reads from the disk was read before.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.pages import films, many
from benchmarks.pages.browser import Visit, measure, middle, painted_at, visit
from benchmarks.pages.serving import server, settle
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.scenes import open_library
from emotion_core.settings import Settings
from tests.e2e.harness.browsers import find_programs, start_browser

OF_A_SCENE = ("scene", "attributions", "progression", "compare")
OTHERS = ("library", "practice", "models", "training")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", nargs="+", default=[*OF_A_SCENE, *OTHERS])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--scenes", type=int, help="of a library of many instead")
    arguments = parser.parse_args()
    programs = find_programs()
    if None in programs:
        sys.exit("Chromium and chromedriver are needed to measure pages.")
    kept = nullcontext(arguments.data) if arguments.data else tempfile.TemporaryDirectory()
    with kept as data, tempfile.TemporaryDirectory() as work:
        os.environ["EME_DATA_DIR"] = str(data)
        settings = Settings(data_dir=Path(data))
        addresses, start = _addresses(settings, arguments.pages, arguments.scenes)
        driver = start_browser(programs, Path(work))
        try:
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": 1400, "height": 1300, "deviceScaleFactor": 1, "mobile": False},
            )
            measure(driver)
            _print_start(driver, arguments.rounds, start)
            _print_pages(driver, addresses, arguments.rounds, Path(work) / "runs.jsonl")
        finally:
            driver.quit()


def _addresses(
    settings: Settings, pages: list[str], many_scenes: int | None
) -> tuple[dict[tuple[str, str], str], str]:
    """Where each page is opened, and the first one.

    Returns:
        (page, what it shows) -> path and question of its address; and that of the first page.
    """
    known = settings.data_dir / "addresses.txt"
    if not known.is_file():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if many_scenes:
            made = {str(many_scenes): many.fill(settings, many_scenes)}
        else:
            made = films.fill(settings)
        known.write_text("".join(f"{name} {scene}\n" for name, scene in made.items()))
    scenes = dict(line.split() for line in known.read_text().splitlines())
    database = open_library(settings)
    entries = performance_entries(database)
    database.close()
    found = {}
    for name, scene in scenes.items():
        own = [f"{scene}/{one.character_id}" for one in entries if one.address == scene]
        for page in OF_A_SCENE:
            asked = [("performance", one) for one in own[:2]] if page == "compare" else []
            question = urlencode(asked or [("scene", scene)])
            # the default page answers at "/" only
            found[page, name] = f"{'' if page == 'scene' else page}?{question}"
    found |= {(page, ""): page for page in OTHERS}
    wanted = {key: address for key, address in found.items() if key[0] in pages}
    return wanted, found["scene", next(iter(scenes))]


def _print_start(driver: Any, rounds: int, address: str) -> None:
    names = ("first line", "answers", "title", "painted")
    taken = []
    for _ in range(rounds):
        began = time.time()
        with server(["-m", "emotion_core", "app"]) as (url, line, answers, _):
            taken.append((line, answers, *painted_at(driver, f"{url}/{address}")))
            taken[-1] = tuple(moment - began for moment in taken[-1])
    print("start of the app, s")
    print("".join(f"{name:>12}" for name in names))
    medians = [statistics.median(column) for column in zip(*taken, strict=True)]
    print("".join(f"{seconds:>12.2f}" for seconds in medians), end="\n\n", flush=True)


def _print_pages(
    driver: Any, addresses: dict[tuple[str, str], str], rounds: int, log: Path
) -> None:
    first: dict[tuple[str, str], list[Visit]] = {key: [] for key in addresses}
    again: dict[tuple[str, str], list[Visit]] = {key: [] for key in addresses}
    for _ in range(rounds):
        log.write_text("")
        with server(["-m", "benchmarks.pages.recording", str(log)]) as (url, _, _, pid):
            visit(driver, f"{url}/models", log)
            settle(pid)
            for key, address in addresses.items():
                for visits in (first, again):
                    visits[key].append(visit(driver, f"{url}/{address}", log))
    names = ("first", "work", "again", "runs", "payload", "title", "painted")
    print(f"{'page':<14}{'shows':<8}", *(f"{name:>9}" for name in names), sep="")
    print(" " * 22, *(f"{unit:>9}" for unit in ("ms", "ms", "ms", "", "kB", "s", "s")), sep="")
    for (page, shown), visits in first.items():
        one, two = middle(visits), middle(again[page, shown])
        payload = max(one.data, two.data) / 1000
        print(
            f"{page:<14}{shown:<8}{1000 * one.script:>9.0f}{1000 * one.worked:>9.0f}"
            f"{1000 * two.script:>9.0f}{two.runs:>9.0f}{payload:>9.0f}"
            f"{two.title:>9.2f}{two.painted:>9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
