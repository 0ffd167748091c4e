"""Reading what is heard in a stream of blocks: speech, music, other sound, and how loud it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SoundBlock
from emotion_core.sound.kinds.detector import SoundDetector
from emotion_core.sound.kinds.logmel import (
    CELL,
    CELL_SECONDS,
    FLOOR,
    FRAMES_PER_CELL,
    LogMel,
)
from emotion_core.sound.speech import CHUNK, SpeechReader
from emotion_core.types import FloatArray

# Cells that the network hears at a time.
_CORE = 100
# Chosen on validation with `python -m benchmarks.sound.choose`, where a quarter does as well:
# Silero has heard far more voices than our network.
SILERO_SHARE = 0.5
COLUMNS = ("time", "speech", "music", "other", "level", "music_below")


class KindsReader:
    """Hears speech, music and other sound in each tenth of a second of a clip.

    Blocks come in the order of the clip, without a gap. What is kept is a few seconds of bands and
    a few numbers a cell.

    Args:
        detector: of speech, music and other sound.
        silero: share of Silero in the probability of speech, the rest is the network's own; without
            any it is not run.
    """

    def __init__(self, detector: SoundDetector, silero: float = SILERO_SHARE) -> None:
        self._detector = detector
        self._silero = silero
        self._speech = SpeechReader() if silero else None
        self._bands = LogMel()
        self._waiting = detector.silence()
        self._heard: list[FloatArray] = []
        self._levels: list[FloatArray] = []
        self._rest = np.zeros(0, np.float32)
        self._frames = 0
        self._samples = 0

    def add(self, block: SoundBlock) -> None:
        """Hear one block more."""
        samples = np.nan_to_num(block.samples)
        if self._speech is not None:
            self._speech.add(block)
        self._samples += len(samples)
        held = np.concatenate([self._rest, samples])
        whole = len(held) // CELL * CELL
        self._levels.append(_level(held[:whole].reshape(-1, CELL)))
        self._rest = held[whole:].copy()
        self._hear(self._bands.add(samples))

    def finish(self) -> pd.DataFrame:
        """What was heard: one row per 0.1 s of the clip.

        Returns:
            ``time`` at which a row begins, in seconds; float32 probabilities ``speech``, ``music``
            and ``other``, each for itself; ``level``, RMS in dB of full scale (a full square wave
            is 0), at least -100; ``music_below``, by how many dB music lies below speech, from -30
            to 30, where 30 is also no music, and which means nothing where there is no speech. No
            row for a clip without sound.
        """
        cells = -(-self._samples // CELL)
        if len(self._rest):
            self._levels.append(_level(self._rest[None]))
            self._rest = self._rest[:0]
        if cells:
            last = self._bands.finish(cells * FRAMES_PER_CELL - self._frames)
            self._hear(np.concatenate([last, self._detector.silence()]), rest=True)
        heard = np.concatenate([np.zeros((0, 4), np.float32), *self._heard])[:cells]
        speech = heard[:, 0]
        if self._speech is not None:
            said = in_cells(self._speech.finish()["speech"].to_numpy(), cells)
            speech = (1 - self._silero) * speech + self._silero * said
        columns = (
            np.arange(cells) * CELL_SECONDS,
            speech.astype(np.float32),
            heard[:, 1],
            heard[:, 2],
            np.concatenate([np.zeros(0, np.float32), *self._levels]),
            heard[:, 3],
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def _hear(self, bands: FloatArray, *, rest: bool = False) -> None:
        """Run the network over what is whole; ``rest``: over all that is left."""
        self._frames += len(bands)
        self._waiting = np.concatenate([self._waiting, bands])
        reach = self._detector.card.reach * FRAMES_PER_CELL
        while len(self._waiting) > 2 * reach:
            core = _CORE * FRAMES_PER_CELL
            if len(self._waiting) < core + 2 * reach:
                if not rest:
                    return
                core = len(self._waiting) - 2 * reach
            heard = self._detector.hear(self._waiting[: core + 2 * reach])
            self._heard.append(np.column_stack([heard.probabilities, heard.above]))
            self._waiting = self._waiting[core:].copy()


def _level(cells: FloatArray) -> FloatArray:
    """(n,) dB of full scale of n pieces of sound."""
    power = np.mean(cells.astype(np.float64) ** 2, axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR / 10))), np.float32)


def in_cells(chunks: FloatArray, cells: int) -> FloatArray:
    """(cells,) means over cells of what :class:`SpeechReader` knows of its own pieces."""
    if not cells:
        return np.zeros(0, np.float32)
    sums = np.concatenate([[0.0], np.cumsum(chunks, dtype=np.float64)]) * CHUNK
    edges = np.minimum(np.arange(cells + 1) * CELL, CHUNK * len(chunks))
    reached = np.interp(edges, np.arange(len(chunks) + 1) * CHUNK, sums)
    return np.asarray(np.diff(reached) / np.maximum(np.diff(edges), 1), np.float32)
