"""When somebody speaks, by Silero VAD.

The network and its weights are those of the package silero-vad (Silero Team 2024, "Silero VAD:
pre-trained enterprise-grade voice activity detector", MIT), in the export of theirs that hears many
pieces at a time. The package itself is not imported: that would hold PyTorch to one thread.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.errors import ModelError
from emotion_core.inference.exported import ExportedNetwork, open_network
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray

# Samples of a piece, and those before it that the network hears with it.
CHUNK = 512
_BEFORE = 64
# Pieces that are heard at a time at most, 16 s of sound.
_MOST = 512
_STATE = (1, 1, 128)
_WEIGHTS = Path("data", "silero_vad_16k_sequence.onnx")


class SpeechReader:
    """Hears speech in a stream of blocks; what it heard before plays a part in what it hears next.

    Blocks come in the order of the clip, without a gap.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._before = np.zeros(_BEFORE, np.float32)
        self._hidden = self._cell = np.zeros(_STATE, np.float32)
        self._heard: list[FloatArray] = []

    def add(self, block: SoundBlock) -> None:
        """Hear one block more.

        Raises:
            ModelError: the network cannot be loaded.
        """
        samples = np.concatenate([self._rest, block.samples])
        whole = len(samples) // CHUNK * CHUNK
        for start in range(0, whole, _MOST * CHUNK):
            self._hear(samples[start : min(start + _MOST * CHUNK, whole)])
        self._rest = samples[whole:].copy()

    def finish(self) -> pd.DataFrame:
        """What was heard: one row per 0.032 s of the clip.

        Returns:
            ``time`` at which a piece begins, in seconds, and ``speech``, float32 probability; no
            row for a clip without sound.

        Raises:
            ModelError: the network cannot be loaded.
        """
        if len(self._rest):
            self._hear(np.pad(self._rest, (0, CHUNK - len(self._rest))))
            self._rest = self._rest[:0]
        speech = np.concatenate([np.zeros(0, np.float32), *self._heard])
        time = np.arange(len(speech)) * (CHUNK / SAMPLE_RATE)
        return pd.DataFrame({"time": time, "speech": speech})

    def _hear(self, samples: FloatArray) -> None:
        """Hear n whole pieces."""
        # decoders may go beyond full scale, or give what is no number
        pieces = np.clip(np.nan_to_num(samples), -1, 1).reshape(-1, CHUNK)
        before = np.concatenate([self._before[None], pieces[:-1, -_BEFORE:]])
        given = {
            "input": np.concatenate([before, pieces], axis=1),
            "h": self._hidden,
            "c": self._cell,
        }
        found = _network()(given)
        self._heard.append(found["speech_probs"].reshape(-1))
        self._hidden, self._cell = found["hn"], found["cn"]
        self._before = pieces[-1, -_BEFORE:].copy()


def weights() -> Path:
    """Where the network lies.

    Raises:
        ModelError: the package is not installed.
    """
    package = find_spec("silero_vad")
    if package is None or not package.submodule_search_locations:
        raise ModelError("The package silero-vad, which hears speech, is not installed.")
    return Path(package.submodule_search_locations[0]) / _WEIGHTS


@cache
def _network() -> ExportedNetwork:
    silence = np.zeros((1, _BEFORE + CHUNK), np.float32)
    start = np.zeros(_STATE, np.float32)
    return open_network(weights(), {"input": silence, "h": start, "c": start})
