"""The detector of sounds: what a network says of bands, as probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import ModelError
from emotion_core.sound.kinds.logmel import BANDS, FLOOR, FRAMES_PER_CELL
from emotion_core.types import FloatArray

if TYPE_CHECKING:  # pages that only show what was heard do not wait for torch
    from emotion_core.sound.kinds.network import SoundCard, SoundNetwork

DEFAULT_SOUNDS = "eme-sounds"


@dataclass(frozen=True, slots=True)
class HeardSounds:
    """What a network says of n tenths of a second.

    Attributes:
        probabilities: (n, 3) float32 of speech, music and other sound, each for itself.
        above: (n,) float32 dB by which speech is above music, where there is speech.
    """

    probabilities: FloatArray
    above: FloatArray

    def __post_init__(self) -> None:
        n = len(self.above)
        if self.probabilities.shape != (n, 3) or self.above.shape != (n,):
            raise ValueError(
                f"heard sounds must be (n, 3) and (n,), but are {self.probabilities.shape} and "
                f"{self.above.shape}"
            )


class SoundDetector:
    """Hears speech, music and other sound in bands of frequency.

    Args:
        network, card: as :func:`load_sound_network` gives them.
        identity: changes with the weights.
    """

    def __init__(self, network: SoundNetwork, card: SoundCard, identity: str) -> None:
        self.identity = identity
        self.card = card
        self._network = network

    def hear(self, bands: FloatArray) -> HeardSounds:
        """What is heard in some cells, of which more are known on either side.

        Args:
            bands: (5 (n + 2 reach), 64) frames of :class:`~emotion_core.sound.kinds.logmel.LogMel`,
                ``reach`` cells before and after those that are asked for; the reach is on the card.

        Returns:
            Of n cells.
        """
        import torch

        reach = self.card.reach
        frames, width = bands.shape
        if width != BANDS or frames % FRAMES_PER_CELL or frames < 2 * reach * FRAMES_PER_CELL:
            raise ValueError(
                f"bands must be (5 (n + {2 * reach}), {BANDS}), but are of shape {bands.shape}"
            )
        with torch.inference_mode():
            logits, above = self._network(torch.from_numpy(np.ascontiguousarray(bands.T))[None])
            probabilities = logits.sigmoid()[0].numpy().T
        cells = slice(reach, frames // FRAMES_PER_CELL - reach)
        return HeardSounds(probabilities[cells].copy(), above[0].numpy()[cells].copy())

    def silence(self) -> FloatArray:
        """The bands before a clip begins and after it ends, as long as the reach."""
        return np.full((self.card.reach * FRAMES_PER_CELL, BANDS), FLOOR, np.float32)


def load_sound_detector(models_dir: Path, name: str = DEFAULT_SOUNDS) -> SoundDetector:
    """Load a detector of sounds.

    Args:
        models_dir: where the shipped models are.
        name: a folder in ``models/sounds``, or the path of a folder.

    Raises:
        ModelError: there is none of this name, or it cannot be loaded.
    """
    from emotion_core.sound.kinds.network import load_sound_network

    for folder in (models_dir / "sounds" / name, Path(name).expanduser()):
        if (folder / "config.json").is_file():
            identity = f"{folder.name}-{hash_weights(folder)}"
            return SoundDetector(*load_sound_network(folder), identity)
    raise ModelError(f"There is no detector of sounds {name!r}. Name a folder that has one.")
