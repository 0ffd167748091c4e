"""The folder of a line that somebody has said: written whole, and checked as it is read.

Layout::

    <32 hexadecimal digits>/    take.json, table.parquet, words.parquet, contours.parquet,
                                recording.<ending>

What lies in one may have come in an archive, which anybody may have made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, TypeAdapter

from emotion_core.checked_tables import LONGEST_TEXT, read_table, to_frame
from emotion_core.library.database.tables import storable
from emotion_core.performance.delivery.line_beside import (
    CONTOUR_DTYPES,
    MODEL,
    OWN,
    TABLE_DTYPES,
    WORD_DTYPES,
    LineBeside,
    PitchGap,
)
from emotion_core.validation import Instant

NAME = r"[0-9a-f]{32}"
RECORDING = r"recording\.[a-z0-9]{1,5}"
STORED = "take.json"
TABLES: Mapping[str, Mapping[str, str]] = {
    "table": TABLE_DTYPES,
    "words": WORD_DTYPES,
    "contours": CONTOUR_DTYPES,
}
# Rows: two lines of two minutes at fifty a second have 12,000; nobody says ten words a second.
_MOST = {"table": 2, "words": 5_000, "contours": 100_000}
_LATEST = 10 * 86_400.0  # seconds; as late as a line of a clip may be
_TIMES = ("start", "end", "time", "aligned")
_FARTHEST = 1e6  # of any number that is measured, in its unit
_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
_Pitch = Annotated[float, Field(gt=0, lt=20_000, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class StoredTake:
    """What is written beside the tables.

    Attributes:
        text: of the line.
        titles: who says it, the model first.
        scene: what the scene was called.
        recorded: when it was kept.
        seconds: length of the recording.
        pitches: of its utterances in Hz.
        against_usual, by_words, pitch_gaps: as of
            :class:`~emotion_core.performance.delivery.line_beside.LineBeside`.
        usual_of: utterances of which the own usual pitch was the median.
        warning: what was wrong with the recording, "" if nothing was.
    """

    text: _Text
    titles: tuple[_Text, _Text]
    scene: _Text
    recorded: Instant
    seconds: Annotated[float, Field(ge=0, lt=86_400)]
    pitches: Annotated[list[_Pitch], Field(max_length=10_000)]
    against_usual: bool
    usual_of: Annotated[int, Field(ge=0, le=10_000_000)]
    by_words: bool
    pitch_gaps: tuple[PitchGap | None, PitchGap | None]
    warning: _Text


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


_STORED = TypeAdapter(StoredTake)


def write_folder(
    folder: Path, stored: StoredTake, beside: LineBeside, recording: bytes, ending: str
) -> None:
    """Write a line that somebody has said.

    Args:
        folder: an empty one.
        stored: what is known of it.
        beside: the line by both.
        recording, ending: the file, and the ending of its name.

    Raises:
        OSError: the folder cannot be written to.
    """
    (folder / f"recording{ending}").write_bytes(recording)
    for table, dtypes in TABLES.items():
        frame = getattr(beside, table)[list(dtypes)].copy()
        for column, dtype in dtypes.items():
            if dtype == "string":
                frame[column] = [short(str(text)) for text in frame[column]]
        frame.astype(dict(dtypes)).to_parquet(folder / f"{table}.parquet", index=False)
    (folder / STORED).write_bytes(_STORED.dump_json(stored))


def read_stored(folder: Path) -> StoredTake:
    """What is known of a line, without its tables.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what is written of a line.
    """
    return _STORED.validate_json((folder / STORED).read_bytes())


def read_folder(folder: Path) -> OpenedVoiceTake:
    """All of a line that somebody has said.

    Raises:
        OSError: a file cannot be read.
        ValueError: it is not what a line can be.
    """
    stored = read_stored(folder)
    table, words, contours = (_read(folder, name) for name in TABLES)
    if table["performance"].tolist() != [MODEL, OWN]:
        raise ValueError("a line is said by a model and by somebody else")
    for name, part in (("words", words), ("contours", contours)):
        if not part["performance"].isin((MODEL, OWN)).all():
            raise ValueError(f"{name}: nobody else says a line")
    counts = [int((words["performance"] == who).sum()) for who in (MODEL, OWN)]
    if stored.by_words and (not counts[MODEL] or counts[MODEL] != counts[OWN]):
        raise ValueError("words: a line that is compared by words has the same ones by both")
    recordings = [one for one in folder.iterdir() if re.fullmatch(RECORDING, one.name)]
    if len(recordings) != 1 or not recordings[0].is_file():
        raise ValueError("a line has one recording, a file")
    beside = LineBeside(
        stored.text, stored.titles, table, words, contours, stored.against_usual,
        stored.by_words, stored.pitch_gaps,
    )  # fmt: skip
    return OpenedVoiceTake(beside, recordings[0], stored.usual_of, stored.warning)


def _read(folder: Path, name: str) -> pd.DataFrame:
    """A table; what is measured and can be no number of its unit is not known."""
    dtypes = TABLES[name]
    measured = [column for column, dtype in dtypes.items() if dtype.startswith("float")]
    table = to_frame(read_table(folder / f"{name}.parquet", dtypes, _MOST[name]), dtypes, measured)
    for column, dtype in dtypes.items():
        if dtype == "string":
            table[column] = table[column].fillna("")
        elif column in _TIMES:
            values = table[column].to_numpy(np.float64)
            if not (np.abs(values) < _LATEST).all():
                raise ValueError(f"{name}: {column} must be seconds of a clip")
        elif column in measured:
            table[column] = table[column].where(table[column].abs() < _FARTHEST)
    return table


def short(text: str) -> str:
    """Text of a length that is read again, which is counted in bytes."""
    return storable(text).encode()[:LONGEST_TEXT].decode(errors="ignore")
