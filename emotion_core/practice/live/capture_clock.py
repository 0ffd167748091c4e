"""When the camera saw a picture, on the clock of the browser that shows it.

A picture comes with the time of its stream, which begins anywhere. What ties it to the browser's
clock are the sender reports that the browser adds about once a second (RFC 3550, section 6.4.1):
pairs of a time of the stream and the time of day at which that was. Exercises need it: the browser
shows what is asked at a moment, and the reading of the picture that was taken at this very moment
is laid on it, however late either of them arrives here.
"""

from __future__ import annotations

import math

# Seconds by which a report may be beside what arrivals say, which are late by the way of the
# pictures; a browser whose reports count from another origin is not believed.
_PLAUSIBLE = 1.0


class CaptureClock:
    """The times of one stream on the clock of the browser. Times are in seconds."""

    def __init__(self) -> None:
        self._reported: float | None = None
        self._came = math.inf
        self._browser = math.inf

    @property
    def known(self) -> bool:
        """Whether the clock of the browser is known."""
        return math.isfinite(self.at(0.0))

    def picture_came(self, time: float, now: float) -> None:
        """A picture of the stream's ``time`` has come; ``now`` is this machine's clock."""
        self._came = min(self._came, now - time)

    def browser_said(self, time: float, now: float) -> None:
        """The browser's clock stood at ``time`` when it sent a message that came ``now``."""
        self._browser = min(self._browser, now - time)

    def reported(self, time: float, browser: float) -> None:
        """A sender report: ``time`` of the stream is ``browser`` on the browser's clock."""
        self._reported = browser - time

    def at(self, time: float) -> float:
        """A time of the stream on the browser's clock.

        By the newest report, if it is plausible. Before there is one by arrivals: of all pictures
        the one that took the shortest way says best how the two clocks stand; it is late by that
        way. NaN before either is known.
        """
        arrivals, reported = self._came - self._browser, self._reported
        if reported is not None and not abs(arrivals - reported) > _PLAUSIBLE:  # it may be NaN
            return time + reported
        return time + arrivals if math.isfinite(arrivals) else math.nan

    def of(self, browser: float) -> float:
        """The time of the stream at which the browser's clock shows this."""
        return browser - self.at(0.0)

    def age(self, time: float, now: float) -> float:
        """Seconds since the camera saw a picture, NaN before the browser has said its time.

        Args:
            time: of the stream.
            now: this machine's clock.
        """
        if not math.isfinite(self._browser):
            return math.nan
        return now - self._browser - self.at(time)
