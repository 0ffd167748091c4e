"""Views of a face: its upright square as a first look at film may cut it, and where its points are.

The first look goes by the five points of a detector, and a face may lie on its side: most views are
turned by some degrees, as a detector errs, and a part by any angle up to 60, so that 45 degrees are
not the edge of what was learned. Beyond that a face is for a detector to find upright.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.faces.mesh.points import EYE_CORNERS, MIRRORED
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.constants import constant
from emotion_core.training.common.covers.bank import Covers, visible_parts

# Of the views: degrees by which most are turned (a standard deviation), and the share and the
# greatest angle of the others.
_TURN, _WIDE_SHARE, _WIDE_TURN = 12.0, 0.3, 60.0
# Standard deviations of the scale (its logarithm) and of the shift, in sides of the square.
_SCALE, _SHIFT = 0.11, 0.05
# Share of the views with shadows, watermarks and reflections, which hide nothing.
_SHADED = 0.2
# Mean distance between the channels of a picture without colour, as coding leaves it.
_GREY = 0.01


@dataclass(frozen=True)
class Frames:
    """How n pictures are cut: for each, an affine map from the view to the picture.

    Attributes:
        matrix: (n, 2, 3), both from 0 to 1 across.
        mirrored: (n,) bool.
    """

    matrix: Tensor
    mirrored: Tensor

    def to_view(self, points: Tensor) -> Tensor:
        """(n, 468, 3) points of the pictures in their views."""
        linear = torch.linalg.inv(self.matrix[:, :, :2])
        flat = (points[..., :2] - self.matrix[:, None, :, 2]) @ linear.transpose(1, 2)
        depth = points[..., 2:] * self._scale().reciprocal()
        return self._renumbered(torch.cat([flat, depth], dim=-1))

    def to_picture(self, points: Tensor) -> Tensor:
        """(n, 468, 3) points of the views in their pictures."""
        points = self._renumbered(points)
        flat = points[..., :2] @ self.matrix[:, :, :2].transpose(1, 2)
        return torch.cat(
            [flat + self.matrix[:, None, :, 2], points[..., 2:] * self._scale()], dim=-1
        )

    def _scale(self) -> Tensor:
        area: Tensor = torch.linalg.det(self.matrix[:, :, :2]).abs()
        return area.sqrt()[:, None, None]

    def _renumbered(self, points: Tensor) -> Tensor:
        other = points[:, constant(tuple(MIRRORED.tolist()), points).long()]
        return torch.where(self.mirrored[:, None, None], other, points)


def draw_frames(
    points: Tensor,
    margin: float,
    *,
    strength: float = 1.0,
    turn: float | None = None,
    mirror: bool = True,
) -> Frames:
    """Squares around faces, turned, scaled, moved and mirrored by chance.

    Args:
        points: (n, 468, 3), from 0 to 1 across their pictures.
        margin: side of the square over the longer side of the mesh.
        strength: of what is done to the square; 0 leaves it upright around the mesh.
        turn: degrees by which the faces stand turned in their views, half of them either way; by
            chance if it is not given.
        mirror: whether half of them are mirrored.
    """
    n, device = len(points), points.device
    right, left = (points[:, corners[0], :2] for corners in EYE_CORNERS)
    across = left - right
    upright = torch.atan2(across[:, 1], across[:, 0])
    level = points[..., :2] @ _turn(upright)
    low, high = level.amin(dim=1), level.amax(dim=1)
    side = margin * (high - low).amax(dim=1)
    middle = (((low + high) / 2)[:, None] @ _turn(upright).transpose(1, 2))[:, 0]

    if turn is None:
        most = torch.randn(n, device=device) * _TURN
        wide = (torch.rand(n, device=device) * 2 - 1) * _WIDE_TURN
        degrees = torch.where(torch.rand(n, device=device) < _WIDE_SHARE, wide, most) * strength
    else:
        degrees = turn * torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0)
    scale = torch.exp(torch.randn(n, device=device).clamp(-2.5, 2.5) * _SCALE * strength)
    shift = torch.randn(n, 2, device=device).clamp(-2.5, 2.5) * _SHIFT * strength
    mirrored = torch.zeros(n, dtype=torch.bool, device=device)
    if mirror:
        mirrored = torch.rand(n, device=device) < 0.5

    angle = upright - degrees * (math.pi / 180)
    linear = _turn(angle) * (side * scale)[:, None, None]
    linear = (
        linear
        * torch.stack([torch.where(mirrored, -1.0, 1.0), torch.ones(n, device=device)], dim=1)[
            :, None
        ]
    )
    centre = middle + side[:, None] * shift
    offset = centre - linear.sum(dim=2) / 2
    return Frames(torch.cat([linear, offset[:, :, None]], dim=2), mirrored)


def _turn(angle: Tensor) -> Tensor:
    """(n, 2, 2) clockwise as seen in the picture."""
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], dim=1)


@dataclass(frozen=True)
class Views:
    """What the network sees, and what it is to say.

    Attributes:
        pixels: (n, 3, S, S) float32 RGB in [0, 1].
        points: (n, 468, 3), from 0 to 1 across the view, z at the same scale.
        visibility: (n, k) share of the points of each part that are neither covered nor outside.
        frames: where the views lie in their pictures.
    """

    pixels: Tensor
    points: Tensor
    visibility: Tensor
    frames: Frames


class ViewMaker(nn.Module):
    """Makes views of pictures: framed, before other backgrounds, covered, and as film shows them.

    Args:
        size: side S of a view.
        margin: see :func:`draw_frames`.
        covers: laid over faces.
        share: of the views that are covered.
        strength: of the frames and of what film does; 0 leaves pictures as they are.
    """

    def __init__(
        self, size: int, margin: float, covers: Covers, share: float, strength: float = 1.0
    ) -> None:
        super().__init__()
        self.size, self.margin, self.share, self.strength = size, margin, share, strength
        self.covers = covers
        self.film = FaceAugmentation(strength, occlusion=False)

    @torch.no_grad()
    def forward(self, pictures: Tensor, points: Tensor) -> Views:
        """Views by chance.

        Args:
            pictures: (n, 4, P, P) uint8, RGB and the mask of the face.
            points: (n, 468, 3), from 0 to 1 across the pictures.
        """
        n, device = len(pictures), pictures.device
        frames = draw_frames(points, self.margin, strength=self.strength)
        chosen = self.covers.draw(n, device)
        bare = torch.rand(n, device=device) >= self.share
        views = self.framed(pictures, points, frames, torch.where(bare, -1, chosen))
        film = self.film
        pixels = views.pixels
        if self.strength:
            shaded = torch.rand(n, device=device) < _SHADED
            drawn = torch.where(shaded, self.covers.draw(n, device), -1)
            pixels = self.covers.shade(pixels, views.points, drawn)
            pixels = film.filmed(film.coarsened(pixels))
        return Views(pixels.clamp(0, 1), views.points, views.visibility, frames)

    @torch.no_grad()
    def framed(self, pictures: Tensor, points: Tensor, frames: Frames, chosen: Tensor) -> Views:
        """Views with given frames and covers, otherwise clean.

        Args:
            pictures, points: as above.
            frames: of them.
            chosen: (n,) numbers of covers, -1 for none.
        """
        placed = frames.to_view(points)
        image, inside = self._cut(pictures.float() / 255, frames)
        image, hidden = self.covers.lay(image, placed, chosen)
        outside = 1 - inside
        visibility = visible_parts(torch.maximum(hidden, outside), placed)
        return Views(image, placed, visibility, frames)

    def _cut(self, pictures: Tensor, frames: Frames) -> tuple[Tensor, Tensor]:
        """(n, 3, S, S) what the frames show, and (n, 1, S, S) where that is inside the pictures."""
        n, side = len(pictures), self.size
        # grid_sample counts from -1 to 1 on both sides
        linear = frames.matrix[:, :, :2]
        offset = 2 * frames.matrix[:, :, 2] - 1 + linear.sum(dim=2)
        theta = torch.cat([linear, offset[:, :, None]], dim=2)
        grid = functional.affine_grid(theta, [n, 4, side, side], align_corners=False)
        drawn_out = torch.rand(n, 1, 1, 1, device=pictures.device) < 0.3
        shown = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
        edge = 1 - grid.abs().amax(dim=3)[:, None]
        # pictures end close to their faces: a hard edge there would be learned in place of the face
        sharpness = 100 ** torch.rand(n, 1, 1, 1, device=pictures.device) * 8
        faded = (edge * sharpness).clamp(0, 1)
        solid = torch.where(drawn_out, shown[:, 3:], shown[:, 3:] * faded)
        behind = self._backgrounds(pictures, side)
        return shown[:, :3] * solid + behind * (1 - solid), (edge >= 0).float()

    def _backgrounds(self, pictures: Tensor, side: int) -> Tensor:
        """(n, 3, S, S) black, soft colours, or a part of another picture out of focus."""
        n, device = len(pictures), pictures.device
        small = torch.rand(n, 3, 4, 4, device=device)
        # grey behind what is grey, as in a film
        has_color = (pictures[:, :3] - pictures[:, :1]).abs().mean(dim=(1, 2, 3), keepdim=True)
        colorful = torch.rand(n, 1, 1, 1, device=device) * 0.5 * (has_color > _GREY)
        small = small[:, :1] + (small - small[:, :1]) * colorful
        soft = functional.interpolate(small, (side, side), mode="bicubic").clamp(0, 1)
        blurred = functional.interpolate(pictures[:, :3].roll(1, 0), (14, 14), mode="area")
        other = functional.interpolate(blurred.flip(2), (side, side), mode="bicubic").clamp(0, 1)
        draw = torch.rand(n, 1, 1, 1, device=device)
        chosen = torch.where(draw < 0.4, other, soft)
        return torch.where(draw > 0.75, torch.zeros_like(chosen), chosen)
