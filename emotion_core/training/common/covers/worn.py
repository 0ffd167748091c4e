"""What is worn on a face: surgical masks and scarves, dark and clear glasses."""

from __future__ import annotations

import numpy as np

from emotion_core.training.common.covers.canvas import (
    Canvas,
    Chance,
    Color,
    bulge,
    colored,
    filled,
    light,
    mottled,
    places,
    stroke,
)
from emotion_core.types import FloatArray

_MASKS: tuple[Color, ...] = (
    *((150, 190, 215), (160, 205, 200), (235, 238, 240), (240, 240, 235)),
    *((30, 30, 34), (40, 50, 80), (190, 150, 160), (120, 130, 120)),
)
_FRAMES: tuple[Color, ...] = ((20, 18, 18), (70, 45, 30), (120, 110, 100), (170, 140, 80))


def paint_mask(canvas: Canvas, chance: Chance) -> None:
    """A surgical mask over nose, mouth and chin, or slipped below the nose; or a scarf."""
    below_nose = chance.random() < 0.15
    top = chance.uniform(0.72, 0.85) if below_nose else chance.uniform(0.18, 0.42)
    wide, low = chance.uniform(0.92, 1.1), chance.uniform(1.55, 1.9)
    brim = chance.uniform(0.35, 0.6) if not below_nose else top + 0.08
    outline = np.array(
        [
            *((0, top), (0.22, top + 0.1), (0.6, brim), (wide, brim + 0.08)),
            *((wide * 1.02, 0.85), (wide * 0.95, 1.25), (0.72, low - 0.22), (0.3, low)),
            *((0, low + 0.06), (-0.3, low), (-0.72, low - 0.22), (-wide * 0.95, 1.25)),
            *((-wide * 1.02, 0.85), (-wide, brim + 0.08), (-0.6, brim), (-0.22, top + 0.1)),
        ],
        np.float32,
    )
    outline += chance.normal(0, 0.015, outline.shape).astype(np.float32)
    color, scarf = colored(chance, _MASKS), chance.random() < 0.2
    if scarf:
        outline[4:13, 1] += chance.uniform(0.3, 0.6)
        outline[4:13, 0] *= 1.15
    else:
        _straps(canvas, chance, outline, color)
    mask = filled(outline, 2)
    x, _ = places()
    # the bridge of the nose and the cheeks hold it off the face
    ridge = 1 + 0.12 * np.exp(-((x / 0.2) ** 2)) - 0.18 * np.clip(np.abs(x) - 0.55, 0, 1)
    shade = light(chance) * ridge * (0.62 + 0.38 * bulge(mask, 0.3)) * mottled(chance, 12, 0.04)
    canvas.paint(mask, color * shade[..., None])
    _pleats(canvas, chance, mask, color, brim, low, scarf)
    _border(canvas, outline[[13, 14, 15, 0, 1, 2, 3]], color)


def _straps(canvas: Canvas, chance: Chance, outline: FloatArray, color: FloatArray) -> None:
    for side in (-1, 1):
        ear = np.array((side * chance.uniform(1.08, 1.2), chance.uniform(0.1, 0.45)))
        for corner in (outline[3], outline[5]):
            start = np.abs(corner) * (side, 1)
            canvas.paint(stroke(np.stack([start, ear]), chance.uniform(0.025, 0.05)), color * 0.85)


def _pleats(
    canvas: Canvas,
    chance: Chance,
    mask: FloatArray,
    color: FloatArray,
    brim: float,
    low: float,
    scarf: bool,
) -> None:
    """Folds across, or a seam down the middle."""
    if not scarf and chance.random() < 0.25:
        seam = np.array([(0.02 * np.sin(k), brim - 0.2 + k * 0.1) for k in range(16)], np.float32)
        canvas.paint(stroke(seam, 0.03) * mask, color * 0.7, 0.7)
        return
    for height in np.linspace(brim + 0.25, low - 0.3, int(chance.integers(2, 5))):
        xs = np.linspace(-1.3, 1.3, 14)
        sag = chance.uniform(0.02, 0.12) * (2 if scarf else 1)
        ys = height + sag * (1 - xs**2) + chance.normal(0, 0.012 if not scarf else 0.05, 14)
        line = np.stack([xs, ys], axis=1)
        canvas.paint(stroke(line, 0.035) * mask, color * 0.68, 0.75)
        canvas.paint(stroke(line - (0, 0.04), 0.03) * mask, np.minimum(color * 1.12, 255), 0.6)


