"""Sounds with known parts, made without any data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.kinds.detector import SoundDetector
from emotion_core.sound.kinds.network import SoundCard, SoundNetwork
from emotion_core.sound.kinds.reader import KindsReader
from emotion_core.types import FloatArray


def noise(seconds: float, seed: int = 0, level: float = 0.1) -> FloatArray:
    """White noise of an RMS."""
    chance = np.random.default_rng(seed)
    return (level * chance.standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def chords(seconds: float, level: float = 0.1) -> FloatArray:
    """Chords of tones with overtones, a new one every half second, each dying away."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    step = (time / 0.5).astype(int)
    sound = np.zeros(len(time))
    for interval in (0, 4, 7):
        pitch = 220 * 2 ** ((interval + np.array([0, 5, 7, 0])[step % 4]) / 12)
        turns = np.cumsum(pitch) / SAMPLE_RATE
        sound += sum(np.sin(2 * np.pi * k * turns) / k**1.5 for k in range(1, 9))
    sound *= np.exp(-2 * (time % 0.5))
    return (level * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def blocks(samples: FloatArray, size: int = 10 * SAMPLE_RATE) -> list[SoundBlock]:
    """A sound in pieces."""
    return [
        SoundBlock(start / SAMPLE_RATE, piece, piece[None], SAMPLE_RATE, "mono")
        for start in range(0, len(samples), size)
        for piece in (samples[start : start + size],)
    ]


def untrained() -> SoundDetector:
    """A small network of which only the arithmetic is known."""
    torch.manual_seed(0)
    card = SoundCard(channels=(4, 8, 8), width=16)
    network = SoundNetwork(card).eval().requires_grad_(False)
    return SoundDetector(network, card, "untrained")


def read(
    detector: SoundDetector,
    samples: FloatArray,
    size: int = 10 * SAMPLE_RATE,
    silero: float = 0.0,
) -> pd.DataFrame:
    """What a reader hears in a sound."""
    reader = KindsReader(detector, silero)
    for block in blocks(samples, size):
        reader.add(block)
    return reader.finish()
