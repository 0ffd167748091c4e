"""Takes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from emotion_core.library.database.tables.columns import Base, now


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
