"""Tracks of a face that holds still before a camera that does not: pictures made into film.

Each picture becomes :data:`FRAMES` frames at :data:`FPS` a second. Light, grade, resolution and
compression (:class:`~emotion_core.training.common.augmentation.FaceAugmentation`) last for three
frames each, as from one key frame of a codec or turn of the head to the next; place, size, exposure
and grain are of every frame, as a box and a film are never still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.data import FaceSet
from emotion_core.types import ImageArray

FRAMES, FPS = 12, 24
_LASTS = 3  # frames
_SIDE = 112
_PLACE, _SIZE, _EXPOSURE, _GRAIN = 0.015, 0.02, 0.04, 0.02  # of the side, the size, 1 and 1

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class MadeTracks:
    """Readings of made-up tracks.

    Attributes:
        readings: (n, :data:`FRAMES`, 7) of the single frames.
        labels: (n,) what the pictures are labelled as.
    """

    readings: Values
    labels: Values

    @property
    def times(self) -> Values:
        """(frames,) seconds."""
        return np.arange(self.readings.shape[1]) / FPS


def read_tracks(classifier: EmotionClassifier, faces: FaceSet, seed: int = 0) -> MadeTracks:
    """Make a track of each face and read all its frames, one by one.

    Args:
        classifier: what reads.
        faces: n pictures.
        seed: the same one makes the same tracks.
    """
    torch.manual_seed(seed)
    rng, augment = np.random.default_rng(seed), FaceAugmentation(occlusion=False)
    read, waiting = [], list[ImageArray]()
    for number, image in enumerate(faces.images, 1):
        waiting += _film(resize_face(image, _SIDE), augment, rng)
        if len(waiting) >= BATCH_SIZE * FRAMES or number == len(faces):
            read.append(classifier.classify(waiting).probabilities)
            waiting = []
    readings = np.concatenate(read).astype(np.float64)
    return MadeTracks(readings.reshape(len(faces), FRAMES, -1), faces.majority())


def _film(
    face: ImageArray, augment: FaceAugmentation, rng: np.random.Generator
) -> list[ImageArray]:
    """The frames of one face."""
    looks = torch.from_numpy(face).permute(2, 0, 1)[None].float() / 255
    looks = looks.repeat(FRAMES // _LASTS, 1, 1, 1)
    looks = augment.filmed(augment.coarsened(looks)).clamp(0, 1)
    frames = []
    for number in range(FRAMES):
        look = looks[number // _LASTS].permute(1, 2, 0).numpy()
        size = 1 + _SIZE * rng.standard_normal()
        x, y = (1 - size) * _SIDE / 2 + _PLACE * _SIDE * rng.standard_normal(2)
        matrix = np.array([[size, 0, x], [0, size, y]])
        moved = cv2.warpAffine(look, matrix, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
        grain = _GRAIN * rng.standard_normal((_SIDE, _SIDE, 1))
        lit = moved * (1 + _EXPOSURE * rng.standard_normal()) + grain
        frames.append(np.rint(255 * lit.clip(0, 1)).astype(np.uint8))
    return frames
