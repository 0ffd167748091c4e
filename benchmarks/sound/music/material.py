"""What is read: pieces alone and under speech, and sound in which there is no music to read.

Pieces by which something is chosen are never among those on which it is tested, nor are speakers'
sentences drawn alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.sound.music.chorales import chorale
from benchmarks.sound.music.keyless import atonal, drums
from benchmarks.sound.music.midi import Samples, render
from benchmarks.sound.music.songs import ENSEMBLES, made_song
from benchmarks.sound.music.truth import Piece
from benchmarks.sound.music.under_speech import mixed, speech
from emotion_core.sound.blocks import SAMPLE_RATE

# dB by which speech is louder than the music; None: no speech.
CONDITIONS = (None, 0, 10, 20)
_NO_MUSIC_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sound:
    """Something to be read.

    Attributes:
        kind: an ensemble, "chorale", "atonal", "drums", "speech" or "noise".
        speech: dB by which it is louder than the music; None without.
        samples: (n,) at 16 kHz.
        piece: None where there is no music.
    """

    kind: str
    speech: int | None
    samples: Samples
    piece: Piece | None

    @property
    def music(self) -> pd.DataFrame | None:
        """Where the music is, by the truth, where speech would count as music."""
        if self.piece is None or self.speech is None:
            return None
        time = np.arange(0, self.piece.seconds, 0.1)
        inside = (time >= self.piece.changes[0] - 0.05) & (time < self.piece.changes[-1] - 0.05)
        return pd.DataFrame({"time": time, "music": inside.astype(np.float64)})


def sounds(*, testing: bool, songs: int, chorales: int, others: int) -> Iterator[Sound]:
    """Sounds to choose by, or others to test on.

    Args:
        testing: which of the two.
        songs, chorales: how many of each.
        others: how many of each kind without a key, and without music.
    """
    for number, piece in enumerate(_pieces(testing, songs, chorales, others)):
        clean = render(piece.notes, piece.programs, piece.seconds)
        spoken = speech(piece.seconds, seed=number, testing=testing)
        for above in CONDITIONS:
            samples = clean if above is None else mixed(clean, spoken, above)
            yield Sound(piece.name.split()[0], above, samples, piece)
    for number in range(others):
        spoken = speech(_NO_MUSIC_SECONDS, seed=1000 + number, testing=testing)
        yield Sound("speech", None, spoken, None)
        yield Sound("noise", None, _noise(number + 1000 * testing), None)


def _pieces(testing: bool, songs: int, chorales: int, others: int) -> Iterator[Piece]:
    first, names = 1000 * testing, list(ENSEMBLES)
    for number in range(songs):
        yield made_song(first + number, names[number % len(names)])
    found = 0
    # the corpus has about four hundred; each half goes to one purpose
    for place in range(int(testing), 400, 2):
        if found < chorales and (piece := chorale(place)) is not None:
            found += 1
            yield piece
    for number in range(others):
        yield atonal(first + number)
        yield drums(first + number)


def _noise(seed: int) -> Samples:
    """White, pink or brown."""
    count = round(_NO_MUSIC_SECONDS * SAMPLE_RATE)
    waves = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    waves /= np.maximum(np.arange(len(waves)), 20) ** (0.5 * (seed % 3))
    noise = np.fft.irfft(waves, count)
    return np.asarray(0.5 * noise / np.abs(noise).max(), np.float32)
