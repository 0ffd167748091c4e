"""The losses of a mesh network."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.faces.mesh.points import EYE_CORNERS, POINTS, mean_face, points_of
from emotion_core.faces.mesh.pose import STABLE
from emotion_core.faces.movements.measures import GEOMETRY
from emotion_core.types import FloatArray

# How much a point counts, beside 1 for any other: movements are read from these.
_WEIGHTS = {
    3.0: (
        *("right_eye", "left_eye", "lips_outer", "lips_inner"),
        *("right_outer_brow", "right_inner_brow", "left_outer_brow", "left_inner_brow"),
    ),
}
_DEPTH = 0.5  # weight of z beside x and y: the teacher guesses it
# Distances that movements are made of: openings of the lids and the lips, the width of the mouth,
# brows above the eyes and from each other.
_GAPS = (
    *((160, 144), (159, 145), (158, 153), (387, 373), (386, 374), (385, 380)),
    *((13, 14), (82, 87), (312, 317), (61, 291), (0, 17), (61, 0), (291, 0)),
    *((107, 133), (105, 159), (70, 33), (336, 362), (334, 386), (300, 263), (55, 285)),
)
# A measure that hardly varies in a batch counts as if it varied by this, in eye distances.
_LEAST_VARIATION = 0.01
# Below this a network is sure that a part is hidden, where nothing was painted.
_SURELY_HIDDEN = 0.1


def eye_distances(points: Tensor) -> Tensor:
    """(n,) distance between the middles of the eyes in three dimensions."""
    # a number each: lists of them would be copied to a GPU in every step
    right, left = ((points[:, a] + points[:, b]) / 2 for a, b in EYE_CORNERS)
    distance: Tensor = (left - right).norm(dim=1)
    return distance.clamp(min=1e-4)


class MeshLoss(nn.Module):
    """Distances from the teacher's points in units of the distance between the eyes.

    The mean over weighted points of sqrt(d^2 + e^2) - e, which is nearly the distance itself, so
    that a face on which the teacher errs pulls no harder than any other; plus ``gaps`` times the
    same for the vectors that movements are read from.

    Args:
        gaps: weight of the second part.
        softness: e.
    """

    weights: Tensor
    pairs: Tensor

    def __init__(self, gaps: float = 0.5, softness: float = 0.01) -> None:
        super().__init__()
        self.gaps, self.softness = gaps, softness
        weights = torch.ones(POINTS)
        for weight, outlines in _WEIGHTS.items():
            weights[points_of(*outlines)] = weight
        self.register_buffer("weights", weights / weights.sum(), persistent=False)
        self.register_buffer("pairs", torch.tensor(_GAPS), persistent=False)

    def forward(self, points: Tensor, target: Tensor) -> Tensor:
        """(n,) the loss of each face.

        Args:
            points, target: (n, 468, 3).
        """
        unit = eye_distances(target)[:, None, None]
        wrong = (points - target) / unit
        first, second = self.pairs.T
        vectors = wrong[:, first] - wrong[:, second]
        placed = (self._length(wrong) * self.weights).sum(dim=1)
        return placed + self.gaps * self._length(vectors).mean(dim=1)

    def _length(self, wrong: Tensor) -> Tensor:
        squares = wrong[..., 0] ** 2 + wrong[..., 1] ** 2 + (_DEPTH * wrong[..., 2]) ** 2
        return (squares + self.softness**2).sqrt() - self.softness


class MeasureLoss(nn.Module):
    """Distances from the teacher's measures of a face, each in units of how much it varies.

    The measures are those of :mod:`emotion_core.faces.movements.measures`, in the coordinates of
    the head: a gap between the brows that differs by a few hundredths from face to face counts as
    much as a mouth that opens by a half. The teacher's pose is taken out of both meshes exactly;
    what the pose of the network's mesh differs from it by is small, and taken out to first order,
    which needs no derivative of a singular value decomposition.

    Args:
        softness: as of :class:`MeshLoss`, in units of how much a measure varies.
    """

    model: Tensor
    stable: Tensor
    inverse: Tensor
    spans: Tensor
    means: Tensor
    over: Tensor
    heights: Tensor

    def __init__(self, softness: float = 0.1) -> None:
        super().__init__()
        self.softness = softness
        model = mean_face()[STABLE].astype(np.float64)
        model -= model.mean(axis=0)
        inertia = (model**2).sum() * np.eye(3) - model.T @ model
        spans, means, over = _geometry()
        for name, values in (
            ("model", model),
            ("inverse", np.linalg.inv(inertia)),
            ("spans", spans),
            ("means", means),
            ("over", over),
        ):
            self.register_buffer(name, torch.from_numpy(values).float(), persistent=False)
        self.register_buffer("stable", torch.from_numpy(STABLE).long(), persistent=False)
        heights = torch.tensor([way.height for way in GEOMETRY.values()])
        self.register_buffer("heights", heights, persistent=False)

    def forward(self, points: Tensor, target: Tensor) -> Tensor:
        """(n,) the loss of each face, the mean over its measures.

        Args:
            points, target: (n, 468, 3).
        """
        found, taught = self.measured(points, target)
        varies = taught.std(dim=0, unbiased=False).clamp(min=_LEAST_VARIATION)
        wrong = (found - taught) / varies
        return ((wrong**2 + self.softness**2).sqrt() - self.softness).mean(dim=1)

    def measured(self, points: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """(n, k) the measures of both, in the order of ``MEASURES``."""
        turns, scales = self._pose(target)
        return self._measures(points, turns, scales), self._measures(target, turns, scales)

    @torch.no_grad()
    def _pose(self, target: Tensor) -> tuple[Tensor, Tensor]:
        """The similarity that brings the mean face nearest, as ``in_head`` finds it."""
        faces = target[:, self.stable]
        covariance = (faces - faces.mean(dim=1, keepdim=True)).transpose(1, 2) @ self.model
        left, lengths, right = torch.linalg.svd(covariance)
        # a mirror image is no turn; a view that is mirrored has its points renumbered
        sign = torch.linalg.det(left @ right).sign()
        signs = torch.stack([torch.ones_like(sign), torch.ones_like(sign), sign], dim=1)
        scales = (lengths * signs).sum(dim=1) / (self.model**2).sum()
        return left * signs[:, None] @ right, scales.clamp(min=1e-4)

    def _measures(self, points: Tensor, turns: Tensor, scales: Tensor) -> Tensor:
        stable = points[:, self.stable]
        # around their middle, as products may be rounded to the precision of TF32
        middle = stable.mean(dim=1, keepdim=True)
        points = points - middle
        stable = (stable - middle) @ turns / scales[:, None, None]
        # the turn and the scale that are left, to first order
        moment = torch.linalg.cross(self.model.expand_as(stable), stable).sum(dim=1)
        left = (moment @ self.inverse)[:, None]
        scale = (stable * self.model).sum(dim=(1, 2)) / (self.model**2).sum()
        spans = self.spans @ (points @ turns) / (scales * scale)[:, None, None]
        spans = spans - torch.linalg.cross(left.expand_as(spans), spans)
        lengths = (spans**2).sum(dim=2).clamp(min=1e-10).sqrt()
        heights = -spans[..., 1] @ self.means
        # what is no ratio is divided by 1
        ratios = lengths @ self.over + (self.over.sum(dim=0) == 0)
        return torch.where(self.heights, heights, lengths @ self.means / ratios.clamp(min=1e-2))


def _geometry() -> tuple[FloatArray, FloatArray, FloatArray]:
    """What measures are made of, as matrices.

    Returns:
        (s, 468) spans from points; (s, k) measures from the heights or lengths of spans; and
        (s, k) what they are ratios to, zero where they are none.
    """
    ways = list(GEOMETRY.values())
    every = [span for way in ways for span in (*way.spans, *((way.over,) if way.over else ()))]
    spans = np.zeros((len(every), POINTS), np.float32)
    means, over = np.zeros((2, len(every), len(ways)), np.float32)
    for row, (first, last) in enumerate(every):
        np.add.at(spans[row], list(last), 1 / len(last))
        np.add.at(spans[row], list(first), -1 / len(first))
    row = 0
    for k, way in enumerate(ways):
        means[row : row + len(way.spans), k] = way.times / len(way.spans)
        row += len(way.spans)
        if way.over:
            over[row, k] = 1
            row += 1
    return spans, means, over


def visibility_loss(logits: Tensor, visibility: Tensor) -> Tensor:
    """Cross-entropy with the share of points that are visible as the target; mean of a batch.

    Covers that were in a picture before we painted are not known, and count as visible. Where the
    network is sure of such a one it is not taught otherwise, as in the truncated losses of Zhang
    and Sabuncu 2018, "Generalized cross entropy loss for training deep neural networks with noisy
    labels".

    Args:
        logits, visibility: (n, k).
    """
    each = functional.binary_cross_entropy_with_logits(logits, visibility, reduction="none")
    believed = (visibility < 1) | (logits.detach().sigmoid() > _SURELY_HIDDEN)
    return (each * believed).mean()
