"""Characters who are left out: a picture on the wall, someone in the background."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from emotion_core.errors import LibraryError
from emotion_core.library.characters.editing import GONE
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene
from emotion_core.library.statistics import copy_statistics, statistics_of
from emotion_core.scene.store import AnalysisStore


def hide_character(
    database: Database, store: AnalysisStore, character_id: int, hidden: bool
) -> None:
    """Leave a character out of figures, comparisons and exports, or show them again.

    Args:
        store: where the analyses of their scenes lie.
        hidden: whether they are left out.

    Raises:
        LibraryError: the character is gone.
    """
    with database.writing() as session:
        character = session.get(Character, character_id, with_for_update=True)
        if character is None:
            raise LibraryError(GONE)
        character.hidden = hidden
        for one in character.appearances:
            one.fixed = True
        scenes = {one.scene_id for one in character.appearances}
    count_shown(database, store, scenes)


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


def with_hidden(database: Database, scenes: Iterable[int]) -> list[int]:
    """Those of some scenes in which a character is hidden."""
    query = (
        select(Appearance.scene_id)
        .join(Character, Character.id == Appearance.character_id)
        .where(Appearance.scene_id.in_(list(scenes)), Character.hidden.is_(True))
        .distinct()
    )
    with database.reading() as session:
        return list(session.scalars(query))
