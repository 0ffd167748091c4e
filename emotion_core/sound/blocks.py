"""The sound of a clip as a stream of blocks that lie on the clock of its pictures.

Sound is decoded once. Every block covers the same length of the clip, from second 0 on: where the
file has no sound for a while, the block holds zeros. So a sample's place says when it is heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.types import FloatArray

# Of :attr:`SoundBlock.samples`, a second.
SAMPLE_RATE = 16_000
BLOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Ten seconds of sound; the last one of a clip may be shorter.

    Attributes:
        start: second of the clip at which it begins, a multiple of :data:`BLOCK_SECONDS`.
        samples: (n,) float32, all channels mixed to one, :data:`SAMPLE_RATE` a second, full scale
            1; decoders may go beyond.
        channels: (channels, m) float32, as stored, at the file's own rate.
        rate: of ``channels``, samples a second.
        layout: of ``channels``, as FFmpeg names it: "mono", "stereo", "5.1".
    """

    start: float
    samples: FloatArray
    channels: FloatArray
    rate: int
    layout: str

    def __post_init__(self) -> None:
        for name, array, axes in (("samples", self.samples, 1), ("channels", self.channels, 2)):
            if array.ndim != axes or array.dtype != np.float32:
                raise ValueError(
                    f"SoundBlock.{name} must be float32 of {axes} axes, but is {array.dtype} of "
                    f"shape {array.shape}"
                )
