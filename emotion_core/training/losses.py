"""Losses, one a class."""

from __future__ import annotations

from torch import Tensor, nn


class SoftCrossEntropyLoss(nn.Module):
    """Cross-entropy with a distribution as the target: -mean over n of sum_k t_k log p_k.

    With the votes of annotators as the target this is the "cross-entropy loss" of Barsoum et
    al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced
    Label Distribution", equation 4.
    """

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Mean loss of a batch.

        Args:
            logits: (n, k).
            targets: (n, k), rows summing to 1.
        """
        return -(targets * logits.log_softmax(dim=1)).sum(dim=1).mean()
