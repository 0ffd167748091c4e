"""Takes before the camera and of the voice alone: kept, opened, deleted without a trace."""

from __future__ import annotations

import time
from pathlib import Path

import av
import pytest
import soundfile

from benchmarks.sound.known_voices import glottal_voice
from emotion_core.settings import Settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines, Word
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.practice.fake_camera import read_number
from tests.e2e.practice.practising import (
    App,
    Camera,
    enter,
    look,
    reads_a_face,
    shorten,
    start_camera,
    stop_camera,
)
from tests.sound.heard import make_sound

pytestmark = pytest.mark.e2e


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
