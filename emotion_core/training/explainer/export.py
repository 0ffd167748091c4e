"""Writing an explainer where the app loads it, and giving a new one pretrained weights."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from emotion_core.emotions.registry import write_network
from emotion_core.errors import ModelError
from emotion_core.explanation.backbone import TimmBackbone
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.mask_network import MaskNetwork


def export_explainer(network: MaskNetwork, card: ExplainerCard, folder: Path) -> None:
    """Write an explainer in half precision, to be read by ``load_explainer``.

    Args:
        network: what was trained; it is left as it is.
        card: what has to be known of it.
        folder: gets ``config.json`` and ``model.safetensors``; made where it is not there.

    Raises:
        OutputError: the folder cannot be written to.
    """
    write_network(network, card.to_dict(), folder)


def take_backbone(network: MaskNetwork, path: Path) -> None:
    """Give the backbone weights of a classifier of its architecture, or of a backbone alone.

    Args:
        network: gets them; what belongs to no backbone in the file is passed over.
        path: safetensors, or a file of torch from which only tensors are unpickled.

    Raises:
        ModelError: the file cannot be read, or holds another architecture.
    """
    fill_backbone(network, _read_state(path), str(path))


def fill_backbone(network: MaskNetwork, given: dict[str, Tensor], source: str) -> None:
    """The same with weights that were read already.

    Args:
        network: gets them.
        given: by name.
        source: named in errors.

    Raises:
        ModelError: they are of another architecture.
    """
    # "features." is where torchvision's MobileNet has what DeepLab takes for its backbone, and
    # "timm_model." where transformers has a network of timm
    for prefix in ("body.backbone.", "backbone.", "features.", "timm_model."):
        inside = {n[len(prefix) :]: t for n, t in given.items() if n.startswith(prefix)}
        given = inside or given
    backbone = pretrained_part(network)
    own = backbone.state_dict()
    for name, tensor in own.items():
        counter = name.endswith("num_batches_tracked")  # older files have none
        if not counter and (name not in given or given[name].shape != tensor.shape):
            raise ModelError(
                f"{source} does not contain weights of the explainer's backbone: {name}."
            )
    backbone.load_state_dict({name: given.get(name, tensor) for name, tensor in own.items()})


def pretrained_part(network: MaskNetwork) -> nn.Module:
    """What a classifier of the same architecture can lend its weights to, by the same names."""
    backbone: nn.Module = network.body.backbone
    return backbone.network if isinstance(backbone, TimmBackbone) else backbone


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state: Any = torch.load(path, weights_only=True, map_location="cpu")
        return {str(name): tensor.detach() for name, tensor in state.items()}
    except (
        OSError,
        RuntimeError,
        AttributeError,
        EOFError,
        pickle.UnpicklingError,
        SafetensorError,
    ) as error:
        raise ModelError(f"{path} does not contain the weights of a network.") from error
