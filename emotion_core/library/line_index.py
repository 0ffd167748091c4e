"""The lines of scenes in the database, where they are searched, beside their files.

The files are what counts: the database has a copy, and of which state of a file it is. Whoever
changes the lines of a clip does it here, or has them indexed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select

from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Appearance, Scene, SpokenLine
from emotion_core.library.speakers import find_clip_speakers
from emotion_core.performance.delivery.turns import overlaps, speakers_of, turns_of
from emotion_core.progress import Progress, Task
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Lines, searchable


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database has of the lines of a scene.

    Attributes:
        id, address, lines_of, speakers_of: of :class:`Scene`.
        owners: characters by track.
    """

    id: int
    address: str
    lines_of: str
    speakers_of: str
    owners: Mapping[int, int]


def keep_lines(settings: Settings, clip: str, lines: Lines) -> None:
    """Keep the lines of a clip in place of those that it has, to be shown and found.

    Args:
        settings: of the library.
        clip: SHA-256 of the clip.
        lines: of it.

    Raises:
        OutputError: the data directory cannot be written to.
        LibraryError: the library cannot be written to.
    """
    WordStore(settings.analyses_dir).save(clip, lines)
    index_lines(open_database(settings), settings, clip)


def remove_lines(settings: Settings, clip: str) -> None:
    """Forget the lines of a clip.

    Raises:
        OutputError: the data directory cannot be written to.
        LibraryError: the library cannot be written to.
    """
    WordStore(settings.analyses_dir).delete(clip)
    index_lines(open_database(settings), settings, clip)


def index_lines(
    database: Database, settings: Settings, clip: str, *, seen: bool = True, heard: bool = False
) -> None:
    """Have the lines of a clip found as they are now; nothing happens where they are already.

    Args:
        database: the library; nothing happens where it has no such scene.
        settings: of the library.
        clip: SHA-256 of the clip.
        seen: whether to look for who is seen to speak, which takes a second for minutes of speech.
        heard: whether the sound was read just now, so that more can be seen than before.

    Raises:
        LibraryError: the library cannot be written to.
    """
    store = WordStore(settings.analyses_dir)
    while (known := _known(database, clip)) is not None:
        state = store.state(clip)
        if state == known.lines_of and not (state and heard):
            wanted = known.address if state and seen else known.speakers_of
            if known.speakers_of == wanted:
                return
        lines = store.load(clip) if state else None
        rows = [] if lines is None else _rows(settings, clip, known, lines, seen=seen)
        with database.writing() as session:
            scene = session.get(Scene, known.id, with_for_update=True)
            if scene is None:
                return
            if (scene.address, store.state(clip)) != (known.address, state):
                continue  # changed meanwhile
            session.execute(delete(SpokenLine).where(SpokenLine.scene_id == scene.id))
            if rows:
                session.execute(insert(SpokenLine), rows)
            scene.lines_of = state
            scene.speakers_of = scene.address if seen and state else ""
            return


def index_changed_lines(database: Database, settings: Settings) -> None:
    """Have all lines found whose files are not as they were indexed, without who is seen to speak.

    Raises:
        LibraryError: the library cannot be written to.
    """
    store = WordStore(settings.analyses_dir)
    with database.reading() as session:
        known = session.execute(select(Scene.clip_sha256, Scene.lines_of)).all()
    for clip, state in known:
        if store.state(clip) != state:
            index_lines(database, settings, clip, seen=False)


def find_who_speaks(database: Database, settings: Settings, scenes: Collection[int]) -> Task[None]:
    """Look for who is seen to speak the lines of scenes, where that was not done yet.

    Args:
        database: the library.
        settings: of it.
        scenes: their numbers.
    """
    with database.reading() as session:
        clips = session.scalars(select(Scene.clip_sha256).where(Scene.id.in_(scenes))).all()
    for number, clip in enumerate(clips, 1):
        index_lines(database, settings, clip)
        yield Progress(number, len(clips))


def _known(database: Database, clip: str) -> _Known | None:
    query = select(Scene.id, Scene.address, Scene.lines_of, Scene.speakers_of)
    with database.reading() as session:
        found = session.execute(query.where(Scene.clip_sha256 == clip)).one_or_none()
        if found is None:
            return None
        tracks = select(Appearance.track, Appearance.character_id).where(
            Appearance.scene_id == found.id,
            Appearance.track.is_not(None),
            Appearance.address == found.address,
        )
        owners = {track: who for track, who in session.execute(tracks) if track is not None}
        return _Known(*found, owners=owners)


def _rows(
    settings: Settings, clip: str, known: _Known, lines: Lines, *, seen: bool
) -> list[dict[str, Any]]:
    spoken = lines.spoken.reset_index(drop=True)
    nameless = spoken[spoken["speaker"] == ""]
    speakers = _speakers(settings, clip, known, nameless) if seen and len(nameless) else {}
    rows = []
    for place, line in enumerate(spoken.to_dict("records")):
        track, likely = speakers.get(place, (None, False))
        rows.append(
            {
                "scene_id": known.id,
                "place": place,
                "start": line["start"],
                "end": line["end"],
                "speaker": line["speaker"],
                "text": line["text"],
                "search": searchable(line["speaker"], line["text"]),
                "track": track,
                "likely": likely,
            }
        )
    return rows


def _speakers(
    settings: Settings, clip: str, known: _Known, spoken: pd.DataFrame
) -> dict[int, tuple[int | None, bool]]:
    """Who is seen to speak each line, as one of their tracks, and whether it is only likely.

    A track stays whose it is when characters are renamed, merged or parted.
    """
    sound = SoundStore(settings.analyses_dir).load(clip)
    analysis = AnalysisStore(settings.analyses_dir).load(known.address) if known.address else None
    found = None if analysis is None else find_clip_speakers(analysis, sound)
    if found is None:
        return {}
    owners = {int(t): str(known.owners.get(int(t), f"track {t}")) for t in found["track"]}
    turns = turns_of(found, {track: who for track, who in owners.items() if track >= 0})
    seen = speakers_of(spoken, turns)
    named: dict[int, tuple[int | None, bool]] = {}
    for place, (who, verdict) in zip(seen.index, seen.itertuples(index=False), strict=True):
        if who:
            line, own = spoken.loc[place], turns[turns["character"] == who]
            longest = int(overlaps(own, line["start"], line["end"]).argmax())
            named[int(place)] = int(own["track"].iloc[longest]), bool(verdict == "likely")
    return named
