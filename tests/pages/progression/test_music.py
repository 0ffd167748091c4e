"""The music beneath a progression on its page, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.queries.browsing import scene_at
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.music.reading import UNSURE
from emotion_core.sound.store import SoundStore
from pages.shared import services
from tests.pages.opening import texts
from tests.pages.test_progression import TURNS, open_page
from tests.scene.scenes import make_scene
from tests.sound.heard import make_music, make_sound

NOWHERE = Path("/no/such/clip.mp4")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Scenes made up for tests share their address."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def scene(own_data: Path) -> SceneAnalysis:
    made = make_scene({0: TURNS}, frames=250, cuts=())
    AnalysisStore(load_settings().analyses_dir).save(made, NOWHERE)
    return made


def hear(sound: SoundAnalysis) -> None:
    SoundStore(load_settings().analyses_dir).save(sound)


def beneath(app: AppTest) -> pd.DataFrame:
    (found,) = (table.value for table in app.dataframe if "Music beneath" in table.value)
    return found


def test_face_and_music_stand_one_under_the_other(scene: SceneAnalysis) -> None:
    hear(make_sound(scene.clip.sha256, 10.0))
    app = open_page()
    assert "Music sounds for 50% of the time in which Person 1 is in view" in texts(app)
    table = beneath(app)
    assert table["Face"].tolist() == ["sad", "happy", "sad", "happy", "sad"]
    assert table["Music beneath"].tolist() == ["–", "–", "C", "C", UNSURE]
    assert table["In its key"].tolist() == ["–", "–", "I", "I", UNSURE]
    assert table["Key"].tolist() == ["–", "–", "C major", "C major", "C major"]
    assert table["Time"][0] == "0:00.0–0:02.0"
    assert "Too few changes to say" in texts(app)


def test_changes_that_fall_together_are_said_with_their_chance(scene: SceneAnalysis) -> None:
    faces = [(25 * k, 25 * k + 24, ("sad", "happy")[k % 2], 0.9) for k in range(20)]
    made = replace(make_scene({0: faces}, frames=500, cuts=()), clip=scene.clip)
    AnalysisStore(load_settings().analyses_dir).save(made, NOWHERE)
    sound = make_sound(scene.clip.sha256, 20.0)
    rows = [(2.0 * k, 2.0 * k + 2, ("C", "F")[k % 2], 0.9, True) for k in range(10)]
    chords = pd.DataFrame(rows, columns=list(sound.music.chords)).astype(sound.music.chords.dtypes)
    sections = sound.music.sections.assign(start=0.0)
    hear(replace(sound, music=replace(sound.music, sections=sections, chords=chords)))
    text = texts(open_page())
    assert "changes of the face," in text and "by chance it would be" in text and "(p = " in text
    assert "A cut can move both" in text and "p is how often" in text


def test_where_no_music_plays_one_sentence_says_so(scene: SceneAnalysis) -> None:
    hear(replace(make_sound(scene.clip.sha256, 10.0), music=make_music(0.0)))
    app = open_page()
    assert "No music was found in this clip." in texts(app)
    assert "Too few changes" not in texts(app)


def test_music_while_nobody_is_in_view_is_told_from_none(scene: SceneAnalysis) -> None:
    hear(make_sound(scene.clip.sha256, 60.0))
    assert "No music was found while Person 1 is in view." in texts(open_page())


@pytest.mark.parametrize("has_track", [False, True])
def test_a_clip_without_sound_says_so(scene: SceneAnalysis, has_track: bool) -> None:
    sound = make_sound(scene.clip.sha256, 0.0, ())
    hear(sound if has_track else replace(sound, tracks=()))
    said = "nothing is heard in it" if has_track else "The clip has no sound."
    assert said in texts(open_page())


@pytest.mark.usefixtures("scene")
def test_a_sound_that_was_not_read_is_said() -> None:
    app = open_page()
    assert "The sound of this scene was not read." in texts(app)


def test_a_sound_that_is_read_later_appears(scene: SceneAnalysis) -> None:
    app = open_page()
    hear(make_sound(scene.clip.sha256, 10.0))
    app.run()
    assert not app.exception and len(beneath(app)) == 5


def test_a_name_with_markup_is_text(scene: SceneAnalysis) -> None:
    number = scene_at(services.library(), scene.id)
    assert number is not None
    member = characters_of_scene(services.library(), number)[0]
    rename_character(services.library(), member.id, "*Zoë* $x$")
    hear(make_sound(scene.clip.sha256, 10.0))
    assert "*Zoë* $x$ is in view" in texts(open_page())
