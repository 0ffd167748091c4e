"""The parts of a face, from the five points of the detector.

The two eyes and the middle of the mouth span a plane coordinate system that tilts, turns and
grows with the face: x runs along the line of the eyes, 1 being their distance, from the line
that joins the middle of the eyes to that of the mouth; y runs down that line, 0 at the eyes, 1 at
the mouth. In it the parts are fixed shapes, except for what the points themselves tell: where the
nose ends and how wide the mouth is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.preprocessing import face_square
from emotion_core.types import Attribution, FloatArray

REGIONS = ("forehead", "brows", "eyes", "nose", "cheeks", "mouth", "chin", "outside")

# An oval from the hairline to the chin: about a third of it down to the brows, a third to the base
# of the nose, a third to the chin, as draughtsmen divide a face, and at the cheekbones somewhat
# more than twice as wide as the eyes are apart. Set by eye on the portrait and the clips.
_OVAL_MIDDLE, _OVAL_ABOVE, _OVAL_BELOW, _OVAL_SIDE = 0.3, 1.4, 1.35, 1.12
# Upper and lower ends of the parts along y.
_BROWS_TOP, _EYES_TOP, _EYES_BOTTOM, _CHIN_TOP = -0.52, -0.16, 0.2, 1.28
_NOSE_TOP = -0.05
_LIPS_TOP = 0.76
# Half widths along x.
_EYES_SIDE, _BRIDGE_SIDE, _WINGS_SIDE, _CHIN_SIDE = 0.92, 0.15, 0.36, 0.6
_MOUTH_MARGIN = 0.12
# How far the bridge of the nose stands out before the eyes, as a share of its tip.
_BRIDGE_STANDS_OUT = 0.4
# The tip of the nose lies above the base of its wings.
_BASE_BELOW_TIP = 0.13
# A head in profile has its eyes in one place; then x is measured in this share of y's unit.
_LEAST_EYES = 0.45
# Softness of the edges, as a share of the distance between the eyes and the mouth.
_SOFT = 0.05


@dataclass(frozen=True, slots=True)
class FaceRegions:
    """The parts of one face.

    Attributes:
        maps: (8, S, S) float32 in [0, 1] in the order of :data:`REGIONS`; they sum to 1 at each
            pixel.
    """

    maps: FloatArray

    def __getitem__(self, region: str) -> FloatArray:
        """The (S, S) map of one part."""
        return np.asarray(self.maps[REGIONS.index(region)])

    def together(self, regions: Sequence[str]) -> FloatArray:
        """The (S, S) map of some parts as one."""
        chosen = [REGIONS.index(region) for region in regions]
        return np.asarray(self.maps[chosen].sum(axis=0).clip(0, 1), np.float32)


def to_crop(landmarks: npt.ArrayLike, xyxy: npt.ArrayLike, size: int) -> FloatArray:
    """Points of a picture in the pixels of a face that was cut out of it.

    Args:
        landmarks: (..., 2) px of the picture.
        xyxy: (4,) box of the face in px of the picture.
        size: side of the crop in px, as :func:`~emotion_core.emotions.preprocessing.crop_face`
            cuts it.
    """
    left, top, side = face_square(xyxy)
    points = np.asarray(landmarks, np.float64) - (left, top)
    # pixel 0 has its middle at 0.5
    return np.asarray((points + 0.5) * size / side - 0.5, np.float32)


def face_regions(landmarks: npt.ArrayLike, size: int, *, soft: bool = True) -> FaceRegions:
    """The parts of a face on its crop.

    Args:
        landmarks: (5, 2) px of the crop: left eye, right eye, nose, corners of the mouth, as seen
            in the picture.
        size: side S of the crop in px.
        soft: blur the edges between the parts; else every pixel belongs to one part.

    Raises:
        ValueError: points are missing (NaN), or eyes and mouth are in one place.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != (5, 2):
        raise ValueError(f"landmarks must have shape (5, 2), but has shape {points.shape}")
    frame = _Frame.of(points)
    rows, columns = np.mgrid[:size, :size]
    x, y = frame.locate(np.stack([columns, rows], axis=-1))
    parts = _classify(x, y, frame, points)
    hard = (parts == np.arange(len(REGIONS))[:, None, None]).astype(np.float32)
    if not soft:
        return FaceRegions(hard)
    sigma = max(_SOFT * frame.height, 0.5)
    # the edge is mirrored, so that the sum stays 1 there too
    maps = [cv2.GaussianBlur(one, (0, 0), sigma, borderType=cv2.BORDER_REFLECT) for one in hard]
    stacked = np.stack(maps)
    return FaceRegions((stacked / stacked.sum(axis=0)).astype(np.float32))


