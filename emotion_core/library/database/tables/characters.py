"""Characters, and the tracks that are theirs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, String, event, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from emotion_core.library.database.tables.columns import KEPT_IDS, Base
from emotion_core.library.database.tables.folding import fold


def character_label(name: str, number: int) -> str:
    """What a character is called, also before the user has given a name."""
    return name or f"Person {number}"


class Character(Base):
    """Someone who is seen in one or several scenes.

    Attributes:
        uuid: the same character in every copy of the library.
        name: as the user calls them; empty until then.
        number: what they are called until then, ``Person 2``.
        search: the name, folded.
        hidden: whether they are left out of figures, comparisons and exports, as a picture on
            the wall may be; ``None`` where nobody has said.
    """

    __tablename__ = "characters"
    __table_args__ = KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    name: Mapped[str] = mapped_column(default="")
    number: Mapped[int]
    search: Mapped[str] = mapped_column(default="")
    hidden: Mapped[bool | None] = mapped_column(default=None)

    appearances: Mapped[list[Appearance]] = relationship(
        order_by="Appearance.start", back_populates="character", passive_deletes=True
    )

    @property
    def label(self) -> str:
        """What the character is called."""
        return character_label(self.name, self.number)


def shown_character() -> ColumnElement[bool]:
    """Whether a character is not hidden."""
    return func.coalesce(Character.hidden, False).is_(False)


class Appearance(Base):
    """A track of a scene, and whose face it is.

    Attributes:
        track: its number in the analysis at ``address``; ``None`` where a later analysis has no
            such track, so that a choice of the user is not lost.
        address: the analysis that it was found in.
        fixed: whether the user has said whose it is.
        start, end, seconds: first and last time, and time in view.
        anchors: JSON, what identifies the same track in another analysis, see
            :mod:`emotion_core.library.characters.track_matching`.
        embedder, vector, weight: as in
            :class:`~emotion_core.faces.identity.track_embeddings.TrackEmbeddings`; the
            vector as float32 bytes, little-endian.
        portrait: JPEG.
        neutral_time: seconds in the clip at which this face is neutral, as the user says: what
            movements are measured from. It stays with the track, whosever it is; ``None`` where
            nobody has said.
    """

    __tablename__ = "appearances"
    __table_args__ = KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scenes.id", ondelete="CASCADE"), index=True)
    character_id: Mapped[int] = mapped_column(
        ForeignKey("characters.id", ondelete="CASCADE"), index=True
    )
    track: Mapped[int | None]
    address: Mapped[str]
    fixed: Mapped[bool] = mapped_column(default=False)
    start: Mapped[float]
    end: Mapped[float]
    seconds: Mapped[float]
    anchors: Mapped[str]
    embedder: Mapped[str] = mapped_column(default="")
    vector: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    weight: Mapped[float] = mapped_column(default=0.0)
    portrait: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    neutral_time: Mapped[float | None] = mapped_column(default=None)

    character: Mapped[Character] = relationship(back_populates="appearances")


@event.listens_for(Character, "before_insert")
@event.listens_for(Character, "before_update")
def _index_character(_mapper: Any, _connection: Any, character: Character) -> None:
    character.search = fold(character.name or "")
