"""Lines that somebody has said and kept: the recording, and what was heard beside the model.

They keep what was heard of the model, too: a line of the class library, or of a scene that is gone,
can still be looked at. Layout under the data directory of their user::

    voice/<32 hexadecimal digits>/    take.json, table.parquet, words.parquet, contours.parquet,
                                      recording.<ending>
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from pydantic import Field, TypeAdapter, ValidationError

from emotion_core.checked_tables import LONGEST_TEXT, read_table, to_frame
from emotion_core.errors import LibraryError
from emotion_core.files import completed_folder
from emotion_core.library.database.tables import now, storable
from emotion_core.performance.delivery.line_beside import (
    CONTOUR_DTYPES,
    TABLE_DTYPES,
    WORD_DTYPES,
    LineBeside,
    PitchGap,
)
from emotion_core.settings import Settings

_NAME = re.compile(r"[0-9a-f]{32}")
_TABLES = {"table": TABLE_DTYPES, "words": WORD_DTYPES, "contours": CONTOUR_DTYPES}
# Rows: two lines of two minutes at fifty a second have 12,000.
_MOST = 100_000
_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
_Pitch = Annotated[float, Field(gt=0, lt=20_000, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is written beside the tables."""

    text: _Text
    titles: tuple[_Text, _Text]
    scene: _Text
    recorded: datetime
    seconds: Annotated[float, Field(ge=0, lt=86_400)]
    pitches: Annotated[list[_Pitch], Field(max_length=10_000)]
    against_usual: bool
    usual_of: Annotated[int, Field(ge=0)]
    by_words: bool
    pitch_gaps: tuple[PitchGap | None, PitchGap | None]
    warning: _Text


_STORED = TypeAdapter(_Stored)


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
class OpenedVoiceTake:
    """A line that was kept, with all that belongs to it.

    Attributes:
        beside: the line by both, as it was when it was kept.
        recording: the file.
        usual_of: utterances of which the own usual pitch was the median.
        warning: what was wrong with the recording, "" if nothing was.
    """

    beside: LineBeside
    recording: Path
    usual_of: int
    warning: str


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
    stored = _Stored(
        _short(beside.text),
        (_short(beside.titles[0]), _short(beside.titles[1])),
        _short(note.scene),
        now(),
        note.seconds,
        list(note.pitches),
        beside.against_usual,
        note.usual_of,
        beside.by_words,
        beside.pitch_gaps,
        _short(note.warning),
    )
    name = uuid4().hex
    with completed_folder(settings.voice_dir / name) as work:
        (work / f"recording{ending_of(suffix)}").write_bytes(recording)
        for table, dtypes in _TABLES.items():
            frame = getattr(beside, table)[list(dtypes)].copy()
            for column, dtype in dtypes.items():
                if dtype == "string":
                    frame[column] = [_short(str(text)) for text in frame[column]]
            frame.astype(dict(dtypes)).to_parquet(work / f"{table}.parquet", index=False)
        (work / "take.json").write_bytes(_STORED.dump_json(stored))
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
        stored = _STORED.validate_json((folder / "take.json").read_bytes())
        table, words, contours = (
            to_frame(
                read_table(folder / f"{table}.parquet", dtypes, _MOST),
                dtypes,
                [column for column, dtype in dtypes.items() if dtype.startswith("float")],
            )
            for table, dtypes in _TABLES.items()
        )
        recording = next(folder.glob("recording.*"))
    except (OSError, ValueError, StopIteration) as error:
        raise LibraryError("This take is gone or damaged. You can still delete it.") from error
    beside = LineBeside(
        stored.text, stored.titles, table, words, contours, stored.against_usual,
        stored.by_words, stored.pitch_gaps,
    )  # fmt: skip
    return OpenedVoiceTake(beside, recording, stored.usual_of, stored.warning)


def delete_voice_takes(settings: Settings, names: Iterable[str]) -> None:
    """Delete lines that were kept, with their recordings and all that was read in them.

    Raises:
        LibraryError: a file cannot be deleted.
    """
    for name in names:
        folder = _folder(settings, name)
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LibraryError(f"{folder} could not be deleted: {error.strerror}.") from error


def _folder(settings: Settings, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise LibraryError("There is no such take.")
    return settings.voice_dir / name


def _all(settings: Settings) -> list[tuple[Path, _Stored | None]]:
    """The folders of all lines that were kept; nothing beside those that are damaged."""
    found: list[tuple[Path, _Stored | None]] = []
    for folder in sorted(settings.voice_dir.glob("*/")):
        if not _NAME.fullmatch(folder.name):
            continue
        try:
            stored = _STORED.validate_json((folder / "take.json").read_bytes())
        except (OSError, ValidationError):
            stored = None
        found.append((folder, stored))
    return found


def _entry(name: str, stored: _Stored) -> VoiceTake:
    return VoiceTake(
        name, stored.text, stored.titles[0], stored.scene, stored.recorded, stored.seconds
    )


def _short(text: str) -> str:
    """Text of a length that is read again, which is counted in bytes."""
    return storable(text).encode()[:LONGEST_TEXT].decode(errors="ignore")
