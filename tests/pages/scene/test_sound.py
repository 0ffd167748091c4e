"""The sound of a scene on its page, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.errors import ModelError
from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo
from emotion_core.jobs.kinds.hearing import HearClip
from emotion_core.jobs.registry import load_work
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from pages.shared import services
from tests.library.characters.casts import enter
from tests.media.clips import make_clip
from tests.pages.opening import open_app, texts
from tests.scene.scenes import make_scene
from tests.sound.heard import TRACK, make_sound

SHOWN = "Show what is heard"
SUBTITLES = b"1\n00:00:00,500 --> 00:00:01,500\nANA: Where is she?\n"


@pytest.fixture
def clip(own_data: Path) -> str:
    """SHA-256 of the clip of a scene in the library."""
    path = make_clip(own_data / "clip.mp4", n=100, size=(64, 36), audio="mono")
    scene = replace(make_scene(), clip=identify(path))
    store = AnalysisStore(load_settings().analyses_dir)
    enter(services.library(), store, scene)
    store.save(scene, path)
    return scene.clip.sha256


def hear(clip: str, lines: Lines | None = None) -> None:
    folder = load_settings().analyses_dir
    SoundStore(folder).save(make_sound(clip, 4.0, [(0.2, 1.8), (2.2, 3.8)]))
    if lines is not None:
        WordStore(folder).save(clip, lines)


def unfold(app: AppTest, clip: str) -> None:
    """Open the part in which lines are added and removed."""
    app.session_state[f"words-of-{clip}"] = True
    app.run()


def upload(app: AppTest, clip: str, name: str, content: bytes) -> AppTest:
    unfold(app, clip)
    app.file_uploader[-1].upload(name, content).run()
    use = next(button for button in app.button if button.label == "Use this file")
    use.click().run()
    assert not app.exception
    return app


def test_the_sound_of_a_scene_that_was_never_heard_is_read_on_request(clip: str) -> None:
    app = open_app()
    assert "What is said" not in texts(app)
    assert "The sound of this scene was not read." in texts(app)
    app.button(key="read-the-sound").click().run()
    assert not app.exception
    job = records.latest(services.queue(), HearClip, clip, services.settings().library)
    assert job is not None


def test_who_speaks_and_what_is_said_is_on_the_page(clip: str) -> None:
    hear(clip, Lines.of([Line(0.5, 1.5, "Where is she?", "ANA", "a.srt")]))
    app = open_app()
    assert "What is said" in texts(app)
    assert "Who speaks, of all speech:" in texts(app)
    (lines,) = app.dataframe
    assert lines.value["Line"].tolist() == ["Where is she?"]
    assert lines.value["Who"].tolist() == ["ANA"]
    assert "The sound of this scene was not read." not in texts(app)


def test_the_video_shows_what_is_heard_unless_the_tick_is_taken_out(clip: str) -> None:
    assert SHOWN not in [box.label for box in open_app().checkbox]
    hear(clip)
    app = open_app()
    (shown,) = (box for box in app.checkbox if box.label == SHOWN)
    assert shown.value
    shown.uncheck().run()
    next(button for button in app.button if button.label == "Make annotated video").click().run()
    assert not app.exception
    (address,) = AnalysisStore(load_settings().analyses_dir).addresses()
    job = records.latest(services.queue(), DrawVideo, address, services.settings().library)
    assert job is not None and not load_work(job.kind, job.arguments).heard


def test_lines_are_searched(clip: str) -> None:
    lines = [Line(0.5, 1.5, "Where is she?"), Line(2.0, 3.0, "Señor, gone.")]
    hear(clip, Lines.of(lines))
    app = open_app()
    app.text_input(key=f"lines-{clip}").set_value("senor").run()
    assert app.dataframe[0].value["Line"].tolist() == ["Señor, gone."]
    app.text_input(key=f"lines-{clip}").set_value("thunder").run()
    assert not app.exception
    assert "No line has these words." in texts(app)


def test_subtitles_are_added_and_removed(clip: str) -> None:
    hear(clip)
    app = open_app()
    assert "No lines yet" in texts(app)
    upload(app, clip, "clip.srt", SUBTITLES)
    assert app.dataframe[0].value["Who"].tolist() == ["ANA"]
    kept = WordStore(load_settings().analyses_dir).load(clip)
    assert kept is not None and kept.table["text"].tolist() == ["Where is she?"]
    unfold(app, clip)
    next(button for button in app.button if button.label == "Remove the lines").click().run()
    assert not app.exception
    assert "No lines yet" in texts(app)


def test_a_script_names_the_speakers_of_subtitles(clip: str) -> None:
    hear(clip, Lines.of([Line(0.5, 1.5, "Where is she now, I wonder?", "", "a.srt")]))
    app = upload(open_app(), clip, "scene.txt", b"BEN: Where is she now, I wonder?\n")
    assert app.dataframe[0].value["Who"].tolist() == ["BEN"]


@pytest.mark.parametrize(
    ("name", "content"), [("clip.srt", b"\x00\xff"), ("scene.txt", b""), ("clip.ass", b"[V4")]
)
def test_a_file_without_lines_is_one_sentence_and_nothing_is_lost(
    clip: str, name: str, content: bytes
) -> None:
    hear(clip, Lines.of([Line(0.5, 1.5, "Where is she?", "ANA", "a.srt")]))
    app = upload(open_app(), clip, name, content)
    assert len(app.error) == 1
    assert app.dataframe[0].value["Line"].tolist() == ["Where is she?"]


def test_without_the_network_of_voices_the_scene_is_shown_all_the_same(
    clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelError("There is no voice network.")

    monkeypatch.setattr("pages.scene.sound.scene_sound", missing)
    hear(clip)
    app = open_app()
    assert [warning.value for warning in app.warning if "voice" in warning.value]
    assert "Characters" in texts(app)
    assert "was not read" not in texts(app)


def test_sound_that_is_damaged_is_read_again_on_request(clip: str) -> None:
    hear(clip)
    (SoundStore(load_settings().analyses_dir).folder_of(clip) / "voice.parquet").write_bytes(b"")
    assert "The sound of this scene was not read." in texts(open_app())


def test_a_clip_without_sound_says_so(clip: str) -> None:
    silent = replace(make_sound(clip, 0.0, ()), tracks=())
    SoundStore(load_settings().analyses_dir).save(silent)
    assert "The clip has no sound." in texts(open_app())


def test_several_sound_tracks_are_named(clip: str) -> None:
    sound = make_sound(clip, 4.0, [(0.2, 1.8)])
    two = replace(sound, tracks=(TRACK, replace(TRACK, place=1, title="Commentary")))
    SoundStore(load_settings().analyses_dir).save(two)
    assert "2 sound tracks (fil, Commentary)" in texts(open_app())
