"""Libraries that travel in an archive, and what is said in them of characters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.characters.editing import (
    characters_of_scene,
    rename_character,
)
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Base, Scene
from emotion_core.library.queries.browsing import get_scene
from emotion_core.progress import finish
from emotion_core.settings import Settings


def carry(
    source: Database, settings: Settings, target: Database, into: Settings, path: Path
) -> MergeSummary:
    """Export one library and import it in another."""
    finish(export_library(source, settings, path))
    return take_in(target, into, path)


def take_in(library: Database, settings: Settings, path: Path) -> MergeSummary:
    summary = finish(import_library(library, settings, path))
    assert isinstance(summary, MergeSummary)
    return summary


def tracks(library: Database, sha: str = "a") -> dict[str, list[int | None]]:
    number = scene_of(library, sha).id
    return {c.label: [a.track for a in c.appearances] for c in characters_of_scene(library, number)}


def scene_of(library: Database, sha: str = "a") -> Scene:
    with library.reading() as session:
        number = session.scalars(select(Scene.id).where(Scene.clip_sha256 == sha * 64)).one()
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def name(library: Database, scene: int, track: int, called: str) -> int:
    """Name the character of a track."""
    return rename_character(library, owner(library, scene, track), called)


def owner(library: Database, scene: int, track: int) -> int:
    cast = characters_of_scene(library, scene)
    return next(c.id for c in cast if track in [a.track for a in c.appearances])


def contents(library: Database) -> list[tuple[Any, ...]]:
    """All rows of all tables."""
    with library.reading() as session:
        return [
            (table.name, *row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table).order_by(*table.primary_key.columns))
        ]
