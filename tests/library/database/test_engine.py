"""The database of the library: its tables, its transactions, and many at once."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from emotion_core.errors import LibraryError
from emotion_core.library.database import engine as database
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import (
    Base,
    Bookmark,
    Film,
    Scene,
    Tag,
    fold,
    isolated,
)
from emotion_core.settings import Settings

WRITERS, WRITES = 4, 25
# One process imports what the others need, and forks them: they begin closer together, too.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@pytest.fixture
def in_file(tmp_path: Path) -> Settings:
    """For what is so only where the library is a file."""
    return Settings(data_dir=tmp_path)


def add_scene(library: Database, sha: str = "a" * 64) -> int:
    with library.writing() as session:
        scene = Scene(clip_sha256=sha, clip_name="a.mp4", title="A")
        session.add(scene)
    return scene.id


def test_a_new_library_has_the_four_films_of_the_study(first_settings: Settings) -> None:
    with open_database(first_settings).reading() as session:
        films = session.scalars(select(Film).order_by(Film.year)).all()
    assert [(film.title, film.year, film.color) for film in films] == [
        ("Himala", 1982, "#312b2c"),
        ("Feng Shui", 2004, "#5271ff"),
        ("Four Sisters and a Wedding", 2013, "#ffbd59"),
        ("That Thing Called Tadhana", 2014, "#B82E24"),
    ]
    assert all(film.looking_for and film.country == "Philippines" for film in films)


def test_a_seeded_film_is_found_as_one_that_was_written_is(settings: Settings) -> None:
    library = open_database(settings)
    with library.reading() as session:
        before = dict(session.execute(select(Film.id, Film.search)).all())
    with library.writing() as session:
        for film in session.scalars(select(Film)):
            film.original_title += " "
            film.original_title = film.original_title.strip()
            film.search = ""
    with library.reading() as session:
        assert dict(session.execute(select(Film.id, Film.search)).all()) == before


def test_a_film_that_was_deleted_stays_deleted(settings: Settings) -> None:
    library = open_database(settings)
    with library.writing() as session:
        session.delete(session.scalars(select(Film).where(Film.title == "Himala")).one())
    library.close()
    with Database(database._make_engine(library.engine.url)).reading() as session:
        assert session.scalar(select(func.count(Film.id))) == 3
    database._migrate(library.engine.url, "")
    with library.reading() as session:
        assert session.scalar(select(func.count(Film.id))) == 3


def test_the_changes_lead_to_the_tables_that_the_code_knows(library: Database) -> None:
    with library.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_scene_takes_its_bookmarks_along_and_a_film_leaves_its_scenes(library: Database) -> None:
    with library.writing() as session:
        film = Film(title="A film")
        scene = Scene(clip_sha256="a" * 64, clip_name="a.mp4", title="A", film=film)
        scene.bookmarks.append(Bookmark(time=1.0))
        scene.tags.add(Tag(name="rain"))
        session.add(scene)
    with library.writing() as session:
        session.delete(session.get_one(Film, film.id))
    with library.reading() as session:
        assert session.get_one(Scene, scene.id).film_id is None
    with library.writing() as session:
        session.delete(session.get_one(Scene, scene.id))
    with library.reading() as session:
        assert session.scalar(select(func.count(Bookmark.id))) == 0
        assert session.scalar(text("SELECT count(*) FROM scene_tags")) == 0


def test_text_of_any_kind_comes_back_as_it_was_written(library: Database) -> None:
    title = "<b>*Ñandú*</b> 'x'; DROP TABLE films; -- \U0001f3ac \u202eשלום $a$ %_\\"
    with library.writing() as session:
        session.add(film := Film(title=title))
    with library.reading() as session:
        assert session.get_one(Film, film.id).title == title


def test_what_no_database_takes_is_left_out_and_never_breaks(library: Database) -> None:
    with library.writing() as session:
        session.add(film := Film(title="a\0b\udc80"))
    with library.reading() as session:
        assert session.get_one(Film, film.id, populate_existing=True).title == "ab?"


def test_a_word_is_found_without_its_case_and_accents() -> None:
    assert fold("Chito S. ROÑO") == "chito s. rono" and fold("Straße") == "strasse"


def test_text_from_right_to_left_does_not_turn_what_stands_beside_it() -> None:
    assert isolated("Himala") == "Himala"
    assert isolated("שלום") == "\u2068שלום\u2069" and isolated("\u202ea")[-1] == "\u2069"


def test_a_failed_transaction_leaves_nothing(library: Database) -> None:
    with pytest.raises(ZeroDivisionError), library.writing() as session:
        session.add(Film(title="half"))
        session.flush()
        raise ZeroDivisionError
    with library.reading() as session:
        assert session.scalar(select(Film.id).where(Film.title == "half")) is None


def _count_up(library: Database, scene_id: int, times: int) -> None:
    """Read a number and write one more: lost if two do it side by side."""
    for _ in range(times):
        with library.writing() as session:
            scene = session.get_one(Scene, scene_id, with_for_update=True)
            scene.faces += 1
            session.add(Bookmark(scene_id=scene_id, time=float(scene.faces)))
        with library.reading() as session:
            session.scalars(select(Bookmark).where(Bookmark.scene_id == scene_id)).all()


def _count_up_in_process(settings: Settings, scene_id: int, times: int) -> None:
    library = open_database(settings)
    threads = [
        threading.Thread(target=_count_up, args=(library, scene_id, times)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_threads_and_processes_write_at_once_and_nothing_is_lost(settings: Settings) -> None:
    library = open_database(settings)
    scene_id = add_scene(library)
    processes = [
        PROCESSES.Process(target=_count_up_in_process, args=(settings, scene_id, WRITES))
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    _count_up_in_process(settings, scene_id, WRITES)
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    with library.reading() as session:
        times = session.scalars(select(Bookmark.time).order_by(Bookmark.time)).all()
    assert times == [float(n) for n in range(1, 6 * WRITES + 1)]


def _open(settings: Settings) -> None:
    open_database(settings)


def test_two_that_start_at_once_make_one_library(first_settings: Settings) -> None:
    processes = [PROCESSES.Process(target=_open, args=(first_settings,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    with open_database(first_settings).reading() as session:
        assert session.scalar(select(func.count(Film.id))) == 4


def test_a_library_whose_file_was_taken_away_is_made_anew(in_file: Settings) -> None:
    add_scene(open_database(in_file))
    shutil.rmtree(in_file.data_dir)
    with open_database(in_file).reading() as session:
        assert session.scalar(select(func.count(Scene.id))) == 0


def test_a_damaged_file_is_reported_in_a_sentence(in_file: Settings) -> None:
    (in_file.data_dir / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryError, match=r"catalogue\.sqlite cannot be used: file is not a data"):
        open_database(in_file)


def test_a_library_of_a_newer_version_is_reported_in_a_sentence(in_file: Settings) -> None:
    with sqlite3.connect(in_file.data_dir / "catalogue.sqlite") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(LibraryError, match="newer version of Eme"):
        open_database(in_file)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a/b", "oracle+nothing://x", "postgresql:/", "sqlite://"]
)
def test_an_address_that_is_none_is_reported(tmp_path: Path, url: str) -> None:
    with pytest.raises(LibraryError):
        open_database(Settings(data_dir=tmp_path, database_url=url))


def test_a_missing_driver_is_reported_with_the_extra_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    url = "postgresql+psycopg://eme:secret@127.0.0.1:1/eme"
    with pytest.raises(LibraryError, match="needs psycopg: install Eme with its extra postgres"):
        open_database(Settings(data_dir=tmp_path, database_url=url))


def test_a_server_that_does_not_answer_is_reported_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://eme:secret@127.0.0.1:1/eme"
    with pytest.raises(LibraryError, match="cannot be used") as caught:
        open_database(Settings(data_dir=tmp_path, database_url=url))
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_server_compiles_no_search(tmp_path: Path, postgres_url: str) -> None:
    opened = open_database(Settings(data_dir=tmp_path, database_url=postgres_url))
    with opened.reading() as session:
        assert session.scalar(text("SHOW jit")) == "off"
    opened.close()


def test_a_server_that_knows_no_such_setting_is_used_as_it_is(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = database._WITHOUT_JIT.replace("'jit'", "'unknown'")
    assert unknown != database._WITHOUT_JIT
    monkeypatch.setattr(database, "_WITHOUT_JIT", unknown)
    opened = open_database(Settings(data_dir=tmp_path, database_url=postgres_url))
    with opened.reading() as session:
        assert session.scalar(select(func.count(Film.id))) == 4
    opened.close()
