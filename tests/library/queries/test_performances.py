from __future__ import annotations

import pytest
from sqlalchemy import event

from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.editing import add_film, edit_scene
from emotion_core.library.queries.performances import performance_entries
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN, enter, played


@pytest.fixture
def store(settings: Settings) -> AnalysisStore:
    return AnalysisStore(settings.analyses_dir)


def test_each_character_of_each_scene_is_a_performance_with_its_film_and_tags(
    library: Database, store: AnalysisStore
) -> None:
    film = add_film(library, {"title": "Himala", "country": "Philippines", "language": "Filipino"})
    first = enter(library, store, played({0: (ANA, 0, 24, 0), 1: (BEN, 0, 74, 3)}, "a"), film.id)
    enter(library, store, played({0: (ANA, 0, 49, 0), 1: (ANA, 60, 84, 0)}, "b"))
    edit_scene(library, first, {}, {}, (), ("siblings", "At night"))
    ben = characters_of_scene(library, first)[0]
    rename_character(library, ben.id, "Ben")
    entries = {one.title: one for one in performance_entries(library)}
    assert list(entries) in (
        ["Person 1 · b", "Ben · Himala · a", "Person 1 · Himala · a"],
        ["Ben · Himala · a", "Person 1 · Himala · a", "Person 1 · b"],
    )
    ben_entry, other = entries["Ben · Himala · a"], entries["Person 1 · b"]
    assert (ben_entry.country, ben_entry.language) == ("Philippines", "Filipino")
    assert ben_entry.tags == ("At night", "siblings")
    assert ben_entry.seconds == pytest.approx(3.0)
    assert other.seconds == pytest.approx(3.0) and other.tags == () and other.film == ""
    assert ben_entry.address.startswith("a" * 64)


def test_the_number_of_queries_does_not_grow_with_the_library(
    library: Database, store: AnalysisStore
) -> None:
    counted: list[str] = []
    event.listen(
        library.engine, "before_cursor_execute", lambda *args: counted.append(str(args[2]))
    )
    sizes = []
    for sha in ("a", "bcdef"):
        for letter in sha:
            enter(library, store, played({0: (ANA, 0, 49, 0)}, letter))
        counted.clear()
        performance_entries(library)
        sizes.append(len([one for one in counted if one.startswith("SELECT")]))
    assert sizes[0] == sizes[1] <= 3
