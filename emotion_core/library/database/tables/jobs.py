"""Work in the background."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from emotion_core.library.database.tables.columns import KEPT_IDS, Base, now


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
    __table_args__ = KEPT_IDS

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
