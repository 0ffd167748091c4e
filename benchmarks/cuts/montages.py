"""Clips that are made up with known truth: cuts, montages, flashes, dissolves and wipes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from emotion_core.media.decode import read_frames
from emotion_core.media.encoding.writer import open_video
from emotion_core.types import ImageArray

FPS = 25.0
SIZE = (480, 270)
_PICTURES = ("astronaut", "coffee", "chelsea", "rocket", "camera", "moon", "coins")
_PICTURES += ("hubble_deep_field", "retina", "immunohistochemistry", "motorcycle_left")

Shot = Callable[[int], ImageArray]  # the picture of a shot, by the frame
Span = tuple[float, float]


def make_shots(clips: Path, chance: np.random.Generator) -> list[Shot]:
    """Shots to cut from: pictures that the camera moves over, and moving clips."""
    shots = []
    for name in _PICTURES:
        try:
            picture = np.asarray(getattr(skimage.data, name)())
        except Exception:
            continue  # not on this machine
        if picture.ndim == 2:
            picture = np.stack([picture] * 3, axis=-1)
        shots += [_pan(picture[..., :3], chance) for _ in range(3)]
    for path in sorted(clips.glob("lp_*.mp4")) + sorted(clips.glob("pyfeat_single*")):
        frames = [_fill(frame.image) for frame in read_frames(path, max_side=640)][:200]
        for start in (0, len(frames) // 2):
            shots.append(_played(frames, start))
    return shots


def _played(frames: Sequence[ImageArray], start: int) -> Shot:
    """A moving clip, forth and back, so that it never jumps."""
    there_and_back = [*frames, *frames[-2:0:-1]]
    return lambda k: there_and_back[(start + k) % len(there_and_back)]


def _fill(image: ImageArray) -> ImageArray:
    """The middle of a picture in the size of the clips."""
    width, height = SIZE
    scale = max(width / image.shape[1], height / image.shape[0])
    size = (max(round(image.shape[1] * scale), width), max(round(image.shape[0] * scale), height))
    large = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width], np.uint8)


def _pan(picture: ImageArray, chance: np.random.Generator) -> Shot:
    height, width = picture.shape[:2]
    side = chance.uniform(0.45, 0.7)
    start = chance.uniform(0, 1 - side, 2)
    speed, zoom = chance.normal(0, 0.001, 2), chance.normal(0, 0.0005)
    noise = np.random.default_rng(0).normal(0, 2, (4, SIZE[1], SIZE[0], 3))

    def at(k: int) -> ImageArray:
        x, y = np.clip(start + speed * k, 0, 1 - side)
        own = np.clip(side + zoom * k, 0.3, 1 - max(x, y))
        scale = np.array(
            [[own * width / SIZE[0], 0, x * width], [0, own * height / SIZE[1], y * height]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(picture, scale, SIZE, flags=flags, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(np.clip(moved + noise[k % 4], 0, 255), np.uint8)

    return at


def montage(
    shots: Sequence[Shot],
    lengths: Sequence[int],
    chance: np.random.Generator,
    change: str = "cut",
    flashes: bool = False,
) -> tuple[list[ImageArray], list[Span]]:
    """A clip of shots, and the span of each change from one to the next.

    Args:
        shots: drawn from, never one twice in a row.
        lengths: frames of each shot.
        chance: draws.
        change: ``cut``, ``dissolve`` or ``wipe``.
        flashes: whether a shot has a flash of one to three frames in its middle.
    """
    pictures: list[ImageArray] = []
    spans: list[Span] = []
    last, before = -1, None
    for length in lengths:
        index = int(chance.choice([k for k in range(len(shots)) if k // 3 != last // 3]))
        last, shot = index, shots[index]
        begun = 0
        if before is not None and change != "cut":
            begun = int(chance.integers(10, 38))
            spans.append((len(pictures) / FPS, (len(pictures) + begun) / FPS))
            old, played = before
            pictures += [
                mix(old(played + k), shot(k), (k + 1) / (begun + 1), change) for k in range(begun)
            ]
        elif before is not None:
            spans.append((len(pictures) / FPS,) * 2)
        own = [shot(begun + k) for k in range(length)]
        if flashes:
            middle = length // 2
            for k in range(middle, middle + int(chance.integers(1, 4))):
                own[k] = np.asarray(own[k] * 0.15 + 255 * 0.85, np.uint8)
        pictures += own
        before = (shot, begun + length)
    return pictures, spans


def mix(one: ImageArray, other: ImageArray, share: float, change: str) -> ImageArray:
    if change == "dissolve":
        return np.asarray(one * (1 - share) + other * share, np.uint8)
    edge = round(share * SIZE[0])
    return np.concatenate([other[:, :edge], one[:, edge:]], axis=1)


def grade(pictures: Sequence[ImageArray], brightness: float, colour: bool) -> Iterator[ImageArray]:
    """Pictures darker, and without their colour."""
    for picture in pictures:
        graded = picture if colour else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
        yield np.asarray(np.broadcast_to(graded * brightness, picture.shape), np.uint8)


def written(pictures: Iterable[ImageArray], folder: Path) -> Path:
    """The pictures as H.264."""
    path = folder / "made.mp4"
    with open_video(path, SIZE, FPS) as writer:
        for k, picture in enumerate(pictures):
            writer.write(picture, k / FPS)
    return path


def talking(look: ImageArray, seed: int) -> Shot:
    """A face that sways a little before a blurred background of its own."""
    face = cv2.resize(look, (190, 190), interpolation=cv2.INTER_CUBIC)
    back = np.random.default_rng(seed % 2).integers(40, 200, (3, 5, 3), np.uint8)
    back = cv2.resize(back, SIZE, interpolation=cv2.INTER_CUBIC)

    def at(k: int) -> ImageArray:
        picture = back.copy()
        x, y = 145 + round(6 * np.sin(k / 9 + seed)), 40 + round(3 * np.cos(k / 7 + seed))
        picture[y : y + 190, x : x + 190] = face
        return picture

    return at


def walked_past(shot: Shot) -> Shot:
    """A shot in whose middle second someone dark walks by before the camera, from left to right."""

    def at(k: int) -> ImageArray:
        picture = shot(k)
        left = round((k - 5) / 20 * (SIZE[0] + 160)) - 160
        picture[:, max(left, 0) : max(left + 160, 0)] = 12
        return picture

    return at
