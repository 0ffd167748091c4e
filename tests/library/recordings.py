"""Takes made for tests, without a camera or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from emotion_core.library.database.engine import Database
from emotion_core.library.takes import KeptTake, TakeNote, keep_take
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, Part, enter, played
from tests.media.clips import make_clip


def recording(folder: Path, number: int = 0) -> Path:
    """A finished recording, as it lies before it is kept; another for each number."""
    return make_clip(folder / f"recording {number}.mp4", n=10 + number, size=(64, 36))


def keep(settings: Settings, folder: Path, number: int = 0, **about: object) -> KeptTake:
    """Keep a recording as a take."""
    note = TakeNote(**{"title": "Hold sad", **about})  # type: ignore[arg-type]
    return keep_take(recording(folder, number), settings, note)


def read(
    library: Database,
    settings: Settings,
    take: KeptTake,
    parts: Mapping[int, Part] | None = None,
) -> int:
    """Enter a made-up reading of a take; gives its scene."""
    analysis = played({0: (ANA, 0, 99, 0)} if parts is None else parts)
    analysis = replace(analysis, clip=take.clip)
    return enter(library, AnalysisStore(settings.analyses_dir), analysis)
