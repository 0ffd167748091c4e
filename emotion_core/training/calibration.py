"""Making confidence mean something: one temperature, folded into the last layer.

Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2. Dividing the logits
by a temperature changes no reading, only how sure it is; folded into the last layer it costs
nothing and every loader gets it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from transformers import AutoModelForImageClassification

from emotion_core.training.networks import head_of
from emotion_core.types import FloatArray


def fit_temperature(logits: FloatArray, truth: npt.NDArray[np.int64]) -> float:
    """The temperature with the smallest negative log-likelihood.

    Args:
        logits: (n, k).
        truth: (n,) index of the right answer.

    Returns:
        A number from 0.05 to 20, by which logits are divided.
    """

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(axis=1))
        return float((normaliser - scaled[np.arange(len(truth)), truth]).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(found.x))


def fold_temperature(folder: Path, temperature: float) -> None:
    """Divide the last layer of a model by a temperature, in place.

    Args:
        folder: a model in Hugging Face layout; its weights are rewritten in their precision.
        temperature: above 0.

    Raises:
        ModelError: the network does not end in a linear layer.
    """
    network = AutoModelForImageClassification.from_pretrained(
        str(folder), local_files_only=True, use_safetensors=True, dtype="auto"
    )
    head = head_of(network)
    head.weight.data /= temperature
    if head.bias is not None:
        head.bias.data /= temperature
    network.save_pretrained(folder)
