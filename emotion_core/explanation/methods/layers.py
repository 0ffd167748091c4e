"""Finding the layers that methods look into, whatever the architecture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from emotion_core.errors import ModelError
from emotion_core.explanation.methods.reading_network import ReadingNetwork

# Class and distillation tokens and up to eight registers (Darcet et al. 2024) before the patches.
_MOST_PREFIX_TOKENS = 10


@dataclass(frozen=True, slots=True)
class TokenBlocks:
    """The attention blocks of a transformer.

    Attributes:
        blocks: in the order in which they run.
        prefix: tokens before those of the patches: class, distillation, registers.
        side: patches along a side of the picture.
        whole: whether these are all blocks; a network in stages has others before them.
    """

    blocks: tuple[nn.Module, ...]
    prefix: int
    side: int
    whole: bool = True

    def to_grid(self, tokens: Tensor) -> Tensor:
        """(n, T, C) tokens to an (n, C, side, side) map of the patches."""
        patches = tokens[:, self.prefix :].transpose(1, 2)
        return patches.reshape(*patches.shape[:2], self.side, self.side)


def find_blocks(network: ReadingNetwork) -> TokenBlocks | None:
    """The attention blocks of a network; ``None`` for one without a list of them.

    Raises:
        ModelError: its tokens are no square grid of patches.
    """
    lists = [
        tuple(module)
        for module in network.model.modules()
        if isinstance(module, nn.ModuleList | nn.Sequential) and _is_attention_list(module)
    ]
    if not lists:
        return None
    blocks = lists[-1]  # of a network in stages, Swin for example, those of its last stage
    shapes: list[torch.Size] = []

    def note(_: nn.Module, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
        shapes.append(_hidden(positional, named).shape)

    handle = blocks[-1].register_forward_pre_hook(note, with_kwargs=True)
    try:
        _probe(network)
    finally:
        handle.remove()
    # attention over a feature map, or over parts of it that are laid out as pictures of their own
    if not shapes or len(shapes[0]) != 3 or shapes[0][0] != 1:
        return None
    side = math.isqrt(shapes[0][1])
    prefix = shapes[0][1] - side**2
    if side < 2 or prefix > _MOST_PREFIX_TOKENS:
        raise ModelError("The tokens of this transformer do not form a square grid of patches.")
    return TokenBlocks(blocks, prefix, side, whole=len(lists) == 1)


@dataclass(frozen=True, slots=True)
class FeatureLayer:
    """The module whose output is the last feature map before pooling.

    Attributes:
        module: the module.
        channels_last: whether its output is (n, height, width, channels).
    """

    module: nn.Module
    channels_last: bool = False

    def to_grid(self, features: Tensor) -> Tensor:
        """The module's output as an (n, channels, height, width) map."""
        return features.permute(0, 3, 1, 2) if self.channels_last else features


def find_feature_layer(network: ReadingNetwork) -> FeatureLayer:
    """The last feature map before pooling.

    Of all modules, containers included, it is that of the last one to finish with a square map
    larger than 1 x 1: in a timm network or a ResNet of transformers what goes into the pooling.

    Raises:
        ModelError: there is none.
    """
    found: list[FeatureLayer] = []

    def note(module: nn.Module, _: Any, output: Any) -> None:
        if not isinstance(output, Tensor) or output.ndim != 4:
            return
        # pictures are square, and so are their maps
        one, two, three = output.shape[1:]
        if two == three > 1:
            found.append(FeatureLayer(module))
        elif one == two > 1:
            found.append(FeatureLayer(module, channels_last=True))

    handles = [module.register_forward_hook(note) for module in network.model.modules()]
    try:
        _probe(network)
    finally:
        for handle in handles:
            handle.remove()
    if not found:
        raise ModelError("The network has no feature map for Grad-CAM.")
    return found[-1]


def replace_input(block: nn.Module, leaf: Callable[[Tensor], Tensor]) -> Any:
    """Let a block see another input; returns the handle that undoes it.

    Args:
        block: of a transformer, its hidden states the first argument.
        leaf: gives the new (n, T, C) hidden states for the old ones.
    """

    def hook(
        _: nn.Module, positional: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        new = leaf(_hidden(positional, named))
        if positional:
            return (new, *positional[1:]), named
        return positional, {**named, "hidden_states": new}

    return block.register_forward_pre_hook(hook, with_kwargs=True)


def _hidden(positional: tuple[Any, ...], named: dict[str, Any]) -> Tensor:
    hidden: Tensor = positional[0] if positional else named["hidden_states"]
    return hidden


def _is_attention_list(module: nn.ModuleList | nn.Sequential) -> bool:
    """Whether these are blocks of one kind, each with one attention over tokens."""
    blocks = list(module)
    if not blocks or any(type(block) is not type(blocks[0]) for block in blocks):
        return False
    return any(
        "attention" in type(part).__name__.lower()
        for part in blocks[0].children()
        if not isinstance(part, nn.ModuleList | nn.Sequential)
    )


def _probe(network: ReadingNetwork) -> None:
    with torch.inference_mode():
        network(network.blank())
