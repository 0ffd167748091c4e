"""What scenes are takes, in an archive and out of it.

What is said here of a take stays. The performance that was played along is looked for last, once
all characters of the archive have been clustered: it is empty where it is not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from emotion_core.library.archive.manifest import (
    ArchivedScene,
    ArchivedTake,
    ArchivedTrack,
    Manifest,
)
from emotion_core.library.characters.track_matching import from_json
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene, Take, storable


def archived_track(one: Appearance) -> ArchivedTrack:
    """A track as it is written in an archive."""
    return ArchivedTrack(
        start=one.start,
        end=one.end,
        seconds=one.seconds,
        anchors=from_json(one.anchors),
        neutral_time=one.neutral_time,
    )


def archived_takes(session: Session, scenes: Select[Any]) -> dict[int, ArchivedTake]:
    """Those of some scenes that are takes, by scene.

    Args:
        scenes: a query for their numbers.
    """
    model = aliased(Scene)
    query = (
        select(Take, model.clip_sha256, Character.uuid)
        .outerjoin(model, model.id == Take.model_scene_id)
        .outerjoin(Character, Character.id == Take.model_character_id)
        .where(Take.scene_id.in_(scenes))
    )
    found = {}
    for take, clip, uuid in session.execute(query):
        whole = clip is not None and uuid is not None
        track = _longest_track(session, take) if whole else None
        found[take.scene_id] = ArchivedTake(
            number=take.number,
            title=take.title,
            recorded=take.recorded,
            exercise=take.exercise,
            model_clip=clip if whole else None,
            model_character=uuid if whole else None,
            model_track=None if track is None else archived_track(track),
        )
    return found


def without_takes(manifest: Manifest) -> tuple[Manifest, int]:
    """An archive without takes, before the camera and of the voice alone, nor films of them alone.

    Returns:
        It, and how many takes it has lost.
    """
    kept = [scene for scene in manifest.scenes if scene.take is None]
    emptied = {one.film for one in manifest.scenes} - {one.film for one in kept}
    films = [film for film in manifest.films if film.uuid not in emptied]
    left_out = len(manifest.scenes) - len(kept) + len(manifest.said_lines)
    return manifest.model_copy(update={"scenes": kept, "films": films, "said_lines": []}), left_out


def merge_takes(session: Session, scenes: Sequence[tuple[Scene, ArchivedScene]]) -> None:
    """Say of scenes that they are takes, where that is not said yet.

    Args:
        session: a writing one.
        scenes: all scenes of the archive, here and there.
    """
    known = set(session.scalars(select(Take.scene_id)))
    for scene, archived in scenes:
        take = archived.take
        if take is not None and scene.id not in known:
            known.add(scene.id)
            texts = {"title": storable(take.title), "exercise": storable(take.exercise)}
            session.add(
                Take(scene_id=scene.id, number=take.number, recorded=take.recorded, **texts)
            )


def find_models(database: Database, scenes: Sequence[ArchivedScene]) -> None:
    """Find the performances that were played along in takes that know of none.

    Args:
        database: the library.
        scenes: all scenes of the archive.
    """
    said = {one.clip_sha256: one.take for one in scenes if one.take and one.take.model_clip}
    if not said:
        return
    query = select(Take, Scene.clip_sha256).join(Scene, Scene.id == Take.scene_id)
    query = query.where(or_(Take.model_scene_id.is_(None), Take.model_character_id.is_(None)))
    with database.writing() as session:
        for take, sha in session.execute(query).all():
            model = _model(session, said[sha]) if sha in said else None
            if model is not None:
                take.model_scene_id, take.model_character_id = model


def _longest_track(session: Session, take: Take) -> Appearance | None:
    """The longest track of the performance that was played along."""
    query = select(Appearance).where(
        Appearance.scene_id == take.model_scene_id,
        Appearance.character_id == take.model_character_id,
        Appearance.track.is_not(None),
    )
    return session.scalars(query.order_by(Appearance.seconds.desc(), Appearance.id)).first()


def _model(session: Session, take: ArchivedTake) -> tuple[int, int] | None:
    """The scene and the character of a performance, where both are here."""
    query = (
        select(Appearance.scene_id, Appearance.character_id, Character.uuid, Appearance.anchors)
        .join(Scene, Scene.id == Appearance.scene_id)
        .join(Character, Character.id == Appearance.character_id)
        .where(Scene.clip_sha256 == take.model_clip)
        .order_by(Appearance.id)
    )
    own = session.execute(query).all()
    for scene, character, uuid, _ in own:
        if uuid == take.model_character:
            return scene, character
    for scene, character, _, anchors in own:
        if take.model_track is not None and from_json(anchors) == take.model_track.anchors:
            return scene, character
    return None
