"""What the cards of scenes say where a character is hidden, such as a picture on the wall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene
from emotion_core.library.statistics import copy_statistics, statistics_of
from emotion_core.scene.store import AnalysisStore


@contextmanager
def counted_again(database: Database, store: AnalysisStore) -> Iterator[None]:
    """Count the cards anew of all scenes in which other tracks are hidden after the block.

    Args:
        store: where the analyses lie.
    """
    before = _hidden(database)
    yield
    count_shown(database, store, {scene for scene, _ in before ^ _hidden(database)})


def count_hidden(database: Database, store: AnalysisStore, scenes: Iterable[int]) -> None:
    """Count the cards anew of those of some scenes in which a track is hidden.

    Args:
        store: where the analyses lie.
        scenes: whose cards count all faces so far, as after an analysis was entered.
    """
    count_shown(database, store, {scene for scene, _ in _hidden(database)} & set(scenes))


def count_shown(database: Database, store: AnalysisStore, scenes: Iterable[int]) -> None:
    """Let the cards of some scenes say what is read in the faces that are shown.

    Args:
        store: where their analyses lie; a card whose analysis is gone stays as it is.
    """
    for scene_id in scenes:
        with database.reading() as session:
            scene = session.get(Scene, scene_id)
        analysis = None if scene is None else store.load(scene.address)
        if analysis is None:
            continue
        statistics = statistics_of(with_characters(database, analysis))
        with database.writing() as session:
            scene = session.get(Scene, scene_id, with_for_update=True)
            if scene is not None and scene.address == analysis.id:
                copy_statistics(scene, statistics)


def _hidden(database: Database) -> set[tuple[int, int | None]]:
    """The scenes and tracks of all hidden characters; they are few."""
    query = (
        select(Appearance.scene_id, Appearance.track)
        .join(Character, Character.id == Appearance.character_id)
        .where(Character.hidden.is_(True))
    )
    with database.reading() as session:
        return {(scene, track) for scene, track in session.execute(query)}
