"""Characters: found by their faces, and known again in a new analysis.

What is found by itself may change when a clip is read anew; what a user has said of a track
(:mod:`emotion_core.library.characters.editing`) stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from emotion_core.faces.identity.clustering import (
    KnownCharacters,
    cluster_tracks,
    on_screen_together,
)
from emotion_core.faces.identity.track_embeddings import LEAST_SEEN, TrackEmbeddings
from emotion_core.library.characters.track_matching import (
    from_json,
    match_tracks,
    samples_of,
    to_json,
)
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.types import FloatArray

_VECTOR = np.dtype("<f4")


def enter_characters(session: Session, scene: Scene, analysis: SceneAnalysis) -> None:
    """Give each track of an analysis its character.

    Tracks that are where known ones were keep their character. The others are clustered, with
    the characters of all scenes of the same film; scenes without a film are together like those
    of one. Who is seen nowhere any more stays, until :func:`delete_unseen`.

    Args:
        session: a writing one.
        scene: the scene that was analysed.
        analysis: its analysis.
    """
    tracks = np.unique(analysis.faces["track"].to_numpy(np.int32))
    kept = _known_again(session, scene, analysis)
    ids, known = _characters(session, scene, analysis.identity, kept.values())
    place = {number: index for index, number in enumerate(ids)}
    fixed = [place[kept[t].character_id] if t in kept else -1 for t in tracks.tolist()]
    found = cluster_tracks(
        _vectors(analysis, tracks),
        on_screen_together(analysis.faces, tracks),
        analysis.identity.threshold,
        fixed=np.array(fixed, np.int64),
        known=known,
    )
    number = next_number(session, scene)
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
        describe_track(appearance, track, rows[track], analysis)
        session.add(appearance)
    session.flush()


def release_tracks(session: Session, scene: Scene) -> None:
    """Forget whose the tracks of a scene are, but for what the user has said."""
    session.execute(
        delete(Appearance).where(Appearance.scene_id == scene.id, Appearance.fixed.is_(False))
    )


def delete_unseen(session: Session) -> None:
    """Forget the characters of whom no track is left."""
    session.execute(delete(Character).where(Character.id.not_in(select(Appearance.character_id))))


def with_characters(database: Database, analysis: SceneAnalysis) -> SceneAnalysis:
    """An analysis as its user sees it: tracks bear the names of their characters.

    Characters that the user has hidden are not in it. It knows the moments at which they have said
    that a face is neutral.
    """
    said = _said_of_tracks(database, analysis)
    hidden = [track for track, (one, _) in said.items() if one.hidden]
    faces, frames = analysis.faces, analysis.frames
    if hidden:
        faces = faces[~faces["track"].isin(hidden)].reset_index(drop=True)
        counts = faces.groupby("frame").size().reindex(frames["frame"], fill_value=0)
        frames = frames.assign(faces=counts.to_numpy(np.int32))
    names = {track: one.label for track, (one, _) in said.items()}
    column = faces["track"].map(names).astype("string").fillna(faces["character"])
    neutral = {track: time for track, (_, time) in said.items() if time is not None}
    return replace(
        analysis, faces=faces.assign(character=column), frames=frames, neutral_times=neutral
    )


def track_characters(database: Database, analysis: SceneAnalysis) -> dict[int, Character]:
    """The character of each track of an analysis; tracks of nobody are not in it."""
    return {track: one for track, (one, _) in _said_of_tracks(database, analysis).items()}


def _said_of_tracks(
    database: Database, analysis: SceneAnalysis
) -> dict[int, tuple[Character, float | None]]:
    """Whose each track of an analysis is, and when its face is neutral, if anybody has said."""
    # columns and not whole appearances: of a film there are thousands, at each run of a page
    query = (
        select(
            Appearance.track,
            Appearance.address,
            Appearance.anchors,
            Appearance.neutral_time,
            Character,
        )
        .join(Appearance.character)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(Scene.clip_sha256 == analysis.clip.sha256)
        .order_by(Appearance.id)
    )
    with database.reading() as session:
        found = session.execute(query).all()
    address = analysis.id
    here = [one for one in found if one.address == address]
    said = {one.track: (one.Character, one.neutral_time) for one in here if one.track is not None}
    elsewhere = [one for one in found if one.address != address]
    matched = match_tracks([from_json(one.anchors) for one in elsewhere], analysis)
    for one, track in zip(elsewhere, matched, strict=True):
        if track is not None:
            said.setdefault(track, (one.Character, one.neutral_time))
    return {int(track): words for track, words in said.items()}


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


def _characters(
    session: Session, scene: Scene, identity: TrackEmbeddings, kept: Iterable[Appearance]
) -> tuple[list[int], KnownCharacters]:
    """The characters of a film, by what is seen of them in its other scenes."""
    length = identity.vectors.shape[1]
    query = (
        select(Appearance.character_id, Appearance.vector)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(same_film(scene), Appearance.scene_id != scene.id)
        .where(Appearance.embedder == identity.embedder, Appearance.weight >= LEAST_SEEN)
        .where(func.length(Appearance.vector) == length * _VECTOR.itemsize)
    )
    seen: dict[int, list[FloatArray]] = {one.character_id: [] for one in kept}
    for number, vector in session.execute(query):
        seen.setdefault(number, []).append(np.frombuffer(vector, _VECTOR))
    ids = sorted(seen)
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


def describe_track(
    appearance: Appearance, track: int, rows: pd.DataFrame, analysis: SceneAnalysis
) -> None:
    """Write down what an analysis says of a track.

    Args:
        appearance: where to.
        track: its number.
        rows: its rows in ``analysis.faces``.
        analysis: the analysis.
    """
    times = rows["time"].to_numpy(np.float64)
    step = analysis.parameters.every / analysis.info.fps
    appearance.track, appearance.address = track, analysis.id
    appearance.start, appearance.end = float(times[0]), float(times[-1])
    appearance.seconds = len(times) * step
    appearance.anchors = to_json(samples_of(rows, analysis))
    identity = analysis.identity
    place = np.flatnonzero(identity.track == track)
    appearance.embedder, appearance.vector = identity.embedder, b""
    if len(place):
        appearance.vector = identity.vectors[place[0]].astype(_VECTOR).tobytes()
        appearance.weight = float(identity.weights[place[0]])
        appearance.portrait = identity.portraits[place[0]]


def same_film(scene: Scene) -> ColumnElement[bool]:
    """Whether a scene is of the same film as another."""
    if scene.film_id is None:
        return Scene.film_id.is_(None)
    return Scene.film_id == scene.film_id


def next_number(session: Session, scene: Scene) -> int:
    """The number for a new character in a scene's film, from 1: one above the highest in use."""
    query = (
        select(func.max(Character.number))
        .join(Appearance, Appearance.character_id == Character.id)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(same_film(scene))
    )
    return (session.scalar(query) or 0) + 1
