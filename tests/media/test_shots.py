"""Cuts on the decode pass."""

from __future__ import annotations

import numpy as np

from emotion_core.media.shots import split_shots
from emotion_core.types import Frame, ImageArray


def _frames(pictures: list[ImageArray]) -> list[Frame]:
    return [Frame(picture, index, index / 25) for index, picture in enumerate(pictures)]


def _scene(seed: int, count: int) -> list[ImageArray]:
    """A textured picture that moves slowly."""
    texture = np.random.default_rng(seed).integers(0, 255, (6, 12, 3), np.uint8)
    big = np.kron(texture, np.ones((20, 20, 1), np.uint8))
    return [np.ascontiguousarray(np.roll(big, shift, axis=1)) for shift in range(count)]


def test_shots_are_numbered_and_change_at_the_cut() -> None:
    frames = _frames(_scene(1, 40) + _scene(2, 30) + _scene(3, 30))
    numbered = list(split_shots(frames))
    assert [frame.index for frame, _ in numbered] == list(range(100))
    assert [shot for _, shot in numbered] == [0] * 40 + [1] * 30 + [2] * 30


def test_a_fast_pan_is_no_cut() -> None:
    texture = np.random.default_rng(0).integers(0, 255, (9, 64, 3), np.uint8)
    wide = np.kron(texture, np.ones((20, 20, 1), np.uint8))
    frames = _frames([wide[:, 12 * k : 12 * k + 320] for k in range(60)])
    assert {shot for _, shot in split_shots(frames)} == {0}


def test_no_frames_give_no_shots() -> None:
    assert list(split_shots([])) == []
