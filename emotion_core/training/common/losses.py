"""Losses, one a class."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


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


class EmbeddingDistillationLoss(nn.Module):
    """A student's embeddings point where the teacher's do, and stand to each other as theirs do.

    mean over i of (1 - s_i . t_i), plus ``relations`` times the mean over pairs i, j of
    (s_i . s_j - t_i . t_j)^2: the second part is the similarity-preserving loss of Tung and Mori
    2019, "Similarity-Preserving Knowledge Distillation", on cosines. What distinguishes faces
    is the second; the first keeps a batch from drifting as a whole.

    Args:
        relations: weight of the second part.
    """

    def __init__(self, relations: float) -> None:
        super().__init__()
        self.relations = relations

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Mean loss of a batch.

        Args:
            student, teacher: (n, d), rows of length 1.
        """
        direction = 1 - (student * teacher).sum(dim=1).mean()
        return direction + self.relations * functional.mse_loss(
            student @ student.T, teacher @ teacher.T
        )
