"""The page of practice without a browser: consent, exercises, takes, and what replaces a camera."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion_core.jobs.records import Job, JobState
from emotion_core.library.database.engine import Database
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.scenes import enter_scene
from emotion_core.library.takes import delete_takes, keep_take, take_entries
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import Hold
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.takes.recorder import RecordedTake
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, load_settings
from emotion_core.types import ImageArray
from pages.players.camera.check import CameraStatus, to_status
from pages.practice import session as practice_session
from pages.practice.session import note_of
from pages.shared import services
from pages.shared.performance_picker import read_performance
from tests.library.characters.casts import ANA
from tests.library.recordings import read, recording
from tests.media.clips import make_clip
from tests.pages.test_compare import press, texts
from tests.scene.clips.filesystems import Bucket
from tests.scene.scenes import make_scene

APP = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")
PAGE = "pages/practice/page.py"
RUNS = {0: [(0, 49, "sad", 0.9), (50, 99, "happy", 0.9)]}


@pytest.fixture
def settings(own_data: Path) -> Settings:
    return load_settings()


@pytest.fixture
def library(settings: Settings) -> Database:
    return services.library()


NOTHING = Job(0, "sample", "", "", "", JobState.STOPPED, "", 0.0, None, False, "", "")


@pytest.fixture(autouse=True)
def no_reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is read in the background here; gives the names of what would be."""
    asked: list[str] = []

    def submit(place: Settings, model: str, path: Path, *_: object) -> str:
        asked.append(path.name)
        return "job"

    # nor the sample, which the first page would begin to read
    monkeypatch.setattr("pages.shared.intake.submit", lambda _: NOTHING)
    for module in ("pages.practice.clip", "pages.practice.session"):
        monkeypatch.setattr(f"{module}.request_reading_of_take", submit)
    return asked


def enter() -> AppTest:
    """The page, once what it says first was agreed to."""
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.switch_page(PAGE).run()
    return press(app, "I have read this. Let me practise")


def choose(app: AppTest, kind: str) -> AppTest:
    app.pills(key="exercise").set_value(kind).run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def keep(settings: Settings, folder: Path, exercise: object, number: int = 0) -> int:
    """A take that is not analyzed yet; gives its scene."""
    return keep_take(recording(folder, number), settings, note_of(exercise)).scene_id  # type: ignore[arg-type]


def keep_read(library: Database, settings: Settings, folder: Path, number: int = 0) -> int:
    """A take that was read; gives its scene."""
    take = keep_take(recording(folder, number), settings, note_of(Hold("sad", 0.8, 5)))
    return read(library, settings, take, {0: (ANA, 0, 99, 0)})


def store_model(settings: Settings, folder: Path) -> tuple[int, int, Performance]:
    """A performance of the library to play along with; its clip is there."""
    clip = make_clip(folder / "duet.mp4", n=100, fps=25)
    store, scene = AnalysisStore(settings.analyses_dir), make_scene(RUNS, frames=100, cuts=())
    store.save(scene, clip)
    enter_scene(services.library(), store, scene.id, analysis=scene, source=clip)
    entry = performance_entries(services.library())[0]
    return entry.scene_id, entry.character_id, read_performance(entry)


