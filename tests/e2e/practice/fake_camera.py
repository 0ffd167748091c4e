"""A clip as the camera of a headless Chromium, with the number of each frame written into it.

Chromium plays a file in place of its camera, over and over
(``--use-file-for-fake-video-capture``). Blocks in a corner carry the number of the frame as bits,
so that what is shown at a moment can be laid beside what was read in that very frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from emotion_core.media.decode import read_frames
from emotion_core.media.probe import probe
from emotion_core.types import ImageArray

PICTURE_WIDTH, PICTURE_HEIGHT = 640, 480
_BITS, _BLOCK, _STEP, _LEFT, _TOP = 12, 16, 22, 8, 6


def write_camera(clip: Path, out: Path, *, numbered: bool = True) -> int:
    """Write a clip as a camera of 640 x 480; gives the number of frames.

    Args:
        clip: fitted into the picture on grey, at its own rate.
        out: ``.y4m``.
        numbered: write the number of each frame into it.
    """
    info = probe(clip)
    rate = Fraction(round(info.fps * 1000), 1000)
    count = 0
    with av.open(str(out), "w", format="yuv4mpegpipe") as container:
        stream = container.add_stream("wrapped_avframe", rate=rate)
        stream.width, stream.height, stream.pix_fmt = PICTURE_WIDTH, PICTURE_HEIGHT, "yuv420p"
        for picture in _pictures(clip, numbered):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode())
    return count


def read_number(picture: ImageArray) -> int:
    """The number of the frame that a picture of the camera shows, whatever its size."""
    scale = picture.shape[1] / PICTURE_WIDTH
    rows = slice(round((_TOP + 4) * scale), round((_TOP + _BLOCK - 4) * scale))
    number = 0
    for bit in range(_BITS):
        left = _LEFT + bit * _STEP
        columns = slice(round((left + 4) * scale), round((left + _BLOCK - 4) * scale))
        number |= int(picture[rows, columns].mean() > 128) << bit
    return number


def _pictures(clip: Path, numbered: bool) -> Iterator[ImageArray]:
    for number, frame in enumerate(read_frames(clip)):
        height, width = frame.image.shape[:2]
        scale = min(PICTURE_WIDTH / width, PICTURE_HEIGHT / height)
        size = (round(width * scale), round(height * scale))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        picture = np.full((PICTURE_HEIGHT, PICTURE_WIDTH, 3), 60, np.uint8)
        left, top = (PICTURE_WIDTH - size[0]) // 2, (PICTURE_HEIGHT - size[1]) // 2
        picture[top : top + size[1], left : left + size[0]] = small
        for bit in range(_BITS if numbered else 0):
            x = _LEFT + bit * _STEP
            color = (255,) * 3 if number >> bit & 1 else (0,) * 3
            cv2.rectangle(
                picture, (x, _TOP), (x + _BLOCK - 1, _TOP + _BLOCK - 1), color, cv2.FILLED
            )
        yield picture
