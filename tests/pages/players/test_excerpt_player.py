"""What the player of a part of a clip receives."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.labels import EMOTION_COLORS
from emotion_core.performance.chords.chord import chords_of
from pages.players.excerpt.player import Excerpt, blocks_in
from tests.media.clips import make_clip
from tests.performance.performances import perform


def test_the_chords_of_a_part_end_with_it_and_have_the_colours_of_their_emotions() -> None:
    one = perform(("neutral", 2.0), ({"sad": 0.5, "fear": 0.3}, 2.0), ("happy", 2.0))
    first, second = blocks_in(chords_of(one, sigma=0), Excerpt(1.0, 3.0, "a change"))
    assert (first["from"], first["to"], first["name"]) == (1.0, pytest.approx(2.0), "neutral")
    assert (second["to"], second["name"]) == (3.0, "sad with fear")
    (sad, share), (fear, _) = second["parts"]
    assert (sad, fear) == (EMOTION_COLORS["sad"], EMOTION_COLORS["fear"])
    assert share == pytest.approx(0.5, abs=1e-6)


def test_a_part_plays_at_once_only_when_another_one_of_the_same_performance_was_asked_for(
    tmp_path: Path,
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=25, size=(64, 36))

    def script(video: str) -> None:
        from pathlib import Path

        import streamlit as st

        from emotion_core.performance.chords.chord import chords_of
        from pages.players.excerpt.player import Excerpt, excerpt_player
        from tests.performance.performances import perform

        chords = chords_of(perform(("sad", 1.0)))
        start = st.number_input("start", value=0.0, key="start")
        source = st.text_input("source", value="Ana", key="source")
        excerpt_player(Path(video), Excerpt(start, 1.0, "sad"), chords, source=source, key="x")
        nonce, play, *_ = st.session_state["x-wish"]
        st.text(f"{nonce} {play}")

    app = AppTest.from_function(script, args=(str(clip),), default_timeout=60).run()
    assert not app.exception and app.text[0].value == "1 False"
    assert app.run().text[0].value == "1 False"
    assert app.number_input(key="start").set_value(0.5).run().text[0].value == "2 True"
    assert app.text_input(key="source").set_value("Ben").run().text[0].value == "3 False"
