"""An archive imported into a new library, and all that pages ask of that library then."""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from emotion_core.errors import ComparisonError, EmotionCoreError
from emotion_core.export.formats import Format
from emotion_core.export.writing import export_scene
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.characters.listing import characters_of_film, characters_of_scene
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Base, Scene
from emotion_core.library.editing import add_bookmark, add_film, edit_scene, scene_fields
from emotion_core.library.queries.browsing import browse, get_scene, scene_entries
from emotion_core.library.queries.choices import choices
from emotion_core.library.queries.filters import Filters, Order
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.removal import what_leaves
from emotion_core.library.report_data import library_report_data
from emotion_core.library.scenes import clip_of, enter_scene, open_library
from emotion_core.library.takes import take_entries
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.library.voice.takes import (
    VoiceTake,
    kept_pitches,
    open_voice_take,
    voice_takes,
)
from emotion_core.media.playback import playable
from emotion_core.performance.comparison.comparison import compare
from emotion_core.performance.performance import performances_of
from emotion_core.performance.progression import read_progression
from emotion_core.performance.wording.line_beside import (
    describe_beside,
    describe_unknown,
    describe_usual,
)
from emotion_core.progress import finish
from emotion_core.render.figures.voice.line_beside import draw_line_beside, table_of_line
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import MediaStore
from emotion_core.scene.store import AnalysisStore
from emotion_core.scene.summary import summarize
from emotion_core.settings import Settings
from emotion_core.text import format_time
from pages.players.scene.encoding import encode_scene
from tests.faults import archives
from tests.library.characters.casts import ANA, BEN, played
from tests.library.voice.lines import keep_line
from tests.media.clips import make_clip

_EMPTY = "empty library"


class ArchiveCases:
    """Archives through the import, each into a library of its own."""

    def __init__(self) -> None:
        self._cases = archives.cases()

    def names(self) -> list[str]:
        return [case.name for case in self._cases]

    def prepare(self, folder: Path) -> None:
        (folder / "bait").mkdir()
        make_clip(folder / "bait" / "private.mp4", 10, size=(64, 36))
        _write_sound_archive(folder)
        settings = Settings(data_dir=folder / _EMPTY)
        open_library(settings).close()

    def make(self, number: int, folder: Path, shared: Path, bait: Path) -> Path:
        with zipfile.ZipFile(shared / "sound.zip") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        path = folder / "hostile.zip"
        self._cases[number].write(members, path, bait / "private.mp4")
        shutil.copytree(shared / _EMPTY, folder / "data")
        return path

    def use(self, path: Path, folder: Path) -> None:
        settings = Settings(data_dir=folder / "data")
        database = open_database(settings)
        around = {one for one in folder.iterdir()}
        before = _counts(database), _files(settings)
        try:
            try:
                finish(import_library(database, settings, path))
            except EmotionCoreError:
                after = _counts(database), _files(settings)
                assert after == before, "half imported"
                raise
            finally:
                assert set(folder.iterdir()) == around, "a file outside of the data directory"
                left = {one.name for one in settings.data_dir.glob(".*")} - {".unfinished"}
                notes = list((settings.data_dir / ".unfinished").glob("*/*.json"))
                assert not left and not notes, "a file that is left over"
            visit_pages(database, settings, folder)
        finally:
            database.close()


def visit_pages(database: Database, settings: Settings, folder: Path) -> None:
    """Ask of a library what its pages ask of it."""
    for order in Order:
        browse(database, Filters(), order)
    browse(database, Filters(text="a", emotion="sad"))
    choices(database)
    take_entries(database)
    entries, performances = scene_entries(database), performance_entries(database)
    assert len({one.key for one in performances}) == len(performances)
    what_leaves(database, settings, [one.scene_id for one in entries[:5]])
    store, read = AnalysisStore(settings.analyses_dir), []
    for entry in entries[:3]:
        scene = get_scene(database, entry.scene_id)
        assert scene is not None
        characters_of_scene(database, scene.id)
        characters_of_film(database, scene.id)
        _play(scene, settings, store)
        if (analysis := store.load(entry.address)) is not None:
            assert analysis.id == entry.address or analysis.parameters.version <= 3
            read.append(with_characters(database, analysis))
    for analysis in read:
        _visit_scene(settings, database, analysis)
    found = [one for analysis in read for one in performances_of(analysis)]
    for performance in found[:4]:
        read_progression(performance)
    if len(found) > 1:
        with contextlib.suppress(ComparisonError):
            compare(found[:3])
    for take in voice_takes(settings):
        if take.recorded is not None:
            _visit_said_line(settings, take)
    kept_pitches(settings)
    if len(entries) < 100:
        finish(export_library(database, settings, folder / "again.zip"))
        (folder / "again.zip").unlink()


