"""A stock of covers, painted once from a seed, and laid over faces on any device."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.faces.mesh.points import POINTS, VISIBLE_PARTS, mean_face, points_of
from emotion_core.training.common.constants import constant
from emotion_core.training.common.covers.canvas import LEFT, SPAN, TOP, Canvas, Chance
from emotion_core.training.common.covers.hands import paint_hand
from emotion_core.training.common.covers.things import (
    paint_edge,
    paint_hair,
    paint_head,
    paint_microphone,
    paint_text,
)
from emotion_core.training.common.covers.worn import (
    paint_clear_glasses,
    paint_dark_glasses,
    paint_mask,
)
from emotion_core.workers import in_order

PAINTERS: dict[str, Callable[[Canvas, Chance], None]] = {
    "hand": paint_hand,
    "mask": paint_mask,
    "dark glasses": paint_dark_glasses,
    "clear glasses": paint_clear_glasses,
    "hair": paint_hair,
    "text": paint_text,
    "microphone": paint_microphone,
    "head": paint_head,
    "edge": paint_edge,
}
KINDS = tuple(PAINTERS)
# What sits on a face moves less against it than what is held before it.
_WORN = {"mask", "dark glasses", "clear glasses"}
# Drawn once more each in training: what costs most, in points and in readings.
_TWICE = ("mask", "head", "hand", "text")
# A point is hidden where so much of what is around it is covered, in shares of the side of the
# view: a rim, a strand or a stroke of a letter leaves a brow to be seen on both of its sides.
_HIDDEN, _AROUND = 0.5, 0.055
# Of what hides nothing: the share of shadows, how dark they are, and how faint the rest is at most.
_SHADOWS, _SHADOW, _FAINT = 0.5, (0.3, 0.7), 0.4
_LUMA = (0.299, 0.587, 0.114)


def paint_covers(count: int, seed: int) -> npt.NDArray[np.uint8]:
    """Paint covers, the kinds in turn.

    Args:
        count: how many.
        seed: the same seed gives the same covers.

    Returns:
        (count, SIDE, SIDE, 4) uint8, RGB times alpha, and alpha.
    """

    def paint(number: int) -> npt.NDArray[np.uint8]:
        canvas = Canvas()
        PAINTERS[KINDS[number % len(KINDS)]](canvas, np.random.default_rng([seed, number]))
        return canvas.finished()

    return np.stack([cover for _, cover in in_order(paint, range(count))])


class Covers:
    """Lays covers over faces, and says which parts stay visible.

    Args:
        covers: as :func:`paint_covers` gives them, the kinds in turn.
    """

    # not a module: it is neither trained nor averaged, and too large to be copied every step

    def __init__(self, covers: npt.NDArray[np.uint8]) -> None:
        if len(covers) < len(KINDS):
            raise ValueError(f"there must be at least {len(KINDS)} covers, one of each kind")
        self._stock = torch.from_numpy(covers).permute(0, 3, 1, 2).contiguous()

    def draw(self, n: int, device: torch.device, kind: str | None = None) -> Tensor:
        """(n,) numbers of covers, by chance; of one kind if it is named."""
        count = len(self._stock)
        if kind is None:
            drawn = tuple(range(len(KINDS))) + tuple(map(KINDS.index, _TWICE))
            numbers = constant(drawn, torch.zeros((), dtype=torch.long, device=device))
            first = numbers[torch.randint(len(drawn), (n,), device=device)]
            rounds = (count - first + len(KINDS) - 1) // len(KINDS)
            return first + len(KINDS) * (torch.rand(n, device=device) * rounds).long()
        start = KINDS.index(kind)
        of_kind = (count - start + len(KINDS) - 1) // len(KINDS)
        return start + len(KINDS) * torch.randint(of_kind, (n,), device=device)

    def lay(self, image: Tensor, points: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Cover faces.

        Args:
            image: (n, 3, S, S) float RGB in [0, 1].
            points: (n, 468, 2 or more), x and y from 0 to 1 across the image.
            chosen: (n,) numbers of covers; -1 leaves a face bare.

        Returns:
            The covered image, and (n, 1, S, S) how much of each pixel is hidden.
        """
        laid = self._placed(image, points, chosen)
        alpha = laid[:, 3:]
        return image * (1 - alpha) + _suited(laid[:, :3], alpha, image), alpha

    def shade(self, image: Tensor, points: Tensor, chosen: Tensor) -> Tensor:
        """Cast the shadows of covers on faces, or lay covers over them so faintly that all is seen.

        Watermarks, reflections and hard shadows change a face as covers do, and hide nothing.

        Args:
            image, points, chosen: as of :meth:`lay`.
        """
        laid = self._placed(image, points, chosen)
        draw = torch.rand(len(image), 2, 1, 1, 1, device=image.device)
        shadow = draw[:, 0] < _SHADOWS
        low, high = _SHADOW
        opacity = torch.where(shadow, low + (high - low) * draw[:, 1], _FAINT * draw[:, 1])
        alpha = laid[:, 3:] * opacity
        color = _suited(laid[:, :3], laid[:, 3:], image) * opacity
        return image * (1 - alpha) + torch.where(shadow, 0.0, color)

    def _placed(self, image: Tensor, points: Tensor, chosen: Tensor) -> Tensor:
        """(n, 4, S, S) the paint where the faces are: RGB times alpha, and alpha."""
        n, side = len(image), image.shape[2]
        if self._stock.device != image.device:
            self._stock = self._stock.to(image.device)
        worn = constant(tuple(kind in _WORN for kind in KINDS), image)[chosen % len(KINDS)] > 0
        # image to unit coordinates: the inverse of the affine map that best fits the mean face
        forward = (constant(_fit(), image) @ points[..., :2]).transpose(1, 2)
        there = torch.linalg.inv(_square(_not_flat(forward)))
        moved = _jitter(n, worn, image.device) @ there
        to_canvas = moved[:, :2].clone()
        scale = 2 / SPAN
        to_canvas[:, 0] *= scale
        to_canvas[:, 1] *= scale
        to_canvas[:, 0, 2] -= LEFT * scale + 1
        to_canvas[:, 1, 2] -= TOP * scale + 1
        # from grid coordinates of the image, -1 to 1, to 0 to 1
        half = constant(((0.5, 0.0, 0.5), (0.0, 0.5, 0.5), (0.0, 0.0, 1.0)), image)
        grid = functional.affine_grid(to_canvas @ half, [n, 4, side, side], align_corners=False)
        painted = self._stock[chosen.clamp(min=0)].float() / 255
        # what leaves the canvas goes on as it is there
        laid = functional.grid_sample(painted, grid, padding_mode="border", align_corners=False)
        return laid * (chosen >= 0).view(n, 1, 1, 1)


