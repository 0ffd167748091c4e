"""What an explainer's masks are trained for: the terms of its loss, one a class, and their sum.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS),
section 3. With x the normalised picture, F the frozen classifier, and a map S_k for each emotion,
m is the mask of the target and n that of the others; F reads m*x and (1-m)*x.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emotion_core.training.common.losses import SoftCrossEntropyLoss
from emotion_core.training.explainer.config import LossWeights

_EDGE = 0.2  # of the spread of a map


def aggregate_masks(maps: Tensor, classes: Tensor) -> Tensor:
    """One mask of several classes, section 3.2 of the paper.

    Args:
        maps: (n, k, H, W) logits S.
        classes: (n, k), above 0 for the classes that count; each row needs one.

    Returns:
        sigmoid(max over these classes of S), (n, H, W) in [0, 1].
    """
    counts = (classes > 0)[:, :, None, None]
    return maps.masked_fill(~counts, -torch.inf).amax(dim=1).sigmoid()


def leading_shares(maps: Tensor, shares: Tensor) -> Tensor:
    """Masks of the pixels that a map puts first, whatever its level and spread.

    Args:
        maps: (n, H, W) logits.
        shares: (n,) in (0, 1), of each picture's pixels.

    Returns:
        (n, H, W), 1 for the share of pixels with the largest values and 0 for the others.
        Gradients pass as if the edge were soft (Bengio et al. 2013, "Estimating or Propagating
        Gradients Through Stochastic Neurons").
    """
    flat = maps.flatten(1)
    ordered = flat.detach().sort(dim=1, descending=True).values
    last = ((shares * flat.shape[1]).ceil().long() - 1).clamp(0, flat.shape[1] - 1)
    level = ordered.gather(1, last[:, None])
    edge = _EDGE * flat.detach().std(dim=1, keepdim=True) + 1e-6
    soft = ((flat - level) / edge).sigmoid()
    hard = (flat >= level).to(soft)
    return ((hard - soft).detach() + soft).view_as(maps)


@dataclass(frozen=True, slots=True)
class Looks:
    """What F says of n pictures, as (n, k) logits.

    Attributes:
        whole: of all of x.
        shown, left: of m*x and of (1-m)*x.
        other: behind the mask of another class than the target.
        bare: of what stands behind the masks, without any of x.
        inserted: of a blurred x of which a share, what m puts first, is sharp.
        deleted: of x without that share.
        target, chosen: (n, k), one-hot, the class of m, and that of ``other``.
    """

    whole: Tensor
    shown: Tensor
    left: Tensor
    other: Tensor
    bare: Tensor
    inserted: Tensor
    deleted: Tensor
    target: Tensor
    chosen: Tensor


class NegativeEntropyLoss(nn.Module):
    """Mean over batch and classes of p log p: least, -log(k) / k, where F is lost."""

    def forward(self, logits: Tensor) -> Tensor:
        """A scalar in [-log(k) / k, 0].

        Args:
            logits: (n, k) of F for (1-m)*x.
        """
        log_p = logits.log_softmax(dim=1)
        return (log_p.exp() * log_p).mean()


class TotalVariationLoss(nn.Module):
    """Mean absolute difference of neighbours, down plus across (Rudin et al. 1992)."""

    def forward(self, masks: Tensor) -> Tensor:
        """A scalar, 0 for flat masks.

        Args:
            masks: (n, H, W), H and W at least 2.
        """
        down, across = masks.diff(dim=1).abs().mean(), masks.diff(dim=2).abs().mean()
        return down + across


class AreaBoundLoss(nn.Module):
    """Keeps the area of a mask between two shares of the picture, wherever it lies.

    With the values of a mask in descending order s_1, ..., s_HW, the mean over i of
    ReLU(1[i <= a_min HW] - s_i) + ReLU(s_i - 1[i <= a_max HW]): the largest a_min HW values are
    drawn to 1, and those after the largest a_max HW to 0. After Fong et al. 2019, "Understanding
    Deep Networks via Extremal Perturbations and Smooth Masks", with two sides.

    Args:
        area_min, area_max: a_min and a_max in [0, 1].
    """

    def __init__(self, area_min: float, area_max: float) -> None:
        super().__init__()
        self.area_min = area_min
        self.area_max = area_max

    def forward(self, masks: Tensor) -> Tensor:
        """A scalar in [0, 1], 0 where the bounds are kept.

        Args:
            masks: (n, H, W) in [0, 1].
        """
        ordered = masks.flatten(1).sort(dim=1, descending=True).values
        pixels = ordered.shape[1]
        at_least, at_most = int(self.area_min * pixels), int(self.area_max * pixels)
        missing = (1 - ordered[:, :at_least]).sum()
        surplus = ordered[:, at_most:].sum()
        return (missing + surplus) / ordered.numel()


class MeanAreaLoss(nn.Module):
    """The mean value of masks."""

    def forward(self, masks: Tensor) -> Tensor:
        """A scalar in [0, 1].

        Args:
            masks: (n, H, W) in [0, 1].
        """
        return masks.mean()


class ShapeLeakageLoss(nn.Module):
    """What the mask of an emotion k adds to the reading of it.

    With b what stands behind the masks and m that of k, the mean of
    ReLU(p_k(m x + (1 - m) b) - max(p_k(x), p_k(b))). A mask shall show where a face speaks for an
    emotion. One behind which F reads more of it than in the whole face has drawn it, by its
    outline. What F reads in b alone is no mask's doing: if that counted, the mask of an emotion
    that a face does not show could not vanish, but had to be as large as the face.
    """

    def forward(self, shown: Tensor, whole: Tensor, bare: Tensor, chosen: Tensor) -> Tensor:
        """A scalar in [0, 1].

        Args:
            shown: (n, k) logits of F behind the mask of the chosen class.
            whole, bare: (n, k) logits of F for the whole picture, and for b.
            chosen: (n, k), one-hot.
        """
        without = torch.maximum(whole.softmax(dim=1), bare.softmax(dim=1))
        added = ((shown.softmax(dim=1) - without) * chosen).sum(dim=1)
        return added.relu().mean()


class OrderLoss(nn.Module):
    """How well the values of a mask tell which parts of the face come first.

    The mean of 1 - p(inserted) + p(deleted), p of the target. Over shares drawn evenly from (0, 1)
    that is 1 - insertion + deletion, the two areas under curves by which Petsiuk et al. 2018,
    "RISE", measure a mask. The other terms ask only which parts belong to the mask and which not.
    """

    def forward(self, inserted: Tensor, deleted: Tensor, target: Tensor) -> Tensor:
        """A scalar in [0, 2].

        Args:
            inserted, deleted: (n, k) logits of F for a share of the face, and for the face
                without it.
            target: (n, k), one-hot.
        """
        gained = inserted.softmax(dim=1) - deleted.softmax(dim=1)
        return 1 - (gained * target).sum(dim=1).mean()


class ExplainerLoss(nn.Module):
    """The weighted sum of all terms.

    Args:
        weights: of the terms, and the bounds of the area.
    """

    def __init__(self, weights: LossWeights) -> None:
        super().__init__()
        self.weights = weights
        self.classification = SoftCrossEntropyLoss()
        self.entropy = NegativeEntropyLoss()
        self.variation = TotalVariationLoss()
        self.bound = AreaBoundLoss(weights.area_min, weights.area_max)
        self.area = MeanAreaLoss()
        self.drawing = ShapeLeakageLoss()
        self.order = OrderLoss()

    def forward(self, looks: Looks, target_mask: Tensor, other_mask: Tensor) -> dict[str, Tensor]:
        """The terms before they are weighted, and ``loss``, their weighted sum.

        Args:
            looks: what F says of a batch.
            target_mask, other_mask: (n, H, W), m and n.
        """
        terms = {
            "classification": self.classification(looks.shown, looks.target),
            "entropy": self.entropy(looks.left),
            "variation": self.variation(target_mask) + self.variation(other_mask),
            "bound": self.bound(target_mask),
            "target_area": self.area(target_mask),
            "other_area": self.area(other_mask),
            "drawing": self.drawing(looks.other, looks.whole, looks.bare, looks.chosen),
            "order": self.order(looks.inserted, looks.deleted, looks.target),
        }
        total = torch.stack([getattr(self.weights, name) * term for name, term in terms.items()])
        return {"loss": total.sum(), **terms}
