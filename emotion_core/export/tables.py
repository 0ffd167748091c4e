"""An analysis as files: Parquet and CSV tables, and JSON of its summary alone or of all of it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS, with_uncertainty
from emotion_core.export.formats import TableFormat
from emotion_core.export.movements import (
    MOVEMENT_NOTES,
    movements_to_spreadsheet,
    scene_movements,
)
from emotion_core.export.sound.tables import SOUND_NOTES, sound_tables, write_sound
from emotion_core.export.spreadsheets import write_table
from emotion_core.faces.movements.measures import MEASURE_NOTES
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.performance import performances_of
from emotion_core.performance.resting import (
    CAVEAT,
    RELATIVE_COLUMNS,
    describe_resting,
    relative_table,
    resting_of,
)
from emotion_core.performance.wording.delivery import SOUND_CAVEAT
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.summary import SceneSummary, summarize

# What each column of the readings holds.
COLUMNS = {
    "frame": "number of the frame in the clip, from 0",
    "time": "presentation time of the frame, seconds",
    "shot": "number of the shot, from 0",
    "track": "number of the face, followed through one shot",
    "character": "the character, if grouped or named",
    "x1": "left edge of the box around the face, pixels of the clip as shown",
    "y1": "upper edge of the box, pixels",
    "x2": "right edge of the box, pixels",
    "y2": "lower edge of the box, pixels",
    "confidence": "confidence of the face detection, 0 to 1",
    "detected": "true if the face was found in this frame, false if its box is interpolated",
    **{name: f"probability of {name}, 0 to 1; the seven sum to 1" for name in EMOTIONS},
    "valence": "derived from the seven (Russell and Mehrabian 1977), -1 to 1",
    "arousal": "derived from the seven (Russell and Mehrabian 1977), -1 to 1",
    "entropy": "entropy of the seven, bits: 0 for one certain emotion, 2.81 for all equally likely",
    "sharpness": "sharpness of the face image, no unit; low is blurred",
    "turn": "how far the face is turned sideways, in half distances between the eyes",
    "crop_x": "middle of the square in which the face was read, pixels from the left",
    "crop_y": "middle of that square, pixels from the top",
    "crop_side": "side of that square, pixels",
    "crop_angle": "how far that square is turned clockwise, degrees",
    **{
        name: f"how much of the {name.removesuffix('_visible')} can be seen, 0 to 1"
        for name in VISIBLE_COLUMNS
    },
    **{
        name: f"{note.meaning}, {note.unit}; nearest: {note.action_unit} (no FACS coding)"
        for name, note in MEASURE_NOTES.items()
    },
    "head_turn": "how far the head is turned to the right of the picture, degrees",
    "head_nod": "how far the chin is lowered, degrees",
    "head_tilt": "how far the head is tilted clockwise in the picture, degrees",
    "gaze_side": "how far the eyes look to the right of the picture, half widths of the eye",
    "speaking": "1 where the mouth moves as in speech, else 0",
    **{
        column: f"probability of {name} relative to the character's face at rest, 0 to 1; empty "
        "where that is not known"
        for column, name in zip(RELATIVE_COLUMNS, EMOTIONS, strict=True)
    },
    "doubt": "why the reading is unsure; empty if it is not",
}
_DECIMALS = 4


def write_tables(analysis: SceneAnalysis, folder: Path, sound: SceneSound | None = None) -> None:
    """Write the tables of a scene and ``summary.json``.

    The tables are ``faces.parquet``, ``faces.csv``, ``movements.csv`` and ``frames.parquet``, and
    where the sound was read ``lines.csv``, ``utterances.csv`` and ``sound.csv``.

    Args:
        analysis: the scene.
        folder: an existing folder.
        sound: what is heard in it, if it was read.
    """
    analysis.faces.to_parquet(folder / "faces.parquet")
    analysis.frames.to_parquet(folder / "frames.parquet")
    (folder / "faces.csv").write_bytes(readings_table(analysis))
    (folder / "movements.csv").write_bytes(movements_to_spreadsheet(performances_of(analysis)))
    if sound is not None:
        write_sound(sound, folder)
    text = json.dumps(summary_to_dict(analysis, summarize(analysis)), indent=2, ensure_ascii=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def readings_table(analysis: SceneAnalysis, wanted: TableFormat = TableFormat.CSV) -> bytes:
    """The faces table for a spreadsheet, with what :func:`readings_of` adds.

    Four decimals; floats as such would be twice the size.
    """
    return write_table(readings_of(analysis), wanted)


def readings_of(analysis: SceneAnalysis) -> pd.DataFrame:
    """The faces table, with readings relative to each face at rest and, last, the doubts in words.

    The doubts are those of the readings as they were read.
    """
    return with_uncertainty(analysis.faces.join(relative_table(analysis)))


def summary_to_dict(analysis: SceneAnalysis, summary: SceneSummary) -> dict[str, Any]:
    """What ``summary.json`` holds: the summary, and how it came about."""
    return {
        "clip": asdict(analysis.clip),
        "info": asdict(analysis.info),
        "model": asdict(analysis.model),
        "parameters": asdict(analysis.parameters),
        "warnings": list(analysis.warnings),
        **_named(asdict(summary)),
        "moments": [_named(asdict(moment)) for moment in summary.moments],
        "shots": [list(shot) for shot in analysis.shots],
        **{
            name: [{**_named(asdict(one)), "shares": dict(one.shares)} for one in rows]
            for name, rows in (("tracks", summary.tracks), ("characters", summary.characters))
        },
    }


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields under the names that they have had in ``summary.json`` from its first version on."""
    names = {"uncertain": "doubtful", "uncertainty": "doubts"}
    return {names.get(name, name): value for name, value in fields.items()}


