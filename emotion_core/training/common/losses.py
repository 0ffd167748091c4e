"""Losses, one a class."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.types import FloatArray

# An emotion that a set does not have would otherwise be read in everything.
_LEAST_SHARE = 1e-3


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


class PriorShift(nn.Module):
    """What the loss adds to logits so that they need not learn how common an emotion is.

    tau * log pi_k, with pi the shares of the emotions in the data set that a picture is from: the
    logit adjustment of Menon et al. 2021, "Long-tail learning via logit adjustment", equation 10,
    with one prior for each data set. What is learned under it holds where all emotions are equally
    common; without it, a network reads rare emotions as common ones that look alike.

    Args:
        priors: (sources, 7) shares of the emotions in each data set.
        tau: 0 for no adjustment, 1 for all of it.
    """

    def __init__(self, priors: FloatArray, tau: float) -> None:
        super().__init__()
        logs = torch.from_numpy(np.log(np.clip(priors, _LEAST_SHARE, 1)).astype(np.float32))
        self.shifts: Tensor
        self.register_buffer("shifts", tau * logs, persistent=False)

    def forward(self, sources: Tensor) -> Tensor:
        """(n, 7) of pictures from the data sets of these numbers, (n,)."""
        return self.shifts[sources]


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
