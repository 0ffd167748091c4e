"""What every page of the app shows."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from emotion_core import __version__
from emotion_core.settings import SHIPPED


def test_the_version_stands_at_the_foot_of_the_page(own_data: Path) -> None:
    app = AppTest.from_file(str(SHIPPED.app / "streamlit_app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.caption[-1].value == f"Eme {__version__}"
