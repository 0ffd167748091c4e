"""A line of a scene that is said by oneself, without a browser."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from benchmarks.sound.known_voices import glottal_voice, has_espeak, spoken
from emotion_core.library.voice.takes import kept_pitches, open_voice_take, voice_takes
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, load_settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines, Word
from emotion_core.types import FloatArray
from tests.media.clips import make_clip
from tests.pages.shared.test_users import ADA, ANN, SignIn, in_class
from tests.pages.shared.test_users import sign_in as sign_in
from tests.pages.test_compare import press, texts, two_faces
from tests.pages.test_practice import APP, PAGE
from tests.sound.heard import make_sound

TEXT = "I waited all night."
CONSENT = "Your video and voice, and what Eme reads"
SPOKEN = ((1.0, 4.0), (6.0, 8.0))


@pytest.fixture
def settings(own_data: Path) -> Settings:
    """Of a library with a scene that has lines; the words of one of them have times."""
    found = load_settings()
    clip = make_clip(own_data / "duet.mp4", n=50, size=(64, 36))
    AnalysisStore(found.analyses_dir).save(two_faces("a", "duet.mp4"), clip)
    SoundStore(found.analyses_dir).save(make_sound("a" * 64, 24.0, SPOKEN))
    words = [Word(0, 1.0 + k, 1.5 + k, word) for k, word in enumerate(TEXT.strip(".").split())]
    lines = [Line(1.0, 4.0, TEXT, "Person 1"), Line(6.0, 8.0, "*Mahal* kita.", "Person 2")]
    WordStore(found.analyses_dir).save("a" * 64, Lines.of(lines, words))
    return found


@pytest.fixture
def app(settings: Settings) -> AppTest:
    """The page once "Your voice" was chosen, for a file."""
    return open_voice()


def open_voice(*, of_class: bool = False) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120).run()
    if of_class:
        in_class(app)
    app.switch_page(PAGE).run()
    app = press(app, "I have read this. Let me practise")
    app.segmented_control(key="practice-before").set_value("Your voice").run()
    assert not app.exception
    if any(control.key == "voice-how" for control in app.segmented_control):
        app.segmented_control(key="voice-how").set_value("A file").run()
    return app


def choose(app: AppTest, place: int) -> AppTest:
    key = next(box.key for box in app.selectbox if str(box.key).startswith("voice-line"))
    app.selectbox(key=key).set_value(place).run()
    return app


def give(app: AppTest, content: bytes, name: str = "me.wav") -> AppTest:
    field = next(one for one in app.file_uploader if str(one.key).endswith("-file"))
    field.upload(name, content).run()
    assert not app.exception
    return app


def wav(samples: FloatArray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, SAMPLE_RATE, format="wav")
    return out.getvalue()


def _delete_app() -> None:
    import streamlit as st

    from pages.practice import takes
    from pages.practice.voice import takes as lines

    names = st.session_state["lines"]
    if st.session_state["together"]:
        takes._delete_dialog([], names)
    else:
        lines._delete_dialog(names)


def delete(settings: Settings, *, together: bool) -> None:
    """Open the dialog for all lines and confirm it; on the page it is a fragment of its own."""
    app = AppTest.from_function(_delete_app, default_timeout=60)
    app.session_state["lines"] = [take.name for take in voice_takes(settings)]
    app.session_state["together"] = together
    app.run()
    assert "You cannot undo this" in texts(app)
    app.button(key="really-delete-takes" if together else "really-delete-lines").click().run()
    assert not app.exception


@pytest.fixture(scope="module")
def humming() -> bytes:
    """A voice without words."""
    return wav(glottal_voice(140.0, 4.0).samples)


def test_what_is_recorded_is_said_before_anything_is(settings: Settings) -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    said = " ".join(texts(app).split())
    assert "recorded when you press the microphone" in said
    assert "It stays in memory until you say it again or leave" in said
    assert "for everybody who uses this page, until you delete it" in said
    assert not app.segmented_control


def test_without_a_line_the_page_says_where_lines_come_from(own_data: Path) -> None:
    app = open_voice()
    assert "No scene here has lines yet" in texts(app)
    assert "Your takes" in texts(app)


def test_a_line_is_chosen_and_is_still_chosen_on_the_way_back(app: AppTest) -> None:
    box = next(one for one in app.selectbox if str(one.key).startswith("voice-line"))
    assert box.options == [f"0:01.0 · Person 1: {TEXT}", "0:06.0 · Person 2: *Mahal* kita."]
    assert f"“{TEXT}”" in texts(choose(app, 0))
    assert "“*Mahal* kita.”" in texts(choose(app, 1)), "stars are no markup"
    app.switch_page("pages/models/page.py").run()
    app.switch_page(PAGE).run()
    app.segmented_control(key="practice-before").set_value("Your voice").run()
    assert "“*Mahal* kita.”" in texts(app)


def test_a_voice_without_the_words_is_shown_with_what_cannot_be_told(
    app: AppTest, humming: bytes, settings: Settings
) -> None:
    app = give(app, humming)
    said = texts(app)
    assert "You say it" in said and "than Person 1" in said
    assert "When you say each word: can't tell" in said
    assert "Your usual pitch is known from 4 utterances on" in said
    table = app.dataframe[0].value
    assert table["Who"].tolist() == ["Person 1", "You"]
    assert voice_takes(settings) == [] and not settings.voice_dir.exists()
    assert not list(settings.data_dir.rglob("eme-voice-*"))


def test_a_line_is_recorded_saved_opened_and_deleted_without_a_trace(
    app: AppTest, humming: bytes, settings: Settings
) -> None:
    before = sorted(path for path in settings.data_dir.rglob("*") if path.suffix != ".lock")
    app.segmented_control(key="voice-how").set_value("Record").run()
    app.audio_input[0].set_value(("audio.wav", humming, "audio/wav")).run()
    app = press(app, "Save this take")
    said = texts(app)
    assert "You say it" not in said, "the recorder is empty again"
    assert f"“{TEXT}”" in said and "voice, after Person 1, duet" in said
    (take,) = voice_takes(settings)
    assert open_voice_take(settings, take.name).recording.read_bytes() == humming
    assert len(kept_pitches(settings)) > 0
    app.button(key=f"open-line-{take.name}").click().run()
    assert not app.exception and "You say it" in texts(app)
    app.button(key=f"delete-line-{take.name}").click().run()
    assert "This deletes the recording of your voice" in texts(app)
    delete(settings, together=False)
    assert voice_takes(settings) == []
    settings.voice_dir.rmdir()
    after = sorted(path for path in settings.data_dir.rglob("*") if path.suffix != ".lock")
    assert after == before


def test_a_line_outlives_its_scene(app: AppTest, humming: bytes, settings: Settings) -> None:
    press(give(app, humming), "Save this take")
    WordStore(settings.analyses_dir).delete("a" * 64)
    (take,) = voice_takes(settings)
    app = open_voice()
    assert "No scene here has lines yet" in texts(app)
    app.button(key=f"open-line-{take.name}").click().run()
    assert "You say it" in texts(app) and not app.exception


def test_what_is_discarded_is_gone(app: AppTest, humming: bytes, settings: Settings) -> None:
    app = press(give(app, humming), "Discard")
    assert "You say it" not in texts(app) and "voice-read" not in app.session_state
    assert "No takes yet" in texts(app) and not settings.voice_dir.exists()


def test_another_line_needs_another_recording(app: AppTest, humming: bytes) -> None:
    app = choose(give(app, humming), 1)
    assert "You say it" not in texts(app) and "voice-read" not in app.session_state


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"to do: learn the lines", "no sound that Eme can read"),
        (wav(np.zeros(SAMPLE_RATE, np.float32)), "Nothing is heard in the recording"),
        (wav(np.full(160, 0.1, np.float32)), "No speech is heard"),
    ],
)
def test_a_recording_that_cannot_be_used_is_refused_in_a_sentence(
    app: AppTest, content: bytes, sentence: str
) -> None:
    app = give(app, content)
    (error,) = app.error
    assert sentence in error.value.replace("\\", "")
    assert "Save this take" not in [button.label for button in app.button]


@pytest.mark.skipif(not has_espeak(), reason="espeak-ng, which speaks the line, is not installed")
def test_words_that_are_heard_are_laid_beside_those_of_the_scene(app: AppTest) -> None:
    app = give(app, wav(spoken(TEXT, voice="en-us", speed=150)))
    said = texts(app)
    assert "can't tell. Words" not in said
    assert "Person 1 pauses 0.5 s before “waited”, you do not." in said
    words = app.dataframe[1].value
    assert words["Word"].tolist() == ["I", "waited", "all", "night"]


def test_all_takes_go_together(app: AppTest, humming: bytes, settings: Settings) -> None:
    app = press(give(app, humming), "Save this take")
    app = press(app, "Delete all takes")
    assert "Delete 1 take" in [button.label for button in app.button]
    delete(settings, together=True)
    assert voice_takes(settings) == []


def test_a_line_of_the_class_library_is_kept_in_ones_own(
    settings: Settings, humming: bytes, sign_in: SignIn
) -> None:
    ada = sign_in(ADA)
    app = open_voice(of_class=True)
    app = press(give(app, humming), "Save this take")
    assert "saved with your own library" in " ".join(one.value for one in app.success)
    assert voice_takes(settings) == [] and len(voice_takes(ada)) == 1
    assert "nobody else who signs in hears it" in texts(press(app, CONSENT))
    assert voice_takes(sign_in(ANN)) == []
