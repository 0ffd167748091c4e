"""What an archive of a library holds, checked as it is read.

Layout::

    library.json                                 films, scenes, tags, bookmarks, takes, and what the
                                                 user has said of characters (:class:`Manifest`)
    media/<sha256>.<ext>                         clips that could be found
    previews/<sha256>.mp4                        copies for browsers
    thumbnails/<sha256>.webp                     strips
    analyses/<sha256>/<model and parameters>/    as in the data directory

A field that is added later needs a default, so that older archives stay readable.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

FORMAT_VERSION = 1
MANIFEST = "library.json"
NEEDED_FILES = ("analysis.json", "faces.parquet", "frames.parquet")
# older versions, which knew of no characters, have not written the last
ANALYSIS_FILES = (*NEEDED_FILES, "identity.parquet")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# the first sign is no dot: no name leads out of its folder
Address = Annotated[str, Field(pattern=r"^[0-9a-f]{64}/[\w-][\w.-]*$", max_length=320)]

Seconds = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
# a box may reach out of the picture, but not by pictures
Share = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]


class ArchivedFilm(BaseModel):
    """A film, as :class:`~emotion_core.library.database.tables.Film`."""

    uuid: Annotated[str, Field(min_length=1, max_length=36)]
    title: Annotated[str, Field(min_length=1)]
    original_title: str = ""
    year: Annotated[int, Field(ge=-9999, le=9999)] | None = None
    director: str = ""
    country: str = ""
    language: str = ""
    genre: str = ""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#8A7F76"
    looking_for: str = ""
    created: datetime


class ArchivedBookmark(BaseModel):
    """A moment, or a stretch up to an end, in seconds."""

    time: Seconds
    end: Seconds | None = None
    comment: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end is not None and self.end <= self.time:
            raise ValueError("a bookmark ends before it begins")
        return self


class ArchivedTrack(BaseModel):
    """A track of which the user has said whose it is; times in seconds.

    ``anchors``: a time, and the box of the face then as shares of the picture, see
    :mod:`emotion_core.library.characters.track_matching`.
    """

    start: Seconds
    end: Seconds
    seconds: Seconds
    anchors: Annotated[
        tuple[tuple[Seconds, Share, Share, Share, Share], ...], Field(min_length=1, max_length=32)
    ]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("a track must not end before it begins")
        return self


class ArchivedCharacter(BaseModel):
    """Someone in a scene, as :class:`~emotion_core.library.database.tables.Character`.

    Only what the user has said: all else is found anew from the readings.
    """

    uuid: Annotated[str, Field(min_length=1, max_length=36)]
    name: Annotated[str, Field(max_length=100)] = ""
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    hidden: bool = False
    tracks: Annotated[list[ArchivedTrack], Field(max_length=100_000)]


class ArchivedTake(BaseModel):
    """What a scene is that was played before the camera.

    As :class:`~emotion_core.library.database.tables.Take`.

    Attributes:
        model_clip: the clip of the performance that was played along.
        model_character: the ``uuid`` of who plays in it.
        model_track: a track of theirs in it; says who it is where all characters are found anew.
    """

    number: Annotated[int, Field(ge=1, le=1_000_000)]
    title: Annotated[str, Field(max_length=1_000)] = ""
    recorded: datetime
    exercise: Annotated[str, Field(max_length=100_000)] = ""
    model_clip: Sha256 | None = None
    model_character: Annotated[str, Field(min_length=1, max_length=36)] | None = None
    model_track: ArchivedTrack | None = None


class ArchivedScene(BaseModel):
    """A scene; ``film`` is the ``uuid`` of its film, ``clip`` the name of its clip's file."""

    clip_sha256: Sha256
    clip_name: str
    clip: Annotated[str, Field(pattern=r"^(media/[0-9a-f]{64}(\.\w{1,10})?)?$")] = ""
    film: str | None = None
    title: Annotated[str, Field(min_length=1)]
    quote: str = ""
    notes: str = ""
    duration: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    created: datetime
    tags: list[str] = []
    bookmarks: list[ArchivedBookmark] = []
    analyses: list[Address] = []
    characters: Annotated[list[ArchivedCharacter], Field(max_length=100_000)] = []
    take: ArchivedTake | None = None


def analysis_files(address: str, held: Container[str]) -> list[str]:
    """The files of an analysis in an archive that holds some names.

    Readings of older versions, which lack some, are kept as they are: a scene with one asks to be
    read again.
    """
    names = {name: f"analyses/{address}/{name}" for name in ANALYSIS_FILES}
    return [path for name, path in names.items() if name in NEEDED_FILES or path in held]


class Manifest(BaseModel):
    """All that is written in an archive, its files apart."""

    format: Literal["eme-library"] = "eme-library"
    version: Annotated[int, Field(ge=1)] = FORMAT_VERSION
    created: datetime
    films: list[ArchivedFilm] = []
    scenes: list[ArchivedScene] = []
