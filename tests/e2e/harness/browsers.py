"""Headless browsers: one for many journeys, or one with flags of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
    # As chromedriver starts a browser.
    "--allow-pre-commit-input",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-hang-monitor",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--enable-automation",
    "--password-store=basic",
    "--test-type=webdriver",
    "--use-mock-keychain",
)
_START_SECONDS = 60.0
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
    usual = [flag for flag in _FLAGS if flag not in without]
    process = _start([program, *usual, *flags], folder / "profile")
    options = webdriver.ChromeOptions()
    try:
        options.debugger_address = f"127.0.0.1:{_port(process, folder / 'profile')}"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(driver_program))
    except BaseException:
        _end(process)
        raise
    _download_to(driver, folder)
    detach = driver.quit

    def quit_all() -> None:
        try:
            detach()
        finally:
            _end(process)

    driver.quit = quit_all  # type: ignore[method-assign]
    return driver


def _start(command: Sequence[str], profile: Path) -> subprocess.Popen[bytes]:
    """Start a browser that a driver attaches itself to.

    Chromedriver itself could start a headless shell with BiDi only, which follows each request of a
    page, for a sixth of what the page takes of a processor.
    """
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "DevToolsActivePort").unlink(missing_ok=True)
    own = [f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, *own], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    """Where the browser listens, once it does."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError):
            if said := (profile / "DevToolsActivePort").read_text(encoding="utf-8").split():
                return int(said[0])
        time.sleep(0.05)
    raise RuntimeError("the browser did not start")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a browser with all of its processes: Debian's program is a script that starts it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _download_to(driver: Any, folder: Path) -> None:
    where = {"behavior": "allow", "downloadPath": str(folder / "downloads")}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)


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
    _download_to(driver, folder)
    driver.get_log("browser")  # of whoever came before
    yield
    driver.close()
    driver.switch_to.window(first)
