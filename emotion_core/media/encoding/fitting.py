"""Pictures of any size, colours and rotation, as the one writer of videos needs them."""

from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from emotion_core.media.orientation import Orientation, orientation
from emotion_core.types import ImageArray

_BLACK = (16, 128, 128)


class PictureFitter:
    """Fits one picture after the other into a video.

    Args:
        size: width and height of the video in px, even.
        stretch: whether pictures of the first one's shape fill the video, whatever that is; else
            they stand between black bars.
    """

    def __init__(self, size: tuple[int, int], stretch: bool) -> None:
        self._size, self._stretch = size, stretch
        self._converter = VideoReformatter()
        self._drawn: av.VideoFrame | None = None  # holds what comes as an array
        self._shape: tuple[int, int] | None = None  # of the first picture

    def frame_with(self, image: ImageArray) -> av.VideoFrame:
        """An array as a frame, until the next one comes; new ones would take longer."""
        height, width = image.shape[:2]
        if self._drawn is None or (self._drawn.width, self._drawn.height) != (width, height):
            self._drawn = av.VideoFrame(width, height, "rgb24")
        (plane,) = self._drawn.planes
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
        rows[:, : 3 * width] = image.reshape(height, 3 * width)
        return self._drawn

    def fit(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A picture of its own in the size of the video, upright, in the colours of BT.709."""
        turned = orientation(frame)
        width, height = across, down = self._size
        shown = turned.size(frame.width, frame.height)
        self._shape = self._shape or shown
        if not self._stretch or shown != self._shape:
            # where pixels are not square, they are so in every shape
            aspect = self._stretched(width / height)
            scale = min(width / (shown[0] * aspect), height / shown[1])
            across, down = (
                min(_nearest_even(side * scale), most)
                for side, most in zip((shown[0] * aspect, shown[1]), self._size, strict=True)
            )
        # colours of a camera come without a statement, and then are those of ITU-R BT.601
        small = self._converter.reformat(
            frame,
            *turned.size(across, down),
            "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=frame.color_range,
            dst_color_range=ColorRange.MPEG,
        )
        if small is not frame and turned == Orientation() and (across, down) == self._size:
            return small
        sheet = av.VideoFrame(width, height, "yuv420p")
        for target, source, black in zip(sheet.planes, small.planes, _BLACK, strict=True):
            canvas, picture = pixels(target), turned.apply(pixels(source))
            canvas[:] = black
            top, left = (
                (have - need) // 2 for have, need in zip(canvas.shape, picture.shape, strict=True)
            )
            canvas[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        return sheet

    def _stretched(self, video_aspect: float) -> float:
        """How much wider pixels become than they are high; 1 where pictures keep their shape."""
        if not self._stretch or self._shape is None:
            return 1.0
        return video_aspect / (self._shape[0] / self._shape[1])


def pixels(plane: av.video.plane.VideoPlane) -> npt.NDArray[np.uint8]:
    """(height, width) of a plane, to look at and to write in."""
    rows: npt.NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return rows.reshape(-1, plane.line_size)[: plane.height, : plane.width]


def _nearest_even(side: float) -> int:
    return max(2 * round(side / 2), 2)
