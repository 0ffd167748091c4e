"""Hands before a face: over mouth, eyes or a cheek, a fist at the chin, fingers at the lips.

Each finger is a chain of tapered capsules, shaded like cylinders; the palm is a rounded shape. The
sizes are those of an adult's hand beside an adult's face: 63 mm between the pupils are one unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from emotion_core.training.common.covers.canvas import (
    Canvas,
    Chance,
    bulge,
    filled,
    light,
    mottled,
    places,
    skin,
    stroke,
    turned,
)
from emotion_core.types import FloatArray

# Of a hand whose wrist is at (0, 0) and whose fingers point up (-y): roots of the fingers from the
# index finger to the little one, their lengths and their radius at the root.
_ROOTS = ((-0.5, -1.55), (-0.17, -1.68), (0.17, -1.63), (0.48, -1.46))
_LENGTHS = (1.12, 1.25, 1.15, 0.9)
_RADIUS = 0.175
_PALM = (
    *((-0.42, 0.1), (-0.62, -0.5), (-0.7, -1.1), (-0.62, -1.6), (-0.2, -1.78), (0.2, -1.75)),
    *((0.6, -1.5), (0.66, -1.0), (0.55, -0.4), (0.42, 0.1), (0.45, 1.6), (-0.45, 1.6)),
)
_THUMB_ROOT, _THUMB_LENGTH = (-0.58, -0.55), 1.15


@dataclass(frozen=True, slots=True)
class _Pose:
    """How a hand is held.

    Attributes:
        fingertip: where the tip of the middle finger is, as x and y, with its spread.
        wrist: direction in which the wrist lies from there, radians clockwise from straight down.
        spread: radians between neighbouring fingers.
        folded: how far each finger is folded away, 0 to 1, from the index finger on.
        thumb: radians by which the thumb stands off.
    """

    fingertip: tuple[float, float, float]
    wrist: tuple[float, float]
    spread: float
    folded: tuple[float, float, float, float]
    thumb: float


_POSES = (
    # over the mouth, the fingers across it
    _Pose((0.5, 0.8, 0.3), (0.6, 1.3), 0.03, (0.0, 0.0, 0.0, 0.05), 0.3),
    # over the eyes
    _Pose((0.55, 0.05, 0.3), (0.7, 1.3), 0.06, (0.0, 0.0, 0.0, 0.0), 0.6),
    # flat on a cheek
    _Pose((0.85, -0.15, 0.2), (-0.5, 0.1), 0.08, (0.0, 0.0, 0.0, 0.0), 0.5),
    # over most of the face
    _Pose((-0.1, -0.7, 0.25), (-0.5, 0.5), 0.14, (0.0, 0.0, 0.0, 0.0), 0.8),
    # fingers at the lips or the chin
    _Pose((0.05, 1.05, 0.2), (-0.5, 0.5), 0.05, (0.0, 0.15, 0.75, 0.85), 0.4),
    # one finger at the temple or along the cheek
    _Pose((0.95, -0.25, 0.15), (-0.3, 0.2), 0.03, (0.0, 0.7, 0.85, 0.9), 0.5),
    # a fist at the mouth or the chin
    _Pose((0.1, 0.55, 0.2), (-0.6, 0.6), 0.02, (0.85, 0.88, 0.88, 0.85), 0.2),
)


def paint_hand(canvas: Canvas, chance: Chance) -> None:
    """One hand, or two of the same person."""
    color = skin(chance)
    pose = _POSES[chance.integers(len(_POSES))]
    both = chance.random() < 0.25
    side = -1.0 if chance.random() < 0.5 else 1.0
    shade = light(chance) * mottled(chance, 6, 0.05)
    _hand(canvas, chance, pose, color, shade, side)
    if both:
        _hand(canvas, chance, pose, color, shade, -side)


def _hand(
    canvas: Canvas,
    chance: Chance,
    pose: _Pose,
    color: FloatArray,
    shade: FloatArray,
    side: float,
) -> None:
    scale = chance.uniform(0.72, 1.05)
    angle = chance.uniform(*pose.wrist) if pose.wrist[0] < pose.wrist[1] else pose.wrist[0]
    x, y, off = pose.fingertip
    fingers = [_finger(chance, pose, k) for k in range(4)]
    thumb = _thumb(chance, pose)
    longest = min(fingers, key=lambda chain: float(chain[0][-1, 1]))
    tip = turned(longest[0][-1:] * scale, angle)[0]
    to = np.array((x, y)) + chance.normal(0, off / 2, 2) - tip

    def place(points: FloatArray) -> FloatArray:
        put = turned(points * scale, angle, to)
        return put * np.array((side, 1.0), np.float32)

    palm = filled(place(np.array(_PALM, np.float32)))
    _shadow(canvas, palm)
    folded_first = np.argsort([-f for f in pose.folded])
    canvas.paint(palm, _lit(color, bulge(palm, 0.35 * scale), shade))
    for chain, radii in [thumb, *(fingers[k] for k in folded_first)]:
        _paint_chain(canvas, place(chain), radii * scale, color, shade)
    for k in range(3):  # furrows between the knuckles
        ends = np.array((_ROOTS[k], _ROOTS[k + 1])).mean(axis=0)
        furrow = place(ends + np.array([(0.0, -0.15), (0.0, 0.18)], np.float32))
        canvas.paint(stroke(furrow, 0.025), color * 0.55, 0.5)


def _finger(chance: Chance, pose: _Pose, k: int) -> tuple[FloatArray, FloatArray]:
    """The joints of a finger, from its root on, and the radius at each."""
    root, length = np.array(_ROOTS[k]), _LENGTHS[k] * chance.uniform(0.93, 1.05)
    folded = float(np.clip(pose.folded[k] + chance.normal(0, 0.05), 0, 0.92))
    heading = (k - 1.5) * pose.spread + chance.normal(0, 0.03)
    bend = chance.normal(0, 0.06)
    # what is folded towards the viewer looks shorter
    parts = np.array((0.46, 0.3, 0.24)) * length * (1 - folded)
    joints = [root]
    for part in parts:
        joints.append(joints[-1] + part * np.array((np.sin(heading), -np.cos(heading))))
        heading += bend
    radii = _RADIUS * np.array((1.0, 0.95, 0.86, 0.74)) * (1 + 0.12 * folded)
    return np.array(joints, np.float32), radii.astype(np.float32)


def _thumb(chance: Chance, pose: _Pose) -> tuple[FloatArray, FloatArray]:
    heading = -pose.thumb * chance.uniform(0.6, 1.3) - 0.1
    joints = [np.array(_THUMB_ROOT)]
    for part in np.array((0.4, 0.34, 0.26)) * _THUMB_LENGTH:
        joints.append(joints[-1] + part * np.array((np.sin(heading), -np.cos(heading))))
        heading += 0.2
    return np.array(joints, np.float32), np.array((0.26, 0.21, 0.19, 0.15), np.float32)


def _paint_chain(
    canvas: Canvas, joints: FloatArray, radii: FloatArray, color: FloatArray, shade: FloatArray
) -> None:
    """A finger: shaded round, with a dark edge where it lies before something else."""
    x, y = places()
    nearest = np.full(x.shape, np.inf, np.float32)
    for (start, end), (thick, thin) in zip(pairwise(joints), pairwise(radii), strict=True):
        along = end - start
        length = max(float(along @ along), 1e-6)
        share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length, 0, 1)
        away = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
        nearest = np.minimum(nearest, away / (thick + (thin - thick) * share))
    mask = np.clip((1 - nearest) * 12, 0, 1)
    _shadow(canvas, mask)
    canvas.paint(mask, _lit(color, np.sqrt(np.clip(1 - nearest**2, 0, 1)), shade))
    across = np.array((-(joints[2] - joints[1])[1], (joints[2] - joints[1])[0]))
    across /= max(float(np.hypot(*across)), 1e-6)
    creases = [
        stroke([joint - across * radius * 0.6, joint + across * radius * 0.6], 0.02)
        for joint, radius in zip(joints[1:3], radii[1:3], strict=True)
    ]
    canvas.paint(np.maximum(*creases), color * 0.6, 0.35)


def _shadow(canvas: Canvas, mask: FloatArray) -> None:
    """What a thing darkens of the paint around it."""
    around = np.asarray(cv2.GaussianBlur(mask, (0, 0), 5), np.float32)
    canvas.color *= (1 - 0.45 * around * (1 - mask))[..., None]


def _lit(color: FloatArray, round_: FloatArray, shade: FloatArray) -> FloatArray:
    # skin in shade is redder than skin in light
    dark = color * np.array((0.52, 0.44, 0.42), np.float32)
    mixed = dark + (color - dark) * round_[..., None]
    return np.asarray(mixed * shade[..., None], np.float32)