def _border(canvas: Canvas, line: FloatArray, color: FloatArray) -> None:
    canvas.paint(stroke(line, 0.045), color * 0.8, 0.8)


def paint_dark_glasses(canvas: Canvas, chance: Chance) -> None:
    """Sunglasses."""
    tint = colored(chance, ((14, 14, 16), (30, 20, 14), (18, 24, 36), (40, 34, 20)), 6)
    _glasses(canvas, chance, tint, chance.uniform(0.9, 1.0))


def paint_clear_glasses(canvas: Canvas, chance: Chance) -> None:
    """Spectacles, through which eyes are seen."""
    _glasses(canvas, chance, np.array((210, 220, 225), np.float32), chance.uniform(0.02, 0.12))


def _glasses(canvas: Canvas, chance: Chance, tint: FloatArray, opacity: float) -> None:
    lens = _lens_outline(chance)
    frame = colored(chance, _FRAMES)
    thick = chance.uniform(0.02, 0.09)
    lift = chance.uniform(-0.05, 0.1)
    _, y = places()
    for side in (-1, 1):
        outline = lens * (side, 1) + (side * 0.5, lift)
        mask = filled(outline, 2)
        gradient = 1 + 0.8 * np.clip(y - lift, -0.4, 0.4)
        canvas.paint(mask, tint * gradient[..., None], opacity)
        _reflection(canvas, chance, mask, side * 0.5, lift, opacity)
        closed = np.concatenate([_rounded(outline), _rounded(outline)[:1]])
        canvas.paint(stroke(closed, thick), frame * (0.8 + 0.4 * light(chance))[..., None])
        hinge = np.array((side * (0.5 + np.abs(lens[:, 0]).max()), lift - 0.08))
        temple = np.stack([hinge, (side * 1.18, lift - chance.uniform(0.0, 0.12))])
        canvas.paint(stroke(temple, thick * 1.1), frame * 0.8)
    inner = 0.5 - float(np.abs(lens[:, 0]).max()) * 0.95
    bridge = [(-inner, lift - 0.05), (0, lift - 0.11), (inner, lift - 0.05)]
    canvas.paint(stroke(bridge, thick), frame)


def _lens_outline(chance: Chance) -> FloatArray:
    """The right lens around (0, 0): from round to rectangular, some wider above."""
    half_wide, half_high = chance.uniform(0.33, 0.45), chance.uniform(0.22, 0.4)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    power = chance.uniform(0.45, 1.0)
    shape = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    shape = np.sign(shape) * np.abs(shape) ** power * (half_wide, half_high)
    shape[:, 0] *= 1 - chance.uniform(0, 0.25) * shape[:, 1] / half_high
    return np.asarray(shape, np.float32)


def _rounded(outline: FloatArray) -> FloatArray:
    following = np.roll(outline, -1, axis=0)
    return np.asarray((outline + following) / 2, np.float32)


def _reflection(
    canvas: Canvas, chance: Chance, mask: FloatArray, x: float, y: float, opacity: float
) -> None:
    """A streak of light across a lens."""
    if chance.random() < 0.4:
        return
    slope = chance.uniform(-0.3, 0.3)
    start = np.array((x + chance.uniform(-0.2, 0.2), y))
    streak = stroke(start + np.array([(slope, -0.5), (-slope, 0.5)]), chance.uniform(0.04, 0.18))
    strength = chance.uniform(0.08, 0.3) if opacity > 0.5 else chance.uniform(0.1, 0.45)
    canvas.paint(streak * mask, (235, 238, 242), strength)
