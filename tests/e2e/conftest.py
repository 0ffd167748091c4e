"""A browser before the running app.

The app is started once for all journeys, on a free port and with a data directory of its own.
Set ``EME_SCREENSHOTS`` to a folder to keep what the journeys photograph.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "streamlit_app.py"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDE, NARROW = (1400, 1300), (800, 1300)
START_SECONDS = 90.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # A page for a camera is tried with the browser's own moving test picture.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
T = TypeVar("T")

# Components without an iframe live in shadow roots, which neither ``innerText`` nor a CSS
# selector of the page looks into.
_DEEP = """
const walk = (root, visit) => {
  for (const element of root.querySelectorAll("*")) {
    visit(element);
    if (element.shadowRoot) walk(element.shadowRoot, visit);
  }
};
"""
_DEEP_FIND = (
    _DEEP
    + """
let found = null;
walk(document, (element) => { if (!found && element.matches(arguments[0])) found = element; });
return found;
"""
)
_DEEP_TEXT = (
    _DEEP
    + """
const parts = [document.body.innerText];
walk(document, (element) => {
  if (!element.shadowRoot) return;
  for (const child of element.shadowRoot.children) parts.push(child.innerText ?? "");
});
return parts.join("\\n").replaceAll("\\u00a0", " ");
"""
)


@dataclass
class Page:
    """The app in a browser, and what a journey does with it.

    Attributes:
        driver: Selenium's driver.
        url: address of the app, without a slash at its end.
    """

    driver: Any
    url: str
    _log: list[dict[str, Any]] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        """Open a page of the app and wait until its script has run."""
        self.driver.get(f"{self.url}/{path.lstrip('/')}")
        self.wait_until(lambda: self.find('[data-testid="stApp"]'), "the app to appear")
        self.wait_idle()

    def wait_until(self, check: Callable[[], T], what: str, seconds: float = 30) -> T:
        """The first true result of ``check``; fails with ``what`` was awaited.

        What the page puts in place anew while it is looked at is looked at again.
        """
        from selenium.common.exceptions import StaleElementReferenceException

        end = time.monotonic() + seconds
        while True:
            with suppress(StaleElementReferenceException):
                result = check()
                if result:
                    return result
            if time.monotonic() > end:
                pytest.fail(f"waited {seconds:.0f} s for {what}; the page says:\n{self.text()}")
            time.sleep(0.2)

    def wait_for_text(self, text: str, seconds: float = 30) -> None:
        """Wait until the page, or a component in it, shows the text."""
        self.wait_until(lambda: text in self.text(), f"the text {text!r}", seconds)

    def wait_idle(self, seconds: float = 60) -> None:
        """Wait until no script of the app runs."""
        running = '[data-testid="stApp"][data-test-script-state="running"]'
        self.wait_until(lambda: not self.find(running), "the script to finish", seconds)

    def text(self) -> str:
        """All visible text, that of components included; spaces are plain spaces."""
        return str(self.driver.execute_script(_DEEP_TEXT))

    def find(self, selector: str) -> Any:
        """The first element for a CSS selector, also inside components, or ``None``."""
        return self.driver.execute_script(_DEEP_FIND, selector)

    def part(self, name: str) -> Any:
        """A named part of the scene player, such as ``scroller`` or ``radar``."""
        return self.wait_until(lambda: self.find(f'[data-part="{name}"]'), f"the part {name!r}")

    def click_button(self, label: str) -> None:
        """Click the button with this label and wait for the page to run."""
        script = (
            _DEEP + "let found = null; walk(document, (e) => { if (!found && e.tagName === 'BUTTON'"
            " && e.offsetParent && e.innerText.includes(arguments[0])) found = e; }); return found;"
        )

        def press() -> bool:
            button = self.driver.execute_script(script, label)
            if button is None:
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True

        self.wait_until(press, f"the button {label!r}")
        time.sleep(0.3)  # the click travels to the server before the script is seen to run
        self.wait_idle()

    def go(self, title: str) -> None:
        """Follow a link of the navigation; an address would begin a new session.

        In one step: while a script runs, the navigation may be put in place anew.
        """
        script = """
            const link = [...document.querySelectorAll("a")].find(
                (a) => a.offsetParent && a.innerText.trim().endsWith(arguments[0]));
            if (link) link.click();
            return Boolean(link);
        """
        self.wait_until(lambda: self.driver.execute_script(script, title), f"the link {title!r}")
        time.sleep(0.5)
        self.wait_idle()

    def upload(self, file: Path, index: int = 0) -> None:
        """Give a file to the upload field with this number."""
        fields = self.wait_until(
            lambda: self.driver.find_elements("css selector", "input[type=file]")[index:],
            "an upload field",
        )
        fields[0].send_keys(str(file))

    def video(self, expression: str, selector: str = "video") -> Any:
        """A JavaScript expression of ``video``, the page's video; ``None`` without one."""
        script = f"""
            const video = document.querySelector(arguments[0]);
            return video ? ({expression}) : null;
        """
        return self.driver.execute_script(script, selector)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page itself, whatever frame the browser has."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        time.sleep(0.5)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window; 0 where nothing is cut off."""
        script = "const e = document.documentElement; return e.scrollWidth - e.clientWidth;"
        return int(self.driver.execute_script(script))

    def screenshot(self, name: str) -> Path | None:
        """Photograph the window into ``$EME_SCREENSHOTS``; ``None`` where that is not set."""
        folder = os.environ.get("EME_SCREENSHOTS")
        if not folder:
            return None
        path = Path(folder) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))
        return path

    def console_errors(self) -> list[str]:
        """What the browser logged as severe since the page was opened.

        But for pictures and clips of a page that was left while they were loading: Streamlit no
        longer serves them.
        """
        self._log += self.driver.get_log("browser")
        severe = [entry["message"] for entry in self._log if entry["level"] == "SEVERE"]
        return [message for message in severe if "/media/" not in message]


