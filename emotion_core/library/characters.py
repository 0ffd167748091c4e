"""Characters: found by their faces, corrected by the user, and known again in a new analysis.

What is found by itself may change when a clip is read anew; what a user has said of a track stays.
Whoever changes a character has seen all its tracks, so a change fixes all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session, selectinload

from emotion_core.errors import LibraryError
from emotion_core.faces.characters import KnownCharacters, gather_tracks, on_screen_together
from emotion_core.faces.looks import LEAST_SEEN
from emotion_core.library.anchors import anchors_of, from_json, match_tracks, to_json
from emotion_core.library.database import Database
from emotion_core.library.tables import Appearance, Character, Scene, fold, storable
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.types import FloatArray

_GONE = "Somebody has changed these characters meanwhile; look again."
_VECTOR = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class CastMember:
    """A character with some of their tracks.

    Attributes:
        id: of the character.
        name: as the user calls them; empty until then.
        label: what they are called in any case.
        appearances: the tracks, by scene and time.
    """

    id: int
    name: str
    label: str
    appearances: tuple[Appearance, ...]

    @property
    def seconds(self) -> float:
        """Time in view."""
        return sum(one.seconds for one in self.appearances)


def enter_characters(session: Session, scene: Scene, analysis: SceneAnalysis) -> None:
    """Give each track of an analysis its character.

    Tracks that are where known ones were keep the character of those. The others are gathered, with
    the characters of all scenes of the same film; scenes without a film are together like those
    of one.

    Args:
        session: a writing one.
        scene: the scene that was analysed.
        analysis: its analysis.
    """
    tracks = np.unique(analysis.faces["track"].to_numpy(np.int32))
    kept = _known_again(session, scene, analysis)
    ids, known = _cast(session, scene, analysis.identity.embedder, kept.values())
    place = {number: index for index, number in enumerate(ids)}
    fixed = [place[kept[t].character_id] if t in kept else -1 for t in tracks.tolist()]
    found = gather_tracks(
        _vectors(analysis, tracks),
        on_screen_together(analysis.faces, tracks),
        analysis.identity.threshold,
        fixed=np.array(fixed, np.int64),
        known=known,
    )
    number = _next_number(session, scene)
    made: dict[int, Character] = {}
    for index in sorted(set(found.tolist())):
        if index >= len(ids):
            made[index] = Character(number=number + len(made))
    session.add_all(made.values())
    session.flush()
    rows = {int(str(track)): group for track, group in analysis.faces.groupby("track")}
    for track, index in zip(tracks.tolist(), found.tolist(), strict=True):
        owner = made[index].id if index in made else ids[index]
        appearance = kept.get(track) or Appearance(scene_id=scene.id)
        appearance.character_id = owner
        _describe(appearance, track, rows[track], analysis)
        session.add(appearance)
    session.flush()
    delete_unseen(session)


def release_tracks(session: Session, scene: Scene) -> None:
    """Forget whose the tracks of a scene are, but for what the user has said."""
    session.execute(
        delete(Appearance).where(Appearance.scene_id == scene.id, Appearance.fixed.is_(False))
    )


def delete_unseen(session: Session) -> None:
    """Forget the characters of whom no track is left."""
    session.execute(delete(Character).where(Character.id.not_in(select(Appearance.character_id))))


def rename_character(database: Database, character_id: int, name: str) -> int:
    """Give a character a name; one of the same film who has it already is the same person.

    Args:
        name: empty takes the name away.

    Returns:
        The character who has the name now.

    Raises:
        LibraryError: the character is gone, or is on screen together with the one of that name.
    """
    name = " ".join(storable(name).split())[:100]
    with database.writing() as session:
        character = _get(session, character_id)
        same = select(Character).where(
            Character.search == fold(name),
            Character.id != character_id,
            Character.id.in_(_beside(character_id)),
        )
        other = session.scalars(same).first() if name else None
        if other is not None:
            _join(session, other, character)
            return other.id
        character.name = name
        _fix(character)
        return character.id


def merge_characters(database: Database, kept: int, joined: int) -> None:
    """Say that two characters are one.

    Args:
        kept: keeps its name, or gets that of the other if it has none.
        joined: goes.

    Raises:
        LibraryError: one of them is gone, or they are on screen together.
    """
    with database.writing() as session:
        _join(session, _get(session, kept), _get(session, joined))


def move_tracks(
    database: Database, appearances: Collection[int], character_id: int | None = None
) -> int:
    """Say that some tracks are somebody else's.

    Args:
        appearances: the tracks.
        character_id: whose they are; ``None`` for somebody new.

    Returns:
        The character whose they are now.

    Raises:
        LibraryError: somebody has changed them meanwhile, or the character is on screen together
            with one of the tracks.
    """
    with database.writing() as session:
        query = select(Appearance).where(Appearance.id.in_(appearances))
        moved = session.scalars(query.options(selectinload(Appearance.character))).all()
        if not moved or len(moved) != len(set(appearances)):
            raise LibraryError(_GONE)
        before = {one.character_id for one in moved}
        if character_id is None:
            scene = session.get_one(Scene, moved[0].scene_id)
            target = Character(number=_next_number(session, scene))
            session.add(target)
            session.flush()
        else:
            target = _get(session, character_id)
            _refuse_together(target, moved, target.label, "one of these tracks")
        for one in moved:
            one.character_id, one.fixed = target.id, True
        session.flush()
        for number in before | {target.id}:
            session.expire(session.get_one(Character, number), ["appearances"])
            _fix(session.get_one(Character, number))
        session.flush()
        delete_unseen(session)
        return target.id


def with_characters(database: Database, analysis: SceneAnalysis) -> SceneAnalysis:
    """An analysis whose tracks bear the names of their characters."""
    names = track_characters(database, analysis)
    column = analysis.faces["track"].map({t: c.label for t, c in names.items()})
    return replace(analysis, faces=analysis.faces.assign(character=column.astype("string")))


def track_characters(database: Database, analysis: SceneAnalysis) -> dict[int, Character]:
    """The character of each track of an analysis; tracks of nobody are not in it."""
    query = (
        select(Appearance)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(Scene.clip_sha256 == analysis.clip.sha256)
        .options(selectinload(Appearance.character))
    )
    with database.reading() as session:
        found = session.scalars(query).all()
    here = [one for one in found if one.address == analysis.id]
    names = {one.track: one.character for one in here if one.track is not None}
    elsewhere = [one for one in found if one.address != analysis.id]
    matched = match_tracks([from_json(one.anchors) for one in elsewhere], analysis)
    for one, track in zip(elsewhere, matched, strict=True):
        if track is not None:
            names.setdefault(track, one.character)
    return {int(track): character for track, character in names.items()}


def cast_of_scene(database: Database, scene_id: int) -> tuple[CastMember, ...]:
    """The characters of a scene with their tracks in it, longest in view first."""
    query = select(Appearance).where(Appearance.scene_id == scene_id)
    with database.reading() as session:
        return _cast_list(session, query)


def cast_of_film(database: Database, scene_id: int) -> tuple[CastMember, ...]:
    """The characters of all scenes of the same film as a scene, with all their tracks."""
    with database.reading() as session:
        scene = session.get(Scene, scene_id)
        if scene is None:
            return ()
        query = select(Appearance).join(Scene, Scene.id == Appearance.scene_id)
        return _cast_list(session, query.where(_same_film(scene)))


def _cast_list(session: Session, query: Select[Any]) -> tuple[CastMember, ...]:
    query = query.where(Appearance.track.is_not(None))
    query = query.options(selectinload(Appearance.character))
    own: dict[Character, list[Appearance]] = {}
    for one in session.scalars(query.order_by(Appearance.scene_id, Appearance.start)):
        own.setdefault(one.character, []).append(one)
    cast = (CastMember(c.id, c.name, c.label, tuple(tracks)) for c, tracks in own.items())
    return tuple(sorted(cast, key=lambda one: (-one.seconds, one.id)))


def _known_again(session: Session, scene: Scene, analysis: SceneAnalysis) -> dict[int, Appearance]:
    """Tracks that are where the known ones of a scene were; what is not found again is let go."""
    query = select(Appearance).where(Appearance.scene_id == scene.id).order_by(Appearance.id)
    own = session.scalars(query).all()
    matched = match_tracks([from_json(one.anchors) for one in own], analysis)
    kept: dict[int, Appearance] = {}
    for one, track in zip(own, matched, strict=True):
        comparable = one.embedder == analysis.identity.embedder
        if track is not None and (one.fixed or comparable):
            kept[track] = one
        elif one.fixed:
            one.track = None  # said by the user: kept for an analysis that finds it again
        else:
            session.delete(one)
    session.flush()
    return kept


def _cast(
    session: Session, scene: Scene, embedder: str, kept: Iterable[Appearance]
) -> tuple[list[int], KnownCharacters]:
    """The characters of a film, by what is seen of them in its other scenes."""
    query = (
        select(Appearance.character_id, Appearance.vector)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(_same_film(scene), Appearance.scene_id != scene.id)
        .where(Appearance.embedder == embedder, Appearance.weight >= LEAST_SEEN)
    )
    seen: dict[int, list[FloatArray]] = {one.character_id: [] for one in kept}
    for number, vector in session.execute(query):
        seen.setdefault(number, []).append(np.frombuffer(vector, _VECTOR))
    ids = sorted(seen)
    length = next((len(own[0]) for own in seen.values() if own), 0)
    totals = [np.sum(seen[n], axis=0) if seen[n] else np.zeros(length) for n in ids]
    return ids, KnownCharacters(
        np.array(totals, np.float32).reshape(len(ids), length),
        np.array([len(seen[n]) for n in ids], np.int64),
    )


def _vectors(analysis: SceneAnalysis, tracks: npt.NDArray[np.int32]) -> FloatArray:
    """(n, d) embeddings of tracks; zeros, which are like nobody, where too little was seen."""
    identity = analysis.identity
    vectors = np.zeros((len(tracks), identity.vectors.shape[1]), np.float32)
    known = np.isin(identity.track, tracks) & (identity.weights >= LEAST_SEEN)
    vectors[np.searchsorted(tracks, identity.track[known])] = identity.vectors[known]
    return vectors


def _describe(
    appearance: Appearance, track: int, rows: pd.DataFrame, analysis: SceneAnalysis
) -> None:
    times = rows["time"].to_numpy(np.float64)
    step = analysis.parameters.every / analysis.info.fps
    appearance.track, appearance.address = track, analysis.id
    appearance.start, appearance.end = float(times[0]), float(times[-1])
    appearance.seconds = len(times) * step
    appearance.anchors = to_json(anchors_of(rows, analysis))
    identity = analysis.identity
    place = np.flatnonzero(identity.track == track)
    appearance.embedder, appearance.vector = identity.embedder, b""
    if len(place):
        appearance.vector = identity.vectors[place[0]].astype(_VECTOR).tobytes()
        appearance.weight = float(identity.weights[place[0]])
        appearance.portrait = identity.portraits[place[0]]


def _same_film(scene: Scene) -> ColumnElement[bool]:
    if scene.film_id is None:
        return Scene.film_id.is_(None)
    return Scene.film_id == scene.film_id


def _next_number(session: Session, scene: Scene) -> int:
    query = (
        select(func.max(Character.number))
        .join(Appearance, Appearance.character_id == Character.id)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(_same_film(scene))
    )
    return (session.scalar(query) or 0) + 1


def _beside(character_id: int) -> Select[Any]:
    """Characters who are seen in a film that somebody is seen in."""
    films = (
        select(func.coalesce(Scene.film_id, 0))
        .join(Appearance, Appearance.scene_id == Scene.id)
        .where(Appearance.character_id == character_id)
    )
    return (
        select(Appearance.character_id)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(func.coalesce(Scene.film_id, 0).in_(films))
    )


def _get(session: Session, character_id: int) -> Character:
    character = session.get(
        Character, character_id, options=[selectinload(Character.appearances)], with_for_update=True
    )
    if character is None:
        raise LibraryError(_GONE)
    return character


def _fix(character: Character) -> None:
    for one in character.appearances:
        one.fixed = True


def _join(session: Session, kept: Character, joined: Character) -> None:
    _refuse_together(kept, joined.appearances, kept.label, joined.label)
    kept.name = kept.name or joined.name
    for one in list(joined.appearances):
        one.character_id = kept.id
        one.fixed = True
    _fix(kept)
    session.flush()
    session.expire(joined)
    session.execute(delete(Character).where(Character.id == joined.id))


def _refuse_together(
    character: Character, tracks: Iterable[Appearance], name: str, other: str
) -> None:
    """Raise where a track is on screen together with one of a character's other tracks."""
    tracks = list(tracks)
    own = [one for one in character.appearances if one not in tracks]
    for one, two in product(own, tracks):
        same = one.scene_id == two.scene_id and one.track is not None and two.track is not None
        if same and max(one.start, two.start) <= min(one.end, two.end):
            raise LibraryError(
                f"{name} and {other} are on screen together, so they cannot be one person."
            )
