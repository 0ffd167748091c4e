"""How lines are spoken against their speaker's own usual, and which emotion that sounds like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import ModelError
from emotion_core.sound.voice.features import relative_features
from emotion_core.sound.voice.frames import Values

if TYPE_CHECKING:  # pages that only show what was read do not wait for torch
    from emotion_core.sound.voice.network import VoiceCard, VoiceNetwork

DEFAULT_VOICE = "eme-voice"
# What is said of an utterance.
RAISED, LOWERED, CANNOT_TELL = "raised", "lowered", "can't tell"


class DeliveryReader:
    """Reads whether utterances are raised or lowered, and names emotions where that can be heard.

    Args:
        network, card: as :func:`~emotion_core.sound.voice.network.load_voice_network` gives them.
        identity: changes with the weights.
    """

    def __init__(self, network: VoiceNetwork, card: VoiceCard, identity: str) -> None:
        self.identity = identity
        self.card = card
        self._network = network

    def read(
        self,
        features: Values,
        speakers: Sequence[object],
        music: npt.NDArray[np.floating],
    ) -> pd.DataFrame:
        """How each utterance is spoken, as an actor's voice plays it.

        Args:
            features: (n, k) of :func:`~emotion_core.sound.voice.features.features_of`.
            speakers: (n,) who speaks each, such as the number of a character.
            music: (n,) level of the music in dB against the speech, -inf where there is none; NaN
                where it is not known.

        Returns:
            In the order of the features: ``compared`` (with how many
            utterances of its speaker, itself among them); ``raised`` (probability, NaN where it
            cannot be read) and ``delivery`` ("raised", "lowered" or "can't tell"); the seven
            emotions (probabilities, NaN where it is not quiet enough) and ``sounds`` (the name of
            one, or "can't tell").

        Raises:
            ValueError: the arguments are not of one length.
        """
        if not len(features) == len(speakers) == len(music):
            raise ValueError(
                f"features, speakers and music must be of one length, but are of "
                f"{len(features)}, {len(speakers)} and {len(music)}"
            )
        relative, compared = self._relative(features, speakers)
        raised, emotions = self.probabilities(relative)
        # where music is as loud as speech, pitch is read in the music
        raised[~(music <= self.card.most_music)] = np.nan
        emotions[~(music <= self.card.most_music_name)] = np.nan
        table = pd.DataFrame({"compared": compared, "raised": raised})
        table["delivery"] = self._deliveries(raised)
        table[list(EMOTIONS)] = emotions
        table["sounds"] = self._names(emotions)
        return table

    def probabilities(self, relative: Values) -> tuple[Values, Values]:
        """Of features relative to the usual: (n,) of raised and (n, 7) of the emotions.

        Args:
            relative: (n, k); rows with a NaN give NaN.
        """
        import torch

        with torch.inference_mode():
            logits, names = self._network(torch.from_numpy(relative.astype(np.float32)))
            found = torch.sigmoid(logits), names.softmax(dim=1)
        raised, emotions = (one.double().numpy() for one in found)
        return raised, emotions

    def _relative(
        self, features: Values, speakers: Sequence[object]
    ) -> tuple[Values, npt.NDArray[np.int64]]:
        """Features less the usual, NaN where it is not known; and of how many that was taken."""
        relative = np.full_like(features, np.nan)
        compared = np.zeros(len(features), np.int64)
        readable = np.isfinite(features).all(axis=1)
        for speaker in set(speakers):
            own = np.array([one == speaker for one in speakers], np.bool_)
            compared[own] = (own & readable).sum()
            if compared[own][0] >= self.card.fewest:
                relative[own] = relative_features(features[own], features[own])
        return relative, compared

    def _deliveries(self, raised: Values) -> list[str]:
        sure = self.card.sure
        return [
            RAISED if one >= sure else LOWERED if one <= 1 - sure else CANNOT_TELL for one in raised
        ]

    def _names(self, emotions: Values) -> list[str]:
        return [
            EMOTIONS[int(row.argmax())] if row.max() >= self.card.sure_name else CANNOT_TELL
            for row in emotions
        ]


def load_delivery_reader(name: str, models_dir: Path) -> DeliveryReader:
    """Load a voice network.

    Args:
        name: a folder in ``models/voices``, or the path of a folder.
        models_dir: where the shipped models are.

    Raises:
        ModelError: there is none of this name, or it cannot be loaded.
    """
    from emotion_core.sound.voice.network import load_voice_network

    for folder in (models_dir / "voices" / name, Path(name).expanduser()):
        if (folder / "config.json").is_file():
            identity = f"{folder.name}-{hash_weights(folder)}"
            return DeliveryReader(*load_voice_network(folder), identity)
    raise ModelError(f"There is no voice network {name!r}. Name a folder that has one.")