def region_shares(attribution: Attribution, regions: Sequence[FaceRegions]) -> pd.DataFrame:
    """How much of each mask lies in each part of the face.

    Args:
        attribution: masks of n faces, (n, k, S, S).
        regions: parts of these faces at the same size.

    Returns:
        One row for each face, emotion and region: ``face`` (0 to n - 1), ``emotion``,
        ``region``, ``share`` (of the mask's sum, in [0, 1], all regions together 1; NaN for an
        empty mask) and ``area`` (share of the picture that the region takes: a mask that knows
        nothing has about this share in it).
    """
    rows = []
    for face, (masks, parts) in enumerate(zip(attribution.masks, regions, strict=True)):
        if masks.shape[1:] != parts.maps.shape[1:]:
            raise ValueError(
                f"masks and regions must have one size, but have {masks.shape[1:]} and "
                f"{parts.maps.shape[1:]}"
            )
        sums = np.einsum("kyx,ryx->kr", masks, parts.maps, dtype=np.float64)
        whole = masks.sum(axis=(1, 2), dtype=np.float64)[:, None]
        shares = np.divide(sums, whole, out=np.full_like(sums, np.nan), where=whole > 0)
        areas = parts.maps.mean(axis=(1, 2), dtype=np.float64)
        rows += [
            (face, emotion, region, share, area)
            for emotion, own in zip(attribution.labels, shares, strict=True)
            for region, share, area in zip(REGIONS, own, areas, strict=True)
        ]
    return pd.DataFrame(rows, columns=["face", "emotion", "region", "share", "area"])


@dataclass(frozen=True, slots=True)
class _Frame:
    """The coordinate system of a face; px."""

    origin: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]
    down: npt.NDArray[np.float64]
    height: float

    @classmethod
    def of(cls, points: npt.NDArray[np.float64]) -> _Frame:
        left, right = points[:2]
        origin, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
        down, eyes = mouth - origin, right - left
        height, distance = float(np.hypot(*down)), float(np.hypot(*eyes))
        if not height > 1 or not np.isfinite(points).all():
            raise ValueError("a face without eyes and a mouth has no regions")
        least = _LEAST_EYES * height
        if distance < least:
            # in profile the line of the eyes is lost in noise: take what is upright to the face
            upright = np.array([down[1], -down[0]]) / height
            eyes = upright * least
        return cls(origin, eyes, down, height)

    def locate(
        self, pixels: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The coordinates x and y, each (...), of (..., 2) pixels."""
        matrix = np.linalg.inv(np.stack([self.across, self.down], axis=1))
        found = (pixels - self.origin) @ matrix.T
        return found[..., 0], found[..., 1]


def _classify(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    frame: _Frame,
    points: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """(S, S) index of the part of each pixel; what is asked later goes over what was before."""
    tip_x, tip_y = frame.locate(points[2])
    corners = frame.locate(points[3:])[0]
    middle, reach = float(corners.mean()), float(np.ptp(corners)) / 2 + _MOUTH_MARGIN
    # a mouth seen from the side is narrow; a part of the mouth it still is
    reach = max(reach, 2 * _MOUTH_MARGIN)
    # in a turned face, the nose leaves the line between eyes and mouth, its tip most of all
    tip_y = np.clip(tip_y, 0.3, 0.85)
    base = tip_y + _BASE_BELOW_TIP
    ridge = tip_x * (_BRIDGE_STANDS_OUT + (1 - _BRIDGE_STANDS_OUT) * np.clip(y / tip_y, 0, 1))
    grows = np.clip((y - _NOSE_TOP) / (base - _NOSE_TOP), 0, 1)
    wings = _BRIDGE_SIDE + (_WINGS_SIDE - _BRIDGE_SIDE) * grows
    part = np.full(x.shape, REGIONS.index("cheeks"))

    def paint(region: str, where: npt.NDArray[np.bool_]) -> None:
        part[where] = REGIONS.index(region)

    eye_wide = np.abs(x) <= _EYES_SIDE
    paint("forehead", y < _EYES_TOP)
    paint("brows", eye_wide & (y >= _BROWS_TOP) & (y < _EYES_TOP))
    paint("eyes", eye_wide & (y >= _EYES_TOP) & (y <= _EYES_BOTTOM))
    paint("chin", (np.abs(x - middle) <= _CHIN_SIDE) & (y > _CHIN_TOP))
    paint("mouth", (np.abs(x - middle) <= reach) & (y >= _LIPS_TOP) & (y <= _CHIN_TOP))
    paint("nose", (np.abs(x - ridge) <= wings) & (y >= _NOSE_TOP) & (y <= base))
    above = np.where(y < _OVAL_MIDDLE, _OVAL_ABOVE, _OVAL_BELOW)
    oval = (x / _OVAL_SIDE) ** 2 + ((y - _OVAL_MIDDLE) / above) ** 2
    paint("outside", oval > 1)
    return part
