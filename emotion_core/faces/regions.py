"""The parts of a face, in the outlines that its 468 points draw.

Each part is a polygon of points of the mesh (:mod:`emotion_core.faces.mesh.points`). On a face that
looks into the camera they share their borders and cover the face without gaps. Parts on the far
side of a turned head are seen from behind there: their outlines run the other way round, and they
are left out. Right and left are the person's own.

Which points a part has was set by eye on the mean face, on faces of FER2013 and on the clips, after
how actors and draughtsmen divide a face: the lids go up to the brows and down to the line under the
eyes, the lips go up to the nose and down to the crease above the chin, and a fold runs from each
wing of the nose to the corner of the mouth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.mesh.points import MIRRORED, OUTLINES, POINTS, eye_distance, mean_face
from emotion_core.types import Attribution, FloatArray

# The regions from top to bottom, each with its parts.
PARTS: dict[str, tuple[str, ...]] = {
    "forehead": ("forehead",),
    "brows": (
        *("right outer brow", "right inner brow", "between the brows"),
        *("left inner brow", "left outer brow"),
    ),
    "eyes": (
        *("right upper lid", "right eyeball", "right lower lid", "right outer eye corner"),
        *("left upper lid", "left eyeball", "left lower lid", "left outer eye corner"),
    ),
    "nose": ("nose root", "nose bridge", "nose tip", "right nose wing", "left nose wing"),
    "cheeks": ("right cheek", "left cheek", "right nasolabial fold", "left nasolabial fold"),
    "mouth": (
        *("upper lip", "lower lip", "open mouth", "right mouth corner", "left mouth corner"),
    ),
    "chin": ("chin",),
    "jaw": ("right jaw", "left jaw"),
    "outside": ("outside",),
}
REGIONS = tuple(PARTS)
ALL_PARTS = tuple(part for parts in PARTS.values() for part in parts)
# The region of each part.
REGION_OF = {part: region for region, parts in PARTS.items() for part in parts}

# The mesh draws brows thinner than they are: points that stand above its own upper line by this
# share of its thickness. (point of the upper line, point of the lower line), of the right half, and
# of the middle; they are numbered on from the mesh, then come those of the left half.
_HIGHER = 0.6
_BROWS = ((70, 46), (63, 53), (105, 52), (66, 65), (107, 55))
_BETWEEN = (9, 8)
_TOPS = tuple(range(POINTS, POINTS + len(_BROWS)))
_LEFT_TOPS = tuple(range(_TOPS[-1] + 1, _TOPS[-1] + 1 + len(_BROWS)))
_MIDDLE_TOP = _LEFT_TOPS[-1] + 1

# Parts of the right half; those of the left are their mirror images.
_RIGHT: dict[str, tuple[int, ...]] = {
    "jaw": (*(132, 58, 172, 136, 150, 149, 176, 140, 32, 204, 106, 43, 57, 212, 214, 192, 213),),
    "cheek": (
        *(31, 228, 229, 230, 231, 232, 233, 244, 128, 114, 217, 126, 209, 49, 129, 203, 206),
        *(216, 212, 214, 192, 213, 132, 93, 234, 111),
    ),
    "nasolabial fold": OUTLINES["right_nasolabial_fold"],
    "outer eye corner": (70, 46, 225, 247, 33, 25, 31, 111, 234, 127, 162),
    "upper lid": (
        *(46, 53, 52, 65, 55, 193, 245, 244, 243, 133),
        *(173, 157, 158, 159, 160, 161, 246, 33, 247, 225),
    ),
    "lower lid": (
        *(33, 7, 163, 144, 145, 153, 154, 155, 133, 243, 244),
        *(233, 232, 231, 230, 229, 228, 31, 25),
    ),
    "outer brow": (*_TOPS[:3], 52, 53, 46),
    "inner brow": (*_TOPS[2:], 55, 65, 52),
    "eyeball": OUTLINES["right_eye"],
    "mouth corner": (57, 186, 185, 184, 78, 77, 146, 43),
    "nose wing": (129, 49, 131, 220, 79, 75, 240, 98, 64),
}
# Right halves of what lies in the middle, from the upper point on the middle line to the lower.
_MIDDLE: dict[str, tuple[int, ...]] = {
    "forehead": (10, 109, 67, 103, 54, 21, 162, 70, 63, 105, 66, 107, 9),
    "chin": (18, 83, 182, 106, 204, 32, 140, 176, 148, 152),
    "upper lip": (2, 97, 98, 165, 92, 186, 57, 61, 78, 191, 80, 81, 82, 13),
    "lower lip": (14, 87, 178, 88, 95, 78, 61, 57, 43, 106, 182, 83, 18),
    "open mouth": (13, 82, 81, 80, 191, 78, 95, 88, 178, 87, 14),
    "between the brows": (_MIDDLE_TOP, _TOPS[-1], 55, 8),
    "nose root": (8, 55, 193, 245, 122, 6),
    "nose bridge": (6, 122, 245, 244, 128, 114, 217, 126, 209, 49, 131, 134, 51, 5),
    "nose tip": (5, 51, 134, 131, 220, 79, 75, 240, 98, 97, 2),
}
# What stands out is painted over what lies behind it in a turned face.
_PAINTED = (
    *("forehead", "jaw", "cheek", "nasolabial fold", "outer eye corner", "chin"),
    *("upper lip", "lower lip", "mouth corner", "open mouth"),
    *("upper lid", "lower lid", "eyeball", "outer brow", "inner brow"),
    *("between the brows", "nose root", "nose bridge", "nose tip", "nose wing"),
)


_OUTSIDE = ALL_PARTS.index("outside")
# Side of the picture in which outlines are filled at least, in pixels: lids are thin.
_FILLED = 224
# Softness of the edges, as a share of the distance between the eyes.
_SOFT = 0.02
# fillPoly takes whole numbers, of which this many bits come after the point
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class FaceRegions:
    """The parts of one face.

    Attributes:
        maps: (p, S, S) float32 in [0, 1] in the order of :data:`ALL_PARTS`; they sum to 1 at each
            pixel.
    """

    maps: FloatArray

    def __getitem__(self, name: str) -> FloatArray:
        """The (S, S) map of one part, or of one region."""
        return self.together([name])

    def together(self, names: Sequence[str]) -> FloatArray:
        """The (S, S) map of some parts and regions as one."""
        parts = {part for name in names for part in PARTS.get(name, (name,))}
        chosen = [ALL_PARTS.index(part) for part in parts]
        return np.asarray(self.maps[chosen].sum(axis=0).clip(0, 1), np.float32)


def scale_points(points: npt.ArrayLike, scale: float) -> FloatArray:
    """Points of a picture in the pixels of the same picture at another size.

    Args:
        points: (..., 2 or 3) px.
        scale: new size over old size.
    """
    found = np.array(points, np.float64)
    # pixel 0 has its middle at 0.5
    found[..., :2] += 0.5
    found *= scale
    found[..., :2] -= 0.5
    return np.asarray(found, np.float32)


def face_regions(points: npt.ArrayLike, size: int) -> FaceRegions:
    """The parts of a face on its crop.

    Args:
        points: (468, 2 or more) px of the crop.
        size: side S of the crop in px.

    Raises:
        ValueError: points are missing (NaN), or all lie in one place.
    """
    mesh = np.asarray(points, np.float32)
    if mesh.ndim != 2 or mesh.shape[0] != POINTS or mesh.shape[1] < 2:
        raise ValueError(f"points must have shape ({POINTS}, 2 or more), but have {mesh.shape}")
    if not np.isfinite(mesh).all() or np.ptp(mesh[:, :2], axis=0).min() < 1:
        raise ValueError("a face without a mesh has no regions")
    finer = -(-_FILLED // size)
    parts = _paint(scale_points(mesh, finer)[:, :2], size * finer)
    hard = (parts == np.arange(len(ALL_PARTS))[:, None, None]).astype(np.float32)
    sigma = max(_SOFT * float(eye_distance(mesh)), 0.5)
    maps = np.empty((len(hard), size, size), np.float32)
    for part, own in enumerate(hard):
        small = cv2.resize(own, (size, size), interpolation=cv2.INTER_AREA)
        # the edge is mirrored, so that the sum stays 1 there too
        maps[part] = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return FaceRegions(maps / maps.sum(axis=0))


def region_shares(attribution: Attribution, regions: Sequence[FaceRegions]) -> pd.DataFrame:
    """How much of each mask lies in each part of the face.

    Args:
        attribution: masks of n faces, (n, k, S, S).
        regions: parts of these faces at the same size.

    Returns:
        One row for each face, emotion and part: ``face`` (0 to n - 1), ``emotion``, ``region``,
        ``part``, ``share`` (of the mask's sum, in [0, 1], all parts together 1; NaN for an empty
        mask) and ``area`` (share of the picture that the part takes: a mask that knows nothing has
        about this share in it). :func:`by_region` adds up the parts of each region.
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
            (face, emotion, REGION_OF[part], part, share, area)
            for emotion, own in zip(attribution.labels, shares, strict=True)
            for part, share, area in zip(ALL_PARTS, own, areas, strict=True)
        ]
    return pd.DataFrame(rows, columns=["face", "emotion", "region", "part", "share", "area"])


