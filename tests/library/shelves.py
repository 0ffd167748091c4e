"""Libraries filled for tests and benchmarks, without a clip or a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import (
    Analysis,
    Bookmark,
    Film,
    Scene,
    SpokenLine,
    Tag,
)
from emotion_core.library.scenes import enter_scene, open_library
from emotion_core.library.statistics import BARS
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.sound.words.lines import searchable

_START = datetime(2026, 1, 1, tzinfo=UTC)
_COUNTRIES = ("Philippines", "Japan", "Romania", "Oman", "Brazil")
_GENRES = ("Drama", "Comedy, Drama", "Horror", "Romance")
_WORDS = ("rain", "kitchen", "letter", "mother", "train", "dance", "silence", "window")


def fill(database: Database, films: int, scenes_each: int = 10) -> None:
    """Add films with scenes that differ in all that can be filtered by."""
    with database.writing() as session:
        tags = [Tag(name=word) for word in _WORDS]
        session.add_all(tags)
        for number in range(films):
            film = Film(
                title=f"Film {number:03d}",
                year=1950 + number % 75,
                director=f"Director {number % 40}",
                country=_COUNTRIES[number % 5],
                language="Filipino" if number % 5 == 0 else "Other",
                genre=_GENRES[number % 4],
                created=_START + timedelta(days=number),
            )
            scenes = [made_up(film, number, place) for place in range(scenes_each)]
            for place, scene in enumerate(scenes):
                scene.tags.add(tags[(number + place) % len(tags)])
            session.add_all([film, *scenes])


def made_up(film: Film | None, number: int, place: int) -> Scene:
    """A scene with one analysis and a bookmark; one emotion leads 60% of it, another 40%."""
    sha = hashlib.sha256(f"{number}/{place}".encode()).hexdigest()
    first, second = EMOTIONS[(number + place) % 7], EMOTIONS[(number + place + 3) % 7]
    barcode = [EMOTIONS.index(first)] * 96 + [EMOTIONS.index(second)] * 48 + [255] * 16
    created = _START + timedelta(days=number, minutes=place)
    scene = Scene(
        film=film,
        clip_sha256=sha,
        clip_name=f"clip {number}-{place}.mp4",
        title=f"Scene {place} of {number}",
        quote=f"They said {_WORDS[(number * 3 + place) % 8]}.",
        notes=f"Look at the {_WORDS[(number + place * 5) % 8]}.",
        duration=30.0 + place,
        created=created,
        address=f"{sha}/model",
        model="eme-lite2",
        faces=2,
        face_share=0.9,
        barcode=bytes(barcode[:BARS]),
        **{first: 0.6, second: 0.4},
    )
    scene.analyses.append(Analysis(address=f"{sha}/model", model="eme-lite2", created=created))
    scene.bookmarks.append(Bookmark(time=1.5, comment=_WORDS[place % 8]))
    return scene


def say(session: Session, scene_id: int, said: Sequence[tuple[str, str]]) -> None:
    """Give a scene lines of a second each: who speaks, and what they say."""
    rows = [
        {
            "scene_id": scene_id, "place": place, "start": place, "end": place + 1,
            "speaker": speaker, "text": text, "search": searchable(speaker, text),
            "track": None, "likely": False,
        }
        for place, (speaker, text) in enumerate(said)
    ]  # fmt: skip
    session.execute(insert(SpokenLine), rows)


def keep(analysis: SceneAnalysis, source: Path) -> Path:
    """Store an analysis and enter it in the library, as when it has been read; gives its folder."""
    settings = load_settings()
    store = AnalysisStore(settings.analyses_dir)
    store.save(analysis, source)
    enter_scene(open_library(settings), store, analysis.id, analysis=analysis)
    return store.folder / analysis.id
