"""The scene page without a browser."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo
from emotion_core.jobs.kinds.reading import ReadClip, reader_of
from emotion_core.jobs.records import JobState
from emotion_core.library.queries.browsing import get_scene
from emotion_core.media.probe import probe
from emotion_core.performance.movements import NOT_READ
from emotion_core.render.video.panel import Layout
from emotion_core.scene.analysis import FACE_DTYPES, UNSTATED_VERSION
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.chunks import Chunk, chunk_folder
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from pages.shared.bookmarks import bookmark_now
from tests.library.characters.casts import enter
from tests.media.clips import make_clip
from tests.pages.opening import wait_for_jobs
from tests.performance.moving import still
from tests.scene.clips.filesystems import Bucket
from tests.scene.scenes import make_scene

APP = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)


def open_app() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """All that the page says, without the marks against Markdown, and with plain spaces."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.title, app.header)
    said = "\n".join(str(item.value) for kind in kinds for item in kind)
    return said.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


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


def test_what_an_older_version_has_read_can_be_read_again(
    store: AnalysisStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", 1)
        store.save(make_scene(), clip)
        described = store.folder / make_scene().id / "analysis.json"
    stored = json.loads(described.read_text())
    del stored["parameters"]["version"]  # which that version did not write
    described.write_text(json.dumps(stored))
    app = open_app()
    assert "from an older version of Eme" in texts(app)
    assert app.button(key="read-again").label == "Analyze again"


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


def test_the_scene_says_which_model_read_it_and_offers_the_active_one(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), make_clip(own_data / "clip.mp4", n=100, size=(64, 36)))
    app = open_app()
    assert "Model: some-model." in texts(app)
    assert "You have selected eme-lite2." in texts(app)
    assert [button.label for button in app.button if button.key == "read-again"]


def test_a_scene_read_with_the_active_model_offers_nothing(
    store: AnalysisStore, own_data: Path
) -> None:
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    store.save(replace(make_scene(), model=active), own_data / "gone.mp4")
    app = open_app()
    assert "Model: eme-lite2." in texts(app) and "You have selected" not in texts(app)


def test_what_the_version_before_has_read_is_shown_and_can_be_read_again(
    store: AnalysisStore, own_data: Path
) -> None:
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    before = replace(make_scene().parameters, version=UNSTATED_VERSION)
    store.save(
        replace(make_scene(sha=identify(clip).sha256), model=active, parameters=before), clip
    )
    app = open_app()
    assert "Read by an earlier version of Eme." in texts(app)
    assert app.button(key="read-again").label == "Analyze again"


def test_older_weights_of_the_active_model_are_reported(
    store: AnalysisStore, own_data: Path
) -> None:
    older = replace(make_scene(), model=ModelId("eme-lite2", "0" * 12))
    store.save(older, own_data / "gone.mp4")
    app = open_app()
    assert "eme-lite2 has changed since" in texts(app) and "cannot be analyzed again" in texts(app)


