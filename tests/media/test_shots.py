"""Cuts on the decode pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emotion_core.media.decode import read_frames
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


def _shots(pictures: list[ImageArray]) -> list[int]:
    return [shot for _, shot in split_shots(_frames(pictures))]


@pytest.mark.parametrize("brightness", [1.0, 0.45, 0.15])
@pytest.mark.parametrize("colour", [True, False])
def test_cuts_are_found_however_dark_and_without_colour(brightness: float, colour: bool) -> None:
    pictures = _scene(1, 30) + _scene(2, 30) + _scene(3, 30)
    if not colour:
        pictures = [np.repeat(one.mean(axis=2, keepdims=True), 3, axis=2) for one in pictures]
    graded = [np.asarray(one * brightness, np.uint8) for one in pictures]
    assert _shots(graded) == [0] * 30 + [1] * 30 + [2] * 30


def test_shots_of_a_third_of_a_second_are_all_found() -> None:
    pictures = [picture for seed in range(8) for picture in _scene(seed, 8)]
    assert _shots(pictures) == [seed for seed in range(8) for _ in range(8)]


@pytest.mark.parametrize("frames", [1, 2, 4])
@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_a_flash_is_no_cut(frames: int, strength: float) -> None:
    pictures = _scene(1, 60)
    for k in range(30, 30 + frames):
        pictures[k] = np.asarray(pictures[k] * (1 - strength) + 255 * strength, np.uint8)
    assert set(_shots(pictures)) == {0}


def test_a_light_that_is_switched_on_is_no_cut() -> None:
    dark = [np.asarray(picture * 0.3, np.uint8) for picture in _scene(1, 30)]
    assert set(_shots(dark + _scene(1, 60)[30:])) == {0}


@pytest.mark.parametrize("length", [8, 15, 30])
@pytest.mark.parametrize("kind", ["dissolve", "wipe"])
def test_a_dissolve_and_a_wipe_part_two_shots_in_their_middle(length: int, kind: str) -> None:
    # finer shapes would all have moved on by the end of the wipe
    one, other = (
        np.kron(
            np.random.default_rng(seed).integers(0, 255, (3, 4, 3), np.uint8), np.ones((40, 60, 1))
        )
        for seed in (1, 2)
    )
    pictures = [one] * 50
    for k in range(length):
        share = (k + 1) / (length + 1)
        if kind == "dissolve":
            pictures.append(one * (1 - share) + other * share)
        else:
            edge = round(240 * share)
            pictures.append(np.concatenate([other[:, :edge], one[:, edge:]], axis=1))
    pictures += [other] * 50
    shots = _shots([np.ascontiguousarray(picture, np.uint8) for picture in pictures])
    assert set(shots) == {0, 1} and 50 <= shots.index(1) <= 50 + length


def test_a_fade_through_black_to_another_picture_parts_two_shots() -> None:
    fade = [k / 12 for k in range(12, 0, -1)]
    out = [
        np.asarray(one * share, np.uint8) for one, share in zip(_scene(1, 12), fade, strict=True)
    ]
    back = [
        np.asarray(one * share, np.uint8) for one, share in zip(_scene(2, 12), fade, strict=True)
    ]
    black = [np.zeros_like(out[0])] * 5
    shots = _shots(_scene(1, 30) + out + black + back[::-1] + _scene(2, 30))
    assert shots[:30] == [0] * 30 and shots[47] > 0 and len(set(shots[47:])) == 1


def test_what_waits_does_not_grow_with_the_frame_rate() -> None:
    read = 0

    def frames() -> Iterator[Frame]:
        nonlocal read
        for k, picture in enumerate(_scene(1, 200)):
            read = k
            yield Frame(picture, k, k / 1000)

    for frame, _ in split_shots(frames()):
        assert read - frame.index <= 32


@pytest.mark.parametrize(
    ("name", "spans"),
    [
        *(
            (f"lowkey-black-and-white/eight_{kind}.mp4", [(1.2 * k,) * 2 for k in range(1, 8)])
            for kind in ("colour", "darkcolour", "bw", "noir")
        ),
        ("flash/flash.mp4", []),
        ("dissolve-and-wipe/dissolve_moving.mp4", [(2.0, 3.0)]),
        ("dissolve-and-wipe/wipe.mp4", [(2.0, 3.0)]),
    ],
)
def test_the_cuts_of_the_cases(cases: Path, name: str, spans: list[tuple[float, float]]) -> None:
    numbered = list(split_shots(read_frames(cases / name)))
    starts = [b.time for (_, one), (b, two) in pairwise(numbered) if one != two]
    assert len(starts) == len(spans)
    assert all(a - 0.05 <= t <= b + 0.05 for t, (a, b) in zip(starts, spans, strict=True))


def test_no_frames_give_no_shots() -> None:
    assert list(split_shots([])) == []
