"""Acting before the camera, in a real browser that plays a clip as its camera."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import psutil
import pytest
import soundfile

from benchmarks.practice import offline_readings
from benchmarks.sound.known_voices import glottal_voice
from emotion_core.media.decode import read_frames
from emotion_core.practice.live.adaptation import QUALITIES
from emotion_core.settings import Settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines, Word
from emotion_core.types import ImageArray
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.read_scene import enter_read_scene
from tests.e2e.harness.servers import APP, AppUrl, running
from tests.e2e.practice.fake_camera import read_number, write_camera
from tests.e2e.practice.practising import (
    enter,
    look,
    shown,
    speed,
    start_camera,
    stop_camera,
)
from tests.media.clips import make_clip
from tests.sound.heard import make_sound

pytestmark = pytest.mark.e2e

# A page under this name is not of the same machine, as far as the browser knows.
ELSEWHERE = "eme.test"
FAKE_DEVICE, FAKE_CONSENT = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"
DARK, BRIGHT = 40, 200
FPS = 15  # enough to read a smile
# Keeps what the browser is told to send: pictures a second, and by how much they are scaled down.
SENT = """
globalThis.__sent = [];
const set = RTCRtpSender.prototype.setParameters;
RTCRtpSender.prototype.setParameters = function (parameters) {
  const { maxFramerate, scaleResolutionDownBy } = parameters.encodings[0];
  globalThis.__sent.push([maxFramerate, scaleResolutionDownBy]);
  return set.call(this, parameters);
};
"""
LATE = 1.5  # seconds in which a reading is drawn, on a busy machine, too


@dataclass(frozen=True, slots=True)
class App:
    """A running app with a data directory and a folder for temporary files of its own."""

    url: AppUrl
    data: Path
    temporary: Path

    def files(self) -> set[Path]:
        """What belongs to clips, and to takes on their way."""
        kinds = ("media", "analyses", "previews", "thumbnails", "voice")
        found = [path for kind in kinds for path in (self.data / kind).rglob("*")]
        found += self.temporary.glob("eme-take-*")
        found += self.temporary.glob("eme-voice-*")
        return set(found)

    def threads(self) -> int:
        return psutil.Process(self.url.pid).num_threads()


@dataclass(frozen=True, slots=True)
class Camera:
    """A clip as a camera.

    Attributes:
        flag: gives it to a browser.
        leading: the leading emotion of each frame, as the clip is read offline.
    """

    flag: str
    leading: pd.Series

    def may_show(self, number: int) -> set[str]:
        """What leads in a frame, or in one a little before it; the clip goes round."""
        frames = len(self.leading)
        return {self.leading[(number - k) % frames] for k in range(round(LATE * FPS))}


@pytest.fixture(scope="module")
def app(
    browser_programs: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    portrait: ImageArray,
) -> Iterator[App]:
    """One for all journeys here: what they keep is in nobody's way.

    It has a scene already. Else it would begin to read its sample, and that takes its time.
    """
    data, temporary = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")
    clip = tmp_path_factory.mktemp("clip") / "scene.mp4"
    enter_read_scene(clip, Settings(data_dir=data), portrait)
    variables = {
        "EME_DATA_DIR": str(data),
        "TMPDIR": str(temporary),
        # else it does not talk to pages under this name
        "STREAMLIT_BROWSER_SERVER_ADDRESS": ELSEWHERE,
    }
    with running(APP, variables) as url:
        yield App(url, data, temporary)


@pytest.fixture(scope="module")
def camera(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """Someone who begins to smile and stops again, a little slower."""
    folder = tmp_path_factory.mktemp("camera")
    pictures = [frame.image for frame in read_frames(clips / "lp_driving_d0.mp4")]
    size = pictures[0].shape[1::-1]
    clip = make_clip(
        folder / "smile.mp4",
        n=len(pictures),
        fps=FPS,
        size=size,
        picture=pictures.__getitem__,
    )
    write_camera(clip, folder / "smile.y4m")
    leading = offline_readings(clip)[0].idxmax(axis="columns")
    assert list(leading.index) == list(range(len(pictures)))
    return Camera(f"--use-file-for-fake-video-capture={folder / 'smile.y4m'}", leading)


def face_camera(folder: Path, portrait: ImageArray, shade: int, fps: int = 5) -> str:
    """The flag for a camera before which a face stays, on grey of this shade."""
    picture = np.full((480, 640, 3), shade, np.uint8)
    picture[:, 80:560] = cv2.resize(portrait, (480, 480), interpolation=cv2.INTER_AREA)
    path = folder / f"{shade}.mp4"
    clip = make_clip(path, n=25, fps=fps, size=(640, 480), picture=lambda _: picture)
    camera = folder / f"{shade}.y4m"
    write_camera(clip, camera)
    return f"--use-file-for-fake-video-capture={camera}"


def background(page: Page) -> float:
    """The grey at the edge of the picture, in [0, 255]."""
    return float(np.median(look(page).picture[100:300, 10:60]))


def shorten(page: Page) -> None:
    """Make the exercise as short as can be, 3 s."""
    from selenium.webdriver import Keys

    def is_short() -> bool:
        thumb = page.find('[class*="st-key-hold-seconds"] input')
        if thumb is None or thumb.get_attribute("value") == "3":
            return thumb is not None
        thumb.send_keys(Keys.HOME)
        time.sleep(0.5)
        return False

    page.wait_until(is_short, "the shortest length")
    page.wait_idle()


def reads_a_face(page: Page) -> bool:
    return max(look(page).bars.values()) > 0


def goes_on(page: Page) -> None:
    """Wait until the browser has shown some more pictures."""
    before = shown(page)[1]
    page.wait_until(lambda: shown(page)[1] > before + 10, "more pictures")


def test_what_is_played_is_shown_and_a_take_is_kept_opened_and_deleted_without_a_trace(
    new_page: NewPage, app: App, camera: Camera
) -> None:
    page = new_page(app.url, [camera.flag])
    page.open("practice")
    before = app.files()
    page.wait_for_text("Before the camera")
    assert page.find("video") is None

    page.click_button("I have read this")
    page.wait_for_text("Your takes", 240)
    shorten(page)
    start_camera(page)
    page.wait_until(lambda: reads_a_face(page), "a reading of the face", 240)
    page.screenshot("practice-live-1400")
    seen, right = set(), 0
    for _ in range(12):
        time.sleep(0.3)
        now = look(page)
        bars, number = now.bars, read_number(now.picture)
        assert number < len(camera.leading)
        leading = max(bars, key=lambda emotion: bars[emotion])
        seen.add(leading)
        right += leading in camera.may_show(number)
    assert right >= 11
    assert {"neutral", "happy"} <= seen
    assert app.files() == before

    # an exercise says how it went, and is a take of hers
    page.click_button("Start and record")
    page.wait_for_text("Aligned with the target", 240)
    page.wait_for_text("Take 1 · Hold sad", 240)
    page.screenshot("practice-outcome-1400")
    stop_camera(page)
    page.wait_for_text("· distance ", 120)
    assert "not analyzed yet" not in page.text()
    (clip,) = (app.data / "media").glob("*.mp4")
    with av.open(str(clip)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    assert not list(app.temporary.glob("eme-take-*"))

    # it is a scene like any other
    page.go("Library")
    page.wait_for_text("Takes")
    page.wait_for_text("Take 1 · Hold sad")
    page.go("Practice")
    page.click_button("Open")
    page.wait_for_text("Strongest moments", 240)
    page.wait_until(lambda: page.video("video.readyState >= 2"), "the take to load")
    assert page.video("video.duration") == pytest.approx(3, abs=0.5)
    page.video("(video.play(), true)")
    page.wait_until(lambda: page.video("video.webkitAudioDecodedByteCount > 0"), "its sound")
    page.screenshot("practice-opened-1400")

    # and goes with all that belongs to it
    page.go("Practice")
    page.wait_for_text("Take 1 · Hold sad")
    page.click_for('[class*="st-key-delete-"] button', "You cannot undo this.")
    page.click_button("Delete 1 take")
    page.wait_for_text("No takes yet.")
    assert app.files() == before
    assert page.console_errors() == []


@pytest.mark.long
def test_the_page_says_how_old_the_picture_is_and_shows_what_is_asked_by_its_own_clock(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 90)])
    enter(page)
    shorten(page)
    start_camera(page)
    said = speed(page)
    assert said is not None and 0 < said.age <= said.oldest
    assert said.delay > 0
    page.resize(420, 1300)
    assert page.overflow() == 0
    page.screenshot("practice-live-420")
    page.resize(1400, 1300)

    # the line of the strip, the prompt and the marks at the bars come with the picture
    page.click_button("Start")
    page.wait_until(lambda: _part(page, "countdown") in ("1", "2", "3"), "the countdown")
    assert _part(page, "prompt") == "hold sad"
    page.wait_until(lambda: _part(page, "prompt").endswith("s left"), "the exercise")
    assert not _part(page, "countdown")
    sad = page.find('[data-emotion="sad"] s')
    assert sad.value_of_css_property("display") != "none"
    assert sad.get_attribute("style") == "left: 80%;"
    page.wait_for_text("Aligned with the target", 240)
    assert not _part(page, "prompt")

    # a movement starts from the neutral face, which this one has been throughout
    page.click_button("One movement")
    page.wait_for_text("No clear movement", 60)
    page.click_for(".st-key-do-False button", "inner brows up: you; dotted: the target")
    assert _part(page, "prompt").startswith("rest")
    page.screenshot("practice-movement-1400")
    assert page.console_errors() == []


@pytest.mark.long
def test_where_the_picture_grows_old_the_browser_sends_less_and_says_so(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 150, fps=2)])
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SENT})
    enter(page)
    start_camera(page)
    page.wait_for_text("To keep the picture new, fewer or smaller pictures are read.", 240)
    said = speed(page)
    assert said is not None and said.oldest > 400
    page.wait_until(
        lambda: (
            page.driver.execute_script("return globalThis.__sent;")
            == [[quality.fps, quality.scale] for quality in QUALITIES[1:]]
        ),
        "every level to be sent",
    )
    assert page.console_errors() == []


def _part(page: Page, name: str) -> str:
    element = page.find(f'[data-part="{name}"]')
    return str(element.text) if element.is_displayed() else ""


@pytest.mark.long
def test_a_camera_that_is_stopped_or_left_leaves_no_threads_and_starts_again(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    page = new_page(app.url, [face_camera(tmp_path, portrait, 60)])
    enter(page)
    start_camera(page)
    stop_camera(page)
    time.sleep(3)  # its threads end after it
    once = app.threads()
    for _ in range(2):
        start_camera(page)
        stop_camera(page)
    for _ in range(2):
        start_camera(page)
        page.go("Models")
        page.wait_for_text("What it is")
        page.go("Practice")
        page.wait_for_text("Your takes")
    page.wait_until(lambda: app.threads() <= once + 2, f"{once} threads, or two more")
    start_camera(page)
    goes_on(page)
    assert page.console_errors() == []


@pytest.mark.long
def test_two_who_practise_at_once_have_cameras_and_exercises_of_their_own(
    new_page: NewPage, app: App, portrait: ImageArray, tmp_path: Path
) -> None:
    first = new_page(app.url, [face_camera(tmp_path, portrait, DARK)])
    enter(first)
    shorten(first)
    start_camera(first)
    second = new_page(app.url, [face_camera(tmp_path, portrait, BRIGHT)])
    second.open("practice")
    second.wait_for_text("Before the camera")  # what one agrees to does not count for the other
    second.click_button("I have read this")
    second.wait_for_text("Your takes", 240)
    start_camera(second)
    for page, shade in ((first, DARK), (second, BRIGHT)):
        page.wait_until(lambda page=page: reads_a_face(page), "a reading of the face", 240)
        assert abs(background(page) - shade) < 40

    second.click_button("Move")
    second.wait_for_text("Transition")
    assert "Start and record" in second.text()
    # on a busy machine a camera may drop out, which ends an exercise: actors press Start again
    first.click_for(".st-key-do-False button", "Aligned with the target")
    assert "Transition" not in first.text()
    assert "Aligned with the target" not in second.text()

    stop_camera(first)
    goes_on(second)
    assert speed(second) is not None
    assert reads_a_face(second)
    assert first.console_errors() == second.console_errors() == []


def test_a_line_of_a_scene_is_heard_said_kept_opened_and_deleted_without_a_trace(
    new_page: NewPage, app: App, tmp_path: Path
) -> None:
    write_lines(app.data)
    recording = tmp_path / "me.wav"
    soundfile.write(recording, glottal_voice(140.0, 4.0).samples, SAMPLE_RATE)
    page = new_page(app.url)
    enter(page)
    page.click_button("Your voice")
    page.wait_for_text("“I waited all night.”")
    before = app.files()

    # the model is heard: the video goes to the line, and stops where it ends
    ready = "video.readyState >= 2 && !video.seeking && video.currentTime > 0"
    page.wait_until(lambda: page.video(ready), "the clip at the line")
    page.click_button("Play this part")
    page.wait_until(lambda: page.video("video.paused && video.currentTime > 1.9"), "the line", 30)
    assert page.video("video.currentTime") < 2.6

    # the browser's own microphone beeps
    press_microphone(page)
    time.sleep(1.2)
    press_microphone(page)
    page.wait_for_text("No speech is heard in the recording")

    page.click_button("A file")
    page.upload(recording)
    page.wait_for_text("You say it")
    page.photograph("practice-line", 2000)
    assert app.files() == before
    page.click_button("Save this take")
    page.wait_for_text("voice, after the model")
    page.click_button("Open")
    page.wait_until(lambda: page.video("video.readyState >= 2", "audio"), "the recording")
    assert page.video("video.duration", "audio") == pytest.approx(4, abs=0.2)
    assert app.files() != before

    page.click_for('[class*="st-key-delete-line-"] button', "This deletes the recording")
    page.click_button("Delete 1 take")
    page.wait_until(lambda: "voice, after" not in page.text(), "the take to be gone")
    assert app.files() - {app.data / "voice"} == before
    assert page.console_errors() == []


def write_lines(data: Path) -> None:
    """Let the scene of the library be heard, with a line whose words have times."""
    store = Settings(data_dir=data).analyses_dir
    (clip,) = {folder.name for folder in store.iterdir() if len(folder.name) == 64}
    SoundStore(store).save(make_sound(clip, 4.0, [(0.5, 2.0)]))
    said = ("I", "waited", "all", "night")
    words = [Word(0, 0.5 + k / 3, 0.8 + k / 3, word) for k, word in enumerate(said)]
    WordStore(store).save(clip, Lines.of([Line(0.5, 2.0, "I waited all night.")], words))


def press_microphone(page: Page) -> None:
    button = '[data-testid="stAudioInputActionButton"]'
    page.wait_until(lambda: page.find(button), "the microphone").click()


def test_a_browser_that_denies_the_camera_is_described_in_words(
    new_page: NewPage, app: App
) -> None:
    page = new_page(app.url, without=[FAKE_CONSENT])
    denied = {"permission": {"name": "camera"}, "setting": "denied"}
    page.driver.execute_cdp_cmd("Browser.setPermission", denied)
    enter(page)
    page.click_button("Start the camera")
    page.wait_for_text("The browser blocks the camera for Eme. Allow it")
    assert "Traceback" not in page.text()


def test_a_machine_without_a_camera_is_described_in_words(new_page: NewPage, app: App) -> None:
    page = new_page(app.url, [f"{FAKE_DEVICE}=device-count=0"], without=[FAKE_DEVICE])
    enter(page)
    page.click_button("Start the camera")
    page.wait_for_text("No camera found. Connect one, or practise with a photo or a clip.")


def test_a_page_from_elsewhere_without_https_is_described_in_words(
    new_page: NewPage, app: App
) -> None:
    address = app.url.replace("127.0.0.1", ELSEWHERE)
    page = new_page(address, [f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"])
    enter(page)
    page.wait_for_text("Browsers allow a camera only on HTTPS pages")