def test_a_default_model_that_is_not_there_is_reported(
    store: AnalysisStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MODEL", "/no/such/model")
    services.server_settings.cache_clear()
    store.save(make_scene(), own_data / "gone.mp4")
    assert "The selected model cannot be used: There is no model" in texts(open_app())


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


MASKS = "Show masks"


def save_read_scene(store: AnalysisStore, own_data: Path) -> str:
    """A scene as the embedded model has read it; gives its address."""
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    # a second of it: each face of each frame is explained in the video
    scene = replace(make_scene({0: [(0, 24, "sad", 0.9)]}, frames=25, cuts=()), model=active)
    store.save(scene, make_clip(own_data / "clip.mp4", n=25, size=(640, 360)))
    return scene.id


@pytest.mark.usefixtures("no_explainers")
def test_without_an_explainer_the_video_has_no_masks_to_offer(
    store: AnalysisStore, own_data: Path
) -> None:
    save_read_scene(store, own_data)
    app = open_app()
    labels = [button.label for button in app.button]
    assert "Make annotated video" in labels
    assert MASKS not in [box.label for box in app.checkbox]


def test_a_model_that_has_changed_since_has_no_masks_to_offer(
    store: AnalysisStore, own_data: Path
) -> None:
    older = replace(make_scene(), model=ModelId("eme-lite2", "0" * 12))
    store.save(older, make_clip(own_data / "clip.mp4", n=100, size=(640, 360)))
    assert MASKS not in [box.label for box in open_app().checkbox]


def test_the_annotated_video_is_made_with_masks_and_without(
    store: AnalysisStore, own_data: Path
) -> None:
    folder = store.folder / save_read_scene(store, own_data)
    app = open_app()
    next(box for box in app.checkbox if box.label == MASKS).check().run()
    press_make(app, folder)
    (masked,) = folder.glob("annotated-*.mp4")
    assert probe(masked).height == Layout.for_clip(640, 360, captioned=True).height
    app.run()
    assert "Make annotated video" not in [button.label for button in app.button]
    next(box for box in app.checkbox if box.label == MASKS).uncheck().run()
    press_make(app, folder)
    (plain,) = folder.glob("annotated-named-*.mp4")
    assert probe(plain).height == Layout.for_clip(640, 360).height
    assert masked.is_file()


def press_make(app: AppTest, folder: Path) -> None:
    """Ask for the video and wait for it."""
    next(button for button in app.button if button.label == "Make annotated video").click()
    app.run()
    assert not app.exception
    wait_for_jobs()
    job = records.latest(services.library(), DrawVideo, f"{folder.parent.name}/{folder.name}")
    assert job is not None and job.state is JobState.DONE, job and job.error


@pytest.fixture
def being_read(store: AnalysisStore, own_data: Path) -> tuple[records.Job, ReadClip]:
    """A clip of two chunks, of which the first has been read."""
    clip = make_clip(own_data / "long take.mp4", n=100, size=(64, 36))
    work = ReadClip(to_text(clip), identify(clip), load_settings().model)
    job = records.add(services.queue(), work, services.server_settings())
    assert records.begin(services.queue(), job.id)
    _keep_chunk(work, 0)
    return job, work


def _keep_chunk(work: ReadClip, number: int) -> None:
    scene = make_scene()
    faces = scene.faces[scene.faces["shot"] == number]
    frames = scene.frames[scene.frames["shot"] == number]
    end = float(frames["time"].max()) + 0.04
    embeddings = TrackEmbeddings.empty()
    reader = reader_of(load_settings(), work.model)
    folder = chunk_folder(load_settings().analyses_dir, reader.address(work.clip))
    chunk = Chunk(number, faces.assign(character=None), frames, 2, end, embeddings, ())
    ChunkStore(folder).save(chunk)


def test_what_is_read_of_a_clip_is_shown_while_the_rest_is_read(
    being_read: tuple[records.Job, ReadClip], own_data: Path
) -> None:
    job, work = being_read
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["own_reading"] = job.id
    app.run()
    text = texts(app)
    assert not app.exception and "still being analyzed. You see it up to 0:02" in text
    assert "1 shot, 1 face, a face in view" in text and "sad" in text
    chosen = app.selectbox(key="scene")
    assert chosen.value == reader_of(load_settings(), work.model).address(work.clip)
    assert "long take.mp4 · being analyzed" in chosen.options
    assert "show-more" not in [button.key for button in app.button]

    _keep_chunk(work, 1)
    assert "up to 0:02" in texts(app.run()), "nothing jumps while it is watched"
    app.button(key="show-more").click().run()
    assert not app.exception and "up to 0:04" in texts(app) and "2 shots" in texts(app)

    records.end(services.queue(), job.id, JobState.STOPPED)
    app.run()
    assert not app.exception and "still being analyzed" not in texts(app)
    assert "The scene of this link is not in your library" not in texts(app)


def test_who_looks_at_another_scene_is_not_led_away_by_the_clip_of_others(
    being_read: tuple[records.Job, ReadClip], store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    app = open_app()
    assert app.selectbox(key="scene").value == make_scene().id
    assert "long take.mp4 · being analyzed" in app.selectbox(key="scene").options


def test_scenes_of_earlier_versions_are_to_be_read_again_to_see_movements(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene(sha="d" * 64)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    store.save(scene, clip)
    assert NOT_READ in texts(open_app())


def test_scenes_whose_movements_were_measured_need_not_be_read_again(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene(sha="e" * 64)
    faces = still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    store.save(replace(scene, faces=faces), clip)
    assert NOT_READ not in texts(open_app())


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
