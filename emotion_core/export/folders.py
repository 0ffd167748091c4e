"""Analyses read back from their folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

from emotion_core.emotions.models import ModelId
from emotion_core.errors import ExportError
from emotion_core.scene.analysis import AnalysisParameters, ClipId, SceneAnalysis
from emotion_core.types import VideoInfo


@dataclass(frozen=True, slots=True)
class _Described:
    """What stands beside the tables, in ``summary.json`` or in ``analysis.json``."""

    clip: ClipId
    info: VideoInfo
    shots: tuple[tuple[float, float], ...]
    model: ModelId
    parameters: AnalysisParameters
    warnings: tuple[str, ...]
    source: str = ""


_DESCRIBED = TypeAdapter(_Described)


def read_analysis(folder: Path) -> tuple[SceneAnalysis, Path | None]:
    """The analysis in a folder that the command ``analyze`` or the app has written.

    Args:
        folder: with ``faces.parquet``, ``frames.parquet`` and ``summary.json`` or
            ``analysis.json``.

    Returns:
        The analysis, and where its clip lay when it was read, as far as the folder tells.

    Raises:
        ExportError: there is none, or it cannot be read.
    """
    names = [name for name in ("analysis.json", "summary.json") if (folder / name).is_file()]
    if not names:
        raise ExportError(f"{folder} holds no analysis; give a clip or the folder of an analysis.")
    try:
        told = _DESCRIBED.validate_json((folder / names[0]).read_bytes())
        analysis = SceneAnalysis(
            clip=told.clip,
            info=told.info,
            shots=told.shots,
            faces=pd.read_parquet(folder / "faces.parquet"),
            frames=pd.read_parquet(folder / "frames.parquet"),
            model=told.model,
            parameters=told.parameters,
            warnings=told.warnings,
        )
    except (OSError, ValueError) as error:
        raise ExportError(
            f"The analysis in {folder} is damaged or of an older version; analyze the clip again."
        ) from error
    return analysis, Path(told.source) if told.source else None
