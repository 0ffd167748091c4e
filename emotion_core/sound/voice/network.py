"""The network that reads how lines are spoken: how it is built, written and read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from pydantic import FiniteFloat, TypeAdapter
from safetensors import SafetensorError
from torch import Tensor, nn

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import read_weights, write_network
from emotion_core.errors import ModelError
from emotion_core.sound.voice.features import FEATURES

# Standard deviations beyond which a feature counts no more.
_FARTHEST = 3.0


@dataclass(frozen=True, slots=True)
class VoiceCard:
    """What has to be known of a voice network: its ``config.json``.

    Attributes:
        features: what it reads, in their order.
        emotions: the names it gives, in their order.
        fewest: utterances of a speaker from which the usual can be known.
        sure: least probability of raised or of lowered; between them it cannot tell.
        sure_name: least probability of an emotion that is named.
        most_music: dB of music against the speech up to which raised or lowered is read.
        most_music_name: the same for names of emotions.
    """

    features: tuple[str, ...] = FEATURES
    emotions: tuple[str, ...] = EMOTIONS
    fewest: int = 4
    sure: FiniteFloat = 0.7
    sure_name: FiniteFloat = 0.6
    most_music: FiniteFloat = -10.0
    most_music_name: FiniteFloat = -20.0


_CARD = TypeAdapter(VoiceCard)


class VoiceNetwork(nn.Module):
    """Two logistic regressions on the features of an utterance, relative to its speaker's usual.

    More layers gained nothing on speakers and on sets that were not learned from.

    Attributes:
        scale: (k,) standard deviation of each feature.
    """

    scale: Tensor

    def __init__(self, card: VoiceCard) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(len(card.features)))
        self.raised = nn.Linear(len(card.features), 1)
        self.emotions = nn.Linear(len(card.features), len(card.emotions))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(n, k) relative features to logits: (n,) of raised, and (n, 7) of the emotions."""
        scaled = (features / self.scale).clamp(-_FARTHEST, _FARTHEST)
        return self.raised(scaled)[:, 0], self.emotions(scaled)


def save_voice_network(network: VoiceNetwork, card: VoiceCard, folder: Path) -> None:
    """Write a voice network, see :func:`~emotion_core.emotions.registry.write_network`."""
    write_network(network, asdict(card), folder)


def load_voice_network(folder: Path) -> tuple[VoiceNetwork, VoiceCard]:
    """Read what :func:`save_voice_network` wrote, in float32 and ready to be used.

    Raises:
        ModelError: there is none, it is damaged, or it reads other features than this version.
    """
    try:
        card = _CARD.validate_json((folder / "config.json").read_bytes(), strict=True)
        network = VoiceNetwork(card)
        read_weights(network, folder)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} does not contain a voice network.") from error
    if card.features != FEATURES or card.emotions != EMOTIONS:
        raise ModelError(f"{folder} is a voice network of another version of Eme.")
    return network.eval().requires_grad_(False), card
