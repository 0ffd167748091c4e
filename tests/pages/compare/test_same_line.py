"""The same line on the page of comparisons, without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from pages.shared.performance_picker import available_performances
from tests.media.clips import make_clip
from tests.pages.test_compare import choose, open_page, texts, turn_to, two_faces
from tests.sound.heard import make_sound

SPOKEN = ((1.0, 4.0), (6.0, 8.0))
WAITED = "I waited *all* night."
TAKES = ("Person 1", "a.mp4"), ("Person 3", "b.mp4")


@pytest.fixture(autouse=True)
def two_takes(own_data: Path) -> None:
    """Two scenes of two faces each, whose mouths say nothing of who speaks."""
    store = AnalysisStore(load_settings().analyses_dir)
    clip = make_clip(own_data / "take.mp4", n=50, size=(64, 36))
    for sha in "ab":
        store.save(two_faces(sha, f"{sha}.mp4"), clip)


def hear(sha: str, lines: Sequence[Line] = ()) -> None:
    folder = load_settings().analyses_dir
    SoundStore(folder).save(make_sound(sha * 64, 24.0, SPOKEN))
    WordStore(folder).save(sha * 64, Lines.of(lines))


def test_without_lines_there_is_one_sentence() -> None:
    app = open_page()
    choose(app, *TAKES)
    assert "has the lines of at least two" in texts(turn_to(app, "The same line"))
    hear("a", [Line(1.0, 4.0, WAITED, "Person 1")])
    hear("b")
    app.run()
    assert not app.exception and not app.dataframe
    assert "has the lines of at least two" in texts(app)


def test_without_a_line_that_is_the_same_there_is_one_sentence() -> None:
    hear("a", [Line(1.0, 4.0, WAITED, "Person 1")])
    hear("b", [Line(1.0, 4.0, WAITED, "Person 4"), Line(6.0, 8.0, "Get out!", "Person 3")])
    app = open_page()
    choose(app, *TAKES)
    turn_to(app, "The same line")
    assert "no two of these performances share a line" in texts(app)
    assert "own usual" not in texts(app) and not app.dataframe


def test_the_same_line_is_compared_and_the_players_go_there() -> None:
    hear("a", [Line(1.0, 4.0, WAITED, "PERSON 1"), Line(6.0, 8.0, "Get out of here!", "Person 1")])
    hear("b", [Line(6.0, 8.0, "I waited all night", "Person 3")])
    app = open_page()
    choose(app, *TAKES)
    first = next(one.key for one in available_performances() if one.character == "Person 1")
    app.selectbox(key="reference").set_value(first).run()
    turn_to(app, "The same line")
    said = texts(app)
    (table,) = (frame.value for frame in app.dataframe)
    assert len(table) == 2 and table["Line"].tolist() == [1, 1]
    assert sorted(table["Length"]) == pytest.approx([2.0, 3.0])
    assert "Pitch" not in table, "nobody in view is seen to speak"
    assert f"“{WAITED}”** Person 3 · b says it 1.0 s faster than Person 1 · a." in said
    assert "never of one actor against another" in said
    place = "compared-seek-Person 1 · a|Person 3 · b"
    assert place not in app.session_state
    button = next(one for one in app.button if str(one.key).startswith("go-to-line-"))
    app = button.click().run()
    assert not app.exception
    assert app.session_state[place].time == 1.0


def test_lines_that_are_changed_are_compared_anew() -> None:
    hear("a", [Line(1.0, 4.0, WAITED, "Person 1")])
    hear("b", [Line(6.0, 8.0, WAITED, "Person 3")])
    app = open_page()
    choose(app, *TAKES)
    turn_to(app, "The same line")
    assert len(app.dataframe) == 1
    hear("b", [Line(6.0, 8.0, "Who knows?", "Person 3")])
    app.run()
    assert not app.exception and not app.dataframe


def test_two_of_one_scene_share_a_line_and_one_without_lines_is_named() -> None:
    hear("a", [Line(1.0, 4.0, WAITED, "Person 1"), Line(6.0, 7.0, WAITED, "Person 2")])
    app = open_page()
    choose(app, *TAKES, ("Person 2", "a.mp4"))
    turn_to(app, "The same line")
    (table,) = (frame.value for frame in app.dataframe)
    assert sorted(table["Length"]) == pytest.approx([1.0, 3.0])
    assert "Without lines:" in texts(app) and "Person 3" in texts(app).split("Without lines:")[1]
