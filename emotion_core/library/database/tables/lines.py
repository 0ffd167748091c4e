"""What is said in scenes, to be searched."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from emotion_core.library.database.tables.columns import Base


class SpokenLine(Base):
    """A line of a scene that somebody speaks at a known time, as its file says it.

    Attributes:
        scene_id: the scene.
        place: its number among the lines of the scene, in the order in which they begin.
        start, end: seconds in the clip.
        speaker: as the file says; empty where it does not.
        text: what is said.
        search: both, see :func:`~emotion_core.sound.words.lines.searchable`.
        track: who is seen to speak, in the analysis :attr:`Scene.speakers_of`; ``None`` where
            nobody is, or it cannot be told.
        likely: whether that is only likely.
    """

    __tablename__ = "spoken_lines"

    scene_id: Mapped[int] = mapped_column(
        ForeignKey("scenes.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    speaker: Mapped[str]
    text: Mapped[str]
    search: Mapped[str]
    track: Mapped[int | None]
    likely: Mapped[bool] = mapped_column(default=False)
