"""What a camera and a microphone give, made up."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

RATE = 48_000
PIECE = 960  # samples, 20 ms


def picture(
    level: int = 90, size: tuple[int, int] = (160, 120), color: tuple[int, int, int] | None = None
) -> av.VideoFrame:
    """A picture of one grey, or of one colour in RGB, as a camera gives it."""
    width, height = size
    image = np.full((height, width, 3), color or level, np.uint8)
    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")


def sound(loud: bool, hertz: float = 1000.0, samples: int = PIECE) -> av.AudioFrame:
    """A piece of a tone, or of silence."""
    wave = 12_000 * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE) * loud
    both = np.repeat(wave.astype(np.int16), 2)[None]
    frame = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
    frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
    return frame
