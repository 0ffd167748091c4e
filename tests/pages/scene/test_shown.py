"""What a scene shows on its page, without a browser."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from emotion_core.library.queries.browsing import get_scene
from emotion_core.scene.analysis import FACE_DTYPES
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from pages.shared.bookmarks import bookmark_now
from tests.library.characters.casts import enter
from tests.media.clips import make_clip
from tests.pages.opening import open_app, texts
from tests.performance.moving import still
from tests.scene.clips.filesystems import Bucket
from tests.scene.scenes import make_scene


def test_a_stored_scene_is_shown_in_words(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(), make_clip(own_data / "clip.mp4", n=100, size=(64, 36)))
    app = open_app()
    text = texts(app)
    assert "2 shots, 2 characters" in text and "90%" in text
    assert app.selectbox(key="scene").value == make_scene().id
    assert "The clip breaks off" in text
    assert "Person 1: sad 90%" in text


def test_a_scene_with_unsure_faces_says_so_wherever_it_reads_them(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene()
    faces = scene.faces.assign(turn=1.5).astype(FACE_DTYPES)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    store.save(replace(scene, faces=faces), clip)
    app = open_app()
    text = texts(app)
    assert "100% of the time in view is unsure: turned away 100%" in text
    assert "Person 1: unsure, perhaps sad 90% (turned away)" in text
    assert not app.dataframe, "the table is made once it is asked for"
    app.session_state["all-readings"] = True
    assert set(app.run().dataframe[0].value["doubt"]) == {"turned"}


def test_bookmarks_stand_below_the_player_and_are_written_there(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = enter(services.library(), store, make_scene())
    assert "Bookmarks" not in [each.label for each in open_app().expander]
    bookmark_now(scene, 1.5)
    app = open_app()
    assert "Bookmarks" in [each.label for each in app.expander]
    kept = get_scene(services.library(), scene)
    assert kept is not None
    (mark,) = kept.bookmarks
    app.text_input(key=f"bookmark-comment-{mark.id}").set_value("she *looks* away").run()
    app.number_input(key=f"bookmark-end-{mark.id}").set_value(2.5).run()
    assert not app.exception
    assert _bookmarks(scene) == [(1.5, 2.5, "she *looks* away")]
    app.number_input(key=f"bookmark-end-{mark.id}").set_value(0.5).run()
    assert "must end after that" in texts(app)
    assert app.number_input(key=f"bookmark-end-{mark.id}").value == 2.5
    app.button(key=f"unmark-{mark.id}").click().run()
    assert not app.exception and _bookmarks(scene) == []


def _bookmarks(scene: int) -> list[tuple[float, float | None, str]]:
    kept = get_scene(services.library(), scene)
    assert kept is not None
    return [(mark.time, mark.end, mark.comment) for mark in kept.bookmarks]


def test_a_scene_whose_clip_is_gone_still_shows_its_readings(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    text = texts(open_app())
    assert "has been moved or deleted" in text and "2 characters" in text


def test_a_clip_that_is_kept_elsewhere_is_fetched_once_and_missed_in_words(
    store: AnalysisStore, own_data: Path, bucket: type[Bucket]
) -> None:
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    sha = identify(clip).sha256
    place = own_data / "kept" / "media" / f"{sha}.mp4"
    place.parent.mkdir()
    clip.rename(place)
    store.save(make_scene(sha=sha), load_settings().media_dir / place.name)
    app = open_app()
    assert "2 shots, 2 characters" in texts(app) and "cannot be played" not in texts(app)
    app.run()
    app.run()
    assert dict(bucket.calls) == {"list": 1, "open": 1}
    shutil.rmtree(own_data / "cache")
    bucket.failing["open"] = OSError(5, "Timed out")
    text = texts(app.run())
    assert "The clip cannot be fetched right now, so it cannot be played" in text
    assert not app.exception and "2 characters" in text


def test_a_scene_without_a_face_says_so(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene({}), own_data / "gone.mp4")
    assert "No usable face was found" in texts(open_app())


def test_a_damaged_analysis_is_reported_and_does_not_break_the_page(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    (store.folder / make_scene().id / "faces.parquet").write_bytes(b"no")
    assert "damaged" in texts(open_app())


def test_a_name_with_markup_is_text(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(name="<b>*bold*</b> $x$.mp4"), own_data / "gone.mp4")
    app = open_app()
    assert any("<b>*bold*</b> $x$ ·" in option for option in app.selectbox(key="scene").options)


def test_another_scene_can_be_chosen(store: AnalysisStore, own_data: Path) -> None:
    for letter in "ab":
        store.save(make_scene(sha=letter * 64, name=f"{letter}.mp4"), own_data / "gone.mp4")
    app = open_app()
    assert app.selectbox(key="scene").value.startswith("b")
    app.selectbox(key="scene").set_value(make_scene(sha="a" * 64).id).run()
    assert not app.exception and app.selectbox(key="scene").value.startswith("a")


def test_a_path_that_leads_nowhere_is_reported(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    app = open_app()
    app.text_input[0].set_value("/no/such film.mkv")
    app.button[0].click().run()
    assert "There is no file" in texts(app)
    assert not app.exception


def test_the_scene_that_was_left_is_there_on_the_way_back(
    store: AnalysisStore, own_data: Path
) -> None:
    for letter in "ab":
        store.save(make_scene(sha=letter * 64, name=f"{letter}.mp4"), own_data / "gone.mp4")
    app = open_app()
    app.selectbox(key="scene").set_value(make_scene(sha="a" * 64).id).run()
    app.switch_page("pages/models/page.py").run()
    app.switch_page("pages/scene/page.py").run()
    assert app.selectbox(key="scene").value == make_scene(sha="a" * 64).id


def test_readings_relative_to_rest_are_labelled_and_the_rest_of_the_page_is_as_read(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene({0: [(0, 99, "neutral", 0.5)]}, cuts=())
    faces = still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    store.save(replace(scene, faces=faces), make_clip(own_data / "clip.mp4", n=100, size=(64, 36)))
    app = open_app()
    assert "(relative)" not in texts(app)
    app.session_state["scene-relative-to-rest"] = True
    app.run()
    assert not app.exception
    assert 'everyone called "(relative)". All else on this page is as read.' in texts(app)
