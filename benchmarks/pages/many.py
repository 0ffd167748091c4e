"""A library of many scenes: one reading of the sample scene, kept under many clips.

Each is stored and entered as the app does it, in films of ten scenes each. Their clips are not
there, except that of the one which is opened, and their strips of pictures are one file.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from emotion_core.library.database.engine import Database
from emotion_core.library.editing import add_film
from emotion_core.library.scenes import enter_scene, open_library, open_sample
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.progress import finish
from emotion_core.scene.analysis import ClipId, SceneAnalysis
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

SCENES_A_FILM = 10
_COUNTRIES = ("Philippines", "Japan", "Romania", "Oman", "Brazil")


def fill(settings: Settings, scenes: int) -> str:
    """Enter a number of scenes, that of the sample among them; gives its address."""
    database = open_library(settings)
    try:
        sample = finish(open_sample(Reader(settings)))
        strip = thumbnails_path(settings.thumbnails_dir, sample.clip.sha256)
        if not strip.is_file():
            strip.parent.mkdir(parents=True, exist_ok=True)
            write_thumbnails(settings.sample_clip, sample, strip)
        film = None
        for number in range(scenes - 1):
            if number % SCENES_A_FILM == 0:
                film = _film(database, number // SCENES_A_FILM)
            _enter(settings, database, sample, number, film, strip)
        return sample.id
    finally:
        database.close()


def _film(database: Database, number: int) -> int:
    fields = {
        "title": f"Film {number:03d}",
        "year": 1950 + number % 75,
        "director": f"Director {number % 40}",
        "country": _COUNTRIES[number % len(_COUNTRIES)],
    }
    return add_film(database, fields).id


def _enter(
    settings: Settings,
    database: Database,
    sample: SceneAnalysis,
    number: int,
    film: int | None,
    strip: Path,
) -> None:
    sha = hashlib.sha256(f"copy {number}".encode()).hexdigest()
    copy = replace(sample, clip=ClipId(sha, f"Scene {number:04d}.mp4"))
    store = AnalysisStore(settings.analyses_dir)
    stored = store.save(copy, settings.data_dir / "clips" / f"{number}.mp4")
    enter_scene(database, store, copy.id, stored=stored, analysis=copy, film_id=film)
    own = thumbnails_path(settings.thumbnails_dir, sha)
    if not own.exists():
        own.hardlink_to(strip)
