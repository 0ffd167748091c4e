"""The library as one file: out, in again, and nothing lost or let in that should not be."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from emotion_core.errors import LibraryError, OutputError
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.archive.merging import MergeSummary, both
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Base, Film, Scene
from emotion_core.library.editing import (
    add_bookmark,
    add_film,
    edit_film,
    edit_scene,
    film_fields,
    scene_fields,
)
from emotion_core.library.queries.browsing import film_titles, get_film, get_scene, scene_entries
from emotion_core.library.scenes import clip_of, enter_scene
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.progress import finish
from emotion_core.scene.clips.store import MediaStore
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.conftest import BOTH
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene


@pytest.fixture
def other(tmp_path: Path) -> Settings:
    """The settings of someone else's library."""
    return Settings(data_dir=tmp_path / "other data")


def add_clip(library: Database, settings: Settings, tmp_path: Path, number: int = 0) -> Scene:
    """A scene of an uploaded clip, with a strip."""
    path = make_clip(tmp_path / f"take {number}.mp4", n=10 + number, size=(64, 36))
    with path.open("rb") as file:
        kept, clip = MediaStore(settings.media_dir).add(file, path.name)
    store = AnalysisStore(settings.analyses_dir)
    analysis = make_scene(sha=clip.sha256, name=clip.name)
    store.save(analysis, kept)
    scene = enter_scene(library, store, analysis.id, analysis=analysis)
    write_thumbnails(kept, analysis, thumbnails_path(settings.thumbnails_dir, clip.sha256))
    assert scene is not None
    return known(library, scene)


def known(library: Database, number: int) -> Scene:
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def write(scene: Scene, library: Database, **wanted: Any) -> None:
    shown = scene_fields(scene)
    tags = wanted.pop("tags", ())
    edit_scene(library, scene.id, shown, {**shown, **wanted}, [], tags)


def export(library: Database, settings: Settings, out: Path, film: int | None = None) -> Path:
    finish(export_library(library, settings, out, film))
    return out


def take_in(library: Database, settings: Settings, path: Path) -> MergeSummary:
    summary = finish(import_library(library, settings, path))
    assert isinstance(summary, MergeSummary)
    return summary


def rows(library: Database) -> dict[str, int]:
    with library.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def files(settings: Settings) -> set[str]:
    folder = settings.data_dir
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)) for p in found if not p.name.startswith("catalogue")}


@pytest.mark.parametrize("settings", BOTH, indirect=True)
def test_a_library_goes_out_and_comes_in_whole(
    library: Database, settings: Settings, other: Settings, tmp_path: Path
) -> None:
    film = add_film(library, {"title": "<b>Ñandú</b>", "year": 1999, "looking_for": "hands"})
    scene = add_clip(library, settings, tmp_path)
    write(scene, library, film_id=film.id, title="שלום *x*", quote="q", notes="n", tags=["rain"])
    add_bookmark(library, scene.id, 1.25, "the look", 1.75)
    archive = export(library, settings, tmp_path / "out" / "library.zip")

    theirs = open_database(other)
    summary = take_in(theirs, other, archive)
    assert (summary.films, summary.scenes, summary.known_films) == (1, 1, 4)
    assert summary.differences == () and files(other) == files(settings)
    (entry,) = scene_entries(theirs)
    assert (entry.title, entry.film, entry.tags) == ("שלום *x*", "<b>Ñandú</b>", ("rain",))
    copy = known(theirs, entry.scene_id)
    assert scene_fields(copy)["notes"] == "n" and copy.barcode == scene.barcode
    (mark,) = copy.bookmarks
    assert (mark.time, mark.end, mark.comment) == (1.25, 1.75, "the look")
    clip = clip_of(copy, other)
    assert clip is not None and clip.is_relative_to(other.data_dir)
    stored = AnalysisStore(other.analyses_dir).read(entry.address)
    assert stored is not None and Path(stored.source) == clip.resolve()
    assert AnalysisStore(other.analyses_dir).load(entry.address) is not None


