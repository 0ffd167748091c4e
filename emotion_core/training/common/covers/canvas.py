"""What covers are painted on: a square around the mean face, in units of its eyes' distance.

The middle of the eyes is at (0, 0), x runs to the right of the picture, y down; the mean face
reaches from -1.1 to 1.1 and from -0.8 to 1.7. All chance comes from the generator that is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.types import FloatArray

Chance = np.random.Generator
Color = tuple[float, float, float]
# The canvas shows x from -2 to 2 and y from -1.6 to 2.4.
SPAN, LEFT, TOP = 4.0, -2.0, -1.6
SIDE = 160  # of a finished cover in pixels
_FINE = 3  # painted so many times as large, then averaged
_PIXELS = SIDE * _FINE
_UNIT = _PIXELS / SPAN

# From light to dark, after the tones of the Monk skin tone scale.
_SKIN: tuple[Color, ...] = (
    (246, 226, 207),
    (235, 196, 165),
    (214, 165, 128),
    (180, 128, 92),
    (130, 86, 60),
    (84, 56, 42),
    (54, 38, 32),
)


@dataclass(slots=True)
class Canvas:
    """Paint, and how much of it is where.

    Attributes:
        color: (P, P, 3) float32 from 0 to 255, times ``alpha``.
        alpha: (P, P) float32 in [0, 1].
    """

    color: FloatArray = field(default_factory=lambda: np.zeros((_PIXELS, _PIXELS, 3), np.float32))
    alpha: FloatArray = field(default_factory=lambda: np.zeros((_PIXELS, _PIXELS), np.float32))

    def paint(self, mask: FloatArray, color: npt.ArrayLike, opacity: float = 1.0) -> None:
        """Lay paint over what is there.

        Args:
            mask: (P, P) in [0, 1].
            color: (3,) or (P, P, 3) from 0 to 255.
            opacity: of the paint.
        """
        share = (mask * opacity).astype(np.float32)
        shown = np.clip(np.asarray(color, np.float32), 0, 255)
        self.color += share[..., None] * (shown - self.color)
        self.alpha += share * (1 - self.alpha)

    def draw(self, points: npt.ArrayLike, width: float, color: npt.ArrayLike) -> None:
        """A thin opaque line, at the cost of what it covers: for the many strands of hair.

        Args:
            points: (n, 2) in units.
            width: in units.
            color: (3,) from 0 to 255.
        """
        thick = max(round(width * _UNIT), 1)
        shown = np.clip(np.asarray(color, np.float64), 0, 255).tolist()
        line = np.round(to_pixels(points)).astype(np.int32)
        cv2.polylines(self.color, [line], False, shown, thick)
        cv2.polylines(self.alpha, [line], False, 1.0, thick)

    def blur(self, sigma: float) -> None:
        """Put all of it out of focus; ``sigma`` in units."""
        pixels = max(sigma * _UNIT, 1e-3)
        self.color = np.asarray(cv2.GaussianBlur(self.color, (0, 0), pixels), np.float32)
        self.alpha = np.asarray(cv2.GaussianBlur(self.alpha, (0, 0), pixels), np.float32)

    def finished(self) -> npt.NDArray[np.uint8]:
        """(SIDE, SIDE, 4) uint8, RGB times alpha, and alpha."""
        both = np.dstack([self.color, self.alpha * 255])
        small = cv2.resize(both, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return np.asarray(np.clip(np.round(small), 0, 255), np.uint8)


def to_pixels(points: npt.ArrayLike) -> FloatArray:
    """Points in units as pixels of the canvas."""
    return ((np.asarray(points, np.float32) - (LEFT, TOP)) * _UNIT).astype(np.float32)


def places() -> tuple[FloatArray, FloatArray]:
    """(P, P) x and y of each pixel in units."""
    axis = (np.arange(_PIXELS, dtype=np.float32) + 0.5) / _UNIT
    x, y = np.meshgrid(axis + LEFT, axis + TOP)
    return x, y


def filled(points: npt.ArrayLike, rounded: int = 3) -> FloatArray:
    """(P, P) in [0, 1], the inside of a closed outline.

    Args:
        points: (n, 2) in units.
        rounded: how often its corners are cut (Chaikin 1974, "An algorithm for high-speed curve
            generation"); 0 leaves them sharp.
    """
    outline = np.asarray(points, np.float64)
    for _ in range(rounded):
        following = np.roll(outline, -1, axis=0)
        cut = np.stack([0.75 * outline + 0.25 * following, 0.25 * outline + 0.75 * following], 1)
        outline = cut.reshape(-1, 2)
    mask: npt.NDArray[np.uint8] = np.zeros((_PIXELS, _PIXELS), np.uint8)
    cv2.fillPoly(mask, [_fixed(outline)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask / 255, np.float32)


def stroke(points: npt.ArrayLike, width: float) -> FloatArray:
    """(P, P) in [0, 1], a line through some points, ``width`` in units."""
    mask: npt.NDArray[np.uint8] = np.zeros((_PIXELS, _PIXELS), np.uint8)
    thick = max(round(width * _UNIT), 1)
    cv2.polylines(mask, [_fixed(points)], False, 255, thick, cv2.LINE_AA, 4)
    return np.asarray(mask / 255, np.float32)


def _fixed(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    return np.round(np.clip(to_pixels(points), -4000, 4000) * 16).astype(np.int32)


def bulge(mask: FloatArray, width: float) -> FloatArray:
    """(P, P) in [0, 1], how far from its edge each place of a shape is: 1 from ``width`` units on.

    Shaped like a cylinder's side, so that what is shaded by it looks round.
    """
    inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    depth = np.clip(inside / (width * _UNIT), 0, 1)
    return np.asarray(np.sqrt(1 - (1 - depth) ** 2), np.float32)


def mottled(chance: Chance, cells: int, strength: float) -> FloatArray:
    """(P, P) factors around 1 in soft patches, ``cells`` of them along a side."""
    coarse = chance.normal(0, strength, (cells, cells)).astype(np.float32)
    fine = cv2.resize(coarse, (_PIXELS, _PIXELS), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.exp(fine), np.float32)


def light(chance: Chance, strength: float = 0.35) -> FloatArray:
    """(P, P) factors around 1: light that falls off along a direction."""
    x, y = places()
    angle = chance.uniform(0, 2 * np.pi)
    slope = chance.uniform(0, strength)
    ramp = (x * np.cos(angle) + (y - 0.4) * np.sin(angle)) * slope
    return np.asarray(np.exp(ramp - 0.1), np.float32)


def skin(chance: Chance) -> FloatArray:
    """(3,) a skin colour between the tones of the scale."""
    place = chance.uniform(0, len(_SKIN) - 1)
    low = min(int(place), len(_SKIN) - 2)
    mixed = (1 - place + low) * np.array(_SKIN[low]) + (place - low) * np.array(_SKIN[low + 1])
    return (mixed * chance.uniform(0.85, 1.1)).astype(np.float32)


def colored(chance: Chance, colors: Sequence[Color], spread: float = 12) -> FloatArray:
    """(3,) one of some colours, a little changed, more in brightness than in tint."""
    chosen = np.array(colors[int(chance.integers(len(colors)))])
    changed = chosen + chance.normal(0, spread) + chance.normal(0, spread / 3, 3)
    return np.clip(changed, 0, 255).astype(np.float32)


def turned(points: npt.ArrayLike, angle: float, to: npt.ArrayLike = (0.0, 0.0)) -> FloatArray:
    """Points turned around (0, 0) by ``angle`` radians clockwise, then moved by ``to``."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, sin], [-sin, cos]])
    return np.asarray(np.asarray(points, np.float64) @ matrix + to, np.float32)
