"""Lines on the command line: added, moved, listed, searched."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_core.cli.lines import changing
from emotion_core.library.line_index import keep_lines
from emotion_core.library.queries.lines import search_lines
from emotion_core.library.scenes import open_library
from emotion_core.scene.clips.store import identify
from emotion_core.settings import load_settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from tests.cli.commands import Ended, assert_refused
from tests.cli.commands import run as run_command
from tests.library.shelves import keep
from tests.library.test_deliveries import SPOKEN, chewing_scene
from tests.library.test_words import SCRIPT, SUBTITLES
from tests.sound.clips import write_clip
from tests.sound.heard import make_sound


def run(*arguments: object) -> Ended:
    return run_command("lines", *arguments)


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip that was read and heard: one face, and a voice between 1 and 3 s."""
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("EME_DATABASE_URL", raising=False)
    path = write_clip(tmp_path / "scene.mov", [np.zeros(96_000, np.float32)])
    scene = replace(chewing_scene(), clip=identify(path))
    SoundStore(load_settings().analyses_dir).save(make_sound(scene.clip.sha256, 12.0, SPOKEN))
    monkeypatch.setattr(changing, "read_clip", lambda *_: scene)
    keep(scene, path)
    return path


@pytest.fixture
def folder(clip: Path) -> Path:
    """The analysis of the clip, of which one line of two has a speaker."""
    sha = identify(clip).sha256
    lines = [Line(1.0, 3.0, "Walang himala!"), Line(4.0, 5.0, "=Ano?", "ELSA")]
    keep_lines(load_settings(), sha, Lines.of(lines))
    return next((load_settings().analyses_dir / sha).glob("some-*"))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_subtitles_are_added_named_by_a_script_and_removed(clip: Path, tmp_path: Path) -> None:
    added = run("add", clip, written(tmp_path / "a.srt", SUBTITLES))
    assert added.stdout == f"{clip} has 1 line, 1 with a time\n"
    assert run("add", clip, written(tmp_path / "a.txt", SCRIPT)).returncode == 0
    (found,) = search_lines(open_library(load_settings()), "wonder")
    assert found.line.who == "ANA"
    assert run("remove", clip).stdout == f"1 line of {clip} removed\n"
    assert search_lines(open_library(load_settings()), "wonder") == []
    assert_refused(run("remove", clip))


def test_a_script_is_looked_for_in_the_sound(clip: Path, tmp_path: Path) -> None:
    refused = run("add", clip, written(tmp_path / "a.txt", SCRIPT))
    assert_refused(refused)
    assert "a.txt" in refused.stderr
    assert WordStore(load_settings().analyses_dir).script(identify(clip).sha256) is None


def test_lines_are_moved_to_where_somebody_speaks(clip: Path, tmp_path: Path) -> None:
    sha = identify(clip).sha256
    SoundStore(load_settings().analyses_dir).save(make_sound(sha, 40.0, [(10, 13), (20, 22)]))
    apart = [Line(4.0, 7.0, "One"), Line(14.0, 16.0, "Two")]
    keep_lines(load_settings(), sha, Lines.of(apart))
    assert "6.0 s" in run("move", clip).stdout
    lines = WordStore(load_settings().analyses_dir).load(sha)
    assert lines is not None
    assert lines.table["start"].tolist() == pytest.approx([10.0, 20.0], abs=0.2)
    assert "no other place is clearly better" in run("move", clip).stdout


def test_lines_are_listed_with_who_face_and_voice(folder: Path) -> None:
    text = run("list", folder).stdout.splitlines()
    assert text == [
        "   0:01.0  Person 1?: Walang himala!",
        "           face: sad 80%",
        "   0:04.0  ELSA: =Ano?",
        "2 lines",
    ]
    (first, second) = csv.DictReader(run("list", folder, "--format", "csv").stdout.splitlines())
    assert first["who"] == "Person 1?" and second["words"] == "'=Ano?"
    (first, _) = json.loads(run("list", folder, "--format", "json").stdout)
    assert first["words"] == "Walang himala!" and first["confidence"] is None


def test_lines_are_searched_over_the_library(folder: Path, clip: Path) -> None:
    assert run("search", "HIMALA", "wala").stdout.splitlines() == [
        "scene",
        "   0:01.0  Person 1?: Walang himala!",
        "1 line in 1 scene",
    ]
    (found,) = json.loads(run("search", "elsa", "--format", "json").stdout)
    assert (found["clip"], found["start"], found["who"]) == (str(clip), 4.0, "ELSA")
    assert run("search", "nothing").stdout == "0 lines in 0 scenes\n"
    assert run("search", "nothing", "--format", "json").stdout == "[]\n"


def test_what_cannot_be_done_is_refused_in_one_sentence(clip: Path, tmp_path: Path) -> None:
    for arguments in (
        ("add", clip, tmp_path / "none.srt"),
        ("add", clip, written(tmp_path / "broken.srt", b"")),
        ("move", clip),
        ("transcribe", clip),
        ("remove", tmp_path / "none.mp4"),
    ):
        assert_refused(run(*arguments))
