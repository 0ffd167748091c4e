"""Loudness as broadcasters measure it, read from the stream of a clip.

EBU R 128 and ITU-R BS.1770-4: each channel is filtered as the head and the ear do, its power is
weighted by where it comes from, and loudness is that of windows of 400 ms, one every 100 ms. Over
a clip it is the mean of the windows that are not pauses (BS.1770-4, eqs. 3 to 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SoundBlock
from emotion_core.sound.voice.frames import Values
from emotion_core.types import FloatArray

# Windows a second, and steps in a window.
_STEPS, _WINDOW = 10, 4
_OFFSET = -0.691
# LUFS: quieter windows are pauses, as are those this much below the mean of the others.
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
# Loudness of digital silence.
SILENT = -120.0
# Below, the filter that stands for the head is beyond what is stored.
_LEAST_RATE = 8000
# Channels from behind and from the sides, and the one for effects that is not counted.
_SURROUND = {"BL", "BR", "BC", "SL", "SR"}
_SURROUND_WEIGHT = 1.41
_EFFECTS = {"LFE", "LFE2"}


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a clip is.

    Attributes:
        momentary: one row every 100 ms: ``time`` (s, the middle of a window of 400 ms) and
            ``loudness`` (LUFS, -120 for silence); NaN where it cannot be measured.
        integrated: LUFS over the whole clip without its pauses; NaN where all of it is pause.
    """

    momentary: pd.DataFrame
    integrated: float


class LoudnessReader:
    """Reads the loudness of a clip, block by block; keeps ten numbers a second.

    The filters are those of pyloudnorm, which can only measure a sound that is held whole; their
    state goes on from block to block. Unlike there, channels are weighted by the layout.
    """

    def __init__(self) -> None:
        self._powers: list[Values] = []
        self._state = np.zeros((2, 0, 2))
        self._rate = 0

    def add(self, block: SoundBlock) -> None:
        """Read on; blocks come in their order, without a gap."""
        steps = int(_STEPS * block.channels.shape[1] / block.rate + 1e-6) if block.rate else 0
        if block.rate < _LEAST_RATE or not len(block.channels):
            self._powers.append(np.full(steps, np.nan))
            return
        channels = np.nan_to_num(block.channels, posinf=0.0, neginf=0.0)
        power = self._filtered(channels, block.rate) ** 2
        edges = np.round(np.arange(steps + 1) * block.rate / _STEPS).astype(np.int64)
        if steps:
            sums = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)
            self._powers.append(_weights(block.layout, len(power)) @ (sums / np.diff(edges)))

    def finish(self) -> Loudness:
        """The loudness of the clip; what is shorter than 400 ms has none."""
        powers = np.concatenate([np.zeros(0), *self._powers])
        windows = np.zeros(0)
        if len(powers) >= _WINDOW:
            windows = np.lib.stride_tricks.sliding_window_view(powers, _WINDOW).mean(axis=1)
        time = (np.arange(len(windows)) + _WINDOW / 2) / _STEPS
        momentary = pd.DataFrame({"time": time, "loudness": _loudness(windows)})
        return Loudness(momentary, _integrated(windows))

    def _filtered(self, channels: FloatArray, rate: int) -> Values:
        """(c, n) channels under the K-weighting, from where the last block ended."""
        from scipy import signal

        if rate != self._rate or self._state.shape[1] != len(channels):
            self._rate, self._state = rate, np.zeros((2, len(channels), 2))
        found, self._state = signal.sosfilt(_weighting(rate), channels, zi=self._state)
        return np.asarray(found)


@lru_cache(maxsize=4)
def _weighting(rate: int) -> Values:
    """(2, 6) second-order sections of the K-weighting at a rate."""
    from pyloudnorm import IIRfilter

    stages = (
        IIRfilter(4.0, 1 / np.sqrt(2), 1500.0, rate, "high_shelf"),
        IIRfilter(0.0, 0.5, 38.0, rate, "high_pass"),
    )
    return np.stack([np.concatenate([stage.b, stage.a]) for stage in stages])


def _weights(layout: str, count: int) -> Values:
    """(count,) weight of each channel; 1 where the layout does not say."""
    import av

    weights = np.ones(count)
    try:
        names = [channel.name for channel in av.AudioLayout(layout).channels]
    except ValueError:
        return weights
    if len(names) == count:
        weights[[name in _SURROUND for name in names]] = _SURROUND_WEIGHT
        weights[[name in _EFFECTS for name in names]] = 0
    return weights


def _loudness(powers: Values) -> Values:
    floor = 10 ** ((SILENT - _OFFSET) / 10)
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(powers, floor)))


def _integrated(powers: Values) -> float:
    """The loudness of all windows that pass both gates."""
    loud = powers[_loudness(powers) >= _ABSOLUTE_GATE]
    if not len(loud):
        return float("nan")
    gate = _loudness(loud.mean()[None])[0] + _RELATIVE_GATE
    return float(_loudness(loud[_loudness(loud) > gate].mean()[None])[0])
