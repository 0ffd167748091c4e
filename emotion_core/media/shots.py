"""Cuts, found on the decode pass that the faces are found on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from scenedetect import AdaptiveDetector, FrameTimecode

from emotion_core.types import Frame, ImageArray

# PySceneDetect compares small pictures as well as large ones, and many times faster.
COMPARED_WIDTH = 160
MIN_SHOT_SECONDS = 0.4


def split_shots(frames: Iterable[Frame], fps: float) -> Iterator[tuple[Frame, int]]:
    """Number the shot of every frame as it streams by.

    PySceneDetect's adaptive detector compares the change at a frame with that of its
    neighbours, so that a fast pan is not taken for a cut; it answers a few frames late, and
    frames wait here until it has.

    Args:
        frames: a clip in order.
        fps: nominal frames per second.

    Yields:
        Each frame with the number of its shot, from 0.
    """
    detector = AdaptiveDetector(min_scene_len=max(round(MIN_SHOT_SECONDS * fps), 1))
    waiting: deque[Frame] = deque()
    cuts: set[int] = set()
    shot = 0
    # counted here: a reader that skips pictures still gives the detector consecutive numbers
    for position, frame in enumerate(frames):
        found = detector.process_frame(FrameTimecode(position, fps), _small(frame.image))
        cuts.update(cut.frame_num for cut in found)
        waiting.append(frame)
        if len(waiting) > detector.event_buffer_length:
            oldest = position - len(waiting) + 1
            shot += oldest in cuts
            yield waiting.popleft(), shot
    for frame in waiting:
        # the detector cannot see a cut in its last few frames
        yield frame, shot


def _small(image: ImageArray) -> ImageArray:
    """A BGR picture of :data:`COMPARED_WIDTH`, as PySceneDetect expects it."""
    scale = COMPARED_WIDTH / image.shape[1]
    if scale < 1:
        size = (COMPARED_WIDTH, max(round(image.shape[0] * scale), 1))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(image[:, :, ::-1])
