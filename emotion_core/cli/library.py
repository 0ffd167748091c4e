"""The commands ``library list``, ``library export`` and ``library import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.text import count_of, format_time

if TYPE_CHECKING:
    from emotion_core.library.database.tables import Film

library_app = typer.Typer(help="List, export and import films and scenes.", no_args_is_help=True)


@library_app.callback()
def _library() -> None:
    """Films and scenes, in the data directory or where EME_DATABASE_URL says."""


@library_app.command("list")
def list_scenes() -> None:
    """List films and their scenes."""
    from emotion_core.emotions.labels import describe
    from emotion_core.library.queries.browsing import browse
    from emotion_core.library.queries.filters import Filters
    from emotion_core.library.scenes import open_library
    from emotion_core.settings import load_settings

    library = open_library(load_settings())
    page, pages = 0, 1
    while page < pages:
        found = browse(library, Filters(), page=page, scenes_a_film=100_000)
        for shelf in found.shelves:
            print(_film_line(shelf.film))
            for scene in shelf.scenes:
                text = describe(scene.shares) if any(scene.shares.values()) else "no face"
                print(f"  {format_time(scene.duration):>9}  {scene.title}  ({text})")
            if shelf.film is not None and not shelf.scenes:
                print("             no clip yet")
        page, pages = page + 1, found.pages
    print(f"{count_of(found.films, 'film')}, {count_of(found.scenes, 'scene')}")


@library_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as library.zip.")],
    film: Annotated[
        str | None, typer.Option(help="Export only the film with this title, and its scenes.")
    ] = None,
) -> None:
    """Export films, scenes, clips and analyses to one archive.

    Saved lines of your voice go with the whole library, takes before the camera with their film.
    """
    from emotion_core.library.archive.exporting import export_library
    from emotion_core.library.archive.wording import describe_counts, describe_damaged_lines
    from emotion_core.library.scenes import open_library
    from emotion_core.settings import load_settings

    settings = load_settings()
    library = open_library(settings)
    number = None if film is None else _film_called(library, film)
    summary = show_progress(export_library(library, settings, file, number), f"Writing {file.name}")
    print(f"{describe_counts(summary.films, summary.scenes, summary.said_lines)} written to {file}")
    for title in summary.without_clip:
        print(f"Note: the clip of {title} is missing; its readings are included.")
    if summary.damaged_lines:
        print(f"Note: {describe_damaged_lines(summary.damaged_lines)}")


@library_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An archive written by 'library export'.")],
) -> None:
    """Import an archive into the library; nothing is lost or duplicated."""
    from emotion_core.library.archive.importing import import_library
    from emotion_core.library.archive.wording import describe_counts
    from emotion_core.library.scenes import open_library
    from emotion_core.settings import load_settings

    settings = load_settings()
    summary = show_progress(
        import_library(open_library(settings), settings, file), f"Reading {file.name}"
    )
    new = describe_counts(summary.films, summary.scenes, summary.said_lines, "new")
    films, scenes = count_of(summary.known_films, "film"), count_of(summary.known_scenes, "scene")
    print(f"{new} added; {films} and {scenes} were already here.")
    for sentence in summary.differences:
        print(f"Note: {sentence}")


def _film_line(film: Film | None) -> str:
    if film is None:
        return "Without a film"
    year = "" if film.year is None else f" ({film.year})"
    return f"{film.title}{year}" + (f", {film.director}" if film.director else "")


def _film_called(library: Any, title: str) -> int:
    from sqlalchemy import select

    from emotion_core.errors import LibraryError
    from emotion_core.library.database.tables import Film, fold

    with library.reading() as session:
        rows = session.execute(select(Film.id, Film.title)).all()
    found = [number for number, name in rows if fold(name) == fold(title.strip())]
    if not found:
        raise LibraryError(f"The library has no film called {title}.")
    if len(found) > 1:
        raise LibraryError(
            f"The library has {len(found)} films called {title}. Export the whole library."
        )
    return int(found[0])
