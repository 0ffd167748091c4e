"""How good masks are: what happens to a reading when the face is hidden by them.

What is hidden becomes the normalised zero, the mean colour, unless it is said otherwise. All
figures are given face by face, so that intervals can be drawn from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.backgrounds import blur
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.types import FloatArray, ImageArray


def deletion_auc(
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    masks: FloatArray,
    targets: Sequence[int],
    steps: int = 28,
) -> FloatArray:
    """Area under :func:`deletion_curves`: the smaller, the better the mask.

    Args:
        network, images, masks, targets, steps: as there.

    Returns:
        (n,) in [0, 1], by the trapezoidal rule over the share of deleted pixels.
    """
    return area_under(deletion_curves(network, images, masks, targets, steps))


def insertion_auc(
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    masks: FloatArray,
    targets: Sequence[int],
    steps: int = 28,
) -> FloatArray:
    """Area under :func:`insertion_curves`: the larger, the better the mask.

    Args:
        network, images, masks, targets, steps: as for :func:`deletion_curves`.
    """
    return area_under(insertion_curves(network, images, masks, targets, steps))


def deletion_curves(
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    masks: FloatArray,
    targets: Sequence[int],
    steps: int = 28,
) -> FloatArray:
    """The target's probability while the face is deleted, most important first.

    Petsiuk et al. 2018, algorithm 1: pixels turn to the mean colour in the order of the mask.
    Pixels of the same value go in a random order, the same on every run, lest the top of the
    picture count as important.

    Args:
        network: what reads.
        images: n crops.
        masks: (n, S, S), of the target of each face.
        targets: n indices in EMOTIONS.
        steps: in how many equal parts the pixels go; the paper takes one of 224 pixels a step.

    Returns:
        (n, steps + 1) in [0, 1], from the whole face to none of it.
    """
    whole = network.to_batch(images)
    return _curves(network, whole, torch.zeros_like(whole), masks, targets, steps)


def insertion_curves(
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    masks: FloatArray,
    targets: Sequence[int],
    steps: int = 28,
) -> FloatArray:
    """The target's probability while a blurred face becomes sharp, most important first.

    Petsiuk et al. 2018, algorithm 1. It starts from a blurred face and not from none, since the
    sharp edges of a few pixels on grey are read as something by themselves.

    Args:
        network, images, masks, targets, steps: as for :func:`deletion_curves`.
    """
    whole = network.to_batch(images)
    return _curves(network, blur(whole), whole, masks, targets, steps)


def area_under(curves: FloatArray) -> FloatArray:
    """(n,) areas under (n, steps + 1) curves over [0, 1], by the trapezoidal rule."""
    return np.asarray(np.trapezoid(curves, dx=1 / (curves.shape[1] - 1), axis=1), np.float32)


def _curves(
    network: ReadingNetwork,
    start: Tensor,
    end: Tensor,
    masks: FloatArray,
    targets: Sequence[int],
    steps: int,
) -> FloatArray:
    """Pixels of ``start`` are replaced by those of ``end``, and the target is read on the way."""
    _check(masks, targets, len(start), network.size)
    shuffled = np.random.default_rng(0).permutation(network.size**2)
    shares = torch.linspace(0, 1, steps + 1, device=network.device)
    curves = np.zeros((len(start), steps + 1), np.float32)
    for index, mask in enumerate(masks):
        order = shuffled[np.argsort(-mask.ravel()[shuffled], kind="stable")]
        rank = np.empty(len(order), np.float32)
        rank[order] = (np.arange(len(order)) + 0.5) / len(order)
        place = torch.from_numpy(rank).to(network.device).reshape(1, 1, *mask.shape)
        replaced = place < shares[:, None, None, None]
        read = network.probabilities(torch.where(replaced, end[index], start[index]))
        curves[index] = read[:, targets[index]].cpu().numpy()
    return curves


def mean_area(masks: FloatArray) -> FloatArray:
    """(n,) mean value of (n, S, S) masks: the share of the face that they show."""
    return np.asarray(masks.mean(axis=(1, 2)), np.float32)


def read_masked(
    network: ReadingNetwork, images: Sequence[ImageArray], masks: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Read faces through their masks, and through what the masks leave out.

    Args:
        network: what reads.
        images: n crops.
        masks: (n, S, S) m.

    Returns:
        (n, 7) probabilities of m x, and of (1 - m) x.
    """
    whole = network.to_batch(images)
    _check(masks, [0] * len(masks), len(whole), network.size)
    shown = torch.from_numpy(masks).to(network.device)[:, None]
    masked, inverse = (
        network.probabilities(cover * whole).cpu().numpy() for cover in (shown, 1 - shown)
    )
    return masked, inverse


