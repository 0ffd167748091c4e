"""What a user says of neutral faces: "this is the neutral face", at a moment of a scene.

It is kept with the track that is seen then, so that it stays with the face when characters are
renamed, merged, parted or moved, and when the clip is read again. What movements are measured from
is taken from the readings around that moment each time; nothing is copied.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character
from emotion_core.text import format_time

# Seconds beyond its first and last reading at which a track still counts as seen: a player stands
# between two frames.
_SLACK = 0.15


def name_neutral_face(database: Database, scene_id: int, character_id: int, time: float) -> None:
    """Say that the face of a character is neutral at a moment of a scene; it replaces an earlier.

    Args:
        time: seconds in the clip.

    Raises:
        LibraryError: the character is gone, or not in view then.
    """
    with database.writing() as session:
        character, own = _appearances(session, scene_id, character_id)
        seen = [
            one
            for one in own
            if one.track is not None and one.start - _SLACK <= time <= one.end + _SLACK
        ]
        if not seen:
            raise LibraryError(
                f"{character.label} is not in view at {format_time(time)}. Go to a moment that "
                "shows the neutral face."
            )
        for one in own:
            one.neutral_time = None
        # between two tracks, the one that begins or ends there
        nearest = min(seen, key=lambda one: max(one.start - time, time - one.end))
        nearest.neutral_time = time
        _keep(character)


def estimate_neutral_face(database: Database, scene_id: int, character_id: int) -> None:
    """Forget what was said of a character's neutral face in a scene: it is estimated again.

    Raises:
        LibraryError: the character is gone.
    """
    with database.writing() as session:
        _, own = _appearances(session, scene_id, character_id)
        for one in own:
            one.neutral_time = None


def _appearances(
    session: Session, scene_id: int, character_id: int
) -> tuple[Character, list[Appearance]]:
    query = select(Appearance).where(
        Appearance.scene_id == scene_id, Appearance.character_id == character_id
    )
    own = list(session.scalars(query.order_by(Appearance.id)))
    if not own:
        raise LibraryError("Someone else has changed these characters. Check them and try again.")
    return own[0].character, own


def _keep(character: Character) -> None:
    """Tracks that nobody has said anything of are found anew, and forgotten, with each reading."""
    for one in character.appearances:
        one.fixed = True
