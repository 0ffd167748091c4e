"""Mixes of speech, music and other sound, made anew in every step of a training.

Stems are kept as powers in bands. Those of sounds that have nothing to do with each other add up,
but for what cancels out by chance: so a mix at any level costs a sum, and its parts are known. What
is measured, in validation and test, is mixed from samples instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emotion_core.sound.kinds.logmel import BANDS, FLOOR, FRAMES_PER_CELL
from emotion_core.training.sound.truth import Truth, truth_of

# Which parts are in a mix (speech, music, other), and how often.
SCENES = (
    ((1, 0, 0), 0.16),
    ((0, 1, 0), 0.16),
    ((0, 0, 1), 0.16),
    ((1, 1, 0), 0.24),
    ((1, 0, 1), 0.10),
    ((0, 1, 1), 0.08),
    ((1, 1, 1), 0.07),
    ((0, 0, 0), 0.03),
)
# dB of speech above music, and of other sound above the louder of both.
MUSIC_RANGE = (-20.0, 30.0)
OTHER_RANGE = (-25.0, 8.0)


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud the parts of n mixes are.

    Attributes:
        gains: (n, 3) dB by which each stem is raised, -200 for one that is absent.
        floor: (n,) dBFS of the noise below them.
    """

    gains: Tensor
    floor: Tensor


def draw_levels(count: int, generator: torch.Generator) -> Levels:
    """Levels of some mixes, by chance, as in film: loud or quiet, music over or under speech."""

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, generator=generator)

    shares = torch.tensor([share for _, share in SCENES])
    scenes = torch.tensor([parts for parts, _ in SCENES])
    chosen = torch.multinomial(shares, count, replacement=True, generator=generator)
    present = scenes[chosen]
    overall = uniform(-30, 10)
    speech = torch.zeros(count)
    music = torch.where(present[:, 0] > 0, -uniform(*MUSIC_RANGE), torch.zeros(count))
    louder = torch.where(
        present[:, 0] * present[:, 1] > 0,
        torch.maximum(speech, music),
        torch.where(present[:, 1] > 0, music, speech),
    )
    alone = present[:, :2].sum(dim=1) == 0
    other = torch.where(alone, torch.zeros(count), louder + uniform(*OTHER_RANGE))
    gains = torch.stack([speech, music, other], dim=1) + (overall - louder.clamp(min=0))[:, None]
    gains = torch.where(present > 0, gains, torch.full_like(gains, -200.0))
    # film and rooms are never quite silent; what is made on a computer may be
    under = uniform(-70, -30) + overall - 25
    floor = torch.where(uniform(0, 1) < 0.2, torch.full((count,), -130.0), under)
    return Levels(gains, floor)


class MixMaker(nn.Module):
    """Mixes stems in bands.

    Args:
        widest: see :func:`~emotion_core.training.sound.truth.truth_of`.
        seed: of everything random.
    """

    def __init__(self, widest: float, seed: int = 0) -> None:
        super().__init__()
        self.widest = widest
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, stems: Tensor, active: Tensor) -> tuple[Tensor, Truth]:
        """Mixes of stems, and what is true of them.

        Args:
            stems: (n, 3, 64, 5 t) dB of speech, music and other sound.
            active: (n, 3, t) bool.

        Returns:
            (n, 64, 5 t) dB, and the truth.
        """
        count, device = len(stems), stems.device
        levels = draw_levels(count, self.generator)
        power = 10 ** ((stems + levels.gains.to(device)[:, :, None, None]) / 10)
        limits = self._limits(count)
        curve = (self._filters(count) + limits).to(device)
        power = power * 10 ** (curve[:, None, :, None] / 10)
        floor = self._floor(count, stems.shape[-1], levels.floor).to(device)
        floor = floor * 10 ** (limits.to(device)[:, :, None] / 10)
        heard = active & (levels.gains.to(device)[:, :, None] > -150)
        truth = truth_of(cell_powers(power), heard, cell_powers(floor[:, None])[:, 0], self.widest)
        mixed = 10 * torch.log10(power.sum(dim=1) + floor + 10 ** (FLOOR / 10))
        return mixed.clamp(min=FLOOR), truth

    def _filters(self, count: int) -> Tensor:
        """(n, 64) dB: smooth curves."""
        knots = 3 * torch.randn(count, 1, 6, generator=self.generator)
        return nn.functional.interpolate(knots, BANDS, mode="linear", align_corners=True)[:, 0]

    def _limits(self, count: int) -> Tensor:
        """(n, 64) dB: for some what lies above (8 kHz sound) or below is cut off, softly or not."""
        bands = torch.arange(BANDS)
        highest = torch.randint(36, BANDS, (count, 1), generator=self.generator)
        lowest = torch.randint(0, 12, (count, 1), generator=self.generator)
        some = torch.rand(count, 2, generator=self.generator) < 0.3
        steep = 6 + 54 * torch.rand(count, 2, generator=self.generator).square()
        above = (bands - highest).clamp(min=0) * (some * steep)[:, :1]
        return -above - (lowest - bands).clamp(min=0) * (some * steep)[:, 1:]

    def _floor(self, count: int, frames: int, level: Tensor) -> Tensor:
        """(n, 64, frames) power of a steady noise of some slope."""
        slope = (torch.rand(count, 1, generator=self.generator) - 0.6) * 40
        shape = 10 ** (slope * torch.linspace(0, 1, BANDS) / 10)
        shape = shape / shape.sum(dim=1, keepdim=True) * 10 ** (level / 10)[:, None]
        # the power in a band of noise is chi-square distributed
        sizes = (count, BANDS, frames)
        shaken = (0.75 + 0.25 * torch.randn(sizes, generator=self.generator).abs()).square()
        return shape[:, :, None] * shaken


def cell_powers(power: Tensor) -> Tensor:
    """(n, k, t) mean squares in cells of (n, k, 64, 5 t) powers."""
    total = power.sum(dim=2)
    cells: Tensor = total.reshape(*total.shape[:2], -1, FRAMES_PER_CELL).mean(dim=-1)
    return cells
