"""Still pictures from files and uploads: one reader for all of the product."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from emotion_core.errors import MediaError
from emotion_core.types import ImageArray

PICTURES = {".webp", ".png", ".jpg", ".jpeg", ".bmp"}
_FORMATS = ("WEBP", "PNG", "JPEG", "BMP")
# Larger pictures are no photographs of faces, or are meant to fill the memory.
MAX_PICTURE_BYTES = 20 << 20
MAX_PIXELS = 50_000_000

# Broken pictures are counted and reported by us, not by OpenCV on stderr as well.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
# Pillow's own limit only warns, and ours is lower.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def check_picture(encoded: IO[bytes]) -> tuple[int, int, str]:
    """Width, height and format of a picture, from its header; nothing is decoded.

    Raises:
        PictureError: it is no picture, or it has more pixels than a photograph.
    """
    try:
        with Image.open(encoded, formats=_FORMATS) as picture:
            (width, height), kind = picture.size, str(picture.format)
    except Image.DecompressionBombError:
        raise PictureError(f"more than {MAX_PIXELS // 1_000_000} megapixels") from None
    # Pillow's parsers raise whatever a damaged header makes them trip over
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, IndexError):
        raise PictureError("not an image") from None
    if width * height > MAX_PIXELS:
        raise PictureError(f"more than {MAX_PIXELS // 1_000_000} megapixels")
    return width, height, kind


def decode_picture(encoded: bytes) -> ImageArray:
    """A picture as (H, W, 3) uint8 RGB, upright.

    Raises:
        PictureError: the file is empty, cut off, no picture, or larger than a photograph.
    """
    if not encoded:
        raise PictureError("empty file")
    check_picture(io.BytesIO(encoded))
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise PictureError("not an image")
    return np.asarray(image, np.uint8)


class PictureError(MediaError):
    """One picture that cannot be used; the message is the reason in a few words."""


def is_picture(path: Path) -> bool:
    """Whether a file is meant as a picture rather than as a clip, by its name."""
    return path.suffix.lower() in PICTURES


def read_picture(path: Path) -> ImageArray:
    """A picture as (H, W, 3) uint8 RGB, upright.

    Raises:
        MediaError: the file is missing, a folder, empty, damaged, or no picture.
    """
    try:
        return decode_picture(path.read_bytes())
    except FileNotFoundError:
        raise MediaError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise MediaError(f"{path} is a folder, not an image.") from None
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from error
    except PictureError as error:
        raise MediaError(f"{path} cannot be used: {error}.") from error


def read_upload(encoded: bytes, name: str) -> ImageArray:
    """A picture that was handed over, as (H, W, 3) uint8 RGB, upright.

    Args:
        encoded: the bytes of the file.
        name: what the user calls it.

    Raises:
        MediaError: it is empty, damaged, no picture, or larger than a photograph.
    """
    try:
        return decode_picture(encoded)
    except PictureError as error:
        raise MediaError(
            f"{name} cannot be used: {error}. Choose a JPEG, PNG, WebP or BMP image."
        ) from error
