"""An analysis as files: Parquet and CSV tables, and a summary in JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from emotion_core.emotions.doubts import with_doubt
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.summary import SceneSummary, summarize


def write_tables(analysis: SceneAnalysis, folder: Path) -> None:
    """Write ``faces.parquet``, ``faces.csv``, ``frames.parquet`` and ``summary.json``.

    Args:
        analysis: the scene.
        folder: an existing folder.
    """
    analysis.faces.to_parquet(folder / "faces.parquet")
    analysis.frames.to_parquet(folder / "frames.parquet")
    (folder / "faces.csv").write_text(faces_to_csv(analysis), encoding="utf-8")
    text = json.dumps(summary_to_dict(analysis, summarize(analysis)), indent=2, ensure_ascii=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def faces_to_csv(analysis: SceneAnalysis) -> str:
    """The faces table as CSV, with the doubt of each reading in words as its last column.

    Four decimals; floats as such would be twice the size.
    """
    return str(with_doubt(analysis.faces).to_csv(index=False, float_format="%.4f"))


def summary_to_dict(analysis: SceneAnalysis, summary: SceneSummary) -> dict[str, Any]:
    """What ``summary.json`` holds: the summary, and how it came about."""
    return {
        "clip": asdict(analysis.clip),
        "info": asdict(analysis.info),
        "model": asdict(analysis.model),
        "parameters": asdict(analysis.parameters),
        "warnings": list(analysis.warnings),
        **asdict(summary),
        "shots": [list(shot) for shot in analysis.shots],
        "tracks": [{**asdict(track), "shares": dict(track.shares)} for track in summary.tracks],
    }