class AppUrl(str):
    """Address of a running app.

    Attributes:
        pid: its process.
    """

    pid: int


def find_programs() -> tuple[str | None, str | None]:
    """Paths of the browser and its driver, where they are installed."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return browser, shutil.which("chromedriver")


@pytest.fixture(scope="session")
def browser_programs() -> tuple[str, str]:
    """Paths of the browser and its driver; journeys are skipped where one is missing."""
    browser, driver = find_programs()
    if browser is None:
        pytest.skip(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    if driver is None:
        pytest.skip("chromedriver is not installed")
    pytest.importorskip("selenium", reason="selenium is not installed")
    return browser, driver


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the app that runs for the journeys."""
    return tmp_path_factory.mktemp("eme-data")


@pytest.fixture(scope="session")
def app_url(browser_programs: tuple[str, str], data_dir: Path) -> Iterator[str]:
    """Address of the running app, once it says that it is healthy."""
    with running(APP, {"EME_DATA_DIR": str(data_dir)}) as url:
        yield url


@contextmanager
def running(script: Path, variables: dict[str, str]) -> Iterator[AppUrl]:
    """Run a Streamlit script on a free port; gives its address and ends it afterwards.

    The app itself starts as ``make run`` starts it.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if script == APP:
        command = [sys.executable, "-m", "emotion_core", "app"]
    else:
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "streamlit.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            url = AppUrl(f"http://127.0.0.1:{port}")
            url.pid = process.pid
            _wait_until_healthy(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    # A proxy of the environment has no say about this machine itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')[-4000:]}")


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
    return webdriver.Chrome(options=options, service=Service(driver_program))


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser_programs: tuple[str, str], tmp_path: Path) -> Iterator[NewPage]:
    """Starts a fresh browser before the app at an address; more as :func:`start_browser`."""
    drivers: list[Any] = []

    def start(url: str, flags: Sequence[str] = (), without: Sequence[str] = ()) -> Page:
        folder = tmp_path / f"browser-{len(drivers)}" if drivers else tmp_path
        drivers.append(start_browser(browser_programs, folder, flags, without))
        page = Page(drivers[-1], url)
        page.resize(*WIDE)
        return page

    yield start
    for driver in drivers:
        driver.quit()


@pytest.fixture
def browser(new_page: NewPage, app_url: str) -> Page:
    """A fresh browser before the app; nothing is open in it yet."""
    return new_page(app_url)
