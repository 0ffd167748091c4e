"""The tables of the library: films, scenes, their analyses, tags, bookmarks, takes, jobs.

What a user writes is kept as it was written. What the app reads (:class:`Scene` from ``duration``
on) is copied from the latest analysis, so that a card needs no file and a filter no loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from emotion_core.emotions.labels import EMOTIONS

# Letters and signs that are, or make what follows, written from right to left.
_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})


class PlainText(TypeDecorator[str]):
    """Text of any script, without what a database refuses: zero bytes and halves of letters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """The text as every database can store it."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone, also where the database keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The same time in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The time with its zone, which SQLite drops: UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def storable(text: str) -> str:
    """The text without zero bytes, and with a mark for what is no letter in any encoding."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def fold(text: str) -> str:
    """The text as it is searched and sorted: without case and without accents."""
    apart = unicodedata.normalize("NFKD", storable(text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def isolated(text: str) -> str:
    """The text such that its direction of writing does not reach what stands beside it."""
    turns = any(unicodedata.bidirectional(letter) in _TURNING for letter in text)
    return f"\u2068{text}\u2069" if turns else text


def folded_lines(texts: Iterable[str]) -> str:
    """Several texts as one to search in; a word never runs from one into the next."""
    return "\n".join(fold(text) for text in texts)


def now() -> datetime:
    """The present time in UTC, with its zone."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """All tables; text and times are kept the same way on every database."""

    type_annotation_map = {str: PlainText, datetime: UtcTime}  # noqa: RUF012


# Ids are never given out twice: a page that still shows a deleted film must not change another.
_KEPT_IDS = {"sqlite_autoincrement": True}

scene_tags = Table(
    "scene_tags",
    Base.metadata,
    Column("scene_id", ForeignKey("scenes.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Film(Base):
    """A film; one without scenes waits for the user's own clip.

    Attributes:
        uuid: the same film in every copy of the library.
        title, original_title, director: as the user writes them; empty where not known.
        country, language, genre: one or several, with commas between.
        year: of its first showing, or ``None``.
        color: of its poster, ``#rrggbb``.
        looking_for: in the user's words, what to look for in its faces.
        search: the title and all that a search looks in, folded; it begins with the title, so
            that it also gives the order.
    """

    __tablename__ = "films"
    __table_args__ = _KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    title: Mapped[str]
    original_title: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None] = mapped_column(index=True)
    director: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    genre: Mapped[str] = mapped_column(default="")
    color: Mapped[str] = mapped_column(String(7), default="#8A7F76")
    looking_for: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now, index=True)
    search: Mapped[str] = mapped_column(default="")


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
    """

    __tablename__ = "scenes"
    __table_args__ = _KEPT_IDS

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
    __table_args__ = _KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scenes.id", ondelete="CASCADE"), index=True)
    time: Mapped[float]
    end: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")


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
    __table_args__ = _KEPT_IDS

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
    __table_args__ = _KEPT_IDS

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


class Take(Base):
    """What a scene is that the user has played before the camera.

    Attributes:
        scene_id: the scene.
        number: counts up from the highest that is kept.
        title: what was played, ``Hold sad``.
        recorded: when.
        exercise: JSON of the practice room; empty for free play.
        model_scene_id, model_character_id: the performance that was played along; ``None``
            without one, or once it is gone.
    """

    __tablename__ = "takes"

    scene_id: Mapped[int] = mapped_column(
        ForeignKey("scenes.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int]
    title: Mapped[str]
    recorded: Mapped[datetime] = mapped_column(default=now)
    exercise: Mapped[str] = mapped_column(default="")
    model_scene_id: Mapped[int | None] = mapped_column(
        ForeignKey("scenes.id", ondelete="SET NULL"), index=True
    )
    model_character_id: Mapped[int | None] = mapped_column(
        ForeignKey("characters.id", ondelete="SET NULL"), index=True
    )


class Job(Base):
    """Work in the background, from the moment that it is asked for.

    Those of all libraries stand in the database of the library of everybody.

    Attributes:
        library: for which it is done, see :attr:`emotion_core.settings.Settings.library`.
        kind: what is done, see :mod:`emotion_core.jobs.registry`.
        subject: what it is done to; the same work is not queued twice.
        title: what to call it.
        arguments: JSON, all that the work needs to be begun, also after a restart.
        state: ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``.
        place: those that wait are done in this order.
        label: what it is doing now.
        share: of that, what is done, 0 to 1.
        seconds_left: until that is done; ``None`` before it is known.
        stopping: whether it was asked to end before it is done.
        result: JSON, once it is done.
        error: one sentence, where it failed.
        created, begun, ended: when it was asked for, when it was begun last, and when it ended.
    """

    __tablename__ = "jobs"
    __table_args__ = _KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    library: Mapped[str] = mapped_column(String(32), default="", server_default="", index=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    arguments: Mapped[str]
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    place: Mapped[float]
    label: Mapped[str] = mapped_column(default="")
    share: Mapped[float] = mapped_column(default=0.0)
    seconds_left: Mapped[float | None] = mapped_column(default=None)
    stopping: Mapped[bool] = mapped_column(default=False)
    result: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now)
    begun: Mapped[datetime | None] = mapped_column(default=None)
    ended: Mapped[datetime | None] = mapped_column(default=None)


@event.listens_for(Film, "before_insert")
@event.listens_for(Film, "before_update")
def _index_film(_mapper: Any, _connection: Any, film: Film) -> None:
    names = (film.title, film.original_title, film.director)
    texts = (*names, film.country, film.language, film.genre, film.looking_for)
    film.search = folded_lines(text or "" for text in texts)


@event.listens_for(Scene, "before_insert")
@event.listens_for(Scene, "before_update")
def _index_scene(_mapper: Any, _connection: Any, scene: Scene) -> None:
    texts = (scene.title, scene.quote, scene.notes, scene.clip_name)
    scene.search = folded_lines(text or "" for text in texts)


@event.listens_for(Tag, "before_insert")
@event.listens_for(Tag, "before_update")
def _index_tag(_mapper: Any, _connection: Any, tag: Tag) -> None:
    tag.search = fold(tag.name)


@event.listens_for(Character, "before_insert")
@event.listens_for(Character, "before_update")
def _index_character(_mapper: Any, _connection: Any, character: Character) -> None:
    character.search = fold(character.name or "")
