"""What was heard of a clip, and its lines, in an archive and out of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from emotion_core.library.line_index import index_lines
from emotion_core.library.queries.lines import search_lines
from emotion_core.library.removal import delete_scenes
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from tests.library.archive.transfers import Side, carry, enter, scene_of, take_in
from tests.library.characters.casts import ANA, played
from tests.sound.heard import make_sound

LINES = Lines.of([Line(1.0, 2.0, "Mahal kita.", "ANA", "a.srt")])


@pytest.fixture
def clip(here: Side) -> str:
    """SHA-256 of a scene that was heard and has a line."""
    analysis = played({0: (ANA, 0, 99, 0)})
    enter(here, analysis)
    sha = analysis.clip.sha256
    SoundStore(here.settings.analyses_dir).save(make_sound(sha))
    WordStore(here.settings.analyses_dir).save(sha, LINES)
    return sha


def words_of(side: Side, clip: str) -> list[str]:
    lines = WordStore(side.settings.analyses_dir).load(clip)
    return [] if lines is None else lines.table["text"].tolist()


def test_sound_and_lines_travel_with_a_scene(
    here: Side, there: Side, clip: str, tmp_path: Path
) -> None:
    carry(here, there, tmp_path / "library.zip")
    sound = SoundStore(there.settings.analyses_dir).load(clip)
    assert sound is not None and sound.tracks == make_sound(clip).tracks
    assert words_of(there, clip) == ["Mahal kita."]
    assert [found.line.who for found in search_lines(there.library, "mahal")] == ["ANA"]


def test_lines_that_are_there_already_stay(
    here: Side, there: Side, clip: str, tmp_path: Path
) -> None:
    WordStore(there.settings.analyses_dir).save(clip, Lines.of([Line(0.0, 1.0, "Mine")]))
    carry(here, there, tmp_path / "library.zip")
    assert words_of(there, clip) == ["Mine"]


@pytest.mark.parametrize("name", ["sound-1/voice.parquet", "sound-1/sound.json", "words.json"])
def test_what_is_damaged_is_left_out_and_the_scene_comes_all_the_same(
    here: Side, there: Side, clip: str, tmp_path: Path, name: str
) -> None:
    (here.settings.analyses_dir / clip / name).write_bytes(b"{}")
    summary = carry(here, there, tmp_path / "library.zip")
    assert summary.scenes == 1
    heard = SoundStore(there.settings.analyses_dir).load(clip) is not None
    assert heard == (name == "words.json")
    assert bool(words_of(there, clip)) == (name != "words.json")


def test_an_archive_without_a_file_of_the_sound_has_no_sound(
    here: Side, there: Side, clip: str, tmp_path: Path
) -> None:
    (here.settings.analyses_dir / clip / "sound-1" / "kinds.parquet").unlink()
    carry(here, there, tmp_path / "library.zip")
    with zipfile.ZipFile(tmp_path / "library.zip") as archive:
        assert not [name for name in archive.namelist() if "sound-" in name]
    take_in(there, tmp_path / "library.zip")


def test_sound_and_lines_leave_with_the_scene(here: Side, clip: str) -> None:
    scene = scene_of(here.library, clip[0])
    index_lines(here.library, here.settings, clip)
    assert len(search_lines(here.library, "mahal")) == 1
    delete_scenes(here.library, here.settings, [scene.id], lambda _: False)
    assert search_lines(here.library, "mahal") == []
    assert not (here.settings.analyses_dir / clip).exists()
