"""Cuts, dissolves and wipes, found on the decode pass that the faces are found on.

Everything is judged relative to the clip itself, so that a dark or a colourless film is cut as a
bright one is: how much a picture changes against the contrast of the clip, and whether what it
shows before and after is alike once brightness and contrast are taken out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scenedetect import AdaptiveDetector, FrameTimecode

from emotion_core.types import FloatArray, Frame, ImageArray

# PySceneDetect compares small pictures as well as large ones, and many times faster.
COMPARED_WIDTH = 160
# Shots are no shorter, in seconds; what comes back sooner was a flash.
MIN_SHOT_SECONDS = 0.2
_FLASH_SECONDS = 0.25
# Least change of brightness at a cut, as a share of the clip's contrast, and at all (of 255).
_LEAST_CHANGE, _LEAST_LEVELS = 0.3, 3.0
# One minus the correlation of what is before a cut and after it: noise, fast movement and light
# stay below.
_LEAST_DIFFERENCE = 0.15
# Seconds from the middle of a dissolve or wipe to the pictures that it may lie between.
_HALVES = (0.3, 0.6)
# One minus their correlation; and the share of their difference that mixing them leaves
# unexplained: below 0.08 in most dissolves and wipes, above 0.1 in most movement.
_MIXED_DIFFERENCE, _MIXED_RESIDUAL = 0.3, 0.08
_MIXED_SHARES = (0.2, 0.8)
# How fast the picture may have moved before, over how fast it changes now: a camera that moves over
# something smooth looks like a dissolve, but it has moved before.
_STEADY = 0.8
# Frames that wait at most: at high frame rates, less time is looked ahead.
_MOST_WAITING = 32
# Pictures are compared as so many rows and columns of blocks, each of so many pixels a side.
_ROWS, _COLUMNS, _BLOCK = 6, 8, 4
# Standard deviation (of 255) below which a picture shows nothing: black, white, fog.
_BLANK = 2.0


def split_shots(frames: Iterable[Frame]) -> Iterator[tuple[Frame, int]]:
    """Number the shot of every frame as it streams by.

    A hard cut is where PySceneDetect's adaptive detector finds more change than at the frames
    around, so that a fast pan is no cut, and where what was before does not come back, so that a
    flash is none either. A dissolve or a wipe is where a picture is a mixture of one before and
    one after that differ; the new shot begins in the middle of it. A fade through black or white
    begins one where the picture comes back as another. Frames wait until this is certain, at most
    0.6 s and 32 frames.

    Args:
        frames: a clip in order.

    Yields:
        Each frame with the number of its shot, from 0.
    """
    finder = _CutFinder()
    shot = 0
    for frame in frames:
        finder.add(frame)
        while (decided := finder.next()) is not None:
            shot += decided[1]
            yield decided[0], shot
    while (decided := finder.next(final=True)) is not None:
        shot += decided[1]
        yield decided[0], shot


@dataclass(slots=True)
class _Seen:
    """A frame as it is compared.

    Attributes:
        time: s.
        blocks: (48, 48) float32, its small picture in blocks of pixels.
        pattern: (2304,) float32 of length 1, the same without brightness and contrast; zeros
            where the picture shows nothing.
        candidate: whether PySceneDetect finds a cut here.
        frame: the frame, until it has been decided on.
    """

    time: float
    blocks: FloatArray
    pattern: FloatArray
    frame: Frame | None
    candidate: bool = False

    def differs(self, other: _Seen) -> float:
        """One minus the correlation: 0 the same, about 1 something else."""
        return 1.0 - float(self.pattern @ other.pattern)

    @property
    def blank(self) -> bool:
        """Whether the picture shows nothing."""
        return not self.pattern.any()


@dataclass(slots=True)
class _CutFinder:
    """Decides on frames in order, a little later than they come."""

    _detector: AdaptiveDetector = field(
        default_factory=lambda: AdaptiveDetector(min_scene_len=0, luma_only=True)
    )
    _seen: list[_Seen] = field(default_factory=list)  # decided ones first, then waiting ones
    _next: int = 0  # place of the first that waits
    _count: int = 0
    _contrast: float = 0.0
    _last_cut: float = -np.inf
    _last_mixture: float = -np.inf
    _before_blank: _Seen | None = None

    def add(self, frame: Frame) -> None:
        """Take the next frame."""
        small = _small(frame.image)
        blocks = _blocks(small)
        spread = float(blocks.std())
        # a slow mean over the clip up to here; what shows nothing says nothing of the contrast
        if spread >= _BLANK:
            rate = max(1 / (self._count + 1), 0.002)
            self._contrast += rate * (spread - self._contrast)
        pattern = (blocks - blocks.mean()).ravel()
        length = spread * np.sqrt(pattern.size)
        pattern = pattern / length if spread >= _BLANK else np.zeros_like(pattern)
        self._seen.append(_Seen(frame.time, blocks, pattern, frame))
        self._detector.min_content_val = max(_LEAST_CHANGE * self._contrast, _LEAST_LEVELS)
        # consecutive numbers, also where a reader skips pictures; the rate is of no importance
        for cut in self._detector.process_frame(FrameTimecode(self._count, 25.0), small):
            self._seen[cut.frame_num - self._count - 1].candidate = True
        self._count += 1

    def next(self, *, final: bool = False) -> tuple[Frame, bool] | None:
        """The next frame and whether a shot begins with it; ``None`` until that is certain."""
        waiting = len(self._seen) - self._next
        if not waiting:
            return None
        seen = self._seen[self._next]
        ahead = self._seen[-1].time - seen.time
        if not final and waiting <= _MOST_WAITING and ahead <= _HALVES[-1]:
            return None
        begins = self._begins()
        if begins:
            self._last_cut = seen.time
        frame, seen.frame = seen.frame, None
        self._next += 1
        while self._seen[0].time < seen.time - 2 * _HALVES[-1] - 0.1:
            del self._seen[0]
            self._next -= 1
        assert frame is not None
        return frame, begins

    def _begins(self) -> bool:
        here = self._next
        seen = self._seen[here]
        returned = self._returned(seen)
        if here == 0 or seen.time - self._last_cut < MIN_SHOT_SECONDS - 1e-6:
            return False
        if seen.candidate and self._lasts(here):
            return True
        if returned is not None and self._differs_after(returned, here):
            return True
        if seen.time - self._last_mixture < 2 * _HALVES[-1]:
            return False  # still the same dissolve
        if any(self._is_mixture(here, half) for half in _HALVES):
            self._last_mixture = seen.time
            return True
        return False

    def _returned(self, seen: _Seen) -> _Seen | None:
        """What was there before the picture went blank, where it comes back here."""
        previous = self._seen[self._next - 1] if self._next else None
        if previous is None or seen.blank:
            return None
        if not previous.blank:
            self._before_blank = seen
            return None
        return self._before_blank

    def _lasts(self, here: int) -> bool:
        """Whether nothing just before a change is like anything just after it."""
        time = self._seen[here].time
        before = [one for one in self._seen[:here] if one.time >= time - _FLASH_SECONDS]
        after = [one for one in self._seen[here:] if one.time < time + _FLASH_SECONDS]
        least = min(one.differs(other) for one, other in product(before, after))
        at_once = self._seen[here - 1].differs(self._seen[here])
        return least >= max(_LEAST_DIFFERENCE, 0.4 * min(at_once, 1.0))

    def _differs_after(self, before: _Seen, here: int) -> bool:
        time = self._seen[here].time
        after = [one for one in self._seen[here:] if one.time < time + _FLASH_SECONDS]
        return min(before.differs(one) for one in after) >= _MIXED_DIFFERENCE

    def _is_mixture(self, here: int, half: float) -> bool:
        """Whether a picture lies between one before and one after as in a dissolve or a wipe.

        Each block is taken for a mixture of what it shows before and after, with a share of its
        own: the same everywhere in a dissolve, 0 or 1 but at the edge in a wipe. Pictures a
        quarter and three quarters of the way must be such mixtures as well.
        """
        time = self._seen[here].time
        # what was before the last cut belongs to another shot; and so does what is after the next
        if time - half < max(self._last_cut, self._seen[0].time) - 1e-6:
            return False
        first, last = self._at(time - half), self._at(time + half)
        one, other = self._seen[first], self._seen[last]
        difference = one.differs(other)
        if one.blank or other.blank or difference < _MIXED_DIFFERENCE:
            return False
        quarter, later = self._at(time - half / 2), self._at(time + half / 2)
        if not first < quarter < here < later < last:
            return False
        if any(one.candidate for one in self._seen[first + 1 : last + 1]):
            return False
        speed = np.sqrt(difference) / (2 * half)
        if self._speed_around(first, last, half) > _STEADY * speed:
            return False
        shares = []
        for place in (quarter, here, later):
            share, residual = _mixture(one.blocks, other.blocks, self._seen[place].blocks)
            if residual > _MIXED_RESIDUAL:
                return False
            shares.append(share)
        low, high = _MIXED_SHARES
        return low <= shares[1] <= high and shares[0] < shares[1] < shares[2] and shares[1] >= 0.45

    def _speed_around(self, first: int, last: int, half: float) -> float:
        """How fast the picture moves before or after, whichever is calmer, as a root a second.

        The root of what differs grows as the way that something moves.
        """
        one, other = self._seen[first], self._seen[last]
        before = self._seen[self._at(max(one.time - half, self._last_cut))]
        after = self._seen[self._at(other.time + half)]
        speeds = [
            np.sqrt(max(start.differs(end), 0.0)) / (end.time - start.time)
            for start, end in ((before, one), (other, after))
            if end.time - start.time >= half / 3
        ]
        return float(min(speeds, default=np.inf))

    def _at(self, time: float) -> int:
        """The place of the frame nearest to a time."""
        place = bisect_left(self._seen, time, key=_time_of)
        if place and (
            place == len(self._seen)
            or time - self._seen[place - 1].time <= self._seen[place].time - time
        ):
            place -= 1
        return place


def _time_of(seen: _Seen) -> float:
    return seen.time


def _mixture(before: FloatArray, after: FloatArray, between: FloatArray) -> tuple[float, float]:
    """How far a picture is on the way from one to another, and what of it that does not explain.

    Args:
        before, after, between: (n, p) pictures in n blocks.

    Returns:
        The mean share of ``after`` in it, and the squares that are left, over those of the
        difference of the two.
    """
    step = after - before
    squares = (step**2).sum(axis=1)
    total = max(float(squares.sum()), 1e-6)
    moved = between - before
    shares = np.clip((moved * step).sum(axis=1) / np.maximum(squares, 1e-6), 0, 1)
    left = moved - shares[:, None] * step
    return float((shares * squares).sum()) / total, float((left**2).sum()) / total


def _blocks(small: ImageArray) -> FloatArray:
    """(rows * columns, block * block * 3) float32 of a small picture."""
    size = (_COLUMNS * _BLOCK, _ROWS * _BLOCK)
    tiny: npt.NDArray[Any] = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    parted = tiny.reshape(_ROWS, _BLOCK, _COLUMNS, _BLOCK, 3).transpose(0, 2, 1, 3, 4)
    return np.asarray(parted.reshape(_ROWS * _COLUMNS, -1), np.float32)


def _small(image: ImageArray) -> ImageArray:
    """A BGR picture of :data:`COMPARED_WIDTH`, as PySceneDetect expects it."""
    scale = COMPARED_WIDTH / image.shape[1]
    if scale < 1:
        size = (COMPARED_WIDTH, max(round(image.shape[0] * scale), 1))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(image[:, :, ::-1])
