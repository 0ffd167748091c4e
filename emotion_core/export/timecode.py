"""Timecode after SMPTE ST 12-1: hours, minutes, seconds and frames at one of the usual rates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

# Rates that editing programs know, frames a second.
_RATES = tuple(
    Fraction(*rate)
    for rate in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001),
        (60, 1),
    )
)  # fmt: skip
_FALLBACK = Fraction(25)
_NEAR = 0.004  # 24 and 23.976 are 0.001 apart; files round their rates


@dataclass(frozen=True, slots=True)
class Timecode:
    """A rate of timecode.

    Attributes:
        rate: frames a second.
    """

    rate: Fraction

    @classmethod
    def of(cls, fps: float) -> Timecode:
        """The rate for a clip: its own, or else the usual one that it is a part or multiple of.

        A clip at 120 frames a second is counted at 60, one at 12.5 at 25; a rate that goes with
        none is counted at 25, by time.
        """
        for factor in (1, 2, 3, 4, Fraction(1, 2), Fraction(1, 4), Fraction(1, 5), Fraction(1, 8)):
            nearest = min(_RATES, key=lambda rate: abs(float(rate / factor) - fps))
            if abs(float(nearest / factor) / fps - 1) < _NEAR if fps > 0 else False:
                return cls(nearest)
        return cls(_FALLBACK)

    @property
    def base(self) -> int:
        """Frames that are counted in a second of timecode."""
        return round(self.rate)

    @property
    def drops(self) -> bool:
        """Whether numbers are dropped, so that timecode at 29.97 and 59.94 keeps with the clock."""
        return self.rate.denominator != 1 and self.base % 30 == 0

    def frame(self, seconds: float) -> int:
        """The number of the frame nearest to a time, from 0."""
        return max(round(seconds * self.rate), 0)

    def text(self, frame: int) -> str:
        """A frame as ``00:00:02:05``, or ``00:00:02;05`` where numbers are dropped."""
        if self.drops:
            frame = self._with_dropped(frame)
        seconds, frames = divmod(frame, self.base)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        mark = ";" if self.drops else ":"
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{frames:02d}"

    def _with_dropped(self, frame: int) -> int:
        """The first 2 numbers (4 at 59.94) of each minute but every tenth are left out."""
        dropped = self.base // 15
        minute = 60 * self.base - dropped
        ten = 10 * minute + dropped
        tens, rest = divmod(frame, ten)
        minutes = 0 if rest < 60 * self.base else 1 + (rest - 60 * self.base) // minute
        return frame + dropped * (9 * tens + minutes)
