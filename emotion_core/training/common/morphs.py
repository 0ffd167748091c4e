"""Weaker expressions, made: a person's face at rest morphed towards another picture of that person.

Sets of faces show expressions that were strong enough to be collected; a film passes through all
that lies between. A morph moves the points of two meshes to their weighted mean, and mixes the two
pictures that were warped after them (Wolberg 1998, "Image morphing: a survey"), as those who study
how faces are seen make weaker expressions (Young et al. 1997, "Facial expression megamix").
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.faces.mesh.points import POINTS
from emotion_core.training.common.augmentation import face_mask
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray, ImageArray
from emotion_core.workers import in_order

_NEUTRAL = EMOTIONS.index("neutral")
_AT_LEAST = 0.5  # of the reading of either end
# Where the pictures hold still: beyond the face, which a mesh says nothing of.
_FRAME = np.array([(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1) if (x, y) != (0.5, 0.5)])
_GRID = 2  # pixels from one place to the next for which the warp is computed
_SMOOTH = 0.02  # of the side

Points = npt.NDArray[np.float32]


class Pair(NamedTuple):
    """Two pictures of a person, by their places in a set: at rest, and with an expression."""

    rest: int
    expression: int


def find_pairs(faces: FaceSet, readings: FloatArray) -> list[Pair]:
    """Each expression of a person whose face at rest is in the set, too.

    Args:
        faces: n pictures in folders named after their persons, turned upright.
        readings: (n, 7) of them.

    Returns:
        For each picture that reads as something other than neutral with at least a half, the one
        of its person that reads as neutral with at least a half and whose mesh is the nearest: so
        that heads turn alike. Pictures without a mesh are in none.
    """
    if faces.points is None:
        return []
    meshed = ~np.isnan(faces.points).any(axis=(1, 2))
    clear = meshed & (readings.max(axis=1) >= _AT_LEAST)
    leading = readings.argmax(axis=1)
    folders = [PurePosixPath(name).parent for name in faces.names]
    rest: defaultdict[PurePosixPath, list[int]] = defaultdict(list)
    for place in np.flatnonzero(clear & (leading == _NEUTRAL)):
        rest[folders[place]].append(int(place))
    pairs = []
    for place in np.flatnonzero(clear & (leading != _NEUTRAL)):
        known = rest.get(folders[place])
        if known:
            far = np.abs(faces.points[known] - faces.points[place]).mean(axis=(1, 2))
            pairs.append(Pair(known[int(far.argmin())], int(place)))
    return pairs


def make_morphs(
    faces: FaceSet, readings: FloatArray, count: int, size: int, seed: int = 0
) -> FaceSet:
    """Morphs between faces at rest and expressions of the same persons.

    Pairs are drawn so that each emotion that is read in them comes as often as any other; how far
    a morph goes is drawn evenly from 0.15 to 0.85.

    Args:
        faces: n pictures in folders named after their persons, turned upright.
        readings: (n, 7) of them.
        count: how many are made; none where there is no pair.
        size: side in pixels.
        seed: the same one draws the same morphs.

    Returns:
        The morphs. Their targets lie between the readings of their ends, as far as they go.
    """
    pairs = find_pairs(faces, readings)
    rng = np.random.default_rng(seed)
    drawn: list[tuple[Pair, float]] = []
    if pairs:
        leading = readings[[pair.expression for pair in pairs]].argmax(axis=1)
        weights = 1 / np.bincount(leading, minlength=len(EMOTIONS))[leading]
        chosen = rng.choice(len(pairs), count, p=weights / weights.sum())
        shares = rng.uniform(0.15, 0.85, count)
        drawn = [(pairs[i], float(share)) for i, share in zip(chosen, shares, strict=True)]

    def make(item: tuple[Pair, float]) -> tuple[ImageArray, Points]:
        return morph(faces, *item, size)

    made = [result for _, result in in_order(make, drawn)]
    targets = [
        (1 - share) * readings[pair.rest] + share * readings[pair.expression]
        for pair, share in drawn
    ]
    return FaceSet(
        [image[..., :3] for image, _ in made],
        np.array(targets, np.float32).reshape(-1, len(EMOTIONS)),
        [f"{faces.names[pair.expression]}@{share:.2f}" for pair, share in drawn],
        faces.skipped,
        masks=[image[..., 3] for image, _ in made],
        points=np.array([points for _, points in made], np.float32).reshape(-1, POINTS, 2),
    )


def morph(faces: FaceSet, pair: Pair, share: float, size: int) -> tuple[ImageArray, Points]:
    """One picture between two of a person.

    Args:
        faces: turned upright, with points.
        pair: which two.
        share: how far from the first to the second, from 0 to 1.
        size: side in pixels.

    Returns:
        (size, size, 4) uint8, RGB and the mask of the face, and the (468, 2) points of its mesh.
    """
    assert faces.points is not None
    ends = np.stack([np.concatenate([faces.points[place], _FRAME]) for place in pair])
    between = (1 - share) * ends[0] + share * ends[1]
    steps = (np.arange(size) + 0.5) / size
    at = np.stack(np.meshgrid(steps, steps), axis=-1).astype(np.float32)
    # from where in either end: linear in each triangle between points; smooth, since the points of
    # a cheek that is turned away lie over each other
    moved = LinearNDInterpolator(between, np.concatenate(ends - between, axis=1), 0)
    shifts = moved(at[::_GRID, ::_GRID]).astype(np.float32)
    shifts = cv2.resize(cv2.GaussianBlur(shifts, (0, 0), _SMOOTH * size / _GRID), (size, size))
    sources = (np.dstack([at, at]) + shifts) * size - 0.5
    warped = [
        cv2.remap(
            _picture(faces, place, size),
            sources[..., 2 * end],
            sources[..., 2 * end + 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for end, place in enumerate(pair)
    ]
    mixed = cv2.addWeighted(warped[0], 1 - share, warped[1], share, 0)
    return np.asarray(mixed, np.uint8), between[: -len(_FRAME)].astype(np.float32)


def _picture(faces: FaceSet, place: int, size: int) -> ImageArray:
    image = faces.images[place]
    mask = face_mask(image) if faces.masks is None else faces.masks[place]
    return np.dstack([resize_face(image, size), resize_face(mask, size)])
