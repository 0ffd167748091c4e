"""Strips of pictures of a clip, so that a card shows the clip without decoding it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from emotion_core.files import whole_file
from emotion_core.media.seeking import read_images_at
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.summary import strongest_moments
from emotion_core.types import ImageArray

TILES = 5
TILE_WIDTH, TILE_HEIGHT = 120, 160


def thumbnails_path(folder: Path, sha256: str) -> Path:
    """Where the strip of a clip lies."""
    return folder / f"{sha256}.webp"


def write_thumbnails(clip: Path, analysis: SceneAnalysis, out: Path) -> None:
    """Write the strip of a clip as WebP: five upright pictures, with its faces in their middle.

    Args:
        clip: the clip.
        analysis: what was read in it; its strongest moment is one of the pictures.
        out: the file.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: the file cannot be written.
    """
    times = thumbnail_times(analysis)
    tiles = [
        _tile(image, _middle(analysis, time))
        for time, image in zip(times, read_images_at(clip, times), strict=True)
    ]
    with whole_file(out) as work:
        Image.fromarray(np.hstack(tiles)).save(work, "WEBP", quality=80)


def thumbnail_times(analysis: SceneAnalysis) -> list[float]:
    """Seconds of the pictures: evenly spread, one of them moved to the strongest moment."""
    duration = analysis.info.duration
    times = [(place + 0.5) * duration / TILES for place in range(TILES)]
    for moment in strongest_moments(analysis, 1):
        nearest = min(range(TILES), key=lambda place: abs(times[place] - moment.time))
        times[nearest] = moment.time
    return sorted(times)


def _middle(analysis: SceneAnalysis, time: float) -> float:
    """Where across the picture the largest face is at a time, 0 to 1; its middle without one."""
    frames = analysis.frames
    before = frames["frame"][frames["time"] <= time + 1e-6]
    faces = analysis.faces
    faces = faces[faces["frame"] == before.iloc[-1]] if len(before) else faces.iloc[:0]
    if faces.empty:
        return 0.5
    boxes = faces[["x1", "y1", "x2", "y2"]].to_numpy(np.float64)
    x1, _, x2, _ = boxes[((boxes[:, 2:] - boxes[:, :2]).prod(axis=1)).argmax()]
    return float((x1 + x2) / 2 / analysis.info.width)


def _tile(image: ImageArray, middle: float) -> ImageArray:
    """The upright part of a picture around a place; bars where the picture is too narrow."""
    height, width = image.shape[:2]
    wanted = min(max(round(height * TILE_WIDTH / TILE_HEIGHT), 1), width)
    left = round(min(max(middle * width - wanted / 2, 0), width - wanted))
    part = image[:, left : left + wanted]
    scale = min(TILE_WIDTH / wanted, TILE_HEIGHT / height)
    size = (max(round(wanted * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    tile = np.zeros((TILE_HEIGHT, TILE_WIDTH, 3), np.uint8)
    top, left = (TILE_HEIGHT - size[1]) // 2, (TILE_WIDTH - size[0]) // 2
    tile[top : top + size[1], left : left + size[0]] = small
    return tile