def visible_parts(hidden: Tensor, points: Tensor) -> Tensor:
    """(n, k) which share of the points of each part can be seen.

    Args:
        hidden: (n, 1, S, S) how much of each pixel is hidden; what lies outside is hidden too.
        points: (n, 468, 2 or more), x and y from 0 to 1 across the image.
    """
    reach = max(round(hidden.shape[2] * _AROUND / 2), 1)
    hidden = functional.avg_pool2d(hidden, 2 * reach + 1, 1, reach, count_include_pad=False)
    grid = points[:, :, None, :2] * 2 - 1
    seen = functional.grid_sample(1 - hidden, grid, align_corners=False)[:, 0, :, 0]
    seen = (seen > 1 - _HIDDEN).float()
    # a sum of shares may come out a little above 1
    return (seen @ constant(_parts(), seen)).clamp(max=1)


@cache
def _fit() -> tuple[tuple[float, ...], ...]:
    """(3, 468) from points to the affine map that takes the mean face nearest to them."""
    face = np.column_stack([mean_face()[:, :2], np.ones(POINTS)])
    return tuple(map(tuple, np.linalg.pinv(face).tolist()))


@cache
def _parts() -> tuple[tuple[float, ...], ...]:
    """(468, k) from points to the mean of each part."""
    means = np.zeros((POINTS, len(VISIBLE_PARTS)))
    for k, names in enumerate(VISIBLE_PARTS.values()):
        own = points_of(*names)
        means[own, k] = 1 / len(own)
    return tuple(map(tuple, means.tolist()))


def _square(matrix: Tensor) -> Tensor:
    last = constant((0.0, 0.0, 1.0), matrix).expand(len(matrix), 1, 3)
    return torch.cat([matrix, last], dim=1)


def _not_flat(matrix: Tensor) -> Tensor:
    """A profile is narrow; what is worn on it must not be squeezed into a line."""
    matrix = matrix.clone()
    area = matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] * matrix[:, 1, 0]
    length = matrix[:, :, 1].norm(dim=1)
    least = 0.35 * length**2
    # across the face is at right angles to down the face
    across = torch.stack([matrix[:, 1, 1], -matrix[:, 0, 1]], dim=1)
    flat = area.abs() < least
    sign = torch.where(area < 0, -1.0, 1.0)
    narrow = across * 0.35 * sign[:, None]
    matrix[:, :, 0] = torch.where(flat[:, None], narrow, matrix[:, :, 0])
    return matrix


def _jitter(n: int, worn: Tensor, device: torch.device) -> Tensor:
    """(n, 3, 3) a small turn, scale and shift in units, mirrored half of the time."""
    loose = torch.where(worn, 0.25, 1.0)
    angle = torch.randn(n, device=device) * 0.2 * loose
    scale = torch.exp(torch.randn(n, device=device).clamp(-2, 2) * 0.15 * loose)
    shift = torch.randn(n, 2, device=device).clamp(-2, 2) * 0.15 * loose[:, None]
    mirror = torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = torch.stack(
        [
            torch.stack([mirror * cos, -sin, shift[:, 0]], dim=1),
            torch.stack([mirror * sin, cos, shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    return _square(rows)


def _suited(color: Tensor, alpha: Tensor, image: Tensor) -> Tensor:
    """Covers of pictures without colour have none, and all are about as bright as their picture."""
    luma = constant(_LUMA, color).view(1, 3, 1, 1)
    grey_image = (image * luma).sum(dim=1, keepdim=True)
    colorful = (image - grey_image).abs().mean(dim=(1, 2, 3))
    grey = (color * luma).sum(dim=1, keepdim=True).expand_as(color)
    color = torch.where((colorful < 0.01).view(-1, 1, 1, 1), grey, color)
    bright = grey_image.mean(dim=(1, 2, 3)) / 0.45
    gain = bright.clamp(0.5, 1.4) ** 0.7
    return (color * gain.view(-1, 1, 1, 1)).clamp(max=1).minimum(alpha)
