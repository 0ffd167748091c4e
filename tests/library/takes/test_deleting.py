"""Takes leave nothing when they go."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from sqlalchemy import func, select, update

from emotion_core.errors import LibraryError
from emotion_core.files import to_text
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Appearance, Scene, Take
from emotion_core.library.queries.browsing import get_film, get_scene
from emotion_core.library.removal import delete_film
from emotion_core.library.scenes import open_library
from emotion_core.library.takes import (
    TakeNote,
    delete_takes,
    keep_take,
    take_entries,
)
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.practice.takes.recorder import TakeRecorder
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.library.characters.casts import BEN, enter, played
from tests.library.recordings import files, keep, nobody, only, read, scene_of
from tests.practice.sights import sound


def test_deleted_takes_leave_no_file_and_no_row_and_nothing_else_goes(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    store = AnalysisStore(settings.analyses_dir)
    scene = enter(library, store, played({0: (BEN, 0, 99, 0)}))
    before = files(settings)
    kept = [keep(settings, tmp_path, number) for number in range(3)]
    for one in kept[:2]:
        read(library, settings, one)
        analysis = store.load(scene_of(library, one.scene_id).address)
        assert analysis is not None
        write_thumbnails(
            one.path, analysis, thumbnails_path(settings.thumbnails_dir, one.clip.sha256)
        )
        preview = settings.previews_dir / f"{one.clip.sha256}.mp4"
        preview.parent.mkdir(exist_ok=True)
        preview.touch()
    numbers = [one.scene_id for one in kept]
    delete_takes(library, settings, [numbers[0], scene], nobody)
    assert [one.scene_id for one in take_entries(library)] == [numbers[2], numbers[1]]
    assert not any(kept[0].clip.sha256 in name for name in files(settings))
    delete_takes(library, settings, numbers, nobody)
    assert take_entries(library) == [] and files(settings) == before
    assert list(settings.media_dir.iterdir()) == [] and get_scene(library, scene) is not None
    with library.reading() as session:
        assert session.scalar(select(func.count(Take.scene_id))) == 0
        assert session.scalar(select(func.count(Scene.id))) == 1


def test_a_take_that_is_being_read_is_not_deleted_but_reported(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = [keep(settings, tmp_path, number) for number in range(2)]
    busy = kept[1].clip.sha256
    numbers = [one.scene_id for one in kept]
    with pytest.raises(LibraryError, match="Take 2 · Hold sad is being analyzed"):
        delete_takes(library, settings, numbers, lambda sha: sha == busy)
    assert len(take_entries(library)) == 2 and all(one.path.exists() for one in kept)


def test_a_scene_without_its_film_is_still_a_take(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = keep(settings, tmp_path)
    film = scene_of(library, kept.scene_id).film_id
    assert film is not None
    delete_film(library, settings, film, with_scenes=False, busy=nobody)
    assert get_film(library, film) is None and only(library).scene_id == kept.scene_id


def test_a_take_goes_from_the_camera_into_the_library_and_leaves_nothing(
    tmp_path: Path, portrait: ImageArray
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    library, path = open_library(settings), tmp_path / "take.mp4"
    recorder = TakeRecorder(path, 320, 240, with_sound=True, longest=10)
    image = place(portrait, (320, 240), 40, 0, 240)
    for number in range(12):
        recorder.add_video(av.VideoFrame.from_ndarray(image, format="rgb24"), number / 12)
    for number in range(50):
        recorder.add_audio(sound(True), number / 50)
    kept = keep_take(recorder.finish().path, settings, TakeNote("Hold happy"))
    before = files(settings)
    assert not list(path.parent.glob(f"*{path.stem}*"))
    assert before == {f"media/{kept.clip.sha256}.mp4"}

    for phase in ReadClip(to_text(kept.path), kept.clip, settings.model).phases(settings):
        finish(phase.begin())
    assert not settings.previews_dir.exists()
    entry = only(library)
    assert entry.title == "Take 1 · Hold happy" and entry.model == settings.model
    assert entry.performance is not None and entry.duration == pytest.approx(1.0, abs=0.02)
    analysis = AnalysisStore(settings.analyses_dir).load(entry.address)
    assert analysis is not None and np.ptp(analysis.frames["time"]) == pytest.approx(11 / 12, 0.01)
    delete_takes(library, settings, [kept.scene_id], nobody)
    assert files(settings) == set()
    open_database(settings).close()


def test_the_portraits_of_a_deleted_take_are_gone_from_the_catalogue_too(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    scene = read(library, settings, keep(settings, tmp_path))
    mark = b"a face that nobody shall find again" * 20
    with library.writing() as session:
        session.execute(update(Appearance).values(portrait=mark))

    def found() -> bool:
        with library.reading() as session:
            session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return any(mark in path.read_bytes() for path in settings.data_dir.glob("catalogue.*"))

    assert found()
    delete_takes(library, settings, [scene], nobody)
    assert not found()
