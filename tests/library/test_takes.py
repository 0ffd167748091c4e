"""Takes come into the library, are found again, and leave nothing when they go."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from sqlalchemy import event, func, select, update

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import LibraryError, MediaError, ModelError, OutputError
from emotion_core.jobs.queue import Job, JobQueue, JobState
from emotion_core.library.characters.editing import characters_of_scene, merge_characters
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Appearance, Scene, Take
from emotion_core.library.editing import (
    add_film,
    edit_film,
    edit_scene,
    film_fields,
    scene_fields,
)
from emotion_core.library.queries.browsing import film_titles, get_film, get_scene
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.removal import delete_film, delete_scenes
from emotion_core.library.scenes import clip_of, open_library, reading_phases, recluster_scene
from emotion_core.library.takes import (
    KeptTake,
    TakeEntry,
    TakeNote,
    delete_takes,
    keep_take,
    take_entries,
)
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.media.playback import playable
from emotion_core.practice.takes.recorder import TakeRecorder
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.library.characters.casts import ANA, BEN, enter, played
from tests.library.recordings import keep, read, recording
from tests.practice.sights import sound


def nobody(_: str) -> bool:
    return False


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """In a file: takes are scenes, which a server is tried with."""
    return Settings(data_dir=tmp_path / "data")


def scene_of(library: Database, number: int) -> Scene:
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def only(library: Database) -> TakeEntry:
    (entry,) = take_entries(library)
    return entry


def files(settings: Settings) -> set[str]:
    """All files in the data directory but the database itself."""
    folder = settings.data_dir
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)) for p in found if not p.name.startswith("catalogue")}


def wait(job: Job) -> Job:
    deadline = time.monotonic() + 120
    while job.active:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


@contextmanager
def counted_queries(library: Database) -> Iterator[list[str]]:
    asked: list[str] = []

    def count(connection, cursor, statement, *rest):  # type: ignore[no-untyped-def]
        asked.append(statement)

    event.listen(library.engine, "before_cursor_execute", count)
    yield asked
    event.remove(library.engine, "before_cursor_execute", count)


def test_a_recording_becomes_a_scene_in_the_film_of_takes(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    source = recording(tmp_path)
    taken = source.read_bytes()
    kept = keep_take(source, settings, TakeNote("Hold  sad\0", '{"target": "sad"}'))
    assert not source.exists() and kept.path.read_bytes() == taken
    entry, scene = only(library), scene_of(library, kept.scene_id)
    assert (entry.number, entry.title, entry.played) == (1, "Take 1 · Hold sad", "Hold sad")
    assert (entry.address, entry.model, entry.performance) == ("", "", None)
    assert entry.exercise == '{"target": "sad"}' and entry.duration == pytest.approx(0.4)
    assert kept.clip.name == scene.clip_name == "Take 1 · Hold sad.mp4"
    assert clip_of(scene, settings) == kept.path and playable(kept.path)
    assert scene.film is not None and scene.film.title == "Takes" and scene.film.looking_for
    assert files(settings) == {f"media/{kept.clip.sha256}.mp4"}


def test_takes_are_counted_up_and_stay_together(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    first, second, third = (keep(settings, tmp_path, number) for number in range(3))
    delete_takes(library, settings, [second.scene_id], nobody)
    keep(settings, tmp_path, 3, title="")
    entries = take_entries(library)
    assert [one.title for one in entries] == ["Take 4", "Take 3 · Hold sad", "Take 1 · Hold sad"]
    scenes = [scene_of(library, one.scene_id) for one in entries]
    assert len({scene.film_id for scene in scenes}) == 1
    assert {first.scene_id, third.scene_id} < {scene.id for scene in scenes}


def test_takes_find_their_film_also_once_it_was_renamed_deleted_or_a_take_was_moved(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = [keep(settings, tmp_path, number) for number in range(3)]
    film = scene_of(library, kept[0].scene_id).film
    assert film is not None
    edit_film(library, film.id, film_fields(film), {**film_fields(film), "title": "Rehearsals"})
    himala = next(n for n, title in film_titles(library).items() if "Himala" in title)
    moved = scene_of(library, kept[2].scene_id)
    edit_scene(library, moved.id, scene_fields(moved), {**scene_fields(moved), "film_id": himala})
    assert scene_of(library, keep(settings, tmp_path, 3).scene_id).film_id == film.id
    delete_film(library, settings, film.id, with_scenes=False, busy=nobody)
    delete_film(library, settings, himala, with_scenes=False, busy=nobody)
    anew = scene_of(library, keep(settings, tmp_path, 4).scene_id).film
    assert anew is not None and anew.title == "Takes" and len(take_entries(library)) == 5


def test_takes_go_into_the_film_of_that_name_that_is_there(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    film = add_film(library, {"title": "Takes"})
    kept = keep(settings, tmp_path)
    assert scene_of(library, kept.scene_id).film_id == film.id
    delete_takes(library, settings, [kept.scene_id], nobody)
    assert scene_of(library, keep(settings, tmp_path, 1).scene_id).film_id == film.id


def test_the_same_recording_is_kept_once(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    source = recording(tmp_path)
    shutil.copy(source, tmp_path / "again.mp4")
    first = keep_take(source, settings, TakeNote("Hold sad"))
    again = keep_take(tmp_path / "again.mp4", settings, TakeNote("Another"))
    assert again == first and only(library).played == "Hold sad"
    assert not (tmp_path / "again.mp4").exists() and first.path.exists()


def test_a_clip_that_is_in_the_library_already_becomes_a_take_and_keeps_its_words(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = keep(settings, tmp_path)
    with library.writing() as session:
        session.delete(session.get_one(Take, kept.scene_id))
        session.get_one(Scene, kept.scene_id).title = "Mine"
    keep(settings, tmp_path)
    assert (only(library).scene_id, only(library).title) == (kept.scene_id, "Mine")


@pytest.mark.parametrize("broken", ["gone", "damaged"])
def test_a_recording_that_cannot_be_read_is_described_and_leaves_nothing(
    library: Database, settings: Settings, tmp_path: Path, broken: str
) -> None:
    source = tmp_path / "recording.mp4"
    if broken == "damaged":
        source.write_bytes(b"no video at all")
    with pytest.raises(MediaError):
        keep_take(source, settings, TakeNote("Hold sad"))
    assert take_entries(library) == [] and files(settings) == set()


def test_what_cannot_be_kept_is_described_and_the_recording_stays(
    library: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = recording(tmp_path)

    @contextmanager
    def locked(self: Database) -> Iterator[None]:
        raise LibraryError("The library is busy.")
        yield

    with monkeypatch.context() as broken:
        broken.setattr(Database, "writing", locked)
        with pytest.raises(LibraryError):
            keep_take(source, settings, TakeNote("Hold sad"))
    assert source.exists() and files(settings) == set()
    settings.media_dir.rmdir()
    settings.media_dir.touch()  # a file is in the way
    with pytest.raises(OutputError):
        keep_take(source, settings, TakeNote("Hold sad"))
    assert source.exists() and take_entries(library) == []
    settings.media_dir.unlink()
    keep_take(source, settings, TakeNote("Hold sad"))
    assert len(take_entries(library)) == 1


def test_a_take_whose_reading_fails_or_is_stopped_stays_and_can_be_read_again(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    def broken(name: str) -> EmotionClassifier:
        raise ModelError("There is no such model.")

    kept, queue = keep(settings, tmp_path), JobQueue()
    phases = reading_phases(Reader(settings, load_classifier=broken), kept.path, kept.clip)
    job = wait(queue.submit("read", "Take 1", phases))
    assert job.state is JobState.FAILED and job.error == "There is no such model."
    assert only(library).address == ""
    assert clip_of(scene_of(library, kept.scene_id), settings) == kept.path
    read(library, settings, kept)
    assert only(library).address and only(library).title == "Take 1 · Hold sad"


def test_the_player_is_who_is_longest_in_view(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = keep(settings, tmp_path)
    read(library, settings, kept, {0: (BEN, 0, 30, 3), 1: (ANA, 0, 99, 0)})
    entry = only(library)
    (ana, ben) = characters_of_scene(library, kept.scene_id)
    assert entry.character_id == ana.id != ben.id and entry.performance is not None
    mine = [one for one in performance_entries(library) if one.character_id == ana.id]
    assert [entry.performance] == mine and entry.address == entry.performance.address
    other = keep(settings, tmp_path, 1)
    read(library, settings, other, {})
    assert take_entries(library)[0].performance is None and take_entries(library)[0].address


def test_takes_are_listed_newest_first_by_as_many_queries_as_one(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    numbers = [keep(settings, tmp_path, number).scene_id for number in range(2)]
    with counted_queries(library) as few:
        take_entries(library)
    for number in range(2, 6):
        kept = keep(settings, tmp_path, number)
        read(library, settings, kept)
        numbers.append(kept.scene_id)
    with library.writing() as session:
        first = session.get_one(Take, numbers[0])
        first.recorded += timedelta(days=1)
    with counted_queries(library) as many:
        entries = take_entries(library)
    assert [one.scene_id for one in entries] == [numbers[0], *reversed(numbers[1:])]
    assert len([one for one in entries if one.performance]) == 4 and len(many) == len(few)


def play_along(library: Database, settings: Settings, folder: Path) -> tuple[KeptTake, int, int]:
    """A take that was played along a performance; gives it, and the performance."""
    scene = enter(library, AnalysisStore(settings.analyses_dir), played({0: (BEN, 0, 99, 0)}))
    (ben,) = characters_of_scene(library, scene)
    kept = keep(settings, folder, model_scene_id=scene, model_character_id=ben.id)
    return kept, scene, ben.id


def model_of(library: Database) -> tuple[int | None, int | None]:
    return only(library).model_scene_id, only(library).model_character_id


def test_a_take_knows_the_performance_that_it_was_played_along(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    _, scene, ben = play_along(library, settings, tmp_path)
    assert model_of(library) == (scene, ben)


def test_a_take_stays_when_its_model_goes(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    _, scene, _ = play_along(library, settings, tmp_path)
    recluster_scene(library, AnalysisStore(settings.analyses_dir), scene)
    assert model_of(library) == (None, None)  # someone new has the track
    (anew,) = characters_of_scene(library, scene)
    with library.writing() as session:
        session.scalars(select(Take)).one().model_character_id = anew.id
    assert model_of(library) == (scene, anew.id)
    delete_scenes(library, settings, [scene], nobody)
    assert model_of(library) == (None, None) and only(library).played == "Hold sad"


def test_a_model_that_has_gone_before_the_take_was_kept_is_none(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    keep(settings, tmp_path, model_scene_id=999, model_character_id=999)
    assert model_of(library) == (None, None)


def test_two_characters_who_become_one_stay_the_model(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    parts = {0: (BEN, 0, 30, 0), 1: (ANA, 50, 99, 0)}
    scene = enter(library, AnalysisStore(settings.analyses_dir), played(parts))
    ana, ben = (one.id for one in characters_of_scene(library, scene))
    keep(settings, tmp_path, model_scene_id=scene, model_character_id=ben)
    merge_characters(library, ana, ben)
    assert model_of(library) == (scene, ana)


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


def test_a_take_that_is_being_read_is_not_deleted_but_said(
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

    phases = reading_phases(Reader(settings), kept.path, kept.clip)
    job = wait(JobQueue().submit("read", "Take 1", phases))
    assert job.state is JobState.DONE and not settings.previews_dir.exists()
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
