"""What a card says of a scene, computed once when it has been read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.library.database.tables import Scene
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.summary import face_seconds, frame_seconds

BARS = 160
NO_FACE = 255


@dataclass(frozen=True, slots=True)
class SceneStatistics:
    """A scene in a few figures.

    Attributes:
        duration: seconds.
        faces: number of tracks.
        face_share: share of the clip with a face in view, 0 to 1.
        shares: share of the time that faces are in view in which each emotion leads, all
            together 1; all 0 where no face is seen. Two faces at once count twice.
        barcode: for each 1/160 of the clip, the place among the seven of the emotion with the
            largest sum over the faces in view, 255 where there is none: missing is not neutral.
    """

    duration: float
    faces: int
    face_share: float
    shares: dict[str, float]
    barcode: bytes


def statistics_of(analysis: SceneAnalysis) -> SceneStatistics:
    """Sum up a scene for its card."""
    on_screen = frame_seconds(analysis)
    seen = analysis.frames["faces"].to_numpy() > 0
    seconds = face_seconds(analysis)
    leading = analysis.faces[list(EMOTIONS)].to_numpy(np.float64).argmax(axis=1)
    led = np.bincount(leading, weights=seconds, minlength=len(EMOTIONS))
    whole, in_view = float(on_screen.sum()), float(seconds.sum())
    return SceneStatistics(
        duration=analysis.info.duration,
        faces=int(analysis.faces["track"].nunique()),
        face_share=float(on_screen[seen].sum()) / whole if whole > 0 else 0.0,
        shares={
            emotion: float(own) / in_view if in_view > 0 else 0.0
            for emotion, own in zip(EMOTIONS, led, strict=True)
        },
        barcode=barcode_of(analysis),
    )


def barcode_of(analysis: SceneAnalysis, bars: int = BARS) -> bytes:
    """The leading emotion of each part of a clip, see :class:`SceneStatistics`."""
    frames, faces = analysis.frames, analysis.faces
    times = frames["time"].to_numpy(np.float64)
    if not len(times):
        return bytes([NO_FACE] * bars)
    sums = np.zeros((len(times), len(EMOTIONS)))
    places = np.searchsorted(frames["frame"].to_numpy(), faces["frame"].to_numpy())
    np.add.at(sums, places, faces[list(EMOTIONS)].to_numpy(np.float64))
    total = np.concatenate([np.zeros((1, len(EMOTIONS))), sums.cumsum(axis=0)])
    edges = np.linspace(0.0, max(analysis.info.duration, times[-1]), bars + 1)
    # a part begins with the frame that is on screen at its start; times that differ by less
    # than a microsecond are the same
    first = np.maximum(np.searchsorted(times, edges[:-1] + 1e-6, side="right") - 1, 0)
    last = np.maximum(np.searchsorted(times, edges[1:] - 1e-6, side="left"), first + 1)
    parts = total[last] - total[first]
    leading = np.where(parts.max(axis=1) > 1e-9, parts.argmax(axis=1), NO_FACE)
    return leading.astype(np.uint8).tobytes()


def copy_statistics(scene: Scene, statistics: SceneStatistics) -> None:
    """Put the figures of a scene on its card."""
    scene.duration, scene.faces = statistics.duration, statistics.faces
    scene.face_share, scene.barcode = statistics.face_share, statistics.barcode
    for emotion, share in statistics.shares.items():
        setattr(scene, emotion, share)
