"""A take that was played along a performance knows it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from emotion_core.library.characters.editing import merge_characters
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Take
from emotion_core.library.removal import delete_scenes
from emotion_core.library.scenes import recluster_scene
from emotion_core.library.takes import (
    KeptTake,
)
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN, enter, played
from tests.library.recordings import keep, nobody, only


def play_along(library: Database, settings: Settings, folder: Path) -> tuple[KeptTake, int, int]:
    """A take that was played along a performance; gives it, and the performance."""
    scene = enter(library, AnalysisStore(settings.analyses_dir), played({0: (BEN, 0, 99, 0)}))
    (ben,) = characters_of_scene(library, scene)
    kept = keep(settings, folder, model_scene_id=scene, model_character_id=ben.id)
    return kept, scene, ben.id


def model_of(library: Database) -> tuple[int | None, int | None]:
    return only(library).model_scene_id, only(library).model_character_id


def test_a_take_knows_the_performance_that_it_was_played_along(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    _, scene, ben = play_along(library, settings, tmp_path)
    assert model_of(library) == (scene, ben)


def test_a_take_stays_when_its_model_goes(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    _, scene, _ = play_along(library, settings, tmp_path)
    recluster_scene(library, AnalysisStore(settings.analyses_dir), scene)
    assert model_of(library) == (None, None)  # someone new has the track
    (anew,) = characters_of_scene(library, scene)
    with library.writing() as session:
        session.scalars(select(Take)).one().model_character_id = anew.id
    assert model_of(library) == (scene, anew.id)
    delete_scenes(library, settings, [scene], nobody)
    assert model_of(library) == (None, None) and only(library).played == "Hold sad"


def test_a_model_that_has_gone_before_the_take_was_kept_is_none(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    keep(settings, tmp_path, model_scene_id=999, model_character_id=999)
    assert model_of(library) == (None, None)


def test_two_characters_who_become_one_stay_the_model(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    parts = {0: (BEN, 0, 30, 0), 1: (ANA, 50, 99, 0)}
    scene = enter(library, AnalysisStore(settings.analyses_dir), played(parts))
    ana, ben = (one.id for one in characters_of_scene(library, scene))
    keep(settings, tmp_path, model_scene_id=scene, model_character_id=ben)
    merge_characters(library, ana, ben)
    assert model_of(library) == (scene, ana)
