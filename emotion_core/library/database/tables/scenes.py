"""Scenes with their analyses, tags and bookmarks.

What a user writes is kept as it was written. What the app reads (:class:`Scene` from ``duration``
on) is copied from the latest analysis, so that a card needs no file and a filter no loop.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.library.database.tables.columns import KEPT_IDS, Base, now
from emotion_core.library.database.tables.films import Film
from emotion_core.library.database.tables.folding import fold, folded_lines

scene_tags = Table(
    "scene_tags",
    Base.metadata,
    Column("scene_id", ForeignKey("scenes.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Scene(Base):
    """A clip, what the user says of it, and what its latest analysis says.

    Attributes:
        film_id: its film; ``None`` for a clip that is in no film.
        clip_sha256, clip_name: which file, and the name it came with.
        source: where it lay when it was read, for a clip that is not in the media folder.
        title, quote, notes: as the user writes them.
        duration: seconds.
        address: of the latest analysis; empty once there is none.
        model: name of the classifier that made it.
        faces: number of tracks.
        face_share: share of the clip with a face in view, 0 to 1.
        angry ... surprise: share of the time that faces are in view in which this emotion leads,
            0 to 1, all together 1; 0 where no face is seen.
        barcode: see :func:`~emotion_core.library.statistics.statistics_of`.
        search: title, quote, notes and name of the clip, folded.
        lines_of: which state of the file of its lines is in
            :class:`~emotion_core.library.database.tables.lines.SpokenLine`; empty without one.
        speakers_of: address of the analysis that the tracks of those lines are of; empty where
            nobody was looked for.
    """

    __tablename__ = "scenes"
    __table_args__ = KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    film_id: Mapped[int | None] = mapped_column(
        ForeignKey("films.id", ondelete="SET NULL"), index=True
    )
    clip_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    clip_name: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    quote: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now, index=True)
    duration: Mapped[float] = mapped_column(default=0.0, index=True)
    address: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    faces: Mapped[int] = mapped_column(default=0)
    face_share: Mapped[float] = mapped_column(default=0.0)
    angry: Mapped[float] = mapped_column(default=0.0)
    disgust: Mapped[float] = mapped_column(default=0.0)
    fear: Mapped[float] = mapped_column(default=0.0)
    happy: Mapped[float] = mapped_column(default=0.0)
    neutral: Mapped[float] = mapped_column(default=0.0)
    sad: Mapped[float] = mapped_column(default=0.0)
    surprise: Mapped[float] = mapped_column(default=0.0)
    barcode: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    search: Mapped[str] = mapped_column(default="")
    lines_of: Mapped[str] = mapped_column(String(60), default="", server_default="")
    speakers_of: Mapped[str] = mapped_column(default="", server_default="")

    film: Mapped[Film | None] = relationship(passive_deletes=True)
    tags: Mapped[set[Tag]] = relationship(secondary=scene_tags, passive_deletes=True)
    bookmarks: Mapped[list[Bookmark]] = relationship(
        order_by="Bookmark.time", cascade="all, delete-orphan", passive_deletes=True
    )
    analyses: Mapped[list[Analysis]] = relationship(
        order_by="Analysis.created", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def shares(self) -> dict[str, float]:
        """Share of face time that each emotion leads."""
        return {emotion: getattr(self, emotion) for emotion in EMOTIONS}


class Analysis(Base):
    """One analysis of a scene; a scene may be read with several models.

    Attributes:
        address: its folder among the analyses,
            :attr:`~emotion_core.scene.analysis.SceneAnalysis.id`.
        model: name of the classifier.
    """

    __tablename__ = "analyses"

    address: Mapped[str] = mapped_column(String(400), primary_key=True)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scenes.id", ondelete="CASCADE"), index=True)
    model: Mapped[str]
    created: Mapped[datetime] = mapped_column(index=True)


class Tag(Base):
    """A word that scenes share; ``search`` is the same, folded."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    search: Mapped[str] = mapped_column(default="")


class Bookmark(Base):
    """A moment or a stretch of a scene that the user wants to find again.

    ``time`` and ``end`` in seconds; a moment has no end.
    """

    __tablename__ = "bookmarks"
    __table_args__ = KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scenes.id", ondelete="CASCADE"), index=True)
    time: Mapped[float]
    end: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")


@event.listens_for(Scene, "before_insert")
@event.listens_for(Scene, "before_update")
def _index_scene(_mapper: Any, _connection: Any, scene: Scene) -> None:
    texts = (scene.title, scene.quote, scene.notes, scene.clip_name)
    scene.search = folded_lines(text or "" for text in texts)


@event.listens_for(Tag, "before_insert")
@event.listens_for(Tag, "before_update")
def _index_tag(_mapper: Any, _connection: Any, tag: Tag) -> None:
    tag.search = fold(tag.name)
