"""Pictures that are unlike the faces which classifiers learn from, or are no faces at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from benchmarks.doubtful_faces import blur
from emotion_core.faces.detection import TiltDetector
from emotion_core.faces.tilt import find_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.opening import clips_in
from emotion_core.types import ImageArray

_TILES = 4
_FRAMES, _EVERY = 12, 11  # of each clip
_CROPS = 6  # of each frame
_SIDES = (48, 160)  # px


def changed(faces: Sequence[ImageArray]) -> Iterator[tuple[str, list[ImageArray]]]:
    """Faces, changed by kinds.

    Args:
        faces: square.
    """
    rng = np.random.default_rng(0)
    yield "texture of faces", [_scrambled(face, rng) for face in faces]
    yield "faces in shuffled tiles", [_shuffled(face, rng) for face in faces]
    yield "faces upside down", [np.ascontiguousarray(face[::-1, ::-1]) for face in faces]
    yield "negatives", [255 - face for face in faces]
    yield "noise", [_noisy(face, rng) for face in faces]
    yield "blurred by 5%", [blur(face, 0.05) for face in faces]
    yield "12 px", [_small(face, 12) for face in faces]


def in_clips(
    folder: Path, detector: TiltDetector
) -> tuple[list[ImageArray], list[ImageArray], list[ImageArray]]:
    """Squares out of clips: faces that are found, backgrounds, and what is found in backgrounds.

    Backgrounds are squares at random places that touch no face that is found. In each, enlarged,
    the detector looks once more: what it finds there is nearly always no face.
    """
    rng = np.random.default_rng(0)
    faces: list[ImageArray] = []
    backgrounds: list[ImageArray] = []
    false: list[ImageArray] = []
    for clip in clips_in(folder):
        for frame in islice(read_frames(clip, max_side=640), 0, _FRAMES * _EVERY, _EVERY):
            image = frame.image
            boxes = find_faces(detector, image).xyxy
            faces += [_square(image, box) for box in boxes if min(box[2:] - box[:2]) >= _SIDES[0]]
            for _ in range(_CROPS):
                side = int(rng.integers(*_SIDES))
                room = np.array(image.shape[1::-1]) - side
                if room.min() <= 0:
                    continue
                x, y = rng.integers(0, room)
                apart = (boxes[:, 0] > x + side) | (boxes[:, 2] < x)
                apart |= (boxes[:, 1] > y + side) | (boxes[:, 3] < y)
                crop = np.ascontiguousarray(image[y : y + side, x : x + side])
                # a plain wall says nothing
                if not apart.all() or crop.std() < 8:
                    continue
                backgrounds.append(crop)
                large = cv2.resize(crop, (224, 224), interpolation=cv2.INTER_CUBIC)
                found = detector.detect(np.asarray(large, np.uint8))
                false += [_square(np.asarray(large, np.uint8), box) for box in found.xyxy]
    return faces, backgrounds, false


def _square(image: ImageArray, box: np.ndarray) -> ImageArray:
    """A box of a detector, made square, its edges drawn out beyond the picture."""
    x1, y1, x2, y2 = box.tolist()
    side = max(round(max(x2 - x1, y2 - y1)), 2)
    left, top = round((x1 + x2 - side) / 2), round((y1 + y2 - side) / 2)
    wide = cv2.copyMakeBorder(image, side, side, side, side, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(wide[top + side : top + 2 * side, left + side : left + 2 * side])


def _scrambled(face: ImageArray, rng: np.random.Generator) -> ImageArray:
    """As much of every frequency, in other places."""
    phase = np.angle(np.fft.fft2(rng.standard_normal(face.shape[:2])))[..., None]
    spectrum = np.fft.fft2(face.astype(np.float64), axes=(0, 1))
    mixed = np.fft.ifft2(np.abs(spectrum) * np.exp(1j * (np.angle(spectrum) + phase)), axes=(0, 1))
    return np.asarray(mixed.real.clip(0, 255), np.uint8)


def _shuffled(face: ImageArray, rng: np.random.Generator) -> ImageArray:
    side = face.shape[0] // _TILES * _TILES
    rows = np.split(face[:side, :side], _TILES)
    tiles = [tile for row in rows for tile in np.split(row, _TILES, axis=1)]
    order = rng.permutation(len(tiles)).reshape(_TILES, _TILES)
    return np.concatenate([np.concatenate([tiles[k] for k in row], axis=1) for row in order])


def _noisy(face: ImageArray, rng: np.random.Generator) -> ImageArray:
    return np.asarray((face + rng.normal(0, 60, face.shape)).clip(0, 255), np.uint8)


def _small(face: ImageArray, side: int) -> ImageArray:
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, face.shape[:2], interpolation=cv2.INTER_LINEAR), np.uint8)
