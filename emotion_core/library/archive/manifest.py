"""What an archive of a library holds, checked as it is read.

Layout::

    library.json                                 films, scenes, tags, bookmarks, takes, and what the
                                                 user has said of characters (:class:`Manifest`)
    media/<sha256>.<ext>                         clips that could be found
    previews/<sha256>.mp4                        copies for browsers
    thumbnails/<sha256>.webp                     strips
    analyses/<sha256>/<model and parameters>/    as in the data directory
    analyses/<sha256>/sound-<version>/           what was heard, where it was
    analyses/<sha256>/words.json                 lines, where there are some
    voice/<32 hexadecimal digits>/               lines that the user has said and kept, where the
                                                 archive is that of a whole library

A field that is added later needs a default, so that older archives stay readable. All lists and
texts have bounds, far beyond what a library holds: whoever wrote an archive may have filled them.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from emotion_core.library.voice.folder import NAME, RECORDING
from emotion_core.validation import Instant

FORMAT_VERSION = 1
MANIFEST = "library.json"
NEEDED_FILES = ("analysis.json", "faces.parquet", "frames.parquet")
# older versions, which knew of no characters, have not written the last
ANALYSIS_FILES = (*NEEDED_FILES, "identity.parquet")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# the first sign is no dot: no name leads out of its folder
Address = Annotated[str, Field(pattern=r"^[0-9a-f]{64}/[\w-][\w.-]*$", max_length=320)]

Name = Annotated[str, Field(max_length=1_000)]
Title = Annotated[str, Field(min_length=1, max_length=1_000)]
# forms take 50,000 characters, and merges add to what is there
Text = Annotated[str, Field(max_length=500_000)]
Seconds = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
# a box may reach out of the picture, but not by pictures
Share = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]


class ArchivedFilm(BaseModel):
    """A film, as :class:`~emotion_core.library.database.tables.Film`."""

    uuid: Annotated[str, Field(min_length=1, max_length=36)]
    title: Title
    original_title: Name = ""
    year: Annotated[int, Field(ge=-9999, le=9999)] | None = None
    director: Name = ""
    country: Name = ""
    language: Name = ""
    genre: Name = ""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#8A7F76"
    looking_for: Text = ""
    created: Instant


class ArchivedBookmark(BaseModel):
    """A moment, or a stretch up to an end, in seconds."""

    time: Seconds
    end: Seconds | None = None
    comment: Annotated[str, Field(max_length=10_000)] = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end is not None and self.end <= self.time:
            raise ValueError("a bookmark ends before it begins")
        return self


class ArchivedTrack(BaseModel):
    """A track of which the user has said whose it is; times in seconds.

    ``anchors``: a time, and the box of the face then as shares of the picture, see
    :mod:`emotion_core.library.characters.track_matching`. ``neutral_time``: when its face is
    neutral, as the user says.
    """

    start: Seconds
    end: Seconds
    seconds: Seconds
    anchors: Annotated[
        tuple[tuple[Seconds, Share, Share, Share, Share], ...], Field(min_length=1, max_length=32)
    ]
    neutral_time: Seconds | None = None

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
    tracks: Annotated[list[ArchivedTrack], Field(max_length=20_000)]


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
    recorded: Instant
    exercise: Annotated[str, Field(max_length=100_000)] = ""
    model_clip: Sha256 | None = None
    model_character: Annotated[str, Field(min_length=1, max_length=36)] | None = None
    model_track: ArchivedTrack | None = None


class ArchivedSaidLine(BaseModel):
    """A line that the user has said and kept: the names of its folder and of its recording."""

    name: Annotated[str, Field(pattern=rf"^{NAME}$")]
    recording: Annotated[str, Field(pattern=rf"^{RECORDING}$")]


class ArchivedScene(BaseModel):
    """A scene; ``film`` is the ``uuid`` of its film, ``clip`` the name of its clip's file."""

    clip_sha256: Sha256
    clip_name: Name
    clip: Annotated[str, Field(pattern=r"^(media/[0-9a-f]{64}(\.\w{1,10})?)?$")] = ""
    film: Annotated[str, Field(max_length=36)] | None = None
    title: Title
    quote: Text = ""
    notes: Text = ""
    duration: Seconds = 0.0
    created: Instant
    tags: Annotated[list[Name], Field(max_length=1_000)] = []
    bookmarks: Annotated[list[ArchivedBookmark], Field(max_length=10_000)] = []
    analyses: Annotated[list[Address], Field(max_length=1_000)] = []
    characters: Annotated[list[ArchivedCharacter], Field(max_length=20_000)] = []
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
    created: Instant
    films: Annotated[list[ArchivedFilm], Field(max_length=20_000)] = []
    scenes: Annotated[list[ArchivedScene], Field(max_length=50_000)] = []
    said_lines: Annotated[list[ArchivedSaidLine], Field(max_length=20_000)] = []

    @model_validator(mode="after")
    def _has_not_too_much(self) -> Self:
        tags = {tag for scene in self.scenes for tag in scene.tags}
        parts = {
            "tags": (len(tags), 20_000),
            "bookmarks": (sum(len(scene.bookmarks) for scene in self.scenes), 200_000),
            "analyses": (sum(len(scene.analyses) for scene in self.scenes), 200_000),
            "characters": (sum(len(scene.characters) for scene in self.scenes), 200_000),
        }
        for name, (count, most) in parts.items():
            if count > most:
                raise ValueError(f"there are {count} {name}, and {most} are the limit")
        return self
