"""The page Progression without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.queries.browsing import scene_at
from emotion_core.performance.movements import NOT_READ, USUAL
from emotion_core.performance.resting import CAVEAT
from emotion_core.scene.analysis import FACE_DTYPES, SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import APP, at_page, texts
from tests.performance.moving import still
from tests.scene.scenes import make_scene

PAGE = "pages/progression/page.py"
# sad and happy take turns; another face joins in for a while
TURNS = [
    (first, first + 49, emotion, 0.9)
    for first, emotion in zip(range(0, 250, 50), ["sad", "happy"] * 3, strict=False)
]


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Scenes made up for tests share their address."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)


@pytest.fixture
def scene(store: AnalysisStore, own_data: Path) -> SceneAnalysis:
    made = make_scene({0: TURNS, 1: [(0, 49, "neutral", 0.8)]}, frames=250, cuts=())
    store.save(made, make_clip(own_data / "clip.mp4", n=250, size=(64, 36)))
    return made


def open_page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def choice(app: AppTest, start: str) -> str:
    """What stands in a field, by how its key starts."""
    boxes = [box for box in app.selectbox if str(box.key).startswith(start)]
    return str(boxes[0].value)


@pytest.mark.usefixtures("scene")
def test_a_performance_is_described_in_words_first() -> None:
    text = texts(open_page())
    assert "Person 1 is in view for 10.0 s: mostly sad" in text
    assert "changes 4 times within a shot, about every 2.5 s" in text
    assert "There are 4 beats" in text
    assert "Most frequent progressions: sad → happy → sad (2 times)" in text
    assert "cannot know what anyone feels" in text


def test_another_character_can_be_chosen_and_is_there_on_the_way_back(
    scene: SceneAnalysis,
) -> None:
    app = open_page()
    app.selectbox(key=f"character-of-{scene.id}").set_value("Person 2").run()
    assert "Person 2 is in view for 2.0 s: neutral all the time." in texts(app)
    app.switch_page("pages/models/page.py").run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert app.selectbox(key=f"character-of-{scene.id}").value == "Person 2"


@pytest.mark.usefixtures("scene")
def test_every_place_of_a_progression_can_be_chosen() -> None:
    app = open_page()
    assert choice(app, "what-Progressions") == "sad → happy"
    assert "Plays from 0:01.0 to 0:03.0." in texts(app)
    (where,) = [group for group in app.button_group if group.label == "When"]
    assert where.options == ["0:01.0", "0:05.0"]
    where.set_value(1).run()
    assert not app.exception and "Plays from 0:05.0 to 0:07.0." in texts(app)


@pytest.mark.usefixtures("scene")
def test_chords_and_beats_can_be_chosen_as_well() -> None:
    app = open_page()
    (kind,) = [group for group in app.button_group if group.label == "Show"]
    kind.set_value("Chords").run()
    assert choice(app, "what-Chords") == "sad" and "Plays from 0:00.0 to 0:0" in texts(app)
    (kind,) = [group for group in app.button_group if group.label == "Show"]
    kind.set_value("Beats").run()
    assert choice(app, "what-Beats") in ("sad → happy", "happy → sad")
    assert not app.exception


@pytest.mark.usefixtures("scene")
def test_a_chord_that_is_clicked_is_the_one_that_is_watched() -> None:
    def script() -> None:
        from emotion_core.performance.progression import read_progression
        from pages.progression.character_picker import ChosenPerformance
        from pages.progression.places import choose_chord, watch_places
        from pages.shared import services
        from tests.performance.performances import perform
        from tests.scene.scenes import make_scene

        one = perform(*[("sad", 2.0), ("happy", 2.0)] * 3)
        scene = services.analyses().read(make_scene().id)
        assert scene is not None
        chosen = ChosenPerformance(scene, one, "an address")
        progression = read_progression(one)
        choose_chord(chosen, progression, progression.chords["start"][3])
        watch_places(chosen, progression)

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert choice(app, "what-Chords") == "happy" and "Plays from 0:06.0 to 0:08.0." in texts(app)


@pytest.mark.usefixtures("scene")
def test_settings_change_what_is_reported() -> None:
    app = open_page()
    (shortest,) = [slider for slider in app.slider if slider.label.startswith("Shortest")]
    shortest.set_value(2.0).run()
    (beats,) = [slider for slider in app.select_slider if slider.label == "Beats"]
    beats.set_value("few").run()
    assert not app.exception
    (smoothing,) = [slider for slider in app.slider if slider.label.startswith("Smoothing")]
    smoothing.set_value(1.0).run()
    assert not app.exception
    assert "There is no beat" in texts(app) or "beats, the largest" in texts(app)


@pytest.mark.usefixtures("scene")
def test_numbers_stand_with_their_units_and_what_they_tell() -> None:
    app = open_page()
    table = app.table[0].value
    assert table.loc["time in view", "value"] == "10.00 s"
    assert table.loc["beats", "value"].strip() == "4"
    assert table.loc["leading emotions", "value"] == "2 of 7"
    assert table.loc["entropy rate", "value"] == "0.00 bits per change"
    assert table["what it means"].str.len().min() > 20


def test_a_clip_that_is_gone_leaves_everything_but_the_player(store: AnalysisStore) -> None:
    store.save(make_scene(), Path("/no/such/clip.mp4"))
    app = open_page()
    text = texts(app)
    assert "cannot be played" in text and "Person 1 is in view for 2.0 s" in text


def test_unsure_readings_are_described(store: AnalysisStore) -> None:
    made = make_scene()
    faces = made.faces.assign(turn=1.5).astype(FACE_DTYPES)
    store.save(replace(made, faces=faces), Path("/no/such/clip.mp4"))
    assert "100% of this time is unsure: turned away 100%." in texts(open_page())


def test_a_face_of_one_reading_is_described_without_an_error(store: AnalysisStore) -> None:
    store.save(make_scene({0: [(3, 3, "sad", 0.9)]}, frames=5, cuts=()), Path("/no/clip.mp4"))
    text = texts(open_page())
    assert "Person 1 is in view for 0.0 s: sad all the time." in text
    assert "No shape fits. The performance is under 3 s" in text


def test_a_name_with_markup_is_text(store: AnalysisStore) -> None:
    made = make_scene(name="<b>*film*</b>.mp4")
    store.save(made, Path("/no/clip.mp4"))
    number = scene_at(services.library(), made.id)
    assert number is not None
    member = characters_of_scene(services.library(), number)[0]
    rename_character(services.library(), member.id, "*Zoë* <i>$x$</i> 😀")
    app = open_page()
    assert "*Zoë* <i>$x$</i> 😀 is in view" in texts(app)
    assert any(r"\*Zoë\* \<i\>" in str(item.value) for item in app.markdown)


def test_a_scene_without_a_face_says_so(store: AnalysisStore) -> None:
    store.save(make_scene({}), Path("/no/clip.mp4"))
    assert "no usable face" in texts(open_page())


def test_without_a_scene_the_page_says_where_to_begin(
    own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at_page("progression").run()
    assert not app.exception and "Add one on the page Scene analysis" in texts(app)


def test_a_damaged_analysis_is_reported(store: AnalysisStore) -> None:
    store.save(make_scene(), Path("/no/clip.mp4"))
    (store.folder / make_scene().id / "faces.parquet").write_bytes(b"no")
    app = open_page()
    assert "damaged" in texts(app)


def test_movements_stand_below_the_arcs(store: AnalysisStore, own_data: Path) -> None:
    moving = make_scene({0: TURNS}, frames=250, cuts=())
    faces = still(moving.faces)[list(FACE_DTYPES)]
    for side in ("right_inner_brow", "left_inner_brow"):
        faces.loc[faces["time"] >= 8, side] += 0.1
    store.save(
        replace(moving, faces=faces.astype(FACE_DTYPES)),
        make_clip(own_data / "clip.mp4", n=250, size=(64, 36)),
    )
    app = open_page()
    assert NOT_READ not in texts(app)
    assert "The inner brows rise by a quarter (once, 20% of the time)." in texts(app)
    assert "no FACS coding" in texts(app)
    assert app.multiselect(key="shown-movements").value == list(USUAL)
    app.multiselect(key="shown-movements").set_value(["mouth_open"]).run()
    assert not app.exception


def test_scenes_of_earlier_versions_are_to_be_read_again_to_see_movements(
    scene: SceneAnalysis,
) -> None:
    app = open_page()
    assert NOT_READ in texts(app) and not app.multiselect


def test_readings_can_be_relative_to_the_resting_face(store: AnalysisStore, own_data: Path) -> None:
    plain = make_scene(
        {0: [(0, 149, "neutral", 0.5), (150, 249, "angry", 0.9)]}, frames=250, cuts=()
    )
    faces = still(plain.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    faces.loc[faces["time"] >= 6, ["right_inner_brow", "left_inner_brow"]] += 0.1
    store.save(replace(plain, faces=faces), make_clip(own_data / "clip.mp4", n=250, size=(64, 36)))
    app = open_page()
    assert "The resting face reads neutral 50%" in texts(app) and "(relative)" not in texts(app)
    app.toggle(key="relative-to-rest").set_value(True).run()
    assert not app.exception
    assert "(relative)" in texts(app) and CAVEAT in texts(app)


@pytest.mark.usefixtures("scene")
def test_without_a_known_resting_face_the_switch_is_off_and_says_why() -> None:
    app = open_page()
    assert app.toggle(key="relative-to-rest").disabled
    assert "No relative reading: this scene was read before" in texts(app)
