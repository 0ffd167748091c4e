"""A clock for Dask that nobody can set.

Dask waits for moments of the wall clock before it sends what it has collected
(``distributed.batched``), and Tornado before it calls what is due: where the clock is set back by
an hour, they say nothing for that hour. Both get a clock that began as the wall clock and then
only goes on. Dask loads this module into its processes by ``--preload``.
"""

from __future__ import annotations

import time as clock

_BEGAN = clock.time() - clock.monotonic()


def steady_time() -> float:
    """Seconds since 1970, as if nobody had set the clock since this process began."""
    return _BEGAN + clock.monotonic()


def keep_time() -> None:
    """Have Dask and Tornado follow that clock, in this process."""
    from distributed import batched
    from tornado.ioloop import IOLoop

    def time(self: IOLoop) -> float:  # noqa: ARG001
        return steady_time()

    batched.time = steady_time
    IOLoop.time = time  # type: ignore[method-assign]


def dask_setup(_server: object) -> None:
    """Called by Dask where it loads this."""
    keep_time()
