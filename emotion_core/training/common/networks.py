"""Networks to train: made, given pretrained weights, and written where the app loads them."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import timm
import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForImageClassification,
    PreTrainedModel,
    TimmWrapperConfig,
    TimmWrapperForImageClassification,
    ViTImageProcessor,
)

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing, resize_face
from emotion_core.emotions.registry import load_pretrained
from emotion_core.errors import ModelError
from emotion_core.training.common.constants import constant
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray

MEAN = STD = (0.5, 0.5, 0.5)
_BATCH = 256


def preprocessing_for(size: int) -> FacePreprocessing:
    """What every network of the project expects."""
    return FacePreprocessing(size, MEAN, STD)


def build_network(
    backbone: str, weights: Path | None, size: int, *, drop: float = 0.0, drop_path: float = 0.0
) -> PreTrainedModel:
    """A classifier of the seven emotions.

    Args:
        backbone: name of a timm architecture; not used where ``weights`` is a folder.
        weights: file with pretrained weights of the backbone, folder with a model of
            transformers to continue from, or ``None`` to start anew.
        size: side of the input in pixels.
        drop, drop_path: dropout before the last layer, and stochastic depth, of timm networks.

    Raises:
        ModelError: timm has no such backbone, or the weights do not fit.
    """
    dropping = {"drop_rate": drop, "drop_path_rate": drop_path}
    if weights is not None and weights.is_dir():
        return _from_folder(weights, size, dropping)
    if not timm.is_model(backbone):
        raise ModelError(f"timm has no architecture {backbone!r}.")
    pretrained = {
        "input_size": [3, size, size],
        "mean": list(MEAN),
        "std": list(STD),
        "interpolation": "bilinear",
        "crop_pct": 1.0,
        "crop_mode": "center",
    }
    config = TimmWrapperConfig.from_dict(
        {
            "architecture": backbone,
            "num_classes": len(EMOTIONS),
            "label_names": list(EMOTIONS),
            "model_args": dropping,
            "pretrained_cfg": pretrained,
        }
    )
    network = TimmWrapperForImageClassification(config)
    if weights is not None:
        take_weights(network.timm_model, weights, backbone)
    return network


def _from_folder(
    folder: Path, size: int, dropping: dict[str, float] | None = None
) -> PreTrainedModel:
    try:
        config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        if isinstance(config, TimmWrapperConfig):
            config.model_args = dropping  # what is shipped says nothing of it
        network: Any = AutoModelForImageClassification.from_pretrained(
            str(folder),
            config=config,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype="float32",
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} has no model to continue from.") from error
    if tuple(network.config.id2label.values()) != EMOTIONS:
        raise ModelError(f"{folder} does not read the seven emotions in the project's order.")
    own = getattr(network.config, "image_size", size)
    if own != size:
        raise ModelError(f"{folder} takes images of {own} px, not {size} px.")
    network.train()  # it comes ready to read, and Lightning leaves that as it is
    return cast(PreTrainedModel, network)


def take_weights(network: nn.Module, path: Path, backbone: str) -> None:
    """Weights of another conversion of the same architecture: other names, same order."""
    given, own = _read_tensors(path), network.state_dict()
    body = [name for name in own if not name.startswith("classifier.")]
    if [t.shape for t in given[: len(body)]] != [own[name].shape for name in body]:
        raise ModelError(f"{path} does not contain weights of {backbone}.")
    own.update(zip(body, given, strict=False))
    network.load_state_dict(own)


def _read_tensors(path: Path) -> list[Tensor]:
    """The tensors of a checkpoint in their order; nothing but tensors is ever unpickled."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        return [tensor.detach() for tensor in state.values()]
    except (OSError, RuntimeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path} does not contain the weights of a network.") from error


def export_network(network: PreTrainedModel, size: int, folder: Path) -> None:
    """Write a network in Hugging Face layout, half precision, safetensors.

    Args:
        network: what :func:`build_network` made; it is rounded to halves in place.
        size: side of its input in pixels.
        folder: gets ``config.json``, ``model.safetensors`` and, where the configuration does
            not hold it, ``preprocessor_config.json``.
    """
    if isinstance(network, TimmWrapperForImageClassification):
        network.config.model_args = None  # dropout is no part of what is shipped
    else:
        ViTImageProcessor(
            size={"height": size, "width": size}, image_mean=list(MEAN), image_std=list(STD)
        ).save_pretrained(folder)
    network.half().save_pretrained(folder)


