"""What is true of a mix of sounds whose parts are known."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# A part that lies further below all others than the first is not asked for; where it is absent
# nothing of it may be heard above the second.
_AUDIBLE, _TAIL = -22.0, -15.0
# dB of full scale below which nothing is asked.
_QUIETEST = -70.0
# Cells over which the levels of parts are compared.
_AROUND = 11


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of n mixes of t cells.

    Attributes:
        present: (n, 3, t) float, 1 where speech, music and other sound are, 0 where they are not.
        known: (n, 3, t) bool, where that is asked.
        above: (n, t) float dB by which speech is above music, the limit where there is no music.
        spoken: (n, t) bool, where that is asked.
    """

    present: Tensor
    known: Tensor
    above: Tensor
    spoken: Tensor


def truth_of(powers: Tensor, active: Tensor, floor: Tensor, widest: float) -> Truth:
    """What is true of mixes.

    Args:
        powers: (n, 3, t) mean squares of speech, music and other sound in each cell, as mixed.
        active: (n, 3, t) bool, where each is heard when it is alone.
        floor: (n, t) mean square of the noise that lies below everything.
        widest: dB of speech above or below music beyond which is not distinguished.
    """
    around = _around(powers)
    rest = around.sum(dim=1, keepdim=True) - around + _around(floor[:, None])
    over_rest = _decibels(around) - _decibels(rest)
    now = powers.sum(dim=1, keepdim=True) + floor[:, None]
    in_cell = _decibels(powers) - _decibels(now)
    audible = (over_rest > _AUDIBLE) & (_decibels(around) > _QUIETEST)
    known = torch.where(active, audible, in_cell < _TAIL) & _away_from_edges(active)
    # what is only a floor of noise is neither other sound nor none
    bare = floor > 0.3 * now[:, 0]
    known[:, 2] &= active[:, 2] | ~bare | (_decibels(floor) < _QUIETEST)
    heard = active.float()
    spoken_power = _around(powers[:, :1] * heard[:, :1]) / _around(heard[:, :1]).clamp(min=0.05)
    above = _decibels(spoken_power[:, 0]) - _decibels(around[:, 1])
    # away from music the rest of it in the windows must not count
    near_music = functional.max_pool1d(heard[:, 1:2], _AROUND, 1, _AROUND // 2)[:, 0] > 0
    above = torch.where(near_music, above, torch.full_like(above, widest))
    spoken = active[:, 0] & known[:, 0]
    return Truth(heard, known, above.clamp(-widest, widest), spoken)


def _around(values: Tensor) -> Tensor:
    """(n, k, t) means over about a second."""
    return functional.avg_pool1d(values, _AROUND, 1, _AROUND // 2, count_include_pad=False)


def _decibels(power: Tensor) -> Tensor:
    return 10 * torch.log10(power.clamp(min=1e-12))


def _away_from_edges(active: Tensor) -> Tensor:
    """Cells that do not touch one where a part begins or ends."""
    changes = functional.pad((active[..., 1:] != active[..., :-1]).float(), (1, 1))
    return (changes[..., 1:] + changes[..., :-1]) == 0
