"""What is before a face: hair, letters, microphones, other heads, the edge of the picture."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emotion_core.training.common.covers.canvas import (
    SPAN,
    Canvas,
    Chance,
    Color,
    bulge,
    colored,
    filled,
    light,
    mottled,
    places,
    skin,
    turned,
)
from emotion_core.types import FloatArray

_HAIR: tuple[Color, ...] = (
    *((20, 16, 14), (48, 32, 22), (84, 56, 34), (130, 90, 50)),
    *((200, 165, 105), (120, 50, 25), (150, 148, 145), (225, 222, 215)),
)
_WALLS: tuple[Color, ...] = ((60, 56, 52), (130, 120, 108), (185, 178, 165), (90, 100, 110))
_LETTERS = "ABCDEFGHIJKLMNOPRSTUVWZabcdefghiklmnoprstuvwz"


def paint_hair(canvas: Canvas, chance: Chance) -> None:
    """Strands that fall over the forehead, an eye or one side of the face."""
    color = colored(chance, _HAIR)
    side = -1.0 if chance.random() < 0.5 else 1.0
    root = np.array((chance.uniform(-0.3, 0.9) * side, chance.uniform(-1.5, -1.0)))
    reach = chance.uniform(0.7, 2.6)  # how far down it falls
    lean = chance.uniform(-0.6, 0.9) * side
    wide = chance.uniform(0.15, 0.9)
    if chance.random() < 0.6:  # what is thick has no gaps between its strands
        base = _lock(root, reach * 0.9, lean, wide * 0.8)
        mask = filled(base, 2)
        canvas.paint(mask, color * (0.55 + 0.35 * bulge(mask, 0.15))[..., None])
    for _ in range(int(chance.integers(60, 200))):
        off = chance.normal(0, wide / 2)
        start = root + np.array((off, chance.normal(0, 0.08)))
        curl = chance.normal(0, 0.12)
        length = reach * chance.uniform(0.6, 1.1)
        steps = np.linspace(0, 1, 12)
        xs = start[0] + lean * steps**1.5 + curl * np.sin(steps * 3) + off * 0.3 * steps
        ys = start[1] + length * steps
        tone = color * chance.uniform(0.55, 1.5)
        canvas.draw(np.stack([xs, ys], axis=1), chance.uniform(0.008, 0.028), tone)


def _lock(root: FloatArray, reach: float, lean: float, wide: float) -> FloatArray:
    steps = np.linspace(0, 1, 8)
    middle = np.stack([root[0] + lean * steps**1.5, root[1] + reach * steps], axis=1)
    half = wide * (1 - steps * 0.9)[:, None] * np.array((0.5, 0.0))
    return np.concatenate([middle - half, (middle + half)[::-1]]).astype(np.float32)


def paint_text(canvas: Canvas, chance: Chance) -> None:
    """Captions: lines of letters, with or without a band behind them."""
    size = chance.uniform(0.18, 0.55)
    lines = int(chance.integers(1, 3))
    low = chance.uniform(-0.9, 1.7)
    high = low + lines * size * 1.3 + 0.1
    if chance.random() < 0.6:
        x, y = places()
        band = ((y > low) & (y < high)).astype(np.float32)
        if chance.random() < 0.4:  # it ends somewhere
            band *= x * (1 if chance.random() < 0.5 else -1) < chance.uniform(0.3, 1.8)
        colors = ((0, 0, 0), (200, 20, 25), (20, 50, 140), (245, 245, 245), (240, 200, 40))
        canvas.paint(band, colored(chance, colors), chance.uniform(0.5, 1.0))
    ink = colored(chance, ((250, 250, 250), (250, 235, 90), (15, 15, 15), (230, 40, 40)))
    outlined = chance.random() < 0.7
    for k in range(lines):
        letters = _line(chance, size, low + 0.05 + k * size * 1.3)
        if outlined:
            edge = cv2.dilate(letters, np.ones((5, 5), np.uint8))
            canvas.paint(np.asarray(edge, np.float32), 255 - ink)
        canvas.paint(letters, ink)


def _line(chance: Chance, size: float, top: float) -> FloatArray:
    """(P, P) a line of words that mean nothing."""
    side = places()[0].shape[0]
    words = ("".join(chance.choice(list(_LETTERS), int(chance.integers(2, 9)))) for _ in range(6))
    page = Image.new("L", (side, side))
    font = ImageFont.load_default(size * side / SPAN)
    where = (side * chance.uniform(-0.2, 0.35), (top + 1.6) * side / SPAN)
    ImageDraw.Draw(page).text(where, " ".join(words), 255, font)
    return np.asarray(np.asarray(page) / 255, np.float32)


def paint_microphone(canvas: Canvas, chance: Chance) -> None:
    """A microphone before mouth or chin, its handle out of the picture."""
    head = np.array((chance.normal(0, 0.3), chance.uniform(0.85, 1.6)))
    angle, radius = chance.uniform(-0.9, 0.9), chance.uniform(0.26, 0.5)
    dark = colored(chance, ((25, 25, 28), (60, 60, 64), (120, 120, 125)), 8)
    body = [(-0.55, 0.4), (0.55, 0.4), (0.42, 3.0), (0.4, 9.0), (-0.4, 9.0), (-0.42, 3.0)]
    handle = filled(turned(np.array(body) * radius, angle, head), 1)
    canvas.paint(handle, dark * (0.4 + 0.9 * bulge(handle, radius * 0.4))[..., None])
    if chance.random() < 0.3:  # the sign of a station
        flag = np.array([(-0.8, 0.8), (0.8, 0.8), (0.8, 2.2), (-0.8, 2.2)]) * radius * 1.2
        sign = filled(turned(flag, angle, head), 0)
        canvas.paint(sign, colored(chance, ((200, 30, 40), (30, 70, 170), (240, 240, 240))))
    foam = chance.random() < 0.5
    color = colored(chance, ((22, 22, 24), (150, 40, 40), (50, 70, 130)) if foam else ((150,) * 3,))
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ball = np.stack([np.cos(angles), np.sin(angles) * chance.uniform(1.0, 1.3)], axis=1) * radius
    mask = filled(turned(ball, angle, head), 1)
    grain = mottled(chance, 90, 0.18) if foam else _wire()
    canvas.paint(mask, color * (grain * (0.4 + 0.7 * bulge(mask, radius * 0.9)))[..., None])


def _wire() -> FloatArray:
    """(P, P) factors: the grille of a microphone."""
    x, y = places()
    waves = np.cos((x + y) * 70) + np.cos((x - y) * 70)
    return np.asarray(0.85 + 0.35 * np.clip(waves, -1, 1), np.float32)


def paint_head(canvas: Canvas, chance: Chance) -> None:
    """Somebody's head and shoulder in the foreground, from behind and out of focus."""
    size = chance.uniform(0.8, 1.7)
    side = -1.0 if chance.random() < 0.5 else 1.0
    middle = np.array((side * chance.uniform(0.4, 1.5), chance.uniform(0.3, 1.8)))
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    wobble = 1 + chance.normal(0, 0.03, 24)
    outline = np.stack([np.cos(angles) * 0.82, np.sin(angles)], axis=1) * wobble[:, None] * size
    shoulders = np.array([(-0.4, 0.6), (0.4, 0.6), (0.6, 1.1), (1.8, 1.5), (2, 5), (-2, 5)]) * size
    shoulders = np.vstack([shoulders, np.array([(-1.8, 1.5), (-0.6, 1.1)]) * size])
    cloth = filled(shoulders + middle, 1)
    shade = light(chance, 0.5)
    clothes = ((25, 25, 30), (90, 30, 30), (60, 70, 90), (180, 175, 165))
    canvas.paint(cloth, colored(chance, clothes, 25) * shade[..., None])
    ear = turned(outline * 0.16, 0.0, middle + np.array((-side * 0.8, 0.15)) * size)
    canvas.paint(filled(ear), skin(chance) * 0.7)
    hair = filled(outline + middle, 1)
    streaks = cv2.GaussianBlur(mottled(chance, 120, 0.35), (0, 0), sigmaX=1, sigmaY=8)
    tone = colored(chance, _HAIR) * (shade * streaks * (0.5 + 0.5 * bulge(hair, 0.5)))[..., None]
    canvas.paint(hair, tone)
    canvas.blur(chance.uniform(0.005, 0.12))


def paint_edge(canvas: Canvas, chance: Chance) -> None:
    """What a face is cut off by: the edge of the picture, a door, a wall."""
    x, y = places()
    angle = chance.integers(4) * np.pi / 2 + chance.normal(0, 0.12)
    reach = chance.uniform(0.1, 0.9)
    along = x * np.cos(angle) + (y - 0.45) * np.sin(angle)
    mask = np.clip((along - reach) * 40, 0, 1).astype(np.float32)
    if chance.random() < 0.5:
        canvas.paint(mask, (0, 0, 0))
        return
    canvas.paint(mask, colored(chance, _WALLS) * light(chance, 0.3)[..., None])
    canvas.blur(chance.uniform(0.002, 0.05))
