"""Making confidence mean something: one temperature, folded into the last layer.

Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2. Dividing the logits
by a temperature changes no reading, only how sure it is; folded into the last layer it costs
nothing and every loader gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import brentq, minimize_scalar
from transformers import AutoModelForImageClassification

from emotion_core.training.classifier.measures import Readings, divergences, measure
from emotion_core.training.common.networks import head_of
from emotion_core.types import FloatArray

# The error is a sum over bins and jumps from one temperature to the next: all are tried.
_LOG_TEMPERATURES = np.linspace(np.log(0.05), np.log(20), 241)


def fit_temperature(
    logits: FloatArray, targets: FloatArray, most_divergence: float | None = None
) -> float:
    """The temperature with the smallest negative log-likelihood of the majority.

    People who vote disagree, so being as sure as one is often right, and dividing one's shares
    as the votes divide, are two aims. ``most_divergence`` keeps the second in bounds.

    Args:
        logits: (n, 7).
        targets: (n, 7) distributions of the votes; the majority is the largest share.
        most_divergence: largest mean divergence from the votes to the reading, in nats; where
            the likeliest temperature goes beyond it, the nearest one that does not is taken,
            or the one of the smallest divergence where all do.

    Returns:
        A number from 0.05 to 20, by which logits are divided.
    """
    truth = targets.argmax(axis=1)

    def loss(log_temperature: float) -> float:
        return float(-_log_shares(logits, log_temperature)[np.arange(len(truth)), truth].mean())

    def divergence(log_temperature: float) -> float:
        shares = np.exp(_log_shares(logits, log_temperature)).astype(np.float32)
        return float(divergences(targets, shares).mean())

    found = _smallest(loss)
    if most_divergence is not None and divergence(found) > most_divergence:
        closest = _smallest(divergence)
        if divergence(closest) < most_divergence:
            found = brentq(lambda value: divergence(value) - most_divergence, found, closest)
        else:
            found = closest
    return float(np.exp(found))


def fit_unseen_temperature(unseen: Sequence[tuple[FloatArray, FloatArray]]) -> float:
    """The temperature with the smallest mean squared calibration error on data sets never seen.

    A network is surer of faces like those it learned from than of others, so a temperature fitted
    on its own sets makes it too sure of all others (Ovadia et al. 2019, "Can You Trust Your Model's
    Uncertainty?"). Here each data set is read by a network that learned without it.

    Args:
        unseen: for each data set (n, 7) logits of a network that has not learned from it, and the
            (n, 7) distributions of its votes.

    Returns:
        A number from 0.05 to 20, by which logits are divided.
    """
    best = min(_LOG_TEMPERATURES, key=lambda tried: _squared_error(unseen, tried))
    return float(np.exp(best))


def _squared_error(
    unseen: Sequence[tuple[FloatArray, FloatArray]], log_temperature: float
) -> float:
    """Mean over data sets of the square of the expected calibration error."""
    errors = [error_at(np.exp(log_temperature), *each) for each in unseen]
    return float(np.mean(np.square(errors)))


def error_at(temperature: float, logits: FloatArray, targets: FloatArray) -> float:
    """The expected calibration error of readings at a temperature, in [0, 1].

    Args:
        temperature: by which logits are divided.
        logits: (n, 7).
        targets: (n, 7) distributions of the votes.
    """
    shares = np.exp(_log_shares(logits, np.log(temperature))).astype(np.float32)
    return float(measure(Readings.of(shares, targets)).ece)


def _log_shares(logits: FloatArray, log_temperature: float) -> npt.NDArray[np.float64]:
    scaled = logits.astype(np.float64) / np.exp(log_temperature)
    scaled -= scaled.max(axis=1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))


def _smallest(function: Callable[[float], float]) -> float:
    bounds = (np.log(0.05), np.log(20))
    return float(minimize_scalar(function, bounds=bounds, method="bounded").x)


def prior_shift(targets: FloatArray, share: float) -> FloatArray:
    """What is added to logits so that emotions which are common in some data are read more readily.

    share * log pi_k, the logit adjustment of Menon et al. 2021 (equation 9) with its sign turned: a
    network that learned a world in which all emotions are equally common is taken a part of the way
    to one like the data.

    Args:
        targets: (n, 7) distributions of the votes.
        share: 0 for none of the way, 1 for all of it.

    Returns:
        (7,), the mean 0.
    """
    priors = np.clip(targets.mean(axis=0), 1e-3, 1)
    shift = share * np.log(priors)
    return np.asarray(shift - shift.mean(), np.float32)


def fold_calibration(folder: Path, temperature: float, shift: FloatArray | None = None) -> None:
    """Add a shift to the logits of a model and divide them by a temperature, in its last layer.

    Args:
        folder: a model in Hugging Face layout; its weights are rewritten in their precision.
        temperature: above 0.
        shift: (7,), if any.

    Raises:
        ModelError: the network does not end in a linear layer.
    """
    network = AutoModelForImageClassification.from_pretrained(
        str(folder),
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        dtype="auto",
    )
    head = head_of(network)
    head.weight.data /= temperature
    if head.bias is not None:
        if shift is not None:
            head.bias.data += torch.from_numpy(shift).to(head.bias)
        head.bias.data /= temperature
    network.save_pretrained(folder)
