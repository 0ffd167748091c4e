"""A comparison as files: its tables as CSV, and all but the long ones in JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import write_tables
from emotion_core.performance.comparison import tables
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.movements import compared_movements
from emotion_core.performance.wording.comparison import describe_pair


def comparison_tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Everything that was found, by the name of its file without the ending."""
    return {
        "measures": tables.measures_table(comparison),
        "differences": tables.differences_table(comparison),
        "distances": tables.distances_table(comparison),
        "divergences": tables.divergences_table(comparison),
        "chords": comparison.chords,
        "movements": compared_movements(comparison),
        "arcs": tables.arcs_table(comparison),
        "paths": tables.paths_table(comparison),
    }


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """What ``comparison.json`` holds: all but arcs and paths; what is not known is null."""
    performances = [
        {
            "title": one.title,
            "character": one.performance.name,
            "scene": one.performance.scene,
            "model": one.model or None,
            "seconds": one.performance.seconds,
            "fps": one.performance.fps,
            "doubtful": one.uncertain,
        }
        for one in comparison.performances
    ]
    found = comparison_tables(comparison)
    tables = {name: found[name] for name in found if name not in ("arcs", "paths")}
    return {
        "reference": comparison.titles[0],
        "performances": performances,
        "in_words": {
            comparison.titles[pair.other]: describe_pair(comparison, pair)
            for pair in comparison.pairs
        },
        "notes": list(comparison.notes),
        "settings": asdict(comparison.settings),
        **{name: _records(table) for name, table in tables.items()},
    }


def comparison_files(
    comparison: Comparison, wanted: TableFormat = TableFormat.CSV
) -> dict[str, bytes]:
    """``comparison.json`` and a file for each of :func:`comparison_tables`, by name."""
    text = json.dumps(comparison_to_dict(comparison), indent=2, ensure_ascii=False, allow_nan=False)
    tables = write_tables(comparison_tables(comparison), wanted, "%.5g")
    return {"comparison.json": f"{text}\n".encode(), **tables}


def write_comparison(
    comparison: Comparison, folder: Path, wanted: TableFormat = TableFormat.CSV
) -> None:
    """Write :func:`comparison_files`.

    Args:
        comparison: what was found.
        folder: an existing folder.
        wanted: format of the tables.
    """
    for name, content in comparison_files(comparison, wanted).items():
        (folder / name).write_bytes(content)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): _known(value) for key, value in row.items()}
        for row in table.to_dict(orient="records")
    ]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
