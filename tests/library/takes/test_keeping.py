"""Takes come into the library, and are found again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import LibraryError, MediaError, ModelError, OutputError
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene, Take
from emotion_core.library.editing import (
    add_film,
    edit_film,
    edit_scene,
    film_fields,
    scene_fields,
)
from emotion_core.library.queries.browsing import film_titles
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.removal import delete_film
from emotion_core.library.scenes import clip_of, read_scene
from emotion_core.library.takes import (
    TakeNote,
    delete_takes,
    keep_take,
    take_entries,
)
from emotion_core.media.playback import playable
from emotion_core.progress import finish
from emotion_core.scene.reader import Reader
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN
from tests.library.recordings import files, keep, nobody, only, read, recording, scene_of


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


def test_a_clip_that_is_in_the_library_already_stays_a_scene_and_is_no_take(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    kept = keep(settings, tmp_path)
    with library.writing() as session:
        session.delete(session.get_one(Take, kept.scene_id))
        session.get_one(Scene, kept.scene_id).title = "Mine"
    with pytest.raises(LibraryError, match="in the library already, as the scene Mine"):
        keep(settings, tmp_path)
    assert take_entries(library) == [] and kept.path.exists()


@pytest.mark.parametrize("broken", ["gone", "damaged"])
def test_a_recording_that_cannot_be_read_is_reported_and_leaves_nothing(
    library: Database, settings: Settings, tmp_path: Path, broken: str
) -> None:
    source = tmp_path / "recording.mp4"
    if broken == "damaged":
        source.write_bytes(b"no video at all")
    with pytest.raises(MediaError):
        keep_take(source, settings, TakeNote("Hold sad"))
    assert take_entries(library) == [] and files(settings) == set()


def test_what_cannot_be_kept_is_reported_and_the_recording_stays(
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

    kept, reader = keep(settings, tmp_path), Reader(settings, load_classifier=broken)
    with pytest.raises(ModelError, match=r"There is no such model\."):
        finish(read_scene(reader, kept.path, kept.clip))
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
