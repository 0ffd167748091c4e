"""A library for each user, below that of the class, and what goes from one to the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from emotion_core.errors import LibraryError
from emotion_core.library.archive.copying import Chosen, copy_scenes
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Bookmark, Film, Scene
from emotion_core.library.editing import add_film
from emotion_core.library.removal import delete_scenes
from emotion_core.library.scenes import open_library
from emotion_core.library.takes import take_entries
from emotion_core.progress import finish
from emotion_core.scene.clips.store import MediaStore, identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, User, load_settings
from tests.library import recordings
from tests.library.archive.transfers import Side
from tests.library.characters.casts import ANA, enter, played
from tests.library.recordings import nobody
from tests.media.clips import make_clip
from tests.test_unfinished import die

ADA, BEN = User("https://school", "ada"), User("https://school", "ben")


def titles(settings: Settings) -> list[str]:
    with open_database(settings).reading() as session:
        return list(session.scalars(select(Scene.title).order_by(Scene.title)))


def films(settings: Settings) -> set[str]:
    with open_database(settings).reading() as session:
        return set(session.scalars(select(Film.title)))


def side(settings: Settings) -> Side:
    return Side(open_database(settings), settings, AnalysisStore(settings.analyses_dir))


def enter_clip(settings: Settings, folder: Path, film: int | None = None) -> int:
    """Enter a clip that was uploaded, with a made-up reading; gives its scene."""
    with make_clip(folder / "a clip.mp4", n=13, size=(64, 36)).open("rb") as file:
        path, clip = MediaStore(settings.media_dir).add(file, "a clip.mp4")
    assert identify(path).sha256 == clip.sha256
    at = side(settings)
    return enter(at.library, at.store, replace(played({0: (ANA, 0, 9, 0)}), clip=clip), film)


def share(settings: Settings, user: User, chosen: Chosen, *, add_only: bool = True) -> object:
    own = settings.library_of(user.library)
    return finish(copy_scenes(own, settings, chosen, add_only=add_only))


def test_each_user_has_a_library_of_their_own_and_the_class_keeps_what_was_there(
    settings: Settings,
) -> None:
    of_ada, of_ben = (settings.library_of(user.library) for user in (ADA, BEN))
    add_film(open_database(settings), {"title": "Of all", "color": "#000000"})
    add_film(open_database(of_ada), {"title": "Of Ada", "color": "#000000"})
    usual = films(of_ben)
    assert films(settings) == usual | {"Of all"} and films(of_ada) == usual | {"Of Ada"}
    places = (one.home for one in (settings, of_ada, of_ben))
    assert len(set(places)) == 3 and of_ada.home.is_relative_to(settings.data_dir)
    for one in (of_ada, of_ben):
        open_database(one).close()


def test_a_user_is_the_same_by_issuer_and_subject_alone() -> None:
    assert User("a", "b", "x@y.org", "X").library == User("a", "b").library
    assert User("a", "b").library != User("b", "a").library


def test_addresses_are_written_with_commas_and_domains_with_an_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EME_TEACHERS", "Ana@School.org, ben@x.org")
    monkeypatch.setenv("EME_MEMBERS", "@school.org")
    settings = load_settings()
    ana, eve = User("i", "1", "ANA@school.org"), User("i", "2", "eve@school.org")
    out, ben = User("i", "3", "eve@other.org"), User("i", "4", "ben@x.org")
    assert [settings.is_teacher(user) for user in (ana, eve, ben)] == [True, False, True]
    # a teacher is let in, also from elsewhere; nobody is whose address is not known
    assert [settings.admits(user) for user in (ana, eve, ben, out)] == [True, True, True, False]
    assert not settings.admits(User("i", "5")) and not settings.is_teacher(User("i", "5"))
    monkeypatch.delenv("EME_MEMBERS")
    assert load_settings().admits(out)


def test_a_shared_scene_is_in_the_class_library_with_all_that_was_said_of_it(
    settings: Settings, tmp_path: Path
) -> None:
    own = settings.library_of(ADA.library)
    library = open_database(own)
    with library.writing() as session:
        session.add(film := Film(title="A film", looking_for="her hands"))
    number = enter_clip(own, tmp_path, film.id)
    with library.writing() as session:
        scene = session.get_one(Scene, number)
        scene.bookmarks.append(Bookmark(time=0.1, comment="here"))
    summary = share(settings, ADA, Chosen(scene_id=number))
    assert (summary.films, summary.scenes) == (1, 1)  # type: ignore[attr-defined]
    with open_database(settings).reading() as session:
        scene = session.scalars(select(Scene)).one()
        assert scene.film is not None and scene.film.looking_for == "her hands"
        assert [mark.comment for mark in scene.bookmarks] == ["here"]
        address = scene.address
    assert AnalysisStore(settings.analyses_dir).load(address) is not None
    clip = MediaStore(settings.media_dir).find(scene.clip_sha256)
    assert clip is not None and clip.stat().st_nlink == 2  # linked, not copied
    # what one of them deletes stays with the other
    delete_scenes(library, own, [number], nobody)
    assert titles(own) == [] and len(titles(settings)) == 1 and clip.is_file()
    library.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_new_in_the_class_library_says_who_has_shared_it(
    settings: Settings, tmp_path: Path
) -> None:
    for user, name in ((ADA, "Ada"), (BEN, "Ben")):
        own = settings.library_of(user.library)
        chosen = Chosen(scene_id=enter_clip(own, tmp_path))
        finish(copy_scenes(own, settings, chosen, add_only=False, by=name))
    with open_database(settings).reading() as session:
        assert session.scalars(select(Scene.notes)).all() == ["Shared by Ada."]


def test_a_film_is_shared_without_its_takes(settings: Settings, tmp_path: Path) -> None:
    own = settings.library_of(ADA.library)
    take = recordings.keep(own, tmp_path)
    library = open_database(own)
    (entry,) = take_entries(library)
    with library.reading() as session:
        film = session.get_one(Scene, take.scene_id).film_id
    number = enter_clip(own, tmp_path, film)
    share(settings, ADA, Chosen(film_id=film))
    assert titles(settings) == ["a clip"] and take_entries(open_database(settings)) == []
    with pytest.raises(LibraryError, match="or is a take"):
        share(settings, ADA, Chosen(scene_id=entry.scene_id))
    assert number != entry.scene_id
    library.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_who_may_only_add_changes_nothing_that_the_class_has(
    settings: Settings, tmp_path: Path
) -> None:
    for user, notes in ((ADA, "of Ada"), (BEN, "of Ben")):
        own = settings.library_of(user.library)
        with open_database(own).writing() as session:
            session.add(film := Film(title="A film", looking_for=notes))
        number = enter_clip(own, tmp_path, film.id)
        with open_database(own).writing() as session:
            session.get_one(Scene, number).notes = notes
        summary = share(settings, user, Chosen(film_id=film.id))
    assert (summary.scenes, summary.known_scenes) == (0, 1)  # type: ignore[attr-defined]
    with open_database(settings).reading() as session:
        assert session.scalars(select(Scene.notes)).all() == ["of Ada"]
        said = session.scalars(select(Film.looking_for).where(Film.title == "A film")).all()
    assert said == ["of Ada"]
    share(settings, BEN, Chosen(film_id=film.id), add_only=False)
    with open_database(settings).reading() as session:
        assert session.scalars(select(Scene.notes)).all() == ["of Ada\n\nof Ben"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_copy_that_fails_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.library_of(ADA.library)
    number = enter_clip(own, tmp_path)
    open_database(settings)
    before = recordings.files(settings)

    def fail(*_: object) -> None:
        raise LibraryError("No.")

    monkeypatch.setattr("emotion_core.library.archive.importing.put_analysis", fail)
    with pytest.raises(LibraryError, match="No"):
        share(settings, ADA, Chosen(scene_id=number))
    assert recordings.files(settings) == before and titles(settings) == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_who_may_not_change_a_library_reads_why_and_nothing_is_lost(
    settings: Settings, tmp_path: Path
) -> None:
    number = enter_clip(settings, tmp_path)
    closed: Database = open_database(settings).read_only("Only teachers may.")
    before = recordings.files(settings)
    for change in (
        lambda: add_film(closed, {"title": "A", "color": "#000000"}),
        lambda: delete_scenes(closed, settings, [number], nobody),
    ):
        with pytest.raises(LibraryError, match="Only teachers may"):
            change()
    assert recordings.files(settings) == before and titles(settings) == ["a clip"]


def test_what_a_killed_process_has_left_is_judged_by_the_library_that_it_lies_in(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(settings.data_dir))
    own = settings.library_of(ADA.library)
    enter_clip(own, tmp_path)
    (known,) = own.media_dir.iterdir()
    unknown = own.media_dir / f"{'0' * 64}.mp4"
    die(f"Note().unless_known(Path({str(known)!r}), Path({str(unknown)!r}))")
    unknown.touch()
    open_library(settings).close()
    assert known.is_file() and not unknown.exists()
