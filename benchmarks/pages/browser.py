"""A page of the app in headless Chromium: what reaches it, and when it is painted."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

QUIET = 1.5  # s without a change after which a page is at rest
PATIENCE = 180.0
_STATE = r"""
const app = document.querySelector('[data-testid="stApp"]');
const busy = app?.dataset.testScriptState !== "notRunning" ||
  document.querySelector('[data-testid="stSkeleton"]') !== null;
const found = { data: 0, clip: 0, files: 0 };
for (const entry of performance.getEntriesByType("resource")) {
  const kind = entry.initiatorType === "video" ? "clip"
    : /^\/(media|faces)\//.test(new URL(entry.name).pathname) ? "data" : "files";
  found[kind] += entry.encodedBodySize;
}
return { ...globalThis.__measured, ...found, busy, now: performance.now(),
         origin: performance.timeOrigin };
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit of a page cost.

    Attributes:
        script: seconds of all runs of the page's script on the server.
        worked: seconds in which their threads had a processor.
        runs: how many they were, those of fragments included.
        data: bytes of the connection, and of pictures and readings that the page fetched.
        title: seconds from the start of the navigation until the page's title was painted.
        painted: seconds until the last paint.
    """

    script: float
    worked: float
    runs: float
    data: float
    title: float
    painted: float


def middle(visits: Sequence[Visit]) -> Visit:
    """The medians of several."""
    names = [field.name for field in fields(Visit)]
    return Visit(*(statistics.median(getattr(one, name) for one in visits) for name in names))


def measure(driver: Any) -> None:
    """Have every page that is opened from now on measured."""
    script = Path(__file__).with_name("measured.js").read_text(encoding="utf-8")
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})


def visit(driver: Any, url: str, log: Path) -> Visit:
    """Open an address and wait until the page is at rest.

    Args:
        driver: after :func:`measure`.
        url: of the page.
        log: where the server writes the runs of its scripts.
    """
    known = len(_runs(log))
    driver.get(url)
    state = _rest(driver)
    own = _runs(log)[known:]
    return Visit(
        sum(run["seconds"] for run in own),
        sum(run["worked"] for run in own),
        len(own),
        state["bytes"] + state["data"],
        state["title"] / 1000,
        state["last"] / 1000,
    )


def painted_at(driver: Any, url: str) -> tuple[float, float]:
    """Open an address; seconds since 1970 of the paint of its title, and of the last paint."""
    driver.get(url)
    state = _rest(driver)
    return tuple((state["origin"] + state[name]) / 1000 for name in ("title", "last"))


def _rest(driver: Any) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        state: dict[str, Any] = driver.execute_script(_STATE)
        if not state["busy"] and state["now"] - state["last"] > 1000 * QUIET:
            return state
        time.sleep(0.1)
    raise TimeoutError(f"the page was not at rest after {PATIENCE:.0f} s")


def _runs(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
