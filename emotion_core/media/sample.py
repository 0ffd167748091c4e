"""The sample scene: made on the machine from two portraits that installed packages carry.

The portraits are works of the United States government and in the public domain:

* Eileen Collins, official portrait by NASA; in scikit-image as ``astronaut``.
* Grace Hopper, official portrait by the United States Navy; in matplotlib's sample data as
  ``grace_hopper.jpg``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from emotion_core.media.drawing import BACKGROUND, MUTED, TEXT, draw_text
from emotion_core.media.encoding.writer import SOUND_RATE, SoundPiece, open_video
from emotion_core.types import ImageArray

if TYPE_CHECKING:
    from moviepy import AudioClip

SAMPLE_CREDIT = (
    "Portraits in the public domain: Eileen Collins (NASA) and Grace Hopper (U.S. Navy)."
)
SAMPLE_SIZE = (640, 360)
SAMPLE_FPS = 25
TITLE_SECONDS = 1.0
SHOT_SECONDS = (4.0, 4.0, 3.0)
_PIECE = 4_800  # samples of sound that are made at once
_CHORD = (220.0, 277.18, 329.63, 440.0)  # A major, in Hz


@dataclass(frozen=True, slots=True)
class _View:
    """A part of a portrait: middle in px, and width in px of the portrait."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class _Move:
    """A slow camera move over a portrait."""

    start: _View
    end: _View

    def at(self, share: float) -> _View:
        """The view after a share of the time, easing in and out; zoom at a steady pace."""
        t = share * share * (3 - 2 * share)
        width = self.start.width * (self.end.width / self.start.width) ** t
        spread = self.end.width - self.start.width
        along = (width - self.start.width) / spread if spread else t
        x = self.start.x + (self.end.x - self.start.x) * along
        y = self.start.y + (self.end.y - self.start.y) * along
        return _View(x, y, width)


# moves over the astronaut (512 x 512, face about 225, 117) and the admiral (512 x 600, face
# about 265, 230); every view lies inside its portrait
_COLLINS = _Move(_View(262, 150, 500), _View(232, 116, 330))
_HOPPER = _Move(_View(270, 222, 400), _View(256, 240, 510))
_COLLINS_HALF = _Move(_View(228, 140, 240), _View(226, 132, 205))
_HOPPER_HALF = _Move(_View(262, 240, 400), _View(264, 236, 350))


def build_sample_scene(out: Path) -> Path:
    """Write the sample scene: 12 s, 640 x 360, 25 frames/s, H.264 with a quiet chord.

    A title card of one second without a face, then three shots with hard cuts between them:
    Eileen Collins, Grace Hopper, and both side by side. The same packages give the same pictures.

    Args:
        out: an ``.mp4``; an older one is replaced.

    Returns:
        ``out``.

    Raises:
        OutputError: it cannot be written.
    """
    from moviepy import AudioClip, VideoClip

    duration = TITLE_SECONDS + sum(SHOT_SECONDS)
    clip = VideoClip(_scene_painter(), duration=duration)
    sound = AudioClip(partial(_chord, duration), duration, SOUND_RATE)
    with open_video(
        out, SAMPLE_SIZE, SAMPLE_FPS, sound=_pieces(sound), preset="medium", crf=20
    ) as video:
        for time, image in clip.iter_frames(fps=SAMPLE_FPS, with_times=True, dtype="uint8"):
            video.write(image, time)
    return out


def _pieces(sound: AudioClip) -> Iterator[SoundPiece]:
    """A sound, part by part."""
    time = 0.0
    for samples in sound.iter_chunks(chunksize=_PIECE, fps=SOUND_RATE, quantize=True, nbytes=2):
        flat = np.ascontiguousarray(samples, np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format="s16", layout="stereo")
        frame.sample_rate = SOUND_RATE
        yield frame, time
        time += len(samples) / SOUND_RATE


def _scene_painter() -> Callable[[float], ImageArray]:
    """A function from time in s to the picture at that time."""
    width, height = SAMPLE_SIZE
    collins, hopper = load_portraits()
    title = _title_card()
    ends = np.cumsum((TITLE_SECONDS, *SHOT_SECONDS))

    def paint(time: float) -> ImageArray:
        # half a frame of grace: times are multiples of 1/25 with rounding errors
        part = int(np.searchsorted(ends, time + 0.5 / SAMPLE_FPS, side="right"))
        if part == 0:
            return title
        part = min(part, len(SHOT_SECONDS))
        share = min(max((time - ends[part - 1]) / SHOT_SECONDS[part - 1], 0.0), 1.0)
        if part == 1:
            return _look(collins, _COLLINS.at(share), SAMPLE_SIZE)
        if part == 2:
            return _look(hopper, _HOPPER.at(share), SAMPLE_SIZE)
        half = (width // 2, height)
        left = _look(hopper, _HOPPER_HALF.at(share), half)
        right = _look(collins, _COLLINS_HALF.at(share), half)
        return np.hstack([left, right])

    return paint


def load_portraits() -> tuple[ImageArray, ImageArray]:
    """The two portraits, (512, 512, 3) and (600, 512, 3)."""
    import matplotlib
    from skimage import data

    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    with Image.open(path) as picture:
        hopper = np.asarray(picture.convert("RGB"), np.uint8)
    return np.asarray(data.astronaut(), np.uint8), hopper  # type: ignore[no-untyped-call]


def _look(portrait: ImageArray, view: _View, size: tuple[int, int]) -> ImageArray:
    """A view of a portrait, placed to fractions of a pixel so that slow moves do not jitter."""
    scale = size[0] / view.width
    matrix = np.array(
        [
            [scale, 0, size[0] / 2 - scale * view.x],
            [0, scale, size[1] / 2 - scale * view.y],
        ]
    )
    seen = cv2.warpAffine(
        portrait, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)


def _title_card() -> ImageArray:
    width, height = SAMPLE_SIZE
    card = np.full((height, width, 3), BACKGROUND, np.uint8)
    draw_text(card, "Sample scene", (width / 2, 140), 34, TEXT, bold=True, anchor="middle")
    line = "two portraits in the public domain"
    draw_text(card, line, (width / 2, 194), 15, MUTED, anchor="middle")
    return card


def _chord(duration: float, times: Any) -> npt.NDArray[np.float64]:
    """A soft chord that fades in and out; (n, 2) in [-1, 1], or (2,) for a single time."""
    t = np.asarray(times, np.float64)
    waves = [np.sin(2 * np.pi * pitch * t) / (1 + i) for i, pitch in enumerate(_CHORD)]
    swell = np.clip(np.minimum(t / 1.5, (duration - t) / 2.0), 0, 1)
    tone = 0.05 * swell * (1 + 0.2 * np.sin(2 * np.pi * 0.25 * t)) * np.sum(waves, axis=0)
    return np.stack([tone, tone], axis=-1)
