"""Speech to lay over music: acted sentences, one after the other."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from benchmarks.sound.music.midi import Samples
from emotion_core.sound.blocks import SAMPLE_RATE

VOICES = Path(__file__).resolve().parents[4] / "shared/data/speech_emotion_ravdess.zip"
_PAUSE = 0.4  # seconds between sentences, about


def speech(seconds: float, seed: int, *, testing: bool) -> Samples:
    """Sentences of several speakers.

    Args:
        seconds: of the result.
        seed: of the choice.
        testing: whose sentences: those of one half of the speakers or of the other.

    Returns:
        (n,) at :data:`SAMPLE_RATE`, the loudest sample at 0.5.
    """
    random, pieces, length = np.random.default_rng(seed), [], 0
    wanted = round(seconds * SAMPLE_RATE)
    with ZipFile(VOICES) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".ogg"))
        names = [name for name in names if int(Path(name).stem[-2:]) % 4 // 2 == testing]
        while length < wanted:
            spoken = _decode(archive.read(names[int(random.integers(len(names)))]))
            spoken = _trimmed(spoken / max(float(np.abs(spoken).max()), 1e-6))
            pieces += [spoken, np.zeros(round(_PAUSE * SAMPLE_RATE), np.float32)]
            length += sum(map(len, pieces[-2:]))
    return np.asarray(0.5 * np.concatenate(pieces)[:wanted], np.float32)


def mixed(music: Samples, spoken: Samples, above: float) -> Samples:
    """Both together, the speech so many dB louder than the music, each by its power where it is."""
    levels = [float(np.sqrt(np.mean(x[np.abs(x) > 0.01] ** 2))) for x in (music, spoken)]
    gain = levels[0] / levels[1] * 10 ** (above / 20)
    both = music + np.float32(gain) * spoken
    return np.asarray(both * (0.7 / np.abs(both).max()), np.float32)


def _decode(data: bytes) -> Samples:
    import av

    resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
    with av.open(io.BytesIO(data)) as container:
        pieces = [
            out.to_ndarray()[0]
            for piece in container.decode(audio=0)
            for out in resampler.resample(piece)
        ]
    return np.concatenate(pieces)


def _trimmed(spoken: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(spoken) > 0.03)
    return spoken[loud[0] : loud[-1] + 1] if len(loud) else spoken
