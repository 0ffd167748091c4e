"""What a transformer learns from the feature map of its teacher, beside the teacher's readings."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional


class FeatureDistillationLoss(nn.Module):
    """Draws the tokens of a transformer to the features that a teacher has at the same place.

    Romero et al. 2015, "FitNets: Hints for Thin Deep Nets". A reading has seven numbers of a
    face, a feature map some thousands: a transformer, which has not learned neighbourhood, learns
    from fewer faces what lies where. The layer between the two is thrown away afterwards.

    Args:
        width: of the tokens.
        channels: of the teacher's features.
    """

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, channels)

    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:
        """Mean over pictures and places of 1 - cosine similarity, in [0, 2].

        Args:
            tokens: (n, g * g, width), row by row, without the class token.
            features: (n, channels, h, w).
        """
        side = math.isqrt(tokens.shape[1])
        grid = tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)
        pooled = functional.adaptive_avg_pool2d(grid, (features.shape[2], features.shape[3]))
        guessed = self.project(pooled.flatten(2).transpose(1, 2))
        wanted = features.flatten(2).transpose(1, 2)
        return (1 - functional.cosine_similarity(guessed.float(), wanted.float(), dim=2)).mean()
