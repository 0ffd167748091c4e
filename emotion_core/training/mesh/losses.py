"""The losses of a mesh network."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.faces.mesh.points import EYE_CORNERS, POINTS, points_of

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


def visibility_loss(logits: Tensor, visibility: Tensor) -> Tensor:
    """Cross-entropy with the share of points that are visible as the target; mean of a batch.

    Args:
        logits, visibility: (n, k).
    """
    return functional.binary_cross_entropy_with_logits(logits, visibility)
