"""The library on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from emotion_core.cli.main import app, main
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene
from emotion_core.library.editing import add_film
from emotion_core.library.queries.browsing import scene_entries
from emotion_core.library.scenes import open_library
from emotion_core.settings import load_settings
from tests.library.shelves import keep
from tests.scene.scenes import make_scene


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The library of the environment, with one scene."""
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("EME_DATABASE_URL", raising=False)
    keep(make_scene(name="My take.mp4"), tmp_path / "gone.mp4")
    return open_library(load_settings())


def run(*arguments: object) -> None:
    app([*map(str, arguments)], standalone_mode=False)


def test_the_list_has_films_scenes_and_what_leads(
    own: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run("library", "list")
    said = capsys.readouterr().out
    assert "Himala (1982), Ishmael Bernal\n" in said and "no clip yet" in said
    assert "My take  (happy 44%, with neutral 28% and sad 28%)" in said
    assert said.endswith("4 films, 1 scene\n")


def test_what_is_exported_here_is_imported_there(
    own: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    film = add_film(own, {"title": "Émile"})
    with own.writing() as session:
        session.scalars(select(Scene)).one().film_id = film.id
    run("library", "export", tmp_path / "all.zip")
    run("library", "export", tmp_path / "one.zip", "--film", "emile")
    said = capsys.readouterr().out
    assert f"5 films and 1 scene written to {tmp_path / 'all.zip'}" in said
    assert f"1 film and 1 scene written to {tmp_path / 'one.zip'}" in said
    assert "the clip of My take is missing" in said
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "other"))
    run("library", "import", tmp_path / "one.zip")
    assert (
        "1 new film and 1 new scene added; 0 films and 0 scenes were already here"
        in capsys.readouterr().out
    )
    assert [entry.film for entry in scene_entries(open_library(load_settings()))] == ["Émile"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["export", "OUT", "--film", "Nothing"], "The library has no film called Nothing"),
        (["import", "none.zip"], "There is no file none.zip"),
        (["import", __file__], "not a library archive"),
    ],
)
def test_what_cannot_be_done_is_reported_in_one_line(
    own: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    text: str,
) -> None:
    out = str(tmp_path / "out.zip")
    given = [out if argument == "OUT" else argument for argument in arguments]
    monkeypatch.setattr(sys, "argv", ["emotion_core", "library", *given])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and text in capsys.readouterr().err
    assert not Path(out).exists()


def test_a_library_that_cannot_be_reached_is_reported_in_one_line(
    own: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EME_DATABASE_URL", "postgresql+psycopg://eme:secret@127.0.0.1:1/eme")
    monkeypatch.setattr(sys, "argv", ["emotion_core", "library", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 2 and "cannot be used" in said and "secret" not in said


def test_a_sample_that_was_deleted_does_not_come_back_while_there_are_other_scenes(
    own: Database,
) -> None:
    run("sample")
    assert [entry.title for entry in scene_entries(own)] == ["My take"]
