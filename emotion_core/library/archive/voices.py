"""Lines that somebody has said and kept, in an archive of their whole library and out of it.

Nobody can hear them again where they are lost: one that is damaged is left out of a new archive,
which says so, and refuses an archive that holds it.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from emotion_core.files import cannot_write
from emotion_core.library.archive.manifest import ArchivedSaidLine
from emotion_core.library.archive.opening import damaged
from emotion_core.library.voice.folder import STORED, TABLES, read_folder
from emotion_core.library.voice.takes import voice_takes
from emotion_core.settings import Settings
from emotion_core.unfinished import TemporaryFolder

_FOLDER = "voice"
# Bytes. The page takes recordings of half of that, and tables have few rows.
_LARGEST_RECORDING, _LARGEST = 200 << 20, 8 << 20


def said_lines_size(settings: Settings) -> int:
    """Bytes of all recordings of lines that were kept."""
    size = 0
    for path in settings.voice_dir.glob("*/recording.*"):
        with suppress(OSError):  # deleted meanwhile
            size += path.stat().st_size
    return size


def add_said_lines(
    archive: zipfile.ZipFile, settings: Settings
) -> tuple[list[ArchivedSaidLine], int]:
    """Add all lines that were kept.

    Returns:
        What was added, and how many are damaged and were not.
    """
    added, left_out = [], 0
    for take in voice_takes(settings):
        folder = settings.voice_dir / take.name
        try:
            recording = read_folder(folder).recording.name
        except (OSError, ValueError):
            left_out += folder.exists()  # else it was deleted meanwhile
            continue
        with suppress(FileNotFoundError):  # as here
            for name in _files(recording):
                archive.write(folder / name, f"{_FOLDER}/{take.name}/{name}")
            added.append(ArchivedSaidLine(name=take.name, recording=recording))
    return added, left_out


def unknown_said_lines(lines: Sequence[ArchivedSaidLine], settings: Settings) -> list[str]:
    """The files of those lines of an archive that are not here yet."""
    return [
        f"{_FOLDER}/{line.name}/{name}"
        for line in lines
        if not os.path.lexists(settings.voice_dir / line.name)
        for name in _files(line.recording)
    ]


def check_said_line_sizes(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse files of lines that are larger than any that Eme writes.

    Raises:
        LibraryError: one of them is.
    """
    for member in members:
        folder, _, name = member.filename.partition("/")
        recorded = Path(name).name.startswith("recording.")
        if folder == _FOLDER and member.file_size > (_LARGEST_RECORDING if recorded else _LARGEST):
            raise damaged(member.filename)


def check_said_lines(stage: Path, settings: Settings) -> None:
    """Refuse lines that were unpacked and are none, or could not be put in place.

    Args:
        stage: where the archive was unpacked.
        settings: of the library.

    Raises:
        LibraryError: one of them is damaged.
        OutputError: the place of lines cannot be written to.
    """
    place = settings.voice_dir
    if (stage / _FOLDER).exists() and os.path.lexists(place):
        if not place.is_dir():
            raise cannot_write(place, "it is no folder")
        if not os.access(place, os.W_OK | os.X_OK):
            raise cannot_write(place, "permission denied")
    for folder in (stage / _FOLDER).glob("*"):
        try:
            read_folder(folder)
        except (OSError, ValueError) as error:
            raise damaged(f"{_FOLDER}/{folder.name}") from error


def put_said_lines(stage: Path, settings: Settings) -> int:
    """Put lines that were unpacked in place: no database knows them, so once all else is there.

    A process that is killed on the way leaves it to the next to go on.

    Args:
        stage: where the archive was unpacked.
        settings: of the library.

    Returns:
        How many there are.

    Raises:
        OSError: they cannot be put there.
    """
    unpacked = stage / _FOLDER
    if not unpacked.exists():
        return 0
    count = len(list(unpacked.iterdir()))
    work = TemporaryFolder(".new-", settings.home)
    try:
        unpacked.replace(work.path / _FOLDER)
        work.move_into(settings.home)
    finally:
        work.close()
    return count


def _files(recording: str) -> list[str]:
    return [STORED, *(f"{table}.parquet" for table in TABLES), recording]
