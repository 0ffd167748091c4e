"""What the app does with the data directory, each in a function of what lies beside it."""

from __future__ import annotations

from pathlib import Path

from av import VideoFrame
from sqlalchemy import select

from emotion_core.files import copy_whole, to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.archives import ExportLibrary, ImportLibrary
from emotion_core.jobs.kinds.drawing import DrawVideo, MakeThumbnails
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.work import Work
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.removal import delete_scenes
from emotion_core.library.scenes import open_library, read_scene
from emotion_core.library.takes import TakeNote, keep_take
from emotion_core.practice.takes.recorder import TakeRecorder
from emotion_core.progress import finish
from emotion_core.scene.clips.store import clips_of, identify
from emotion_core.settings import Settings
from emotion_core.unfinished import TemporaryFolder, placing
from tests.faults.crashes.readers import PlainReader, make_film
from tests.library.voice.lines import keep_line
from tests.media.clips import marked_image

HELD = "held.mp4"  # a film that every library here has, with one reading
NEW = "new.mp4"  # one that it has not
ARCHIVE = "archive.zip"  # with NEW, its reading, a film and a line that was said
TAKE = "take.mp4"


def prepare(folder: Path, settings: Settings) -> None:
    """Fill a library, and write beside it what the actions take in."""
    held, new = make_film(folder / HELD), make_film(folder / NEW, first=50)
    make_film(folder / TAKE, first=90)
    other = settings.model_copy(update={"data_dir": folder / "other"})
    for own, clip in ((settings, held), (other, new)):
        library = open_library(own)
        with library.writing() as session:
            session.add(film := Film(title=f"The film of {clip.stem}"))
        with clip.open("rb") as file:
            path, known = clips_of(own).add(file, clip.name)
        finish(read_scene(PlainReader(own), path, known, film.id))
    keep_line(other)
    run(ExportLibrary(to_text(folder / ARCHIVE)), other)
    for own in (settings, other):
        open_library(own).close()


def run(work: Work, settings: Settings) -> None:
    """Do a job as a worker does it."""
    for phase in work.phases(settings):
        finish(phase.begin())


def _add(folder: Path, settings: Settings) -> None:
    library = open_library(settings)
    with placing() as note, (folder / NEW).open("rb") as file:
        path, clip = clips_of(settings).add(file, NEW, note)
        records.add(library, ReadClip(to_text(path), clip, "plain"))


def _read(folder: Path, settings: Settings) -> None:
    path = folder / NEW
    finish(read_scene(PlainReader(settings), path, identify(path)))


def _draw(_: Path, settings: Settings) -> None:
    run(DrawVideo(scene(settings).address), settings)


def _thumbnails(_: Path, settings: Settings) -> None:
    run(MakeThumbnails((scene(settings).id,)), settings)


def _export(folder: Path, settings: Settings) -> None:
    run(ExportLibrary(to_text(folder / "data" / "exports" / "mine.zip")), settings)


def _export_outside(folder: Path, settings: Settings) -> None:
    run(ExportLibrary(to_text(folder / "elsewhere" / "mine.zip")), settings)


def _import(folder: Path, settings: Settings) -> None:
    open_library(settings)
    run(ImportLibrary(to_text(folder / ARCHIVE)), settings)


def _keep_take(folder: Path, settings: Settings) -> None:
    """As :mod:`pages.practice.clip` takes in a file that a user has uploaded."""
    open_library(settings)
    with TemporaryFolder("eme-take-") as temporary:
        recording = temporary / "take.mp4"
        with (folder / TAKE).open("rb") as upload:
            copy_whole(upload, recording)
        keep_take(recording, settings, TakeNote("Hold sad"))


def _record_take(_: Path, settings: Settings) -> None:
    """As :mod:`emotion_core.practice.live.session` keeps what the camera saw."""
    open_library(settings)
    with TemporaryFolder("eme-take-") as temporary:
        recorder = TakeRecorder(temporary / "take.mp4", 128, 72, with_sound=False, longest=60)
        for index in range(20):
            image = VideoFrame.from_ndarray(marked_image(index, (128, 72)), format="rgb24")
            recorder.add_video(image, index / 25)
        keep_take(recorder.finish().path, settings, TakeNote("Free play"))


def _delete(_: Path, settings: Settings) -> None:
    delete_scenes(open_library(settings), settings, [scene(settings).id], lambda _: False)


def scene(settings: Settings) -> Scene:
    """The one that is in the library from the beginning."""
    with open_library(settings).reading() as session:
        return session.scalars(select(Scene).order_by(Scene.id)).first() or Scene()


ACTIONS = {
    "adding a clip": _add,
    "reading a clip": _read,
    "drawing a video": _draw,
    "making thumbnails": _thumbnails,
    "exporting": _export,
    "exporting to another folder": _export_outside,
    "importing": _import,
    "keeping a take": _keep_take,
    "recording a take": _record_take,
    "deleting a scene": _delete,
}
