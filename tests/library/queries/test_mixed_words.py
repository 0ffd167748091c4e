"""Words of a line are found together with words of its film and its scene."""

from __future__ import annotations

import pytest

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Tag
from emotion_core.library.queries.browsing import browse
from emotion_core.library.queries.filters import Filters
from emotion_core.library.queries.lines import FoundLines
from emotion_core.sound.words.lines import Line, Lines, find_lines
from tests.library.shelves import made_up, say

SAID = {
    "himala": [("ELSA", "Walang himala!"), ("", "Walang anuman."), ("", "Nasa puso ng tao")],
    "noir": [("", "Walang tao dito."), ("Orly", "Wala, 100% of it")],
    "loose": [("", "Nasa puso")],
}


@pytest.fixture
def scenes(library: Database) -> dict[str, int]:
    """Scenes with lines: one of Himala, one of a film with a tag and a quote, one of no film."""
    found = {
        "himala": made_up(Film(title="Himála", director="Ishmael Bernal"), 1, 1),
        "noir": made_up(Film(title="Noir"), 1, 2),
        "loose": made_up(None, 1, 3),
    }
    found["himala"].notes, found["noir"].quote, found["loose"].notes = "The hill.", "No one", ""
    found["noir"].tags.add(Tag(name="dark street"))
    with library.writing() as session:
        session.add_all(found.values())
        session.flush()
        for name, scene in found.items():
            say(session, scene.id, SAID[name])
        return {name: scene.id for name, scene in found.items()}


def found(library: Database, text: str) -> dict[int, list[str]]:
    """By scene, the lines that are shown."""
    page = browse(library, Filters(text=text))
    none = FoundLines((), 0)
    shown = {
        scene.id: [line.text for line in shelf.lines.get(scene.id, none).lines]
        for shelf in page.shelves
        for scene in shelf.scenes
    }
    assert page.scenes == len(shown)
    return shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # film and line
        ("bernal walang", {"himala": ["Walang himala!", "Walang anuman."]}),
        ("walang BERNAL elsa", {"himala": ["Walang himala!"]}),
        ("noir walang", {"noir": ["Walang tao dito."]}),
        # a line that holds all of the words stands alone
        ("himala walang", {"himala": ["Walang himala!"]}),
        # scene, tag and line; the beginning of a word of a line
        ("hill puso", {"himala": ["Nasa puso ng tao"]}),
        ("street tao", {"noir": ["Walang tao dito."]}),
        ("noir dark dit wala", {"noir": ["Walang tao dito."]}),
        ("noir orly 100%", {"noir": ["Wala, 100% of it"]}),
        # what is left must stand in one line
        ("bernal walang puso", {}),
        ("noir anuman", {}),
        ("bernal street", {}),
        # all in one line, and all in what is written
        ("puso nasa", {"himala": ["Nasa puso ng tao"], "loose": ["Nasa puso"]}),
        ("bernal hill", {"himala": []}),
        ("bernal bernal walang", {"himala": ["Walang himala!", "Walang anuman."]}),
        # signs are no words of a line
        ("bernal – walang", {"himala": ["Walang himala!", "Walang anuman."]}),
        ("bernal %", {}),
        ("noir _ walang' OR 1=1 --", {}),
    ],
)
def test_what_a_scene_does_not_mention_must_stand_in_one_of_its_lines(
    library: Database, scenes: dict[str, int], text: str, expected: dict[str, list[str]]
) -> None:
    assert found(library, text) == {scenes[name]: lines for name, lines in expected.items()}


@pytest.mark.parametrize(
    ("text", "words"),
    [("bernal walang", "walang"), ("himala walang", "himala walang"), ("bernal hill Puso", "Puso")],
)
def test_the_words_that_lines_hold_are_those_to_search_the_scene_for(
    library: Database, scenes: dict[str, int], text: str, words: str
) -> None:
    (shelf,) = browse(library, Filters(text=text)).shelves
    shown = shelf.lines[scenes["himala"]]
    assert shown.words == words
    lines = Lines.of([Line(n, n + 1.0, *said[::-1]) for n, said in enumerate(SAID["himala"])])
    assert len(find_lines(lines, words)) == shown.count


def test_mixed_words_go_with_filters(library: Database, scenes: dict[str, int]) -> None:
    for tag, count in (("dark street", 1), ("other", 0)):
        page = browse(library, Filters(text="noir walang", tag=tag))
        assert (page.films, page.scenes) == (count, count)
    assert browse(library, Filters(text="bernal walang", has_lines=False)).scenes == 0


def test_of_a_long_text_all_words_stand_together(library: Database, scenes: dict[str, int]) -> None:
    said = " ".join(f"w{number}" for number in range(12))
    with library.writing() as session:
        scene = made_up(Film(title="Solo"), 2, 1)
        session.add(scene)
        session.flush()
        say(session, scene.id, [("", said)])
    assert list(found(library, said)) == [scene.id]
    assert list(found(library, f"solo {said.replace(' w11', '')}")) == [scene.id]
    assert found(library, f"solo {said}") == {}


def test_where_very_many_scenes_are_found_they_are_not_named(
    library: Database, scenes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    film = Film(title="Many")
    with library.writing() as session:
        many = [made_up(film, 3, place) for place in range(4)]
        session.add_all(many)
        session.flush()
        for scene in many:
            say(session, scene.id, [("", "Nasa puso ng lahat")])
    page = browse(library, Filters(text="many puso"))
    assert (page.films, page.scenes) == (1, 4) and len(page.shelves[0].lines) == 4
    # of so many, those with a line that holds all words
    monkeypatch.setattr("emotion_core.library.queries.words._FEW", 1)
    monkeypatch.setattr("emotion_core.library.queries.words._MOST", 1)
    assert browse(library, Filters(text="many puso")).scenes == 0
    page = browse(library, Filters(text="lahat puso"))
    assert (page.films, page.scenes) == (1, 4) and len(page.shelves[0].lines) == 4
