"""The network that hears speech, music and other sound: how it is built, written and read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from pydantic import FiniteFloat, TypeAdapter
from safetensors import SafetensorError
from torch import Tensor, nn

from emotion_core.emotions.registry import read_weights, write_network
from emotion_core.errors import ModelError
from emotion_core.sound.kinds.logmel import BANDS, FRAMES_PER_CELL

# What it gives for each tenth of a second, in this order.
SOUNDS = ("speech", "music", "other")


@dataclass(frozen=True, slots=True)
class SoundCard:
    """What has to be known of a network of sounds: its ``config.json``.

    Attributes:
        channels: of the convolutions over time and frequency, each of which halves the frequencies;
            two or more.
        width: numbers that a tenth of a second is brought down to.
        dilations: of the convolutions over tenths of a second, each over three of them.
        middle, spread: dB that are taken off, and by which what is left is divided.
        widest: dB by which speech is above or below music at most, as the network says it.
    """

    channels: tuple[int, ...] = (16, 32, 48)
    width: int = 96
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    middle: FiniteFloat = -60.0
    spread: FiniteFloat = 20.0
    widest: FiniteFloat = 30.0

    @property
    def reach(self) -> int:
        """Cells on either side of one that play a part in what is said of it."""
        return sum(self.dilations) + len(self.channels) - 1


_CARD = TypeAdapter(SoundCard)


class SoundNetwork(nn.Module):
    """Bands of sound to what is heard in each tenth of a second.

    Separable convolutions over time and frequency, the second of which turns the five frames of a
    cell into one, and a stack of dilated ones over cells (as in the temporal convolutional networks
    of Bai et al. 2018), so that it looks 1.7 s back and ahead.

    Args:
        card: sizes.
    """

    def __init__(self, card: SoundCard) -> None:
        super().__init__()
        self.middle, self.spread, self.widest = card.middle, card.spread, card.widest
        layers: list[nn.Module] = []
        before, bands = 1, BANDS
        for number, after in enumerate(card.channels):
            if number == 0:
                layers.append(nn.Conv2d(1, after, 3, (2, 1), 1, bias=False))
            else:
                # the second makes one number of the five frames of a cell
                wide, pad = (FRAMES_PER_CELL, 0) if number == 1 else (3, 1)
                step = FRAMES_PER_CELL if number == 1 else 1
                layers += [
                    nn.Conv2d(
                        before, before, (3, wide), (2, step), (1, pad), groups=before, bias=False
                    ),
                    nn.Conv2d(before, after, 1, bias=False),
                ]
            layers += [nn.BatchNorm2d(after), nn.ReLU()]
            before, bands = after, bands // 2
        self.spectral = nn.Sequential(*layers)
        self.neck = nn.Sequential(
            nn.Conv1d(before * bands, card.width, 1, bias=False),
            nn.BatchNorm1d(card.width),
            nn.ReLU(),
            nn.Dropout(0.1),
        )
        self.blocks = nn.ModuleList(_Block(card.width, dilation) for dilation in card.dilations)
        self.sounds = nn.Conv1d(card.width, len(SOUNDS), 1)
        self.above = nn.Conv1d(card.width, 1, 1)

    def forward(self, bands: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 64, 5 t) dB to logits (n, 3, t) of ``SOUNDS``, and (n, t) dB of speech over music."""
        shown = (bands[:, None] - self.middle) / self.spread
        cells = self.neck(self.spectral(shown).flatten(1, 2))
        for block in self.blocks:
            cells = block(cells)
        return self.sounds(cells), self.widest * torch.tanh(self.above(cells)[:, 0])


class _Block(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(
                width, width, 3, padding=dilation, dilation=dilation, groups=width, bias=False
            ),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Conv1d(width, width, 1, bias=False),
            nn.BatchNorm1d(width),
        )

    def forward(self, cells: Tensor) -> Tensor:
        return torch.relu(cells + self.layers(cells))


def save_sound_network(network: SoundNetwork, card: SoundCard, folder: Path) -> None:
    """Write a network of sounds, see :func:`~emotion_core.emotions.registry.write_network`."""
    write_network(network, asdict(card), folder)


def load_sound_network(folder: Path) -> tuple[SoundNetwork, SoundCard]:
    """Read what :func:`save_sound_network` wrote, in float32 and ready to be used.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        card = _CARD.validate_json((folder / "config.json").read_bytes(), strict=True)
        network = SoundNetwork(card)
        read_weights(network, folder)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} does not contain a network of sounds.") from error
    return network.eval().requires_grad_(False), card