def by_region(shares: pd.DataFrame) -> pd.DataFrame:
    """The parts of each region added up.

    Args:
        shares: rows of parts with ``region``, ``part``, ``share`` and ``area``, and what else tells
            them apart, such as ``face`` and ``emotion``.

    Returns:
        The same without ``part``; a share is NaN where those of all parts are.
    """
    keys = [name for name in shares.columns if name not in ("part", "share", "area")]
    sums = shares.groupby(keys, sort=False)[["share", "area"]]
    return sums.sum(min_count=1).reset_index()


def _paint(points: FloatArray, size: int) -> npt.NDArray[np.int32]:
    """(S, S) index of the part of each pixel."""
    parts = np.full((size, size), -1, np.int32)
    points = _with_tops(points)
    for name, outline in _outlines().items():
        corners = points[outline]
        if _area(corners) > 0:  # else it is seen from behind
            _fill(parts, corners, ALL_PARTS.index(name))
    face = np.zeros((size, size), np.uint8)
    _fill(face, points[list(OUTLINES["face_oval"])], 1)
    gaps = (face == 1) & (parts < 0)
    parts[(face == 0) & (parts < 0)] = _OUTSIDE
    painted = (parts >= 0) & (parts != _OUTSIDE)
    if gaps.any() and painted.any():
        # what no outline holds, as in turned faces, goes to the nearest part
        _, nearest = cv2.distanceTransformWithLabels(
            (~painted).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        part_of = np.zeros(int(nearest.max()) + 1, np.int32)
        part_of[nearest[painted]] = parts[painted]
        parts[gaps] = part_of[nearest[gaps]]
    parts[parts < 0] = _OUTSIDE
    return parts


@cache
def _outlines() -> dict[str, list[int]]:
    """Closed polygons in the order in which they are painted, clockwise as seen from the front."""
    mirrored = np.array([*MIRRORED, *_LEFT_TOPS, *_TOPS, _MIDDLE_TOP])
    found: dict[str, list[int]] = {}
    for name in _PAINTED:
        if name in _MIDDLE:
            right = list(_MIDDLE[name])
            found[name] = [*right, *mirrored[right[::-1]].tolist()]
        else:
            found[f"right {name}"] = list(_RIGHT[name])
            found[f"left {name}"] = mirrored[list(_RIGHT[name])].tolist()
    face = _with_tops(mean_face()[:, :2])
    return {
        name: outline if _area(face[outline]) > 0 else outline[::-1]
        for name, outline in found.items()
    }


def _with_tops(points: FloatArray) -> FloatArray:
    """(468, 2) points and those above the brows."""
    right = np.array(_BROWS)
    upper, lower = np.concatenate([right, MIRRORED[right], [_BETWEEN]]).T
    return np.concatenate([points, points[upper] + _HIGHER * (points[upper] - points[lower])])


def _area(corners: FloatArray) -> float:
    """Of a polygon; less than 0 where it runs counterclockwise as seen."""
    x, y = corners.T.astype(np.float64)
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _fill(picture: npt.NDArray[Any], corners: FloatArray, value: int) -> None:
    whole = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(picture, [whole], value, shift=_SHIFT)
