"""Takes made for tests, without a camera or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene
from emotion_core.library.queries.browsing import get_scene
from emotion_core.library.takes import (
    KeptTake,
    TakeEntry,
    TakeNote,
    keep_take,
    take_entries,
)
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


def nobody(_: str) -> bool:
    return False


def scene_of(library: Database, number: int) -> Scene:
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def only(library: Database) -> TakeEntry:
    (entry,) = take_entries(library)
    return entry


def files(settings: Settings) -> set[str]:
    """All files in the data directory but the database itself."""
    folder = settings.data_dir
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)) for p in found if not p.name.startswith("catalogue")}
