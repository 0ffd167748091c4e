"""A browser before the running app.

What a machine can make once is made once: a data directory whose sample scene is read, which apps
start with a copy of; an app for the journeys that leave its library as it is; and a browser, in
which each journey has a window of its own.
Set ``EME_SCREENSHOTS`` to a folder to keep what the journeys photograph.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.e2e.harness.browsers import BROWSERS, find_programs, fresh_window, start_browser
from tests.e2e.harness.page import WIDE, NewPage, Page
from tests.e2e.harness.servers import APP, run_to_end, running


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
def read_sample(
    browser_programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data directory with the sample scene, read as ``make run`` does it; only to be copied."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of all workers
    folder, done = root / "read-sample", root / "read-sample.done"
    with FileLock(root / "read-sample.lock"):
        if not done.exists():
            said = run_to_end(["sample"], {"EME_DATA_DIR": str(folder)})
            assert any((folder / "analyses").glob("*")), said
            done.touch()
    return folder


@pytest.fixture
def data_with_sample(read_sample: Path, tmp_path: Path) -> Path:
    """A data directory of a journey's own, with the sample scene."""
    return shutil.copytree(read_sample, tmp_path / "data")


@pytest.fixture(scope="session")
def app_url(read_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app with the sample scene, for journeys that add nothing to its library."""
    data = shutil.copytree(read_sample, tmp_path_factory.mktemp("eme") / "data")
    with running(APP, {"EME_DATA_DIR": str(data)}) as url:
        yield url


class SharedBrowser:
    """One browser for all journeys of a process, started when the first needs it."""

    def __init__(self, programs: tuple[str, str], folder: Path) -> None:
        self._programs, self._folder, self._driver = programs, folder, None

    def driver(self) -> Any:
        """The running browser."""
        if self._driver is None:
            self._driver = start_browser(self._programs, self._folder)
        return self._driver

    def quit(self) -> None:
        """End it; the next journey starts another."""
        if self._driver is not None:
            self._driver.quit()
        self._driver = None


@pytest.fixture(scope="session")
def shared_browser(
    browser_programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedBrowser]:
    browser = SharedBrowser(browser_programs, tmp_path_factory.mktemp("browser"))
    yield browser
    browser.quit()


@contextmanager
def _pages(
    browser_programs: tuple[str, str], shared_browser: SharedBrowser, root: Path
) -> Iterator[NewPage]:
    from selenium.common.exceptions import WebDriverException

    opened = 0
    with ExitStack() as stack:

        def start(url: str, flags: Sequence[str] = (), without: Sequence[str] = ()) -> Page:
            nonlocal opened
            folder = root / f"browser-{opened}" if opened else root
            if opened or flags or without:
                driver = start_browser(browser_programs, folder, flags, without)
                stack.callback(driver.quit)
            else:
                driver = shared_browser.driver()
                stack.enter_context(fresh_window(driver, folder, url))
            opened += 1
            page = Page(driver, url)
            page.resize(*WIDE)
            return page

        yield start
        try:
            stack.close()
        except WebDriverException:  # it hangs or has crashed
            shared_browser.quit()
            raise


@pytest.fixture
def new_page(
    browser_programs: tuple[str, str], shared_browser: SharedBrowser, tmp_path: Path
) -> Iterator[NewPage]:
    """Opens browsers that know nothing yet before the app at an address.

    The first is a window of the shared browser. One more, or one with flags as
    :func:`start_browser` takes them, is a browser of its own.
    """
    with _pages(browser_programs, shared_browser, tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def new_module_page(
    browser_programs: tuple[str, str],
    shared_browser: SharedBrowser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[NewPage]:
    """The same for a module whose tests leave nothing in the browser."""
    with _pages(browser_programs, shared_browser, tmp_path_factory.mktemp("page")) as start:
        yield start


@pytest.fixture
def browser(new_page: NewPage, app_url: str) -> Page:
    """A fresh window before the app; nothing is open in it yet."""
    return new_page(app_url)
