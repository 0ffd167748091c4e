"""How many pictures are sent, how large, and how often one is read: less on a busy machine.

The browser shows its camera by itself and says how old the picture on the screen gets. Sending and
reading pictures takes processor time from that; where the picture grows old, or pictures come late
to be read, less is sent. More is tried again when it has been quiet for a while.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# The picture on the screen is never to be older than this, s.
OLDEST = 0.3
# Less is sent when a picture gets older than the camera's own pace explains by this, s; with a
# camera of 24 pictures a second long before it is too old.
_HELD_UP = 0.15
# Cameras are slow in the dark; one that is slower than this is held up by the machine, s a picture.
_SLOWEST = 0.2
# And when what is read is this late, s: the machine cannot keep up with what it is sent.
_LATE = 0.4
# More is tried while both stay below these shares of the two.
_CALM = 0.7
# Bad reports in a row before less is sent: one that is late says nothing.
_TWICE = 2
# Seconds of calm before more is tried; doubled each time it was too much at once.
_PATIENCE, _MOST_PATIENCE = 10.0, 160.0


@dataclass(frozen=True, slots=True)
class Quality:
    """What the browser sends, and what is read of it.

    Attributes:
        fps: pictures a second at most.
        scale: by how much the camera's width and height are divided.
        read_every: s, from one reading to the next at least.
    """

    fps: int
    scale: float
    read_every: float


@dataclass(frozen=True, slots=True)
class ScreenReport:
    """What the browser says of its screen, over half a second.

    Attributes:
        now: s, the browser's clock when it was sent.
        age: s, the median age of the pictures when they came onto the screen; NaN where the browser
            does not say when they were taken.
        oldest: s, the greatest age that a picture reached before the next one took its place.
        camera, pictures: how many a second came from the camera, and onto the screen.
        reading: s, the median time from a picture to its reading on the screen; NaN without one.
    """

    now: float
    age: float
    oldest: float
    camera: float
    pictures: float
    reading: float

    @property
    def held_up(self) -> float:
        """Seconds by which a picture got older than the camera's own pace explains."""
        pace = min(1 / self.camera, _SLOWEST) if self.camera > 0 else _SLOWEST
        return self.oldest - pace


# The first is as fast as faces change; the picture needs the machine, too.
QUALITIES = (
    Quality(24, 1.0, 0.08),
    Quality(15, 1.0, 0.125),
    Quality(12, 1.5, 0.2),
    Quality(8, 2.0, 0.3),
)


class Adaptation:
    """Chooses one of :data:`QUALITIES` from what the browser reports; starts with the best."""

    def __init__(self) -> None:
        self._level = 0
        self._bad = 0
        self._calm_since = math.inf
        self._patience = _PATIENCE
        self._raised = -math.inf

    @property
    def quality(self) -> Quality:
        """What is to be sent now."""
        return QUALITIES[self._level]

    @property
    def lowered(self) -> bool:
        """Whether less is sent than could be."""
        return self._level > 0

    def update(self, report: ScreenReport, late: float) -> Quality:
        """Take in a report.

        Args:
            report: of the browser.
            late: s, how long ago the newest picture that has come here was taken; NaN if unknown.

        Returns:
            What is to be sent from now on.
        """
        # what is not known is no reason for anything: a comparison with NaN is false
        too_much = report.held_up > _HELD_UP or late > _LATE
        calm = not (report.held_up > _CALM * _HELD_UP or late > _CALM * _LATE)
        self._bad = self._bad + 1 if too_much else 0
        self._calm_since = min(self._calm_since, report.now) if calm else math.inf
        if self._bad >= _TWICE and self._level + 1 < len(QUALITIES):
            soon = report.now - self._raised < self._patience
            self._patience = min(2 * self._patience, _MOST_PATIENCE) if soon else _PATIENCE
            self._go(self._level + 1)
        elif self._level and report.now - self._calm_since >= self._patience:
            self._raised = report.now
            self._go(self._level - 1)
        return self.quality

    def _go(self, level: int) -> None:
        self._level, self._bad, self._calm_since = level, 0, math.inf
