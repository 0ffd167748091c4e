"""Fitting the network: what is usual is drawn by chance, and doubt is learned from other voices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.sound.voice.features import relative_features
from emotion_core.sound.voice.frames import Values
from emotion_core.sound.voice.network import VoiceCard, VoiceNetwork
from emotion_core.training.voice.data import VoiceExamples

Indices = npt.NDArray[np.int64]

# How uneven the emotions are that make a speaker's usual: of a Dirichlet distribution.
_UNEVEN = 0.7
_MOST = 40
_ITERATIONS = 200
_LEAST_DEVIATION = 0.01


@dataclass(frozen=True, slots=True)
class ComparedExamples:
    """Examples, each relative to what was drawn as its speaker's usual.

    Attributes:
        relative: (n, k) float64.
        example: (n,) their numbers among the examples.
    """

    relative: Values
    example: Indices


def compare_examples(
    examples: VoiceExamples,
    draws: int,
    fewest: int,
    random: np.random.Generator,
    most: int | None = None,
) -> ComparedExamples:
    """Make examples relative to the usual of their speaker in their scene.

    Args:
        examples: of any speakers and scenes.
        draws: how often the usual is drawn: some utterances, with emotions in uneven shares, since
            a character may shout through most of a film. With 0 it is taken from all.
        fewest: utterances that are drawn at least.
        random: what is drawn from.
        most: utterances that are drawn at most; 40 if not given.
    """
    relative, numbers = [np.zeros((0, examples.features.shape[1]))], [np.zeros(0, np.int64)]
    keys = np.array([f"{a}/{b}" for a, b in zip(examples.speaker, examples.scene, strict=True)])
    for key in np.unique(keys):
        own = np.flatnonzero(keys == key)
        for _ in range(max(draws, 1)):
            usual = (
                _drawn(examples.emotion[own], fewest, most or _MOST, random)
                if draws
                else np.arange(len(own))
            )
            features = examples.features[own]
            relative.append(relative_features(features, features[usual]))
            numbers.append(own)
    return ComparedExamples(np.concatenate(relative), np.concatenate(numbers))


def _drawn(
    emotions: npt.NDArray[np.str_], fewest: int, most: int, random: np.random.Generator
) -> Indices:
    """Numbers of some utterances of one speaker."""
    names, place = np.unique(emotions, return_inverse=True)
    weights = random.dirichlet(np.full(len(names), _UNEVEN))[place] + 1e-6
    count = int(random.integers(fewest, max(min(most, len(emotions)), fewest) + 1))
    count = min(count, len(emotions))
    return random.choice(len(emotions), count, replace=False, p=weights / weights.sum())


def fit_network(
    examples: VoiceExamples, compared: ComparedExamples, card: VoiceCard, strength: float
) -> VoiceNetwork:
    """Fit both regressions to the examples.

    Every class of every set counts as much as any other of it, and every set as much.

    Args:
        examples: those that ``compared`` was made from.
        compared: what is learned from.
        card: of the network.
        strength: weight of the squared coefficients in the loss.
    """
    network = VoiceNetwork(card).double()
    rows = torch.from_numpy(compared.relative)
    # what never varied says nothing of voices in which it does
    network.scale.copy_(rows.std(dim=0).clamp(min=_LEAST_DEVIATION))
    raised = examples.raised[compared.example]
    emotion = emotion_numbers(examples)[compared.example]
    groups = np.array([name.split("/")[0] for name in examples.speaker])[compared.example]
    weights = (
        _balance(groups, raised, np.isfinite(raised)),
        _balance(groups, emotion, emotion >= 0),
    )
    targets = torch.from_numpy(np.nan_to_num(raised)), torch.from_numpy(np.maximum(emotion, 0))
    optimizer: Any = torch.optim.LBFGS(
        network.parameters(), max_iter=_ITERATIONS, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits, names = network(rows)
        off = functional.binary_cross_entropy_with_logits(logits, targets[0], weights[0])
        # the mean over rows, as above
        named = functional.cross_entropy(names, targets[1], reduction="none") @ weights[1]
        large = network.raised.weight.square().sum() + network.emotions.weight.square().sum()
        total: Tensor = off + named / len(rows) + strength * large
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)
    return network.eval().requires_grad_(False)


def emotion_numbers(examples: VoiceExamples) -> Indices:
    """(n,) place of each emotion among ours, -1 for another."""
    places = {name: number for number, name in enumerate(EMOTIONS)}
    return np.array([places.get(str(name), -1) for name in examples.emotion], np.int64)


def _balance(
    groups: npt.NDArray[np.str_], classes: npt.NDArray[np.generic], known: npt.NDArray[np.bool_]
) -> Tensor:
    """(n,) weights of mean 1: each class of a set weighs the same, as does each set; 0 unknown."""
    weights = np.zeros(len(groups))
    for group in np.unique(groups[known]):
        inside = known & (groups == group)
        present = np.unique(classes[inside])
        for one in present:
            chosen = inside & (classes == one)
            weights[chosen] = 1 / chosen.sum() / len(present)
    return torch.from_numpy(weights * len(weights) / max(weights.sum(), 1e-12))


def fold_temperature(network: VoiceNetwork, raised: float, emotions: float) -> None:
    """Divide the logits of a network by two temperatures, within its weights."""
    for layer, temperature in ((network.raised, raised), (network.emotions, emotions)):
        layer.weight.div_(temperature)
        layer.bias.div_(temperature)


def best_temperature(logits: Values, truth: Indices) -> float:
    """The temperature at which logits (n, classes) are least surprised by the truth (Guo 2017)."""
    from scipy import optimize, special

    def surprise(log_temperature: float) -> float:
        shares = special.log_softmax(logits / np.exp(log_temperature), axis=1)
        return -float(shares[np.arange(len(truth)), truth].mean())

    found = optimize.minimize_scalar(surprise, bounds=(-2, 3), method="bounded")
    return float(np.exp(found.x))
