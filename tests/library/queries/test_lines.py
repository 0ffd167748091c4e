"""The lines of scenes, found in the database as they are found in their files."""

from __future__ import annotations

import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.queries.browsing import browse
from emotion_core.library.queries.filters import Filters
from emotion_core.library.queries.lines import LINES_A_SCENE, LONGEST_SEARCH, search_lines
from emotion_core.sound.words.lines import Line, Lines, find_lines
from tests.library.shelves import made_up, say

SAID = [
    ("ELSA", "Walang himala!"),
    ("", "Don't you SING, Señor Peña?"),
    ("Orly", "She was singing - mo'ng alam - to no one"),
    ("", "君の名は。"),
    ("", "100% of it_was"),
]


@pytest.fixture
def scene(library: Database) -> Scene:
    return add_scene(library, made_up(Film(title="Noir"), 1, 1), SAID)


def add_scene(library: Database, scene: Scene, said: list[tuple[str, str]]) -> Scene:
    with library.writing() as session:
        session.add(scene)
        session.flush()
        say(session, scene.id, said)
    return scene


QUERIES = (
    "HIMALA walang", "elsa", "dont sing", "pena", "ing", "singing mong", "の名", "100%", "%", "_",
    "was it", "himala singing", "'", "' OR 1=1 --",
)  # fmt: skip


def test_words_find_in_the_database_what_they_find_on_the_page_of_a_scene(
    library: Database, scene: Scene
) -> None:
    lines = Lines.of([Line(n, n + 1.0, text, who) for n, (who, text) in enumerate(SAID)])
    numbers = []
    for query in QUERIES:
        found = [entry.line.start for entry in search_lines(library, query)]
        assert found == find_lines(lines, query)["start"].tolist(), query
        numbers.append(len(found))
    assert numbers == [1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0]


def test_a_scene_is_found_by_the_words_of_one_of_its_lines_which_is_shown(
    library: Database, scene: Scene
) -> None:
    add_scene(library, made_up(None, 1, 2), [("", "Nothing"), ("", "of the kind")])
    (shelf,) = browse(library, Filters(text="senor sing")).shelves
    assert shelf.film is not None and shelf.film.title == "Noir"
    (line,) = shelf.lines[scene.id].lines
    assert (line.start, line.who, line.text) == (1.0, "", SAID[1][1])
    assert browse(library, Filters(text="nothing kind")).shelves == ()


def test_a_scene_that_is_found_otherwise_shows_only_lines_with_all_the_words(
    library: Database, scene: Scene
) -> None:
    (shelf,) = browse(library, Filters(text="noir")).shelves
    assert [one.id for one in shelf.scenes] == [scene.id] and shelf.lines == {}


def test_of_many_lines_the_first_are_shown_and_all_are_counted(library: Database) -> None:
    scene = add_scene(library, made_up(None, 1, 1), [("", f"Again {n}") for n in range(9)])
    found = browse(library, Filters(text="again")).shelves[0].lines[scene.id]
    assert found.count == 9
    assert [line.text for line in found.lines] == [f"Again {n}" for n in range(LINES_A_SCENE)]
    assert [entry.line.text for entry in search_lines(library, "again", 2)] == [
        *("Again 0", "Again 1"),
    ]


def test_scenes_are_chosen_by_whether_they_have_lines(library: Database, scene: Scene) -> None:
    silent = made_up(None, 1, 2)
    with library.writing() as session:
        session.add(silent)
    for wanted, expected in ((True, scene.id), (False, silent.id)):
        page = browse(library, Filters(has_lines=wanted))
        (shelf,) = page.shelves
        assert [one.id for one in shelf.scenes] == [expected] and page.scenes == 1


def test_what_is_too_long_to_be_searched_for_is_refused_in_a_sentence(
    library: Database, scene: Scene
) -> None:
    longest = "ж " * (LONGEST_SEARCH // 2)
    assert search_lines(library, longest) == []
    assert browse(library, Filters(text=longest)).films == 0
    with pytest.raises(LibraryError, match="At most 500 letters"):
        search_lines(library, longest + "ж")
