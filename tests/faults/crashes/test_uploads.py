"""Uploads that came only in part: read as far as they go, or refused, and then nothing is left."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from streamlit.runtime.uploaded_file_manager import UploadedFile

from emotion_core.errors import EmotionCoreError, LibraryError
from emotion_core.files import to_text
from emotion_core.jobs.kinds.archives import ImportLibrary
from emotion_core.library.database.engine import open_database
from emotion_core.library.scenes import read_scene
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.unfinished import placing
from pages.shared import services
from pages.shared.intake import _take_in
from tests.faults.crashes.actions import ARCHIVE, run
from tests.faults.crashes.conftest import Fresh
from tests.faults.crashes.readers import SIZE, PlainReader
from tests.faults.crashes.soundness import check_sentence, check_whole, content_of
from tests.media.clips import make_clip

_SHARES = (0.0, 0.02, 0.3, 0.6, 0.9, 0.99)


class Upload(io.BytesIO):
    """What a browser has sent of a file."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


def take_in(upload: Upload, settings: Settings) -> None:
    """As the page takes in a clip, and a worker reads it."""
    sent: UploadedFile = upload  # type: ignore[assignment]
    with placing() as note:
        path, clip = _take_in(sent, note)
        finish(read_scene(PlainReader(settings), path, clip))


@pytest.mark.parametrize("kind", ["mp4", "mov", "mkv", "ts", "avi"])
def test_a_clip_that_came_in_part_is_read_or_refused(
    kind: str, fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = fresh(tmp_path / "own")
    monkeypatch.setattr(services, "settings", lambda: settings)
    content = make_clip(tmp_path / f"a.{kind}", n=40, size=SIZE).read_bytes()
    before = content_of(tmp_path / "own", settings)
    ends = set()
    for share in _SHARES:
        upload = Upload(content[: round(len(content) * share)], f"a.{kind}")
        try:
            take_in(upload, settings)
            ends.add("read")
        except EmotionCoreError as error:
            check_sentence(str(error))
            ends.add("refused")
            if "read" not in ends:
                assert content_of(tmp_path / "own", settings) == before
        check_whole(tmp_path / "own", settings)
    assert "refused" in ends and (kind in ("mp4", "mov") or "read" in ends)
    store = AnalysisStore(settings.analyses_dir)
    parts = [store.load(address) for address in store.addresses()]
    cut = [part for part in parts if part is not None and part.clip.name == f"a.{kind}"]
    assert all(0 < len(part.frames) <= 40 for part in cut)
    open_database(settings).close()


def test_an_archive_that_came_in_part_is_refused(fresh: Fresh, tmp_path: Path) -> None:
    settings = fresh(tmp_path / "own")
    content = (tmp_path / "own" / ARCHIVE).read_bytes()
    before = content_of(tmp_path / "own", settings)
    for share in _SHARES:
        part = tmp_path / "part.zip"
        part.write_bytes(content[: round(len(content) * share)])
        with pytest.raises(LibraryError) as caught:
            run(ImportLibrary(to_text(part)), settings)
        check_sentence(str(caught.value))
        check_whole(tmp_path / "own", settings)
        assert content_of(tmp_path / "own", settings) == before
    open_database(settings).close()
