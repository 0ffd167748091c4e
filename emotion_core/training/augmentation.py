"""What film does to a face, done to training pictures.

Two sets are as good as two domains when one is grey, 48 px and framed and the other is
coloured, 112 px and cut out on black: the net would learn which set it sees. So cut-outs get
backgrounds, colours and resolutions are mixed, and both get the grain, grade, blur, letterbox
and occlusion of film.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.types import ImageArray

Random = np.random.Generator
_SPECK = 16


@dataclass(frozen=True, slots=True)
class FaceAugmentation:
    """A random variant of a face picture.

    Attributes:
        size: side of the result in pixels.
        strength: 1 as meant; 0 leaves nothing but the resize.
    """

    size: int
    strength: float = 1.0

    def __call__(self, image: ImageArray, random: Random) -> ImageArray:
        """Vary one picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            random: source of chance.

        Returns:
            (size, size, 3) uint8 RGB.
        """

        def chance(probability: float) -> bool:
            return bool(random.random() < probability * self.strength)

        if chance(0.85):
            image = replace_black(image, _background(image.shape[:2], random))
        if chance(0.4):
            image = _coarser(image, random)
        image = self._frame(image, random)
        if chance(0.3):
            image = _grey(image)
        if chance(0.8):
            image = _grade(image, random, tint=chance(0.5))
        if chance(0.15):
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.6)), np.uint8)
        if chance(0.2):
            image = _compressed(image, random)
        if chance(0.15):
            noise = random.normal(0, random.uniform(2, 12), image.shape[:2])[..., None]
            image = np.clip(image + noise, 0, 255).astype(np.uint8)
        if chance(0.3):
            image = _erased(image, random)
        return image

    def _frame(self, image: ImageArray, random: Random) -> ImageArray:
        """Scale, turn, shift and mirror in one resampling; outside is black, as in a crop."""
        height, width = image.shape[:2]
        amount = self.strength
        scale = self.size / max(height, width) * float(np.exp(random.normal(0, 0.12 * amount)))
        angle = float(random.normal(0, 9 * amount))
        shift = random.normal(0, 0.05 * amount, 2) * self.size
        matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale), float)
        matrix[:, 2] += np.array([self.size - width, self.size - height]) / 2 + shift
        if amount and random.random() < 0.5:
            flip = np.array([[-1, 0, self.size - 1], [0, 1, 0], [0, 0, 1]], float)
            matrix = flip[:2] @ np.vstack([matrix, [0, 0, 1]])
        if scale < 1:  # warpAffine does not average areas
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.4 / scale), np.uint8)
        edge = cv2.BORDER_REPLICATE if random.random() < 0.6 else cv2.BORDER_CONSTANT
        size = (self.size, self.size)
        return np.asarray(cv2.warpAffine(image, matrix, size, borderMode=edge), np.uint8)


def replace_black(image: ImageArray, background: ImageArray) -> ImageArray:
    """Put a background behind a face that was cut out on black.

    The face is the convex hull of what is not black, as such cut-outs are made. A picture
    whose corners are not black, or that has black only at its very edge, is returned as it is.

    Args:
        image: (H, W, 3) uint8.
        background: (H, W, 3) uint8.
    """
    brightness = image.max(axis=2)
    if (brightness[[0, 0, -1, -1], [0, -1, 0, -1]] > _SPECK).any():
        return image
    # lossy coding leaves specks beside the outline, far darker than skin
    points = cv2.findNonZero((brightness > _SPECK).astype(np.uint8))
    if points is None:
        return image
    face = cv2.fillConvexPoly(np.zeros_like(brightness), cv2.convexHull(points), 255)
    if face.mean() > 0.9 * 255:
        return image
    soft = cv2.GaussianBlur(cv2.erode(face, np.ones((3, 3), np.uint8)), (0, 0), 0.8)[..., None]
    share = soft.astype(np.float32) / 255
    return np.asarray(image * share + background * (1 - share), np.uint8)


def _background(size: tuple[int, ...], random: Random) -> ImageArray:
    """Something that is no face: from one flat colour to soft shapes and noise."""
    cells = int(random.integers(1, 7))
    small = random.integers(0, 256, (cells, cells, 3)).astype(np.float32)
    if random.random() < 0.4:
        small = small.mean(axis=2, keepdims=True).repeat(3, axis=2)
    big = cv2.resize(small, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    big = big.reshape(size[0], size[1], 3) + random.normal(0, random.uniform(0, 15), big.shape)
    return np.asarray(np.clip(big, 0, 255), np.uint8)


def _coarser(image: ImageArray, random: Random) -> ImageArray:
    side = int(random.integers(24, 72))
    if min(image.shape[:2]) <= side:
        return image
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _grey(image: ImageArray) -> ImageArray:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _grade(image: ImageArray, random: Random, *, tint: bool) -> ImageArray:
    """Brightness, contrast and gamma by a table; with a tint, another table per channel."""
    ramp = np.arange(256, dtype=np.float64) / 255
    tables = np.empty((1, 256, 3), np.uint8)
    gain, gamma = np.exp(random.normal(0, 0.18)), np.exp(random.normal(0, 0.22))
    lift = random.normal(0, 0.06)
    for channel in range(3):
        cast = np.exp(random.normal(0, 0.1)) if tint else 1.0
        tables[0, :, channel] = np.clip((ramp**gamma * gain * cast + lift) * 255, 0, 255)
    return np.asarray(cv2.LUT(image, tables), np.uint8)


def _compressed(image: ImageArray, random: Random) -> ImageArray:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 70))]
    _, encoded = cv2.imencode(".jpg", image, quality)
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _erased(image: ImageArray, random: Random) -> ImageArray:
    """Hide a rectangle, or black out a side as a letterbox or the edge of the frame does."""
    image, side = image.copy(), image.shape[0]
    if random.random() < 0.3:
        cut = int(side * random.uniform(0.05, 0.3))
        turned = np.rot90(image, int(random.integers(4)))
        turned[:cut] = 0
        return image
    height, width = (int(side * random.uniform(0.1, 0.4)) for _ in range(2))
    y, x = int(random.integers(side - height)), int(random.integers(side - width))
    fill: npt.NDArray[np.int64] = random.integers(0, 256, 3)
    image[y : y + height, x : x + width] = fill
    return image