def test_what_happens_with_the_picture_is_read_before_anything_else(own_data: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    said = texts(app)
    for word in (
        "Nothing is stored while you practise",
        "does not know what you feel",
        "Do not use it for grading",
        "Article 5(1)(f)",
    ):
        assert word in " ".join(said.split())
    assert "exercise" not in [control.key for control in app.pills]
    assert "Your takes" not in said


def test_once_agreed_to_it_is_not_asked_again_but_can_be_read_again(own_data: Path) -> None:
    app = enter()
    app.switch_page("pages/models/page.py").run()
    app.switch_page(PAGE).run()
    assert "Your takes" in texts(app)
    app = press(app, "Your video and voice, and what Eme reads")
    assert "Nothing is sent to anyone else" in texts(app)


def test_nothing_can_begin_while_the_camera_is_off(own_data: Path) -> None:
    app = enter()
    begin = [button for button in app.button if button.label in ("Start", "Start and record")]
    assert len(begin) == 2 and all(button.disabled for button in begin)


def test_each_exercise_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    store_model(settings, tmp_path)
    app = enter()
    assert "Play sad so that it is read at 80%" in texts(choose(app, "Hold"))
    assert "move evenly to happy" in texts(choose(app, "Move"))
    assert "at the same pace" in texts(choose(app, "Play along"))
    assert "Match the expression in the picture" in texts(choose(app, "Mirror"))
    app = choose(app, "Free")
    assert "No target" in texts(app)
    assert "Record" in labels(app) and "Start" not in labels(app)


def test_a_move_needs_two_emotions(own_data: Path) -> None:
    app = choose(enter(), "Move")
    app.selectbox(key="move-first").set_value("happy").run()
    assert "two different emotions" in texts(app)
    assert not app.exception


def test_the_exercise_is_still_chosen_on_the_way_back(own_data: Path) -> None:
    app = choose(enter(), "Move")
    app.switch_page("pages/models/page.py").run()
    app.switch_page(PAGE).run()
    assert app.pills(key="exercise").value == "Move"


def test_without_a_library_the_page_says_where_performances_come_from(own_data: Path) -> None:
    assert "no performances yet" in texts(choose(enter(), "Play along"))
    assert "no performances yet" in texts(choose(enter(), "Mirror"))


def test_a_part_of_a_scene_is_played_along_also_without_its_clip(
    settings: Settings, own_data: Path
) -> None:
    gone = own_data / "gone.mp4"
    AnalysisStore(settings.analyses_dir).save(make_scene(RUNS, frames=100, cuts=()), gone)
    app = choose(enter(), "Play along")
    assert "but not the face" in texts(app)
    begin = next(button for button in app.button if button.label == "Start")
    assert begin.disabled  # the camera is off, but nothing is wrong
    assert not app.error


def test_the_steadiness_reaches_the_session_at_once(own_data: Path) -> None:
    app = enter()
    app.slider(key="practice-smoothing").set_value(0.7).run()
    assert app.session_state["practice-session"].smoothing == 0.7


def test_a_photo_is_read_and_laid_on_what_is_asked(own_data: Path, portrait: ImageArray) -> None:
    app = enter()
    choose(app, "Hold")
    app.selectbox(key="hold-emotion").set_value("happy").run()
    app.segmented_control(key="practice-before").set_value("A photo").run()
    app.file_uploader(key="practice-photo").upload("me.png", _png(portrait)).run()
    assert not app.exception
    said = texts(app)
    assert "The face: happy" in said
    assert "Distance from the target" in said
    assert "happy" in said.rsplit("nothing in common).", 1)[1]  # the region feedback


def test_a_photo_without_a_face_is_said_in_a_sentence(own_data: Path) -> None:
    app = enter()
    app.segmented_control(key="practice-before").set_value("A photo").run()
    blank = _png(np.full((200, 200, 3), 90, np.uint8))
    app.file_uploader(key="practice-photo").upload("wall.png", blank).run()
    assert "No face found in wall.png" in texts(app)
    assert not app.exception


def test_a_clip_becomes_a_take_of_the_exercise(
    settings: Settings, tmp_path: Path, no_reading: list[str]
) -> None:
    app = enter()
    app.segmented_control(key="practice-before").set_value("A clip").run()
    clip = make_clip(tmp_path / "phone.mov", n=30, size=(64, 36)).read_bytes()
    app.file_uploader(key="practice-clip-0").upload("phone.mov", clip).run()
    assert not app.exception
    assert "Take 1 · Hold sad, 80%" in texts(app)
    take = take_entries(services.library())[0]
    assert take.exercise and len(no_reading) == 1
    assert not list(Path(settings.data_dir).rglob("eme-take-*"))


def test_a_take_of_the_camera_is_read_wherever_it_is_kept_unless_it_is_deleted_before(
    own_data: Path, bucket: type[Bucket], tmp_path: Path, no_reading: list[str]
) -> None:
    settings = load_settings()
    library, keeper = services.library(), practice_session._Keeper("eme-lite2", settings)
    for number in range(2):
        take = RecordedTake(recording(tmp_path, number), 1.0, 25, 0, has_sound=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(practice_session, "cpu_count", lambda: 2)
            keeper.keep(take, None, on=True)
    assert no_reading == [] and bucket.calls["put"] == 2
    first, second = sorted(take_entries(library), key=lambda entry: entry.number)
    delete_takes(library, settings, [first.scene_id], lambda _: False)
    keeper.rest()
    (kept,) = (own_data / "kept" / "media").iterdir()
    assert no_reading == [kept.name] and second.number == 2


def test_a_file_that_is_no_clip_is_refused_and_nothing_is_kept(settings: Settings) -> None:
    app = enter()
    app.segmented_control(key="practice-before").set_value("A clip").run()
    app.file_uploader(key="practice-clip-0").upload("notes.mp4", b"not a film").run()
    assert not app.exception and len(app.error) == 1
    assert "notes.mp4" in texts(app)
    assert not take_entries(services.library())
    assert not list(settings.media_dir.glob("*")) if settings.media_dir.exists() else True


def test_takes_tell_how_far_they_are_from_what_was_asked(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    keep_read(library, settings, tmp_path)
    keep(settings, tmp_path, None, 1)
    said = texts(enter())
    assert "Take 1 · Hold sad, 80%" in said and "distance " in said
    assert "Take 2 · Free play" in said and "not analyzed yet" in said


def test_a_take_is_compared_with_the_performance_that_it_was_played_along_with(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    scene, character, performance = store_model(settings, tmp_path)
    exercise = PlayAlong.of(performance, scene, character)
    take = keep_take(recording(tmp_path), settings, note_of(exercise))
    read(library, settings, take, {0: (ANA, 0, 99, 0)})
    app = enter()
    assert "distance " in texts(app)
    app = press(app, "Compare")
    chosen = app.multiselect(key="compared").value
    entries = {entry.scene_id: entry.key for entry in performance_entries(library)}
    assert chosen == [entries[scene], entries[take.scene_id]]
    assert app.selectbox(key="reference").value == entries[scene]


def test_takes_that_are_chosen_are_compared_with_each_other(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    scenes = [keep_read(library, settings, tmp_path, number) for number in (0, 1)]
    app = enter()
    button = next(one for one in app.button if one.label == "Compare selected")
    assert button.disabled
    for scene in scenes:
        app.checkbox(key=f"take-{scene}").check().run()
    app = press(app, "Compare selected")
    assert len(app.multiselect(key="compared").value) == 2


def _delete_app() -> None:
    import streamlit as st

    from pages.practice import takes as take_list

    take_list._delete_dialog(st.session_state["scenes"])


def delete(scenes: list[int]) -> AppTest:
    """Open the dialog for some takes and confirm it; on the page it is a fragment of its own."""
    app = AppTest.from_function(_delete_app, default_timeout=60)
    app.session_state["scenes"] = scenes
    app.run()
    assert "You cannot undo this" in texts(app)
    app.button(key="really-delete-takes").click().run()
    return app


def test_one_take_goes_and_the_other_stays(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    first, second = (keep_read(library, settings, tmp_path, number) for number in (0, 1))
    app = enter()
    app.button(key=f"delete-{first}").click().run()
    assert "Take 1 · Hold sad, 80%" in texts(app)
    assert "Delete 1 take" in labels(app)
    delete([first])
    assert [take.scene_id for take in take_entries(library)] == [second]


def test_all_takes_go_and_no_file_of_them_is_left(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    before = _files(settings)
    scenes = [keep_read(library, settings, tmp_path, number) for number in (0, 1)]
    assert _files(settings) != before
    app = press(enter(), "Delete all takes")
    assert "Delete 2 takes" in labels(app)
    delete(scenes)
    assert _files(settings) == before
    assert "No takes yet" in texts(enter())


def test_an_old_or_damaged_exercise_does_not_stop_the_page(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    note = practice_session.TakeNote("Something newer", '{"kind": "juggle"}')
    read(library, settings, keep_take(recording(tmp_path), settings, note))
    assert "the target is no longer available" in texts(enter())


def test_a_model_without_an_explainer_has_no_feedback_but_all_else(
    own_data: Path, no_explainers: None
) -> None:
    app = enter()
    assert "Your takes" in texts(app)
    assert app.session_state["practice-session"].has_feedback is False


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (CameraStatus(secure=False), "HTTPS"),
        (CameraStatus(able=False), "current Chrome"),
        (CameraStatus(permission="denied"), "blocks the camera"),
        (CameraStatus(error="Permission denied"), "blocks the camera"),
        (CameraStatus(cameras=0), "No camera found"),
        (CameraStatus(error="Requested device not found"), "No camera found"),
        (CameraStatus(error="Could not start video source"), "other programs"),
        (CameraStatus(error="Something new"), "could not be started"),
        (CameraStatus(link="lost"), "connection to the camera was lost"),
        (CameraStatus(link="unplugged"), "was unplugged"),
        (CameraStatus(link="failed"), "EME_ICE_SERVERS"),
        (CameraStatus(permission="denied", link="failed"), "blocks the camera"),
    ],
)
def test_what_stands_before_the_camera_is_said_with_what_to_do(
    status: CameraStatus, word: str
) -> None:
    assert word in status.obstacle


def test_a_camera_that_may_be_used_is_no_obstacle() -> None:
    assert CameraStatus(permission="prompt").obstacle == ""
    sent = {"secure": True, "able": True, "cameras": 1, "permission": "granted", "error": ""}
    assert to_status(sent) == CameraStatus(permission="granted")
    assert to_status(sent | {"link": "lost"}) == CameraStatus(permission="granted", link="lost")
    assert to_status(sent | {"link": "<b>"}) is None
    assert to_status(sent | {"link": ["lost"]}) is None


@pytest.mark.parametrize("value", [None, "no", {}, {"cameras": "one"}, {"cameras": 1}])
def test_what_no_camera_check_would_send_is_not_believed(value: object) -> None:
    assert to_status(value) is None


def _png(image: ImageArray) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(image).save(encoded, "png")
    return encoded.getvalue()


def _files(settings: Settings) -> list[str]:
    """What lies in the data directory, but for the catalogue and the lock of this process."""
    found = sorted(path for path in settings.data_dir.rglob("*") if path.is_file())
    others = (path for path in found if not path.name.startswith("catalogue."))
    return [str(path) for path in others if path.suffix != ".lock"]
