"""Whether a library is whole: what lies in the data directory, held against what it knows."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from emotion_core.jobs import records
from emotion_core.library.database.tables import Analysis, Base, Film, Scene, Take
from emotion_core.library.scenes import open_library
from emotion_core.library.voice.takes import open_voice_take, voice_takes
from emotion_core.media.probe import probe
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

# Notes, and copies of clips that are kept elsewhere, below names that say where that is.
_PASSING = {".unfinished", "cache"}


def check_whole(folder: Path, settings: Settings) -> None:
    """Open the library as a start of the app does, and find nothing half there.

    Args:
        folder: with the data directory, a folder for temporary files, and another for exports.
        settings: of the library.

    Raises:
        AssertionError: something is left of what was killed, or is missing, or is damaged.
    """
    library, store = open_library(settings), AnalysisStore(settings.analyses_dir)
    with library.reading() as session:
        scenes = {scene.clip_sha256: scene for scene in session.scalars(select(Scene))}
        addresses = set(session.scalars(select(Analysis.address)))
    hidden = {
        path.relative_to(folder)
        for path in folder.rglob(".*")
        if path.name not in (".unfinished", ".jobs.lock") and not _of_open_job(path, settings)
    }
    assert not hidden, f"left behind: {hidden}"
    assert not list((folder / "tmp").glob("eme-*")), "a recording is left behind"
    assert not list((settings.data_dir / ".unfinished").glob("*/*.json")), "a note is left behind"
    assert set(store.addresses()) == addresses, "the tables and the folders differ"
    for address in addresses:
        assert store.load_checked(address) is not None
    waiting = "".join(job.subject for job in records.listed(library, only_open=True))
    kept = [path for path in folder.rglob("media/*") if path.is_file()]
    cached = folder.glob("cache/eme/clips/*/*")
    for path in [*kept, *cached]:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem, "half of a clip"
        assert path.stem in scenes or path.stem in waiting, "a clip that nobody knows"
    for path in _files(settings.thumbnails_dir):
        Image.open(path).load()
        assert path.stem in scenes
    for take in voice_takes(settings):
        open_voice_take(settings, take.name)
    for path in settings.analyses_dir.rglob("*.mp4"):
        probe(path)
    for path in [*folder.rglob("exports/*"), *_files(folder / "elsewhere")]:
        assert zipfile.ZipFile(path).testzip() is None


def _of_open_job(path: Path, settings: Settings) -> bool:
    """Chunks of a reading, from which it goes on."""
    return path.is_dir() and path.parent.parent == settings.analyses_dir


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file())


def content_of(folder: Path, settings: Settings) -> dict[str, object]:
    """All that a library has, in a form in which two of them can be compared."""
    library = open_library(settings)
    files = {
        str(path.relative_to(folder)): hashlib.sha256(_lasting(path)).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _PASSING & set(path.parts) and "catalogue" not in path.name
    }
    with library.reading() as session:
        rows = {
            table.__tablename__: sorted(
                str(getattr(row, name)) for row in session.scalars(select(table))
            )
            for table, name in ((Scene, "title"), (Film, "title"), (Take, "title"))
        }
        rows |= {
            table.name: session.execute(select(table)).all().__len__()
            for table in Base.metadata.sorted_tables
            if table.name not in rows
        }
    return {**files, **rows}


def _lasting(path: Path) -> bytes:
    """What of a file does not name a time or a number that is drawn."""
    return b"" if path.suffix in (".json", ".zip") else path.read_bytes()


def leave(settings: Settings) -> None:
    """Close a library, as the end of a process does."""
    open_library(settings).close()


def check_sentence(said: str) -> None:
    """Whether an error is one sentence or two that a user can act on."""
    assert said.endswith(".") and "\n" not in said and len(said) < 400, said
    assert "Error" not in said and "errno" not in said.lower(), said
