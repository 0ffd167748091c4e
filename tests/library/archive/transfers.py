"""Libraries that travel in an archive, and what is said in them of characters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Base, Scene
from emotion_core.library.queries.browsing import get_scene
from emotion_core.progress import finish
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters import casts


@dataclass(frozen=True)
class Side:
    """One of the two libraries between which an archive travels."""

    library: Database
    settings: Settings
    store: AnalysisStore


def carry(source: Side, target: Side, path: Path) -> MergeSummary:
    """Export one library and import it in another."""
    finish(export_library(source.library, source.settings, path))
    return take_in(target, path)


def take_in(side: Side, path: Path) -> MergeSummary:
    summary = finish(import_library(side.library, side.settings, path))
    assert isinstance(summary, MergeSummary)
    return summary


def enter(side: Side, analysis: SceneAnalysis, film_id: int | None = None) -> int:
    """Enter a reading of a clip; gives the number of its scene."""
    return casts.enter(side.library, side.store, analysis, film_id)


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