def average_models(folders: Sequence[Path], size: int, target: Path) -> None:
    """Write a model whose weights are the mean of those of others, equal parts of each.

    Networks that were trained from the same weights lie close enough together for that; their mean
    reads faces unlike those they learned from better than any of them (Wortsman et al. 2022,
    "Model soups", the uniform one).

    Args:
        folders: models in Hugging Face layout, of one architecture.
        size: side of their input in pixels.
        target: folder of the mean.

    Raises:
        ModelError: there is none, or they are not of one architecture.
    """
    if not folders:
        raise ModelError("The mean of models needs at least one.")
    networks: list[Any] = [_from_folder(folder, size) for folder in folders]
    states = [network.state_dict() for network in networks]
    shapes = [{name: tensor.shape for name, tensor in state.items()} for state in states]
    for folder, found in zip(folders, shapes, strict=True):
        if found != shapes[0]:
            raise ModelError(f"{folder} and {folders[0]} are not of one architecture.")
    mean = {
        name: torch.stack([state[name].float() for state in states]).mean(dim=0).to(first.dtype)
        for name, first in states[0].items()
    }
    networks[0].load_state_dict(mean)
    export_network(networks[0], size, target)


def head_of(network: Any) -> nn.Linear:
    """The last layer of a classifier.

    Raises:
        ModelError: the network does not end in a linear layer.
    """
    timm_model = getattr(network, "timm_model", None)
    head = timm_model.get_classifier() if timm_model is not None else network.classifier
    if not isinstance(head, nn.Linear):
        raise ModelError("The network does not end in a linear layer.")
    return head


class Taught(NamedTuple):
    """What teachers say of n pictures.

    Attributes:
        probabilities: (n, 7) float32, the mean of all teachers.
        features: (n, c, h, w), the last feature map of the first teacher; ``None`` if it has none.
    """

    probabilities: Tensor
    features: Tensor | None


class Teachers:
    """Trained classifiers that a student learns from, as one.

    No module on purpose: teachers are neither trained, averaged nor saved with the student.

    Args:
        folders: models in Hugging Face layout that read the seven emotions in the project's
            order.

    Attributes:
        channels: of the features that :class:`Taught` holds; ``None`` if it holds none.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.networks: list[tuple[Any, FacePreprocessing]] = []
        for folder in folders:
            network, processor, _ = load_pretrained(str(folder), folder)
            if tuple(network.config.id2label.values()) != EMOTIONS:
                raise ModelError(f"{folder} does not read the emotions in the project's order.")
            expected = FacePreprocessing.from_processor(processor)
            self.networks.append((network.eval().requires_grad_(False), expected))
        first = getattr(self.networks[0][0], "timm_model", None)
        self.channels: int | None = None if first is None else first.num_features

    def to(self, device: torch.device) -> None:
        """Move all teachers to a device."""
        for network, _ in self.networks:
            network.to(device)

    @torch.no_grad()
    def __call__(self, pixels: Tensor) -> Taught:
        """Look at pictures.

        Args:
            pixels: (n, 3, S, S) RGB in [0, 1], as the student sees them, of any size.
        """
        readings, features = [], None
        for index, (network, expected) in enumerate(self.networks):
            view = pixels
            if expected.size != pixels.shape[-1]:
                view = nn.functional.interpolate(
                    pixels, (expected.size,) * 2, mode="bilinear", antialias=True
                )
            shown = normalise(view, expected)
            if index == 0 and self.channels is not None:
                features = network.timm_model.forward_features(shown)
                logits = network.timm_model.forward_head(features)
            else:
                logits = network(pixel_values=shown).logits
            readings.append(logits.float().softmax(dim=1))
        return Taught(torch.stack(readings).mean(dim=0), features)

    def read(self, faces: FaceSet, size: int, device: torch.device) -> FloatArray:
        """(n, 7) of all pictures of a set, looked at with this side in pixels."""
        self.to(device)
        readings = [np.zeros((0, len(EMOTIONS)), np.float32)]
        for start in range(0, len(faces), _BATCH):
            some = faces.images[start : start + _BATCH]
            pixels = np.stack([resize_face(image, size) for image in some])
            shown = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float() / 255
            readings.append(self(shown).probabilities.cpu().numpy())
        return np.concatenate(readings)


def normalise(pixels: Tensor, expected: FacePreprocessing) -> Tensor:
    """(n, 3, S, S) RGB in [0, 1] to what a network expects."""
    mean = constant(expected.mean, pixels).view(1, 3, 1, 1)
    std = constant(expected.std, pixels).view(1, 3, 1, 1)
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
