"""Pictures that a perceptual hash distinguishes, and sets of them."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import ImageArray


def scene(seed: int, side: int = 64) -> ImageArray:
    """Coloured blobs with a little grain, other ones for each seed."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (16, 16, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC).astype(int)
    grain = random.integers(-20, 21, (side, side, 1))
    return np.clip(smooth + grain, 0, 255).astype(np.uint8)


def encoded(image: ImageArray, kind: str = "PNG", quality: int = 90) -> bytes:
    """A picture as a file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, quality=quality)
    return buffer.getvalue()


def write_picture(path: Path, image: ImageArray, kind: str = "PNG") -> Path:
    """A picture on disk, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(image, kind))
    return path


def write_classes(folder: Path, per_class: int) -> Path:
    """``<class>/<person>_<n>.png``: two pictures of each person, all of them different."""
    for k, emotion in enumerate(EMOTIONS):
        for i in range(per_class):
            name = f"{emotion}{i // 2}_{i % 2}.png"
            write_picture(folder / emotion / name, scene(1000 * k + i))
    return folder
