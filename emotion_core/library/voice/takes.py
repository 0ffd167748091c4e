"""Lines that somebody has said and kept: the recording, and what was heard beside the model.

They keep what was heard of the model, too: a line of the class library, or of a scene that is gone,
can still be looked at. Each has a folder in ``voice/`` of the data directory of their user, see
:mod:`emotion_core.library.voice.folder`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from emotion_core.errors import LibraryError
from emotion_core.files import completed_folder
from emotion_core.library.database.tables import now
from emotion_core.library.voice.folder import (
    NAME,
    OpenedVoiceTake,
    StoredTake,
    read_folder,
    read_stored,
    short,
    write_folder,
)
from emotion_core.performance.delivery.line_beside import LineBeside
from emotion_core.settings import Settings


@dataclass(frozen=True, slots=True)
class VoiceTake:
    """A line that was kept.

    Attributes:
        name: of its folder.
        text: of the line; "" where what lies there is damaged.
        model: who says it in the scene.
        scene: what the scene was called.
        recorded: when it was kept; ``None`` where what lies there is damaged.
        seconds: length of the recording.
    """

    name: str
    text: str = ""
    model: str = ""
    scene: str = ""
    recorded: datetime | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """What is known of a line that is to be kept.

    Attributes:
        scene: what the scene is called.
        seconds: length of the recording.
        pitches: of its utterances, see
            :func:`~emotion_core.performance.delivery.line_beside.clear_pitches`.
        usual_of: utterances of which the own usual pitch is the median.
        warning: what is wrong with the recording, "" if nothing is.
    """

    scene: str
    seconds: float
    pitches: Sequence[float]
    usual_of: int
    warning: str = ""


def keep_voice_take(
    settings: Settings, beside: LineBeside, recording: bytes, suffix: str, note: VoiceNote
) -> VoiceTake:
    """Keep a line that somebody has said.

    Args:
        settings: of the library of who said it.
        beside: the line by both.
        recording: the file.
        suffix: its ending, such as ".wav".
        note: what else is known of it.

    Raises:
        OutputError: the data directory cannot be written to; then nothing is left.
    """
    stored = StoredTake(
        short(beside.text),
        (short(beside.titles[0]), short(beside.titles[1])),
        short(note.scene),
        now(),
        note.seconds,
        list(note.pitches),
        beside.against_usual,
        note.usual_of,
        beside.by_words,
        beside.pitch_gaps,
        short(note.warning),
    )
    name = uuid4().hex
    with completed_folder(settings.voice_dir / name) as work:
        write_folder(work, stored, beside, recording, ending_of(suffix))
    return _entry(name, stored)


def ending_of(name: str) -> str:
    """The ending of a recording on disk: that of its name, unless it is an odd or a long one.

    Args:
        name: as its user calls it, or its ending alone.
    """
    ending = re.search(r"\.[a-z0-9]{1,5}\Z", name.lower())
    return ending[0] if ending else ".sound"


def voice_takes(settings: Settings) -> list[VoiceTake]:
    """The lines that were kept, the newest first; those that are damaged come last."""
    found = [
        VoiceTake(folder.name) if stored is None else _entry(folder.name, stored)
        for folder, stored in _all(settings)
    ]
    known = [one for one in found if one.recorded is not None]
    known.sort(key=lambda one: (one.recorded, one.name), reverse=True)
    return known + [one for one in found if one.recorded is None]


def kept_pitches(settings: Settings) -> list[float]:
    """Pitches in Hz of all utterances in the lines that were kept: one speaker, the user."""
    return [pitch for _, stored in _all(settings) if stored is not None for pitch in stored.pitches]


def open_voice_take(settings: Settings, name: str) -> OpenedVoiceTake:
    """A line that was kept, as it was then.

    Raises:
        LibraryError: it is gone, or damaged.
    """
    folder = _folder(settings, name)
    try:
        return read_folder(folder)
    except (OSError, ValueError) as error:
        raise LibraryError("This take is gone or damaged. You can still delete it.") from error


def delete_voice_takes(settings: Settings, names: Iterable[str]) -> None:
    """Delete lines that were kept, with their recordings and all that was read in them.

    Raises:
        LibraryError: a file cannot be deleted.
    """
    for name in names:
        folder = _folder(settings, name)
        try:
            if folder.is_symlink():  # its user keeps what it leads to
                folder.unlink()
            else:
                shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LibraryError(f"{folder} could not be deleted: {error.strerror}.") from error


def _folder(settings: Settings, name: str) -> Path:
    if not re.fullmatch(NAME, name):
        raise LibraryError("There is no such take.")
    return settings.voice_dir / name


def _all(settings: Settings) -> list[tuple[Path, StoredTake | None]]:
    """The folders of all lines that were kept; nothing beside those that are damaged."""
    found: list[tuple[Path, StoredTake | None]] = []
    for folder in sorted(settings.voice_dir.glob("*/")):
        if not re.fullmatch(NAME, folder.name):
            continue
        try:
            stored = read_stored(folder)
        except (OSError, ValueError):
            stored = None
        found.append((folder, stored))
    return found


def _entry(name: str, stored: StoredTake) -> VoiceTake:
    return VoiceTake(
        name, stored.text, stored.titles[0], stored.scene, stored.recorded, stored.seconds
    )