def shape_leakage(
    network: ReadingNetwork, images: Sequence[ImageArray], masks: FloatArray
) -> FloatArray:
    """What masks add to faces that do not show it; those that show and only show add nothing.

    For every emotion k but the leading one, how much more of it is read behind its own mask than in
    the whole face and than behind a mask that hides all, ReLU(p_k(m_k x) - max(p_k(x), p_k(0))).
    Large values come from masks whose outline is itself a picture of the emotion (Jethani et al.
    2021, "Have We Learned to Explain?", AISTATS, on explainers that encode the answer in the mask).

    Args:
        network: what reads.
        images: n crops.
        masks: (n, 7, S, S).

    Returns:
        (n,) the mean over the six emotions that do not lead, in [0, 1].
    """
    batch = network.to_batch(images)
    whole = network.probabilities(batch)
    without = torch.maximum(whole, network.probabilities(torch.zeros_like(batch[:1])))
    added = torch.zeros_like(whole)
    for k in range(whole.shape[1]):
        shown = torch.from_numpy(masks[:, k]).to(network.device)[:, None]
        added[:, k] = (network.probabilities(shown * batch)[:, k] - without[:, k]).relu()
    added.scatter_(1, whole.argmax(1, keepdim=True), 0)
    return np.asarray((added.sum(1) / (whole.shape[1] - 1)).cpu().numpy(), np.float32)


@dataclass(frozen=True, slots=True)
class OneHotCounts:
    """What masked pictures are read as, counted as the study did, and plainly.

    Each picture gives seven outputs, one for each emotion, of which six are 0 in the target and,
    mostly, in the answer; ``accuracy``, ``f1``, ``precision`` and ``recall`` are means over the
    emotions, as :class:`emotion_core.training.explainer.module.ExplainerMetrics` counts them.
    ``top1`` is the share of pictures that are read as their target.
    """

    accuracy: float
    f1: float
    precision: float
    recall: float
    top1: float


def count_one_hot(said: npt.NDArray[np.int64], target: npt.NDArray[np.int64]) -> OneHotCounts:
    """Count answers.

    Args:
        said: (n,) index in EMOTIONS of what each masked picture is read as.
        target: (n,) index of what it should be read as.
    """
    index = np.arange(len(EMOTIONS))
    answers, truth = said[:, None] == index, target[:, None] == index
    hits, given, there = (
        each.sum(axis=0, dtype=float) for each in (answers & truth, answers, truth)
    )

    def mean_share(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> float:
        return float(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0).mean())

    return OneHotCounts(
        accuracy=float((answers == truth).mean()),
        f1=mean_share(2 * hits, given + there),
        precision=mean_share(hits, given),
        recall=mean_share(hits, there),
        top1=float((said == target).mean()),
    )


def _check(masks: npt.NDArray[Any], targets: Sequence[int], count: int, size: int) -> None:
    if masks.shape != (count, size, size):
        raise ValueError(f"masks must have shape {(count, size, size)}, but has {masks.shape}")
    if len(targets) != count:
        raise ValueError(f"there must be {count} targets, but are {len(targets)}")
