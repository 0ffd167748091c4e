"""Stills of the moments at which performances part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emotion_core.errors import MediaError
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.divergence import Divergence
from emotion_core.performance.performance import Performance
from emotion_core.scene.stills import face_pictures
from emotion_core.types import ImageArray


def divergence_stills(
    comparison: Comparison, clips: Sequence[Path | None]
) -> dict[Divergence, ImageArray]:
    """The face of the reference and beside it that of the other, for each moment of divergence.

    Args:
        comparison: what was found.
        clips: of its performances, in their order; ``None`` for one that is not at hand.

    Returns:
        (H, 2 H, 3) uint8 RGB each; nothing for moments of clips that cannot be read.
    """
    found: dict[Divergence, ImageArray] = {}
    for pair in comparison.pairs:
        sides = (
            (0, [one.first_time for one in pair.divergences]),
            (pair.other, [one.second_time for one in pair.divergences]),
        )
        faces = []
        for place, times in sides:
            clip, performance = clips[place], comparison.performances[place].performance
            faces.append([] if clip is None else _faces(clip, performance, times))
        for moment, first, second in zip(pair.divergences, *faces, strict=False):
            found[moment] = np.hstack([first, second])
    return found


def _faces(clip: Path, performance: Performance, times: Sequence[float]) -> list[ImageArray]:
    tracks = performance.faces["track"].to_numpy()
    nearest = [int(np.abs(performance.times - time).argmin()) for time in times]
    places = [(time, int(tracks[k])) for time, k in zip(times, nearest, strict=True)]
    try:
        return face_pictures(clip, performance.faces, places)
    except MediaError:
        return []
