"""Which made-up sounds are heard, and which of them only in a test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emotion_core.datasets.layouts import Split
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.training.sound.noises import events, textures
from emotion_core.training.sound.noises.parts import scaled
from emotion_core.types import FloatArray

_Maker = Callable[[np.random.Generator, int], FloatArray]
KNOWN: tuple[_Maker, ...] = (
    *(textures.room, textures.room, textures.wind, textures.rain, textures.sea),
    *(textures.traffic, textures.engine, textures.hum, textures.projector, textures.fire),
    *(textures.machine, textures.aircraft),
    *(events.footsteps, events.applause, events.knocks, events.slams, events.clatter),
    *(events.water, events.barks, events.birds, events.siren, events.ringing, events.creaks),
)
# Kinds of which nothing is heard in training or validation.
NEW: tuple[_Maker, ...] = (
    *(textures.train, textures.insects, textures.rustle),
    *(events.glass, events.typing, events.horn),
)


def make_noise(chance: np.random.Generator, seconds: float, split: Split) -> FloatArray:
    """A sound that is neither speech nor music: one kind or two at once, RMS 1.

    Args:
        chance: which, and how.
        seconds: its length.
        split: half of those for ``test`` are of kinds that the others do not have.
    """
    makers = NEW if split == "test" and chance.random() < 0.5 else KNOWN
    count = round(seconds * SAMPLE_RATE)
    sound = scaled(makers[int(chance.integers(len(makers)))](chance, count))
    if chance.random() < 0.35:
        other = makers[int(chance.integers(len(makers)))](chance, count)
        sound = sound + np.float32(chance.uniform(0.2, 1)) * scaled(other)
    return scaled(sound)
