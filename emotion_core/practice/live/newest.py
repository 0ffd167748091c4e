"""A place for one thing: what comes takes the place of what still waits there."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Hands the newest of many things from thread to thread, and drops the rest as it arrives.

    Attributes:
        dropped: how many were replaced before they were taken.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._wake = threading.Condition()
        self._waiting: T | None = None
        self._closed = False

    def put(self, thing: T) -> None:
        """Leave something; never waits."""
        with self._wake:
            self.dropped += self._waiting is not None
            self._waiting = thing
            self._wake.notify()

    def take(self, *, after: float = 0.0) -> T | None:
        """Wait for something, ``after`` seconds at least; ``None`` once this is closed."""
        with self._wake:
            if after > 0:
                self._wake.wait_for(lambda: self._closed, timeout=after)
            self._wake.wait_for(lambda: self._closed or self._waiting is not None)
            thing, self._waiting = self._waiting, None
            return None if self._closed else thing

    def close(self) -> None:
        """Whoever waits, or comes to wait, is given nothing."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
