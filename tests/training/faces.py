"""A data set of one face in many lights, for runs that a reader looks at."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import ImageArray


def face_folder(folder: Path, portrait: ImageArray, train: int = 64, val: int = 16) -> Path:
    """A folder with ``train``, ``val`` and ``test``: crops of the portrait, emotion by emotion."""
    random = np.random.default_rng(0)
    face = portrait[50:230, 135:315]
    for split, count in (("train", train), ("val", val), ("test", val)):
        for index in range(count):
            emotion = EMOTIONS[index % len(EMOTIONS)]
            y, x, side = *random.integers(0, 20, 2), 160
            picture = face[y : y + side, x : x + side].astype(np.float32)
            picture = np.clip(picture * random.uniform(0.6, 1.3), 0, 255).astype(np.uint8)
            path = folder / split / emotion / f"{index}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), cv2.resize(picture, (96, 96))[..., ::-1])
    return folder
