"""Lines are found in the library as their files are, whoever has changed them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from emotion_core.library.archive.copying import Chosen, copy_scenes
from emotion_core.library.characters.editing import hide_character, rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Scene, SpokenLine
from emotion_core.library.line_index import (
    find_who_speaks,
    index_lines,
    keep_lines,
    remove_lines,
)
from emotion_core.library.queries.browsing import browse
from emotion_core.library.queries.filters import Filters
from emotion_core.library.queries.lines import search_lines
from emotion_core.library.scenes import enter_scene, open_library
from emotion_core.library.words import add_words
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, User
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from tests.library.archive.transfers import Side, enter
from tests.library.characters.casts import ANA, played
from tests.library.test_deliveries import SPOKEN, chewing_scene
from tests.library.test_words import SCRIPT, SUBTITLES
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound

SHA = "a" * 64
LINES = Lines.of([Line(1.0, 3.0, "Well?"), Line(float("nan"), float("nan"), "Unheard.")])


@pytest.fixture
def in_file(tmp_path: Path) -> Settings:
    """For what is the same on any database."""
    return Settings(data_dir=tmp_path / "data", database_url="")


@pytest.fixture
def heard(in_file: Settings) -> Database:
    """A scene with one face that speaks, and a line of which nobody says whose it is."""
    scene = chewing_scene()
    store = AnalysisStore(in_file.analyses_dir)
    store.save(scene, Path("/films/scene.mp4"))
    SoundStore(in_file.analyses_dir).save(make_sound(SHA, 12.0, SPOKEN))
    WordStore(in_file.analyses_dir).save(SHA, LINES)
    return open_library(in_file)


def said(library: Database, text: str) -> list[tuple[str, str]]:
    return [(entry.line.who, entry.line.text) for entry in search_lines(library, text)]


def test_lines_are_found_as_soon_as_they_are_added_changed_and_removed(
    library: Database, settings: Settings
) -> None:
    enter_scene(library, store := AnalysisStore(settings.analyses_dir), save(store))
    add_words(settings, SHA, "scene.srt", SUBTITLES)
    assert said(library, "wonder") == [("", "Where is she now, I wonder?")]
    add_words(settings, SHA, "scene.txt", SCRIPT)
    assert said(library, "ana") == [("ANA", "Where is she now, I wonder?")]
    keep_lines(settings, SHA, Lines.of([Line(2.0, 3.0, "Gone")]))
    assert said(library, "wonder") == [] and said(library, "gone") == [("", "Gone")]
    remove_lines(settings, SHA)
    assert said(library, "gone") == []


def save(store: AnalysisStore) -> str:
    scene = make_scene()
    store.save(scene, Path("/films/scene.mp4"))
    return scene.id


def test_lines_that_an_earlier_version_has_kept_are_found_when_the_library_is_opened(
    settings: Settings,
) -> None:
    save(AnalysisStore(settings.analyses_dir))
    WordStore(settings.analyses_dir).save(SHA, LINES)
    library = open_library(settings)
    assert said(library, "well") == [("", "Well?")] and said(library, "unheard") == []


def test_a_damaged_file_of_lines_has_none_and_is_read_once(in_file: Settings) -> None:
    save(AnalysisStore(in_file.analyses_dir))
    WordStore(in_file.analyses_dir).path_of(SHA).write_bytes(b"{")
    library = open_library(in_file)
    with library.reading() as session:
        assert session.scalar(select(func.count()).select_from(SpokenLine)) == 0
        assert session.scalars(select(Scene.lines_of)).one() != ""


def test_lines_are_found_only_by_those_who_may_see_their_scene(in_file: Settings) -> None:
    ada, ben = (in_file.library_of(User("https://school", name).library) for name in ("ada", "ben"))
    scene = enter(side(ada), played({0: (ANA, 0, 99, 0)}))
    keep_lines(ada, SHA, LINES)
    for other in (in_file, ben):
        assert said(open_library(other), "well") == []
        assert browse(open_library(other), Filters(text="well")).scenes == 0
    finish(copy_scenes(ada, in_file, Chosen(scene_id=scene), add_only=True))
    assert len(said(open_library(in_file), "well")) == 1
    assert said(open_library(ben), "well") == []


def side(settings: Settings) -> Side:
    return Side(open_database(settings), settings, AnalysisStore(settings.analyses_dir))


def test_who_is_seen_to_speak_has_the_name_of_today_and_none_where_hidden(
    heard: Database, in_file: Settings
) -> None:
    assert said(heard, "well") == [("", "Well?")]
    shelf = browse(heard, Filters(text="well")).shelves[0]
    (number,) = shelf.lines
    assert not shelf.lines[number].seen
    finish(find_who_speaks(heard, in_file, [number]))
    assert said(heard, "well") == [("Person 1?", "Well?")]
    assert browse(heard, Filters(text="well")).shelves[0].lines[number].seen
    (person,) = characters_of_scene(heard, number)
    rename_character(heard, person.id, "Ana")
    assert said(heard, "well") == [("Ana?", "Well?")]
    hide_character(heard, person.id, True)
    assert said(heard, "well") == [("", "Well?")]


def test_who_spoke_in_another_reading_is_not_named(heard: Database, in_file: Settings) -> None:
    index_lines(heard, in_file, SHA)
    with heard.writing() as session:
        session.scalars(select(Scene)).one().address = "another"
    assert said(heard, "well") == [("", "Well?")]


def test_who_speaks_is_known_once_the_sound_was_read(in_file: Settings) -> None:
    AnalysisStore(in_file.analyses_dir).save(chewing_scene(), Path("/films/scene.mp4"))
    library = open_library(in_file)
    keep_lines(in_file, SHA, LINES)
    assert said(library, "well") == [("", "Well?")]
    SoundStore(in_file.analyses_dir).save(make_sound(SHA, 12.0, SPOKEN))
    index_lines(library, in_file, SHA, heard=True)
    assert said(library, "well") == [("Person 1?", "Well?")]


def test_lines_that_change_while_they_are_indexed_are_found_as_they_are_then(
    in_file: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(AnalysisStore(in_file.analyses_dir))
    library, load, read = open_library(in_file), WordStore.load, list[str]()

    def load_and_change(store: WordStore, clip: str) -> Lines | None:
        found = load(store, clip)
        if not read:
            store.save(clip, Lines.of([Line(0.0, 1.0, "Changed")]))
        read.append(clip)
        return found

    monkeypatch.setattr(WordStore, "load", load_and_change)
    keep_lines(in_file, SHA, LINES)
    assert len(read) == 2 and said(library, "well") == []
    assert said(library, "changed") == [("", "Changed")]
