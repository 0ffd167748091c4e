"""Lines that somebody has said and kept, in an archive and out of it."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emotion_core.errors import LibraryError, OutputError
from emotion_core.jobs.kinds.archives import ImportLibrary
from emotion_core.library.archive import importing
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.editing import add_film
from emotion_core.library.takes import take_entries
from emotion_core.library.voice.takes import kept_pitches, open_voice_take, voice_takes
from emotion_core.performance.wording.line_beside import describe_unknown
from emotion_core.progress import finish
from tests.library.archive.transfers import Side, carry, contents, take_in
from tests.library.recordings import keep
from tests.library.voice.lines import RECORDING, keep_line

Members = dict[str, bytes]


def export(side: Side, path: Path, film: int | None = None) -> Members:
    finish(export_library(side.library, side.settings, path, film))
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: Members, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_line_is_opened_there_as_it_was_kept_here(
    here: Side, there: Side, tmp_path: Path
) -> None:
    kept = [keep_line(here.settings), keep_line(here.settings, "The street")]
    summary = carry(here, there, tmp_path / "a.zip")
    assert summary.said_lines == 2
    assert voice_takes(there.settings) == kept[::-1]
    assert kept_pitches(there.settings) == [210.0, 220.0] * 2
    ours, copy = (open_voice_take(one.settings, kept[0].name) for one in (here, there))
    assert copy.recording.read_bytes() == RECORDING and copy.recording.name == "recording.wav"
    assert (copy.usual_of, copy.warning) == (ours.usual_of, ours.warning)
    pd.testing.assert_frame_equal(copy.beside.contours, ours.beside.contours)
    pd.testing.assert_frame_equal(copy.beside.words, ours.beside.words)
    assert describe_unknown(copy.beside) == describe_unknown(ours.beside)
    # once each, and what is here stays
    assert take_in(there, tmp_path / "a.zip").said_lines == 0
    assert voice_takes(there.settings) == kept[::-1]
    assert not list(there.settings.home.glob(".new-*"))


def test_an_archive_of_a_film_holds_no_lines(here: Side, tmp_path: Path) -> None:
    keep_line(here.settings)
    film = add_film(here.library, {"title": "A film"})
    members = export(here, tmp_path / "a.zip", film.id)
    assert not [name for name in members if name.startswith("voice/")]
    assert json.loads(members["library.json"])["said_lines"] == []


def test_an_archive_that_knows_of_no_lines_comes_in(
    here: Side, there: Side, tmp_path: Path
) -> None:
    keep_line(here.settings)
    members = export(here, tmp_path / "a.zip")
    manifest = json.loads(members["library.json"])
    del manifest["said_lines"]
    early = {**members, "library.json": json.dumps(manifest).encode()}
    assert take_in(there, pack(early, tmp_path / "b.zip")).said_lines == 0
    assert not there.settings.voice_dir.exists()


def test_a_line_that_is_damaged_here_is_left_out_and_counted(
    here: Side, there: Side, tmp_path: Path
) -> None:
    whole, damaged = keep_line(here.settings), keep_line(here.settings)
    (here.settings.voice_dir / damaged.name / "words.parquet").write_bytes(b"PAR1")
    summary = finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    assert (summary.said_lines, summary.damaged_lines) == (1, 1)
    take_in(there, tmp_path / "a.zip")
    assert voice_takes(there.settings) == [whole]


@pytest.mark.parametrize("target", [None, "nowhere"])
def test_a_line_whose_recording_is_no_file_is_damaged(
    here: Side, tmp_path: Path, target: str | None
) -> None:
    recording = here.settings.voice_dir / keep_line(here.settings).name / "recording.wav"
    recording.unlink()
    recording.mkdir() if target is None else recording.symlink_to(tmp_path / target)
    summary = finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    assert (summary.said_lines, summary.damaged_lines) == (0, 1)


def test_a_line_that_is_deleted_while_an_archive_is_written_is_not_in_it(
    here: Side, there: Side, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = keep_line(here.settings), keep_line(here.settings)
    write = zipfile.ZipFile.write

    def deleted_meanwhile(archive: zipfile.ZipFile, path: Path, name: str, *more: Any) -> None:
        write(archive, path, name, *more)
        shutil.rmtree(here.settings.voice_dir / gone.name, ignore_errors=True)

    monkeypatch.setattr(zipfile.ZipFile, "write", deleted_meanwhile)
    summary = finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    assert (summary.said_lines, summary.damaged_lines) == (1, 0)
    take_in(there, tmp_path / "a.zip")
    assert [take.name for take in voice_takes(there.settings)] == [kept.name]


def test_a_line_that_is_damaged_in_an_archive_is_one_sentence_and_leaves_nothing(
    here: Side, there: Side, tmp_path: Path
) -> None:
    keep_line(here.settings)
    keep_line(here.settings)
    add_film(here.library, {"title": "A film"})
    members = export(here, tmp_path / "a.zip")
    before = contents(there.library)
    name = next(one for one in members if one.endswith("words.parquet"))
    for data in (b"PAR1", members[name][:-40]):
        with pytest.raises(LibraryError, match=r"^The archive is damaged: voice/[^\n]*\.$"):
            take_in(there, pack({**members, name: data}, tmp_path / "b.zip"))
        assert contents(there.library) == before
        assert not there.settings.voice_dir.exists()
        assert not list(there.settings.home.glob(".[in]*"))


def test_an_archive_names_no_other_files_as_lines(here: Side, there: Side, tmp_path: Path) -> None:
    keep_line(here.settings)
    members = export(here, tmp_path / "a.zip")
    for values, words in (
        ({"name": "../" * 10 + "x"}, "said_lines.0.name"),
        ({"recording": "recording.a/../../x"}, "said_lines.0.recording"),
        ({"recording": "recording.mp3"}, "recording.mp3 is missing"),
        ({"name": "0" * 32}, f"{'0' * 32}/take.json is missing"),
    ):
        manifest = json.loads(members["library.json"])
        manifest["said_lines"][0].update(values)
        lying = {**members, "library.json": json.dumps(manifest).encode()}
        with pytest.raises(LibraryError, match=words):
            take_in(there, pack(lying, tmp_path / "b.zip"))
        assert not there.settings.voice_dir.exists()


def test_a_table_that_would_not_end_is_not_unpacked(
    here: Side, there: Side, tmp_path: Path
) -> None:
    keep_line(here.settings)
    members = export(here, tmp_path / "a.zip")
    name = next(one for one in members if one.endswith("take.json"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_STORED) as archive:
        for one, data in members.items():
            archive.writestr(one, bytes(9 << 20) if one == name else data)
    with pytest.raises(LibraryError, match="damaged: voice/"):
        take_in(there, tmp_path / "b.zip")


def test_a_library_that_others_open_takes_in_no_takes(
    here: Side, there: Side, tmp_path: Path
) -> None:
    keep_line(here.settings)
    keep(here.settings, tmp_path)
    add_film(here.library, {"title": "A film"})
    export(here, tmp_path / "a.zip")
    (phase,) = ImportLibrary(str(tmp_path / "a.zip"), takes=False).phases(there.settings)
    summary = finish(phase.begin())
    assert (summary.films, summary.scenes, summary.left_out) == (1, 0, 2)
    assert take_entries(there.library) == [] == voice_takes(there.settings)
    assert not there.settings.voice_dir.exists() and not list(there.settings.media_dir.glob("*"))


def test_an_import_that_fails_takes_no_lines_in(
    here: Side, there: Side, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_line(here.settings)
    export(here, tmp_path / "a.zip")

    def fails(*_: object) -> None:
        raise LibraryError("The import took too long.")

    monkeypatch.setattr(importing, "merge_takes", fails)
    with pytest.raises(LibraryError, match="too long"):
        take_in(there, tmp_path / "a.zip")
    assert not there.settings.voice_dir.exists()
    assert not list(there.settings.home.glob(".[in]*"))


@pytest.mark.parametrize("kind", ["file", "link"])
def test_where_lines_cannot_be_put_nothing_is_imported(
    here: Side, there: Side, tmp_path: Path, kind: str
) -> None:
    keep_line(here.settings)
    add_film(here.library, {"title": "A film"})
    export(here, tmp_path / "a.zip")
    place, before = there.settings.voice_dir, contents(there.library)
    place.touch() if kind == "file" else place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match=rf"^{place} cannot be written: it is no folder\.$"):
        take_in(there, tmp_path / "a.zip")
    assert contents(there.library) == before
    assert not list(there.settings.home.glob(".[in]*"))


def test_a_line_whose_place_something_else_has_stays_out(
    here: Side, there: Side, tmp_path: Path
) -> None:
    lost, kept = keep_line(here.settings), keep_line(here.settings)
    export(here, tmp_path / "a.zip")
    there.settings.voice_dir.mkdir()
    (there.settings.voice_dir / lost.name).symlink_to(tmp_path / "nowhere")
    assert take_in(there, tmp_path / "a.zip").said_lines == 1
    assert voice_takes(there.settings) == [kept]
