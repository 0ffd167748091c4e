"""Where the disk is nearly full, uploads end in a sentence on the page and leave nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.library.takes import take_entries
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import at_page


@pytest.fixture
def full(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory on a disk of which more is to stay free than it has."""
    services.library()
    monkeypatch.setenv("EME_MIN_FREE_GB", "1e6")
    return own_data


def errors(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(error.value) for error in app.error).replace("\\", "")


def left(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [
        path for path in files if not path.name.startswith("catalogue") and path.suffix != ".lock"
    ]


def test_an_archive_is_not_copied_in(full: Path) -> None:
    before = left(full)
    app = at_page("library").run()
    app.file_uploader(key="archive-0").upload("a.zip", b"PK").run()
    app.button(key="import").click().run()
    assert "is nearly full" in errors(app)
    assert left(full) == before


def test_a_clip_is_not_taken_in(full: Path, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "phone.mov", n=5, size=(64, 36)).read_bytes()
    before = left(full)
    app = at_page("practice").run()
    agree = "I have read this. Let me practise"
    next(button for button in app.button if button.label == agree).click().run()
    app.segmented_control(key="practice-before").set_value("A clip").run()
    app.file_uploader(key="practice-clip-0").upload("phone.mov", clip).run()
    assert "phone.mov: The disk with" in errors(app)
    assert not take_entries(services.library()) and left(full) == before