def _play(scene: Scene, settings: Settings, store: AnalysisStore) -> None:
    """As the pages find the clip of a scene; what is found may only be the library's own."""
    stored = store.read(scene.address)
    found = [clip_of(scene, settings)]
    if stored is not None:
        media = MediaStore(settings.media_dir)
        found.append(media.find_clip(stored.clip.sha256, stored.source, stored.created))
    for clip in found:
        if clip is not None:
            playable(clip)
            assert clip.is_relative_to(settings.data_dir), f"plays {clip}"


def _visit_scene(settings: Settings, database: Database, analysis: SceneAnalysis) -> None:
    summarize(analysis)
    encode_scene(
        analysis.faces,
        analysis.frames,
        analysis.shots,
        analysis.info.duration,
        (analysis.info.width, analysis.info.height),
        analysis.face_names(),
    )
    data = library_report_data(settings, database, analysis)
    heard = data.sound is not None
    export_scene(data, [one for one in Format if heard or not one.is_of_sound], "scene")


def _visit_said_line(settings: Settings, take: VoiceTake) -> None:
    """As the page Practice opens a line that was kept."""
    assert take.recorded is not None
    take.recorded.astimezone().strftime("%d %B %Y, %H:%M")
    opened = open_voice_take(settings, take.name)
    beside = opened.beside
    describe_beside(beside)
    describe_unknown(beside)
    describe_usual(beside, opened.usual_of)
    draw_line_beside(beside).to_json()
    table_of_line(beside)
    [format_time(start) for start in beside.table["start"]]
    assert opened.recording.is_relative_to(settings.data_dir)


def _write_sound_archive(folder: Path) -> None:
    settings = Settings(data_dir=folder / "made")
    library, store = open_database(settings), AnalysisStore(folder / "made" / "analyses")
    film = add_film(library, {"title": "A film", "year": 1999, "looking_for": "hands"})
    with make_clip(folder / "take.mp4", 10, size=(64, 36)).open("rb") as file:
        kept, clip = MediaStore(settings.media_dir).add(file, "take.mp4")
    analysis = replace(played({0: (ANA, 0, 60, 0), 1: (BEN, 30, 99, 3)}), clip=clip)
    store.save(analysis, kept)
    scene = enter_scene(library, store, analysis.id, analysis=analysis, film_id=film.id)
    assert scene is not None
    add_bookmark(library, scene, 1.0, "here", 1.5)
    with library.reading() as session:
        shown = scene_fields(session.get_one(Scene, scene))
    edit_scene(library, scene, shown, {**shown, "notes": "n"}, [], ["rain"])
    write_thumbnails(kept, analysis, thumbnails_path(settings.thumbnails_dir, clip.sha256))
    line = settings.voice_dir / keep_line(settings).name
    line.rename(line.with_name("5" * 32))
    finish(export_library(library, settings, folder / "whole.zip"))
    # films that come with every library are no part of it
    with zipfile.ZipFile(folder / "whole.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["library.json"])
    manifest["films"] = [one for one in manifest["films"] if one["title"] == "A film"]
    archives.pack({**members, "library.json": json.dumps(manifest).encode()}, folder / "sound.zip")
    library.close()


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _files(settings: Settings) -> set[str]:
    found = (one for one in settings.data_dir.rglob("*") if one.is_file())
    return {str(one) for one in found if not one.name.startswith("catalogue")}
