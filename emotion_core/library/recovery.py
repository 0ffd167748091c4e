"""What killed processes have left in the data directory, held against what the library knows."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import exists, select

from emotion_core.library.database.engine import open_database
from emotion_core.library.database.tables import Analysis, Job, Scene
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.unfinished import clear_up, remove_path


def recover(settings: Settings) -> None:
    """Finish or remove what processes that were killed have left in any library.

    Args:
        settings: of the library that is opened.

    Raises:
        LibraryError: a library cannot be read.
    """

    def known(path: Path) -> bool:
        of = settings.library_of(settings.library_at(path))
        place = path.relative_to(of.home.absolute()).parts
        with open_database(of).reading() as session:
            if place[0] == of.analyses_dir.name:
                about = Analysis.address.startswith("/".join(place[1:]), autoescape=True)
                return bool(session.scalar(select(exists().where(about))))
            if session.scalar(select(exists().where(Scene.clip_sha256 == path.stem))):
                return True
        with open_database(settings.library_of("")).reading() as session:
            open_job = exists().where(
                Job.library == of.library,
                Job.subject.contains(path.stem, autoescape=True),
                Job.state.in_(("waiting", "running")),
            )
            return bool(session.scalar(select(open_job)))

    def remove(path: Path) -> None:
        of = settings.library_of(settings.library_at(path))
        if path.parent == of.media_dir.absolute():
            clips_of(of).discard(path)
        else:
            remove_path(path)

    clear_up(settings.data_dir, known, remove)
    # chunks of what was read to its end
    for folder in settings.analyses_dir.glob("*/.*-in-*-s"):
        whole = folder.with_name(folder.name[1:].rpartition("-in-")[0])
        if (whole / "analysis.json").is_file():
            shutil.rmtree(folder, ignore_errors=True)