def scene_to_json(analysis: SceneAnalysis, sound: SceneSound | None = None) -> str:
    """The summary and all readings of a scene in one file that any language reads.

    An object with ``summary`` (as in ``summary.json``), ``columns`` (what each column of the
    readings holds, with its unit), and ``readings`` and ``frames``: an object of columns, each a
    list with a value a row, so that a row is the k-th value of every column. What is not known is
    ``null``. ``movements`` and ``movement_columns`` say the same of what each face does, see
    :func:`~emotion_core.export.movements.scene_movements`. ``readings`` has one row a face and
    frame, and none where no face was found: missing is not neutral. ``frames`` has one row a frame
    that was read. ``resting_faces`` says what the relative readings of each character go by.
    ``sound`` is ``null`` where it was not read, else its loudness and the tables of
    :func:`~emotion_core.export.sound.tables.sound_tables` in the same form, with what each column
    of them holds.
    """
    content = {
        "format": "eme scene",
        "version": 1,
        "summary": summary_to_dict(analysis, summarize(analysis)),
        "columns": COLUMNS,
        "readings": _columns(readings_of(analysis)),
        "resting_faces": _resting_faces(analysis),
        "movement_columns": MOVEMENT_NOTES,
        "movements": _columns(scene_movements(performances_of(analysis))),
        "frames": _columns(analysis.frames),
        "sound": None if sound is None else _sound(sound),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"


def _resting_faces(analysis: SceneAnalysis) -> dict[str, Any]:
    found = {}
    for one in performances_of(analysis):
        resting = resting_of(one)
        shares = None
        if resting.shares is not None:
            shares = dict(zip(EMOTIONS, np.round(resting.shares, _DECIMALS).tolist(), strict=True))
        found[one.name] = {
            "shares": shares,
            "readings": resting.rows,
            "named_at": resting.time,
            "words": describe_resting(resting),
            "caveat": CAVEAT,
        }
    return found


def _sound(sound: SceneSound) -> dict[str, Any]:
    loudness = sound.heard.loudness
    return {
        "tracks": [asdict(track) for track in sound.heard.tracks],
        "loudness": round(loudness, _DECIMALS) if math.isfinite(loudness) else None,
        "caveat": SOUND_CAVEAT,
        "columns": {"loudness": "of the whole clip by EBU R 128, LUFS", **SOUND_NOTES},
        **{name: _columns(table) for name, table in sound_tables(sound).items()},
    }


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name in table.columns:
        column = table[name]
        if np.issubdtype(column.to_numpy().dtype, np.floating):
            column = column.astype("float64").round(_DECIMALS)
        found[str(name)] = column.astype(object).where(column.notna(), None).tolist()
    return found