def test_importing_twice_or_into_the_same_library_changes_nothing(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    scene = add_clip(library, settings, tmp_path)
    write(scene, library, title="Named", notes="n", tags=["rain"])
    add_bookmark(library, scene.id, 1.0, "b")
    before, there = rows(library), files(settings)
    archive = export(library, settings, tmp_path / "library.zip")
    for _ in range(2):
        summary = take_in(library, settings, archive)
        assert summary.differences == () and summary.scenes == summary.films == 0
    assert rows(library) == before and files(settings) == there
    assert scene_fields(known(library, scene.id))["notes"] == "n"


def test_what_both_have_written_is_kept_and_said(
    library: Database, settings: Settings, other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    scene = add_clip(library, settings, tmp_path)
    copy = add_clip(theirs, other, tmp_path)
    write(scene, library, title="Ours", quote="our quote", notes="our notes", tags=["a"])
    write(copy, theirs, title="Theirs", quote="their quote", notes="their notes", tags=["a", "b"])
    himala = next(n for n, title in film_titles(theirs).items() if "Himala" in title)
    film = get_film(theirs, himala)
    assert film is not None
    shown = film_fields(film)
    edit_film(theirs, himala, shown, {**shown, "director": "I. Bernal", "color": "#ffffff"})
    archive = export(theirs, other, tmp_path / "theirs.zip")

    for _ in range(2):
        summary = take_in(library, settings, archive)
        assert len(summary.differences) == 3
    assert any("the title here is Ours, in the archive Theirs" in s for s in summary.differences)
    merged = known(library, scene.id)
    assert merged.title == "Ours" and merged.quote == "our quote\n\ntheir quote"
    assert merged.notes == (
        "our notes\n\ntheir notes\n\nIn an imported archive, the title is: Theirs"
    )
    assert {tag.name for tag in merged.tags} == {"a", "b"}
    kept = get_film(library, himala)
    assert kept is not None and kept.director == "Ishmael Bernal" and kept.color == "#312b2c"
    assert "the director is: I. Bernal" in kept.looking_for


def test_a_film_is_known_by_title_and_year_and_what_is_empty_is_filled(
    library: Database, settings: Settings, other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    add_film(theirs, {"title": "SAME film", "year": 2000, "director": "Ana", "color": "#123456"})
    ours = add_film(library, {"title": "Same  film", "year": 2000})
    take_in(library, settings, export(theirs, other, tmp_path / "a.zip"))
    kept = get_film(library, ours.id)
    assert kept is not None and (kept.director, kept.color) == ("Ana", "#123456")
    assert len(film_titles(library)) == 5


def test_one_film_is_exported_with_its_own_scenes_alone(
    library: Database, settings: Settings, other: Settings, tmp_path: Path
) -> None:
    film = add_film(library, {"title": "Film"})
    inside, _ = (add_clip(library, settings, tmp_path, number) for number in (0, 1))
    write(inside, library, film_id=film.id)
    theirs = open_database(other)
    summary = take_in(theirs, other, export(library, settings, tmp_path / "a.zip", film.id))
    assert (summary.films, summary.known_films, summary.scenes) == (1, 0, 1)
    with pytest.raises(LibraryError, match="deleted by someone else"):
        export(library, settings, tmp_path / "b.zip", 999_999)
    assert not (tmp_path / "b.zip").exists()


def test_a_clip_that_is_gone_is_reported_and_its_readings_travel(
    library: Database, settings: Settings, other: Settings, tmp_path: Path
) -> None:
    scene = add_clip(library, settings, tmp_path)
    next(settings.media_dir.iterdir()).unlink()
    assert finish(export_library(library, settings, tmp_path / "a.zip")).without_clip == (
        scene.title,
    )
    theirs = open_database(other)
    take_in(theirs, other, tmp_path / "a.zip")
    assert len(scene_entries(theirs)) == 1


def test_a_clip_that_was_changed_is_not_exported_as_if_it_were_the_same(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    add_clip(library, settings, tmp_path)
    next(settings.media_dir.iterdir()).write_bytes(b"other")
    with pytest.raises(LibraryError, match="has changed since it was analyzed"):
        export(library, settings, tmp_path / "a.zip")
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*part*"))


@pytest.fixture
def sound(library: Database, settings: Settings, tmp_path: Path) -> dict[str, bytes]:
    """The files of an archive with one scene."""
    scene = add_clip(library, settings, tmp_path)
    write(scene, library, notes="n", tags=["rain"])
    with zipfile.ZipFile(export(library, settings, tmp_path / "sound.zip")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def changed(contents: dict[str, bytes], change: Any) -> dict[str, bytes]:
    manifest = json.loads(contents["library.json"])
    change(manifest)
    return {**contents, "library.json": json.dumps(manifest).encode()}


def _set(manifest: dict[str, Any], **values: Any) -> None:
    manifest["scenes"][0].update(values)


def broken(sound: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Archives that are not what they should be."""
    clip = next(name for name in sound if name.startswith("media/"))
    faces = next(name for name in sound if name.endswith("analysis.json"))
    yield "no list", {name: data for name, data in sound.items() if name != "library.json"}
    yield "foreign", {"library.json": b'{"books": []}', "a.txt": b"a"}
    yield "foreign list", {"library.json": b'{"format": "other", "version": 1, "created": 0}'}
    yield "no JSON", {**sound, "library.json": b"\xff\xfe"}
    yield "newer", changed(sound, lambda m: m.update(version=99))
    yield "clip missing", {name: data for name, data in sound.items() if name != clip}
    yield "clip changed", {**sound, clip: sound[clip] + b"x"}
    yield "bomb", {**sound, clip: bytes(50 << 20)}
    yield "no analysis", {**sound, faces: b"{}"}
    yield "out of the folder", changed(sound, lambda m: _set(m, clip="../../evil.mp4"))
    yield "absolute", changed(sound, lambda m: _set(m, clip="/etc/passwd"))
    sha = json.loads(sound["library.json"])["scenes"][0]["clip_sha256"]
    yield "analysis outside", changed(sound, lambda m: _set(m, analyses=[f"{sha}/../../x"]))
    yield "analysis of another", changed(sound, lambda m: _set(m, clip_sha256="0" * 64, clip=""))
    yield "odd time", changed(sound, lambda m: _set(m, bookmarks=[{"time": -1}]))
    yield "odd end", changed(sound, lambda m: _set(m, bookmarks=[{"time": 2, "end": 1}]))
    yield "color", changed(sound, lambda m: m["films"][0].update(color="red;}</style>"))


def test_what_is_damaged_or_foreign_is_reported_in_a_sentence_and_leaves_nothing(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    before = rows(theirs)
    for name, contents in broken(sound):
        path = packed(contents, tmp_path / "broken.zip")
        with pytest.raises(LibraryError) as caught:
            take_in(theirs, other, path)
        assert "\n" not in str(caught.value) and str(caught.value).endswith("."), name
        assert rows(theirs) == before and files(other) == set(), name
        assert not list(other.data_dir.glob(".import-*")), name


def test_files_that_nothing_names_are_left_in_the_archive(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    extra = {"../evil.txt": b"x", "/abs.txt": b"x", "media/evil.sh": b"x", "a/b.txt": b"x"}
    theirs = open_database(other)
    take_in(theirs, other, packed({**sound, **extra}, tmp_path / "more.zip"))
    assert files(other) == set(sound) - {"library.json"}
    assert not (tmp_path / "evil.txt").exists()


def test_a_strip_that_is_no_picture_is_left_out(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    strip = next(name for name in sound if name.startswith("thumbnails/"))
    theirs = open_database(other)
    take_in(theirs, other, packed({**sound, strip: b"<svg onload=alert(1)>"}, tmp_path / "a.zip"))
    assert strip not in files(other) and len(scene_entries(theirs)) == 1


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_file_is_reported(
    library: Database, settings: Settings, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(LibraryError, match="not a library archive"):
        take_in(library, settings, tmp_path / "a.zip")
    with pytest.raises(LibraryError, match="There is no file"):
        take_in(library, settings, tmp_path / "none.zip")


def test_an_archive_that_was_cut_off_or_has_a_wrong_byte_leaves_nothing(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    whole = packed(sound, tmp_path / "a.zip").read_bytes()
    for data in (whole[: len(whole) // 2], whole[:2000] + b"\0\1\2\3" * 8 + whole[2032:]):
        (tmp_path / "b.zip").write_bytes(data)
        with pytest.raises(LibraryError):
            take_in(theirs, other, tmp_path / "b.zip")
        assert files(other) == set()


def test_too_little_room_on_the_disk_is_reported_before_anything_is_written(
    sound: dict[str, bytes], other: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = open_database(other)
    archive = packed(sound, tmp_path / "a.zip")
    monkeypatch.setenv("EME_MIN_FREE_GB", "1e6")
    with pytest.raises(OutputError, match="is nearly full"):
        take_in(theirs, other, archive)
    assert files(other) == set()
    with pytest.raises(OutputError, match=r"1000000\.0 GB must stay free"):
        export(theirs, other, tmp_path / "b.zip")
    assert not list(tmp_path.glob("*b.zip"))


def test_an_import_that_takes_too_long_ends_and_leaves_nothing(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    before = rows(theirs)
    hasty = other.model_copy(update={"max_import_minutes": 1e-9})
    with pytest.raises(LibraryError, match="took longer than 1e-09 minutes"):
        take_in(theirs, hasty, packed(sound, tmp_path / "a.zip"))
    assert rows(theirs) == before and files(other) == set()
    assert not list(other.data_dir.glob(".import-*"))


def test_an_import_that_fails_at_its_end_takes_its_files_back(
    sound: dict[str, bytes], other: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = open_database(other)
    before = rows(theirs)

    def fail(*_: Any) -> None:
        raise LibraryError("no.")

    monkeypatch.setattr("emotion_core.library.archive.importing.put_analysis", fail)
    with pytest.raises(LibraryError, match="no"):
        take_in(theirs, other, packed(sound, tmp_path / "a.zip"))
    assert rows(theirs) == before and files(other) == set()


def test_an_import_that_is_stopped_leaves_nothing(
    sound: dict[str, bytes], other: Settings, tmp_path: Path
) -> None:
    theirs = open_database(other)
    steps = import_library(theirs, other, packed(sound, tmp_path / "a.zip"))
    next(steps)
    steps.close()
    assert files(other) == set() and len(scene_entries(theirs)) == 0


def test_texts_are_joined_without_saying_anything_twice() -> None:
    assert both("a", "") == "a" and both("", "b") == "b" and both("a", "a") == "a"
    assert both("a", "b") == "a\n\nb" and both("a\n\nb", "b") == "a\n\nb"
    assert both(both("a", "b"), "b") == "a\n\nb"


def test_a_film_that_was_deleted_here_comes_back_with_an_archive(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    archive = export(library, settings, tmp_path / "a.zip")
    with library.writing() as session:
        session.delete(session.scalars(select(Film).where(Film.title == "Himala")).one())
    assert take_in(library, settings, archive).films == 1
