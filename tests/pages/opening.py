"""The app, opened at the address of a page, what it says, and the end of what it has begun."""

from __future__ import annotations

import time
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from emotion_core.jobs import records
from pages.shared import services

APP = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")


def at_page(address: str, timeout: float = 60) -> AppTest:
    """The app as a browser that begins at ``/<address>`` asks for it; not run yet.

    ``AppTest.switch_page`` knows a page by its address only once the app has run.
    """
    app = AppTest.from_file(APP, default_timeout=timeout)
    app._page_hash = calc_hash(address)
    return app


def open_app() -> AppTest:
    """The app at its first page."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """All that the page says, without the marks against Markdown, and with plain spaces."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.title, app.header)
    said = "\n".join(str(item.value) for kind in kinds for item in kind)
    return said.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def wait_for_jobs() -> None:
    """Wait until nothing is done in the background any more."""
    end = time.monotonic() + 60
    while records.listed(services.queue(), only_open=True):
        assert time.monotonic() < end
        time.sleep(0.05)
