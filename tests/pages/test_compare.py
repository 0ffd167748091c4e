"""The page of comparisons without a browser."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.explanation.tracks import load_explanation, save_explanation
from emotion_core.faces.regions import face_regions, region_shares
from emotion_core.jobs.records import JobState
from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.editing import add_film, edit_scene
from emotion_core.library.queries.browsing import scene_at
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.scenes import enter_scene
from emotion_core.performance.comparison.groups import PerformanceLabels
from emotion_core.performance.movements import NOT_READ
from emotion_core.scene.analysis import FACE_DTYPES, SceneAnalysis
from emotion_core.scene.clips.store import clips_of, identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.types import Attribution
from pages.shared import performance_picker, services
from pages.shared.performance_picker import available_performances, labels_of
from tests.faces.meshes import mesh_on
from tests.media.clips import make_clip
from tests.pages import opening
from tests.pages.opening import texts
from tests.performance.moving import still
from tests.scene.clips.filesystems import Bucket
from tests.scene.scenes import make_scene

APP = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")
PAGE = "pages/compare/page.py"
LONG = {
    0: [(0, 299, "neutral", 0.8), (300, 599, "sad", 0.9)],
    1: [(0, 299, "neutral", 0.8), (300, 599, "happy", 0.9)],
}


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)


def two_faces(sha: str = "a", name: str = "duet.mp4") -> SceneAnalysis:
    """A scene of 24 s in which two faces begin alike and part."""
    return make_scene(LONG, frames=600, cuts=(), sha=sha * 64, name=name)


def open_page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def turn_to(app: AppTest, tab: str) -> AppTest:
    """What stands in a tab is drawn once it is opened."""
    app.session_state["compared-tab"] = tab
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, *wanted: tuple[str, str]) -> None:
    """Choose performances by the name of the character and of the clip."""
    found = [
        entry.key
        for entry in performance_entries(services.library())
        if (entry.character, f"{entry.scene}.mp4") in wanted
    ]
    app.multiselect(key="compared").set_value(found).run()
    assert not app.exception


def test_without_two_performances_the_page_says_how_to_begin(
    store: AnalysisStore, own_data: Path
) -> None:
    runs = {0: [(0, 49, "sad", 0.9)]}
    store.save(make_scene(runs, frames=50, cuts=()), own_data / "gone.mp4")
    assert "You need two performances" in texts(open_page())


def test_the_first_two_are_compared_in_words_with_intervals(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces(), make_clip(own_data / "duet.mp4", n=50, size=(64, 36)))
    app = open_page()
    text = texts(app)
    assert "Person 2 · duet compared with Person 1 · duet." in text.replace("**", "")
    assert "points higher for happy" in text
    assert "Moments of greatest divergence" in text and not app.warning
    assert "Shared chords" not in text, "one tab at a time is drawn"
    assert "Shared chords: neutral." in texts(turn_to(app, "Chords and complexity"))
    text = texts(turn_to(app, "What this does not mean"))
    assert "Two clips are not two cultures" in text and "Shared chords" not in text


@pytest.mark.parametrize(
    "tab", ["Moments", "Arcs", "Means", "Chords and complexity", "Groups", "Downloads"]
)
def test_each_tab_can_be_opened(store: AnalysisStore, own_data: Path, tab: str) -> None:
    store.save(two_faces(), make_clip(own_data / "duet.mp4", n=50, size=(64, 36)))
    app = turn_to(open_page(), tab)
    inner = ["Aligned arcs", "Arcs on a common clock", "Path"] if tab == "Arcs" else []
    for name in inner:
        app.session_state["compared-over-time"] = name
        assert not app.run().exception


def test_a_moment_of_divergence_moves_the_players(store: AnalysisStore, own_data: Path) -> None:
    store.save(two_faces(), make_clip(own_data / "duet.mp4", n=50, size=(64, 36)))
    app = open_page()
    place = "compared-seek-Person 1 · duet|Person 2 · duet"
    assert place not in app.session_state
    button = next(one for one in app.button if str(one.key).startswith("divergence-"))
    app = button.click().run()
    assert not app.exception
    seek = app.session_state[place]
    assert 12 < seek.time < 24 and seek.nonce == 1


def test_another_reference_can_be_chosen(store: AnalysisStore, own_data: Path) -> None:
    store.save(two_faces(), own_data / "gone.mp4")
    app = open_page()
    second = next(one.key for one in available_performances() if one.character == "Person 2")
    app.selectbox(key="reference").set_value(second).run()
    assert not app.exception
    assert "Person 1 · duet compared with Person 2 · duet." in texts(app).replace("**", "")


def test_what_was_chosen_is_there_on_the_way_back(store: AnalysisStore, own_data: Path) -> None:
    for sha in "ab":
        store.save(two_faces(sha, f"{sha}.mp4"), own_data / "gone.mp4")
    app = open_page()
    choose(app, ("Person 1", "a.mp4"), ("Person 2", "b.mp4"))
    kept = app.multiselect(key="compared").value
    app.switch_page("pages/models/page.py").run()
    app.switch_page(PAGE).run()
    assert not app.exception and app.multiselect(key="compared").value == kept


def test_fewer_than_two_are_asked_for_and_nothing_breaks(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces(), own_data / "gone.mp4")
    app = open_page()
    app.multiselect(key="compared").set_value([]).run()
    assert not app.exception and "Choose at least 2 performances" in texts(app)
    assert app.multiselect(key="compared").value == []


def test_a_clip_that_is_gone_cannot_be_played_but_is_compared(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces(), own_data / "gone.mp4")
    text = texts(open_page())
    assert (
        "cannot be played. Their readings are still here" in text
        and "points higher for happy" in text
    )


def test_different_models_are_warned_of(store: AnalysisStore, own_data: Path) -> None:
    store.save(two_faces("a"), own_data / "gone.mp4")
    store.save(replace(two_faces("b"), model=ModelId("other", "f" * 12)), own_data / "gone.mp4")
    app = open_page()
    choose(app, ("Person 1", "duet.mp4"), ("Person 3", "duet.mp4"))
    assert "Choose 2" not in texts(app)
    assert "read by different models" in texts(app)


def test_names_with_markup_are_text(store: AnalysisStore, own_data: Path) -> None:
    scene = two_faces(name="<b>*bold*</b> $x$ :red[.mp4")
    store.save(scene, own_data / "gone.mp4")
    number = scene_at(services.library(), scene.id)
    assert number is not None
    for member in characters_of_scene(services.library(), number):
        track = member.appearances[0].track
        rename_character(services.library(), member.id, f"<i>‏אנה 🎭 {track}</i>")
    shown = texts(open_page()).translate({0x2068: None, 0x2069: None})
    assert "<i>‏אנה 🎭 0</i> · <b>*bold*</b> $x$ :red[" in shown


def test_without_an_explainer_the_parts_of_the_face_are_not_offered(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces(), make_clip(own_data / "duet.mp4", n=50, size=(64, 36)))
    app = turn_to(open_page(), "Regions")
    assert "some-model, the model that read it, has no trained explainer" in texts(app)
    assert "Explain the faces" not in [button.label for button in app.button]


def test_with_an_explainer_the_parts_of_the_face_wait_for_a_button(
    store: AnalysisStore, own_data: Path
) -> None:
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    clip = make_clip(own_data / "duet.mp4", n=50, size=(64, 36))
    store.save(replace(two_faces(), model=active, clip=identify(clip)), clip)
    app = press(turn_to(open_page(), "Regions"), "Explain the faces")
    opening.wait_for_jobs()
    app.run()
    assert not app.exception, "there is no face in the clip, but all of it went its way"
    assert "The regions of these faces could not be found at any moment." in texts(app)
    # as if there had been faces that looked into the camera, read between the brows
    regions = face_regions(mesh_on([[36, 46], [76, 46]]), 112)
    masks = np.broadcast_to(regions["between the brows"], (1, 7, 112, 112)).copy()
    shares = region_shares(Attribution(masks, EMOTIONS, "explainer"), [regions])
    for path in load_settings().analyses_dir.rglob("explanation-*.npz"):
        found = load_explanation(path)
        assert found is not None
        save_explanation(replace(found, shares=shares), path)
    app.run()
    assert not app.exception
    said = texts(app)
    assert said.count("most between the brows") == 2
    (table,) = (frame.value for frame in app.dataframe if "size" in frame.value)
    assert [name[:2] for name in table.columns[1:]] == ["1.", "2."]
    assert (table.loc[("brows", "between the brows")].iloc[1:] > 0.6).all()


def test_a_page_that_only_asks_for_a_clip_does_not_fetch_it(
    store: AnalysisStore, own_data: Path, bucket: type[Bucket]
) -> None:
    clip = make_clip(own_data / "duet.mp4", n=50, size=(64, 36))
    sha, kept = identify(clip).sha256, load_settings()
    place = own_data / "kept" / "media" / f"{sha}.mp4"
    for copy in (place, kept.previews_dir / place.name):
        copy.parent.mkdir(parents=True)
        shutil.copyfile(clip, copy)
    clip.unlink()
    store.save(replace(two_faces(), clip=replace(two_faces().clip, sha256=sha)), Path("gone.mp4"))
    app = turn_to(opening.at_page("compare"), "Regions")
    assert "has no trained explainer" in texts(app) and "cannot be played" not in texts(app)
    turn_to(app, "Downloads")
    assert dict(bucket.calls) == {"list": 1}
    # gone since, and said so once that is asked for
    place.unlink()
    clips_of(kept).kept()
    assert "the clip has been moved or deleted" in texts(turn_to(app, "Regions"))


def test_many_are_aligned_on_request_and_clustered_by_film(
    store: AnalysisStore, own_data: Path
) -> None:
    for sha in "ab":
        store.save(two_faces(sha, f"{sha}.mp4"), own_data / "gone.mp4")
    app = press(turn_to(open_page(), "Groups"), "Compare all pairs")
    wait_for_jobs()
    app.run()
    assert not app.exception
    table = app.dataframe[0].value
    assert table["group"].tolist() == ["a", "b"] and table["performances"].tolist() == [2, 2]
    # Person 1 of both scenes play the same: across is nearer than within
    assert (table["between"] < table["within"]).all()
    app.segmented_control(key="group-kind").set_value("country").run()
    assert "4 performances without a country" in texts(app)


def wait_for_jobs() -> None:
    jobs = list(services.computations()._jobs.values())
    end = time.monotonic() + 60
    while any(job.active for job in jobs) and time.monotonic() < end:
        time.sleep(0.1)
    assert all(job.state is JobState.DONE for job in jobs), [job.error for job in jobs]


def test_performances_carry_what_the_library_knows_of_their_film(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces(), own_data / "gone.mp4")
    fields = {"title": "Himala", "country": "Philippines, Japan", "language": "Tagalog"}
    film = add_film(services.library(), fields)
    scene = scene_at(services.library(), two_faces().id)
    assert scene is not None
    edit_scene(
        services.library(),
        scene,
        {"film_id": None},
        {"film_id": film.id},
        tags_wanted=["close-up"],
    )
    first, _ = available_performances()
    assert first.title == "Person 1 · Himala · duet"
    assert labels_of(first) == PerformanceLabels(
        film=("Himala",),
        country=("Philippines", "Japan"),
        language=("Tagalog",),
        tag=("close-up",),
    )


def test_of_a_large_library_the_newest_scenes_are_offered_and_those_of_a_film_on_request(
    store: AnalysisStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performance_picker, "_OFFERED", 1)
    film = add_film(services.library(), {"title": "Himala"})
    for sha, film_id in (("a", film.id), ("b", film.id), ("c", None)):
        scene = two_faces(sha, f"{sha}.mp4")
        store.save(scene, own_data / "gone.mp4")
        enter_scene(services.library(), store, scene.id, analysis=scene, film_id=film_id)
    app = open_page()

    def offered() -> set[str]:
        return {option.split(" · ")[-2] for option in app.multiselect(key="compared").options}

    assert offered() == {"c"}
    app.selectbox(key="compare-film").set_value(film.id).run()
    assert not app.exception and offered() == {"a", "b", "c"}, "what is compared stays"
    choose(app, ("Person 1", "a.mp4"), ("Person 1", "c.mp4"))
    app.selectbox(key="compare-film").set_value(0).run()
    assert not app.exception and offered() == {"a", "c"}


def test_movements_are_compared_where_they_were_read(store: AnalysisStore, own_data: Path) -> None:
    scene = two_faces("f")
    faces = still(scene.faces)[list(FACE_DTYPES)]
    late = (faces["track"] == 1) & (faces["time"] >= 12)
    faces.loc[late, "mouth_opening"] += 0.4
    # of 24 s the mouth is closed in the first half
    moving = replace(scene, faces=faces.astype(FACE_DTYPES))
    store.save(moving, make_clip(own_data / "duet.mp4", n=600, size=(64, 36)))
    app = turn_to(open_page(), "Movements")
    said = texts(app)
    assert "mouth open (50% of the time, 0% in" in said or "mouth open (0% of the time, 50%" in said
    assert "no FACS coding" in said


def test_earlier_readings_are_to_be_read_again_to_compare_movements(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces("b"), make_clip(own_data / "duet.mp4", n=600, size=(64, 36)))
    assert texts(turn_to(open_page(), "Movements")).count(NOT_READ) == 2


def test_readings_relative_to_rest_are_compared(store: AnalysisStore, own_data: Path) -> None:
    scene = two_faces("f")
    faces = still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    store.save(replace(scene, faces=faces), make_clip(own_data / "duet.mp4", n=600, size=(64, 36)))
    app = open_page()
    assert "(relative)" not in texts(app)
    app.toggle(key="relative-to-rest").set_value(True).run()
    assert not app.exception
    assert "(relative)" in texts(app) and "only here" in texts(app)


def test_who_has_no_known_resting_face_is_named_and_all_stays_as_read(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(two_faces("b"), make_clip(own_data / "duet.mp4", n=600, size=(64, 36)))
    app = open_page()
    app.toggle(key="relative-to-rest").set_value(True).run()
    assert not app.exception
    said = texts(app)
    assert said.count("No relative reading: this scene was read before") == 2
    assert "(relative)" not in said
