"""Lanes as a tape that runs under a playhead: drawn once, a few seconds at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from emotion_core.media.drawing import BACKGROUND, LINE, UNPLAYED, fill
from emotion_core.render.video.heard.lanes import Lane
from emotion_core.render.video.heard.piece import Piece
from emotion_core.types import ImageArray

_KEPT = 3  # pieces; two are in view


class Tape:
    """Gives any stretch of the lanes as a picture; only the pieces around it are kept.

    Args:
        lanes: from the top.
        piece: the first piece; all are as wide.
        duration: seconds of the clip; the tape is dark before and after it.
    """

    def __init__(self, lanes: Sequence[Lane], piece: Piece, duration: float) -> None:
        self._lanes, self._piece = lanes, piece
        self.heights = [piece.px(lane.units) for lane in lanes]
        self._duration = duration
        self._kept: OrderedDict[int, ImageArray] = OrderedDict()

    def copy_to(self, area: ImageArray, first: int) -> None:
        """Show the tape from a column on, which may lie before the clip."""
        step, done = self._piece.count, 0
        while done < area.shape[1]:
            number, offset = divmod(first + done, step)
            part = self._drawn(number)[:, offset : offset + area.shape[1] - done]
            area[:, done : done + part.shape[1]] = part
            done += part.shape[1]

    def _drawn(self, number: int) -> ImageArray:
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        one = self._piece
        piece = Piece(number * one.count, one.count, one.per_second, one.unit)
        image = np.full((sum(self.heights), one.count, 3), BACKGROUND, np.uint8)
        inside = slice(max(piece.x(0), 0), max(piece.x(self._duration), 0))
        image[:, inside] = UNPLAYED
        top = 0
        for lane, height in zip(self._lanes, self.heights, strict=True):
            lane.draw(image[top : top + height - 1], piece)
            top += height
            fill(image[top - 1 : top], LINE)
        self._kept[number] = image
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return image
