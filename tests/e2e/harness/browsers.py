"""Headless browsers: one for many journeys, or one with flags of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--renderer-process-limit=1",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # A page for a camera is tried with the browser's own moving test picture.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers"


def find_programs() -> tuple[str | None, str | None]:
    """Paths of the browser and its driver, where they are installed."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return browser, shutil.which("chromedriver")


def start_browser(
    programs: tuple[str, str], folder: Path, flags: Sequence[str] = (), without: Sequence[str] = ()
) -> Any:
    """A headless browser, 1400 px wide; gives Selenium's driver.

    Args:
        programs: of :func:`browser_programs`.
        folder: for its profile and downloads; its own.
        flags: beside the usual ones.
        without: those of the usual ones that are left out.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver_program = programs
    options = webdriver.ChromeOptions()
    options.binary_location = program
    usual = [flag for flag in _FLAGS if flag not in without]
    for flag in (*usual, f"--user-data-dir={folder / 'profile'}", *flags):
        options.add_argument(flag)
    prefs = {"download.default_directory": str(folder / "downloads")}
    options.add_experimental_option("prefs", prefs)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.enable_bidi = True  # the headless shell has no first window without it
    return webdriver.Chrome(options=options, service=Service(driver_program))


@contextmanager
def fresh_window(driver: Any, folder: Path, url: str) -> Iterator[None]:
    """A window of a running browser that knows nothing of this app, as its first visitor.

    But for the app's files: a context of its own would load and compile them anew for each
    journey, which takes most of a processor's time for a page.

    Args:
        driver: of :func:`start_browser`.
        folder: for its downloads.
        url: address of the app.
    """
    first = driver.current_window_handle
    driver.switch_to.new_window("window")
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": url, "storageTypes": _STORED})
    where = {"behavior": "allow", "downloadPath": str(folder / "downloads")}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    driver.get_log("browser")  # of whoever came before
    yield
    driver.close()
    driver.switch_to.window(first)
