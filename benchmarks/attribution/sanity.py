"""Whether a method looks at the network at all: masks before and after its weights are lost."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch
from scipy.stats import rankdata
from torch import nn

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.reading_network import find_head
from emotion_core.types import FloatArray

Randomised = Literal["last", "all"]


def randomise(classifier: EmotionClassifier, which: Randomised, seed: int = 0) -> EmotionClassifier:
    """A copy of a classifier whose last layer, or whose every layer, has new random weights.

    Adebayo et al. 2018, "Sanity Checks for Saliency Maps", section 3. Layers are set up again as
    PyTorch does it; parameters outside of its layers, class tokens for example, become normal
    with the deviation that they had.

    Raises:
        ModelError: the network has no last layer.
    """
    changed = copy.copy(classifier)
    changed.model = _lose(classifier.model, lambda model: [find_head(model)], which, seed)
    return changed


def randomise_explainer(
    explainer: MaskExplainer, which: Randomised, seed: int = 0
) -> MaskExplainer:
    """A copy of a trained explainer whose own last layer, or every layer, has new random weights.

    It is a network of its own, so that weights lost by the classifier do not change its masks.
    """
    changed = copy.copy(explainer)
    changed.network, changed.fast = _lose(explainer.network, _makers_of_maps, which, seed), None
    return changed


def _makers_of_maps(network: nn.Module) -> list[Any]:
    """Every layer whose output is a map for each emotion; one that is refined has two."""
    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    return [layer for layer in layers if layer.out_channels == len(EMOTIONS)]


def _lose(model: Any, find_last: Callable[[Any], list[Any]], which: Randomised, seed: int) -> Any:
    """A copy of a network, in evaluation mode, without what it has learned."""
    changed = copy.deepcopy(model)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if which == "last":
            for layer in find_last(changed):
                layer.reset_parameters()
        else:
            _reset_all(changed)
    return changed.eval()


def _reset_all(model: nn.Module) -> None:
    for module in model.modules():
        reset: Callable[[], None] | None = getattr(module, "reset_parameters", None)
        if reset is not None:
            reset()
            continue
        for parameter in module.parameters(recurse=False):
            deviation = parameter.detach().std().nan_to_num().item()
            nn.init.normal_(parameter, std=deviation)


def similarity(before: FloatArray, after: FloatArray) -> FloatArray:
    """Rank correlation of maps (Spearman 1904), one of the measures of Adebayo et al. 2018.

    Args:
        before: (n, H, W).
        after: (n, H, W).

    Returns:
        (n,) in [-1, 1]: 1 for maps in the same order, which a method gives that does not look at
        the weights; 0 for unlike ones, and where a map is the same everywhere.
    """
    if before.shape != after.shape:
        raise ValueError(f"maps must have one shape, but have {before.shape} and {after.shape}")
    ranks = [rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (before, after)]
    one, other = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    lengths = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    products = (one * other).sum(axis=1)
    return np.where(lengths > 0, products / np.where(lengths > 0, lengths, 1), 0).astype(np.float32)
