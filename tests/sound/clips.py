"""Clips whose sound is known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray


def beeps(seconds: float, rate: int) -> FloatArray:
    """A tone of half the full scale for a tenth of a second at the beginning of every second."""
    time = np.arange(int(seconds * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * time) * (time % 1 < 0.1)
    return tone.astype(np.float32)


def write_clip(
    path: Path,
    sounds: Sequence[FloatArray],
    *,
    rate: int = 48_000,
    layout: str = "stereo",
    codec: str = "pcm_s16le",
    start: float = 0.0,
    gap: tuple[float, float] | None = None,
    languages: Sequence[str] = (),
) -> Path:
    """Write a clip of black pictures with sounds, the same on all channels.

    Args:
        path: ends as its container is called.
        sounds: (n,) each, a track each.
        rate, layout, codec: of all tracks.
        start: second at which sound begins.
        gap: seconds in which the file has no sound.
        languages: of the tracks.
    """
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        tracks = [container.add_stream(codec, rate=rate, layout=layout) for _ in sounds]
        for track, language in zip(tracks, languages, strict=False):
            track.metadata["language"] = language
        length = max((len(sound) / rate for sound in sounds), default=2.0) + start
        black = np.zeros((48, 64, 3), np.uint8)
        for number in range(int(np.ceil(length * 10))):
            frame = av.VideoFrame.from_ndarray(black, "rgb24")
            frame.pts = number
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for track, sound in zip(tracks, sounds, strict=True):
            for first in range(0, len(sound), 1024):
                if gap and gap[0] <= first / rate < gap[1]:
                    continue
                channels = np.tile(sound[first : first + 1024], (track.layout.nb_channels, 1))
                piece = av.AudioFrame.from_ndarray(channels.copy(), "fltp", layout)
                piece.sample_rate, piece.time_base = rate, Fraction(1, rate)
                piece.pts = first + round(start * rate)
                container.mux(track.encode(piece))
            container.mux(track.encode(None))
    return path


def in_blocks(samples: FloatArray, layout: str = "mono") -> list[SoundBlock]:
    """Sound at 16 kHz as the decoder gives it."""
    size = round(BLOCK_SECONDS * SAMPLE_RATE)
    samples = samples.astype(np.float32)
    return [
        SoundBlock(
            first / SAMPLE_RATE,
            samples[first : first + size],
            samples[None, first : first + size],
            SAMPLE_RATE,
            layout,
        )
        for first in range(0, len(samples), size)
    ]
