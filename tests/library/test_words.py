"""Lines that come to a clip of the library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import WordsError
from emotion_core.library.queries.lines import search_lines
from emotion_core.library.scenes import open_library
from emotion_core.library.sounds import find_subtitles, hear_clip
from emotion_core.library.words import add_words, find_script, write_down
from emotion_core.progress import finish
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from tests.scene.scenes import make_scene
from tests.sound.clips import write_clip
from tests.sound.heard import make_sound

SUBTITLES = b"1\n00:00:00,500 --> 00:00:01,500\nWhere is she now, I wonder?\n"
SCRIPT = b"ANA: Where is she now, I wonder?\nBEN: Gone to the mountains again.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds of silence."""
    return write_clip(tmp_path / "scene.mov", [np.zeros(96_000, np.float32)])


def texts(settings: Settings, clip: Path) -> list[str]:
    lines = WordStore(settings.analyses_dir).load(identify(clip).sha256)
    return [] if lines is None else lines.table["text"].tolist()


def test_subtitles_beside_a_clip_come_with_its_sound(settings: Settings, clip: Path) -> None:
    clip.with_name("scene.en.srt").write_bytes(SUBTITLES)
    scene = replace(make_scene(), clip=identify(clip))
    AnalysisStore(settings.analyses_dir).save(scene, clip)
    library = open_library(settings)
    finish(hear_clip(settings, clip, identify(clip)))
    assert texts(settings, clip) == ["Where is she now, I wonder?"]
    assert len(search_lines(library, "wonder")) == 1


def test_lines_of_the_user_stay_when_a_clip_is_heard(settings: Settings, clip: Path) -> None:
    add_words(settings, identify(clip).sha256, "mine.srt", SUBTITLES)
    clip.with_name("scene.srt").write_bytes(SUBTITLES.replace(b"she", b"he"))
    finish(hear_clip(settings, clip, identify(clip)))
    assert texts(settings, clip) == ["Where is she now, I wonder?"]


def test_a_broken_file_beside_a_clip_does_not_keep_it_from_being_heard(
    settings: Settings, clip: Path
) -> None:
    clip.with_name("scene.srt").write_bytes(b"")
    finish(hear_clip(settings, clip, identify(clip)))
    assert SoundStore(settings.analyses_dir).heard(identify(clip).sha256)
    assert find_subtitles(clip) is None


def test_a_clip_is_heard_once(settings: Settings, clip: Path) -> None:
    finish(hear_clip(settings, clip, identify(clip)))
    assert list(hear_clip(settings, clip, identify(clip))) == []


def test_a_script_names_the_lines_that_are_there(settings: Settings, clip: Path) -> None:
    sha = identify(clip).sha256
    assert add_words(settings, sha, "scene.srt", SUBTITLES)
    assert add_words(settings, sha, "scene.txt", SCRIPT)
    lines = WordStore(settings.analyses_dir).load(sha)
    assert lines is not None and lines.table["speaker"].tolist() == ["ANA"]


def test_a_script_that_is_not_heard_is_refused_and_nothing_is_left_of_it(
    settings: Settings, clip: Path
) -> None:
    sha = identify(clip).sha256
    SoundStore(settings.analyses_dir).save(make_sound(sha, 2.0, [(0.2, 1.8)]))
    assert not add_words(settings, sha, "scene.txt", SCRIPT)
    assert WordStore(settings.analyses_dir).script(sha) is not None
    with pytest.raises(WordsError, match=r"scene.txt"):
        finish(find_script(settings, clip, sha))
    assert WordStore(settings.analyses_dir).script(sha) is None
    assert texts(settings, clip) == []


def test_a_file_that_cannot_be_read_leaves_the_lines_as_they_were(
    settings: Settings, clip: Path
) -> None:
    sha = identify(clip).sha256
    add_words(settings, sha, "scene.srt", SUBTITLES)
    for name in ("other.srt", "other.txt", "other.fountain"):
        with pytest.raises(WordsError):
            add_words(settings, sha, name, b"")
    assert texts(settings, clip) == ["Where is she now, I wonder?"]


def test_what_needs_the_sound_says_so_where_it_was_not_read(settings: Settings, clip: Path) -> None:
    sha = identify(clip).sha256
    with pytest.raises(WordsError, match="set EME_SPEECH_MODEL"):
        finish(write_down(settings, clip, sha))
    with pytest.raises(WordsError, match="was not read yet"):
        finish(find_script(settings, clip, sha))
