"""Which way up pictures are shown: the eight orientations of a display matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import av
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type

Pixel = TypeVar("Pixel", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture becomes the one that is shown: transposed first, then mirrored.

    Attributes:
        transposed: rows become columns.
        mirrored: left becomes right.
        flipped: top becomes bottom.
    """

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False

    def apply(self, pixels: npt.NDArray[Pixel]) -> npt.NDArray[Pixel]:
        """(H, W, ...) pixels as they are shown; a view of the same memory."""
        shown = pixels.swapaxes(0, 1) if self.transposed else pixels
        return shown[:: -1 if self.flipped else 1, :: -1 if self.mirrored else 1]

    @property
    def is_turn(self) -> bool:
        """Whether it only turns pictures, and never shows them as in a mirror."""
        return (self.transposed + self.mirrored + self.flipped) % 2 == 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height after (or, as it is the same, before) turning."""
        return (height, width) if self.transposed else (width, height)


def orientation(picture: av.VideoFrame) -> Orientation:
    """How a decoded picture is to be turned, to the nearest quarter.

    FFmpeg's matrix sends a stored point (x, y) to (a x + c y, b x + d y), y downwards.
    """
    matrix = cast("Mapping[Type, Any]", picture.side_data).get(Type.DISPLAYMATRIX)
    if matrix is None:
        return Orientation()
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
    if abs(b) > abs(a):
        return Orientation(True, mirrored=c < 0, flipped=b < 0)
    return Orientation(False, mirrored=a < 0, flipped=d < 0)
