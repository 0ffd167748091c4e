"""What film does to a face, done to training pictures, a batch at a time on any device.

Two sets are as good as two domains when one is grey, 48 px and framed and the other is
coloured, 112 px and cut out on black: the net would learn which set it sees. So cut-outs get
backgrounds, colours and resolutions are mixed, and both get the light, make-up, grade, grain, blur,
coding, letterbox and occlusion of film.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.faces.mesh.points import mean_face
from emotion_core.training.common.constants import constant
from emotion_core.training.common.covers.bank import Covers
from emotion_core.training.common.film.backlight import lit_from_behind
from emotion_core.training.common.film.makeup import made_up
from emotion_core.types import ImageArray

_SPECK = 16
_BLUR = 9  # side of the blur kernels in pixels
_LUMA = (0.299, 0.587, 0.114)
_SEPIA = (1.12, 0.97, 0.76)  # of each channel where brightness is 1
# Annex K.1 of ITU-T T.81, the luminance table that most encoders scale.
_JPEG_TABLE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def face_mask(image: ImageArray) -> npt.NDArray[np.uint8]:
    """Where the face is in a picture that was cut out on black; everywhere in any other.

    The face is the convex hull of what is not black, as such cut-outs are made. A picture
    whose corners are not black, or that has black only at its very edge, is all face.

    Args:
        image: (H, W, 3) uint8.

    Returns:
        (H, W) uint8, 255 in the face, 0 outside, soft in between.
    """
    whole: npt.NDArray[np.uint8] = np.full(image.shape[:2], 255, np.uint8)
    if (image[[0, 0, -1, -1], [0, -1, 0, -1]] > _SPECK).any():
        return whole
    red, green, blue = cv2.split(image)
    brightness = np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)
    # lossy coding leaves specks beside the outline, far darker than skin
    bright = (brightness > _SPECK).astype(np.uint8)
    if not bright.any():
        return whole
    points = cv2.findNonZero(bright)
    face = cv2.fillConvexPoly(np.zeros_like(brightness), cv2.convexHull(points), 255)
    if face.mean() > 0.9 * 255:
        return whole
    inner = cv2.erode(face, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(inner, (0, 0), 0.8), np.uint8)


class FaceAugmentation(nn.Module):
    """A random variant of each face picture of a batch.

    Chance comes from torch's generator of the device, so that a seed repeats a run.

    Args:
        strength: 1 as meant; 0 leaves the pictures as they are.
        occlusion: also hide parts of the face.
        covers: painted hands, glasses, masks and so on, laid over faces whose mesh is known.
        covered: share of the faces over which one is laid.
    """

    def __init__(
        self,
        strength: float = 1.0,
        *,
        occlusion: bool = True,
        covers: Covers | None = None,
        covered: float = 0.0,
    ) -> None:
        super().__init__()
        self.strength = strength
        self.occlusion = occlusion
        self.covers = covers
        self.covered = covered

    @torch.no_grad()
    def forward(self, pictures: Tensor, points: Tensor | None = None) -> Tensor:
        """Vary a batch.

        Args:
            pictures: (n, 4, S, S) uint8, RGB and the mask of the face; see :func:`face_mask`.
            points: (n, 468, 2) of their meshes, from 0 to 1 across, NaN where a face has none.

        Returns:
            (n, 3, S, S) float32 RGB in [0, 1].
        """
        pixels = pictures.float() / 255
        if not self.strength:
            return pixels[:, :3]
        image, mask = pixels[:, :3], pixels[:, 3:]
        known = () if points is None else (points,)
        if points is not None:
            image = self._some(0.1, image, made_up, points)
        image = self._other_background(image, mask)
        if self.covers is not None and points is not None:
            image = self._behind_covers(image, points)
        image = self._some(0.1, image, lit_from_behind, mask, *known)
        image = self.coarsened(image)
        image = self.filmed(self._framed(image))
        if self.occlusion:
            image = self._some(0.25, image, _covered)
            image = self._some(0.1, image, _cut_off)
        return image.clamp(0, 1)

    def coarsened(self, image: Tensor) -> Tensor:
        """Some of the pictures as if from smaller ones; (n, 3, S, S) in [0, 1]."""
        return self._some(0.4, image, _coarser)

    def filmed(self, image: Tensor) -> Tensor:
        """Light, grade, blur, coding and grain of film; (n, 3, S, S), not cut to [0, 1]."""
        image = self._some(0.3, image, _lit_from_one_side)
        image = self._graded(image)
        image = self._some(0.2, image, _blurred)
        image = self._some(0.2, image, _compressed)
        return self._some(0.2, image, _grainy)

    def _chance(self, probability: float, image: Tensor) -> Tensor:
        """(n, 1, 1, 1) bool."""
        draw = torch.rand(len(image), 1, 1, 1, device=image.device)
        return draw < probability * min(self.strength, 1)

    def _some(
        self, probability: float, image: Tensor, change: Callable[..., Tensor], *more: Tensor
    ) -> Tensor:
        """Change a random part of the batch, at the cost of that part of it and of ``more``."""
        count = round(len(image) * probability * min(self.strength, 1))
        if not count:
            return image
        chosen = torch.randperm(len(image), device=image.device)[:count]
        return image.index_copy(0, chosen, change(*(each[chosen] for each in (image, *more))))

    def _other_background(self, image: Tensor, mask: Tensor) -> Tensor:
        """Something that is no face behind the cut-outs: from a flat colour to soft shapes."""
        n, _, side, _ = image.shape
        cells = int(torch.randint(1, 7, ()))
        small = torch.rand(n, 3, cells, cells, device=image.device)
        grey = self._chance(0.4, image)
        small = torch.where(grey, small[:, :1], small)
        there = functional.interpolate(small, size=(side, side), mode="bicubic")
        there = there + torch.randn_like(image) * _uniform(image, 0, 0.06)
        share = torch.where(self._chance(0.85, image), mask, torch.ones_like(mask))
        return image * share + there.clamp(0, 1) * (1 - share)

    def _behind_covers(self, image: Tensor, points: Tensor) -> Tensor:
        """Some of the faces behind something that is painted."""
        assert self.covers is not None
        count = round(len(image) * self.covered)
        if not count:
            return image
        some = torch.randperm(len(image), device=image.device)[:count]
        there = points[some]
        known = there.isfinite().all(dim=2).all(dim=1)
        # one that has no mesh stays bare, whatever stands in its place
        middle = constant(tuple(map(tuple, mean_face()[:, :2].tolist())), image)
        there = torch.where(known[:, None, None], there, middle)
        chosen = torch.where(known, self.covers.draw(count, image.device), -1)
        return image.index_copy(0, some, self.covers.lay(image[some], there, chosen)[0])

    def _framed(self, image: Tensor) -> Tensor:
        """Scale, turn, shift and mirror in one resampling; outside is black or drawn out."""
        n, device, amount = len(image), image.device, self.strength
        # a detector's box is mostly good, and now and then shows half a face
        loose = torch.where(torch.rand(n, device=device) < 0.1, 3.0, 1.0) * amount
        scale = torch.exp(-torch.randn(n, device=device).clamp(-2, 2) * 0.1 * loose)
        stretch = torch.exp(torch.randn(n, device=device) * 0.04 * amount)
        angle = torch.randn(n, device=device) * math.radians(9) * amount
        mirror = torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0)
        shift = torch.randn(n, 2, device=device).clamp(-2, 2) * 0.1 * loose[:, None]
        cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
        wide, high = mirror * stretch, 1 / stretch
        x_row = torch.stack([cos * wide, -sin * high, shift[:, 0]], dim=1)
        y_row = torch.stack([sin * wide, cos * high, shift[:, 1]], dim=1)
        matrix = torch.stack([x_row, y_row], dim=1)
        grid = functional.affine_grid(matrix, list(image.shape), align_corners=False)
        framed = functional.grid_sample(image, grid, padding_mode="border", align_corners=False)
        outside = (grid.abs() > 1).any(dim=3)[:, None]
        return framed.masked_fill(outside & (torch.rand(n, 1, 1, 1, device=device) < 0.4), 0)

    def _graded(self, image: Tensor) -> Tensor:
        """Saturation down to grey, gain, gamma, lift, a cast for each channel, sepia, low key."""
        luma = (image * constant(_LUMA, image).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
        colour = torch.where(self._chance(0.3, image), 0.0, _normal(image, 0.35).exp())
        colour = torch.where(self._chance(0.7, image), colour, 1.0)
        image = luma + (image - luma) * colour
        toned = luma * constant(_SEPIA, image).view(1, 3, 1, 1)
        image = torch.where(self._chance(0.06, image), toned, image).clamp(1e-4, 1)
        image = image ** torch.where(self._chance(0.1, image), _uniform(image, 1.5, 3), 1.0)
        tint = torch.where(self._chance(0.4, image), _normal(image, 0.1, channels=3), 0.0)
        gain, gamma = (_normal(image, 0.18) + tint).exp(), _normal(image, 0.25).exp()
        graded = image**gamma * gain + _normal(image, 0.06)
        return torch.where(self._chance(0.8, image), graded, image).clamp(0, 1)


def _uniform(image: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    draw = torch.rand(len(image), channels, 1, 1, device=image.device)
    return low + (high - low) * draw


def _normal(image: Tensor, spread: float, channels: int = 1) -> Tensor:
    return torch.randn(len(image), channels, 1, 1, device=image.device) * spread


def _coarser(image: Tensor) -> Tensor:
    """As if from a smaller picture, in three sizes a batch."""
    parts = []
    for part in image.chunk(3):
        side = int(torch.randint(20, 72, ()))
        small = functional.interpolate(part, (side, side), mode="bilinear", antialias=True)
        parts.append(functional.interpolate(small, image.shape[2:], mode="bilinear"))
    return torch.cat(parts)


def _lit_from_one_side(image: Tensor) -> Tensor:
    """Light that falls off across the face."""
    x, y = _coordinates(image)
    angle, depth = _uniform(image, 0, 2 * math.pi), _uniform(image, 0.2, 1.6)
    ramp = (x * torch.cos(angle) + y * torch.sin(angle) - _uniform(image, -0.5, 0.5)) * depth
    return image * torch.exp(-ramp.clamp(min=0)) * torch.exp(-0.3 * ramp.clamp(max=0))


def _blurred(image: Tensor) -> Tensor:
    """Out of focus or moved: a Gaussian of its own length, width and direction each."""
    n, channels, height, width = image.shape
    reach = torch.arange(_BLUR, device=image.device) - _BLUR // 2
    y, x = torch.meshgrid(reach, reach, indexing="ij")
    angle = _uniform(image, 0, math.pi)
    along = x * torch.cos(angle) + y * torch.sin(angle)
    across = y * torch.cos(angle) - x * torch.sin(angle)
    # as wide at every input size: what a kernel covers is a share of the face
    unit = height / 112
    long, short = _uniform(image, 0.5, 2.5) * unit, _uniform(image, 0.4, 1.4) * unit
    kernel = torch.exp(-0.5 * ((along / long) ** 2 + (across / short) ** 2))
    kernel = (kernel / kernel.sum(dim=(2, 3), keepdim=True)).repeat_interleave(channels, dim=0)
    padded = functional.pad(image, [_BLUR // 2] * 4, mode="replicate")
    blurred = functional.conv2d(
        padded.reshape(1, n * channels, *padded.shape[2:]), kernel, groups=n * channels
    )
    return blurred.reshape(n, channels, height, width)


def _compressed(image: Tensor) -> Tensor:
    """Quantised in blocks of 8 by 8 as JPEG does it, each at its own quality."""
    n, channels, height, width = image.shape
    padded = functional.pad(image, (0, -width % 8, 0, -height % 8), mode="replicate")
    rows, columns = padded.shape[2] // 8, padded.shape[3] // 8
    blocks = padded.reshape(n, channels, rows, 8, columns, 8).transpose(3, 4) * 255 - 128
    k = torch.arange(8, device=image.device, dtype=image.dtype)
    basis = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    quality = _uniform(image, 12, 70)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    table = constant(_JPEG_TABLE, image) * scale
    table = table.clamp(min=1)[:, :, None, None]
    coded = (basis @ blocks @ basis.T / table).round() * table
    decoded = (basis.T @ coded @ basis + 128) / 255
    whole = decoded.transpose(3, 4).reshape(n, channels, rows * 8, columns * 8)
    return whole[:, :, :height, :width].clamp(0, 1)


def _grainy(image: Tensor) -> Tensor:
    grain = torch.randn(len(image), 1, *image.shape[2:], device=image.device)
    return (image + grain * _uniform(image, 0.01, 0.06)).clamp(0, 1)


def _covered(image: Tensor) -> Tensor:
    """A rectangle of one colour over the picture, as a hand, a glass or a shoulder."""
    x, y = _coordinates(image)
    middle_x, middle_y = _uniform(image, -0.9, 0.9), _uniform(image, -0.9, 0.9)
    half_x, half_y = _uniform(image, 0.1, 0.4), _uniform(image, 0.1, 0.4)
    inside = ((x - middle_x).abs() < half_x) & ((y - middle_y).abs() < half_y)
    return torch.where(inside, _uniform(image, 0, 1, channels=3), image)


def _cut_off(image: Tensor) -> Tensor:
    """Black on one side, as a letterbox or the edge of the frame."""
    x, y = _coordinates(image)
    side = torch.randint(4, (len(image), 1, 1, 1), device=image.device)
    axis = torch.where(side < 2, x, y) * torch.where(side % 2 == 0, 1, -1)
    return image.masked_fill(axis > _uniform(image, 0.4, 0.9), 0)


def _coordinates(image: Tensor) -> tuple[Tensor, Tensor]:
    """(1, 1, 1, S) and (1, 1, S, 1), from -1 to 1."""
    side = image.shape[2]
    axis = (torch.arange(side, device=image.device) + 0.5) / side * 2 - 1
    return axis.view(1, 1, 1, side), axis.view(1, 1, side, 1)
