"""What killed processes have left in the data directory, held against what the library knows."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import exists, or_, select

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Analysis, Job, Scene
from emotion_core.settings import Settings
from emotion_core.unfinished import clear_up


def recover(database: Database, settings: Settings) -> None:
    """Finish or remove what processes that were killed have left.

    Raises:
        LibraryError: the library cannot be read.
    """

    def known(path: Path) -> bool:
        place = path.relative_to(settings.data_dir.absolute()).parts
        with database.reading() as session:
            if place[0] == settings.analyses_dir.name:
                about = Analysis.address.startswith("/".join(place[1:]), autoescape=True)
                return bool(session.scalar(select(exists().where(about))))
            scene = exists().where(Scene.clip_sha256 == path.stem)
            open_job = exists().where(
                Job.subject.contains(path.stem, autoescape=True),
                Job.state.in_(("waiting", "running")),
            )
            return bool(session.scalar(select(or_(scene, open_job))))

    clear_up(settings.data_dir, known)
    # chunks of what was read to its end
    for folder in settings.analyses_dir.glob("*/.*-in-*-s"):
        whole = folder.with_name(folder.name[1:].rpartition("-in-")[0])
        if (whole / "analysis.json").is_file():
            shutil.rmtree(folder, ignore_errors=True)
