"""How a track is known again when a clip has been analysed anew and tracks are numbered anew.

An anchor is a time and the box of the face then, as shares of the picture. A track of another
analysis is the same where it is at most of the anchors.
"""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.boxes import iou
from emotion_core.scene.analysis import SceneAnalysis

TrackSamples = tuple[tuple[float, float, float, float, float], ...]

ANCHORS = 5
# Least intersection over union of a box with that of the anchor.
_OVERLAP = 0.4
_CORNERS = ["x1", "y1", "x2", "y2"]


def samples_of(rows: pd.DataFrame, analysis: SceneAnalysis) -> TrackSamples:
    """Anchors of a track, evenly spread over its time in view.

    Args:
        rows: its rows in ``analysis.faces``.
        analysis: for the size of the picture.
    """
    places = np.unique(np.linspace(0, len(rows) - 1, ANCHORS).round().astype(int))
    chosen = rows.iloc[places]
    boxes = chosen[_CORNERS].to_numpy(np.float64) / _size(analysis)
    return tuple(
        (round(float(time), 4), *(round(float(value), 5) for value in box))  # type: ignore[misc]
        for time, box in zip(chosen["time"], boxes, strict=True)
    )


def to_json(anchors: TrackSamples) -> str:
    """For the database."""
    return json.dumps(anchors)


def from_json(text: str) -> TrackSamples:
    """The inverse of :func:`to_json`."""
    return tuple(tuple(anchor) for anchor in json.loads(text))


def match_tracks(anchors: list[TrackSamples], analysis: SceneAnalysis) -> list[int | None]:
    """Which track of an analysis is where each group of anchors is.

    Args:
        anchors: of n tracks of another analysis of the same clip.
        analysis: the one to look in.

    Returns:
        n numbers of tracks, ``None`` where no track is at more than half of the anchors. No track
        is given twice: it goes to whom it fits best.
    """
    votes: list[tuple[float, int, int]] = []
    for index, group in enumerate(anchors):
        for track, count, overlap in _tracks_at(group, analysis):
            if count * 2 > len(group):
                votes.append((overlap, index, track))
    found: list[int | None] = [None] * len(anchors)
    taken: set[int] = set()
    for _, index, track in sorted(votes, key=lambda vote: -vote[0]):
        if found[index] is None and track not in taken:
            found[index] = track
            taken.add(track)
    return found


def _tracks_at(group: TrackSamples, analysis: SceneAnalysis) -> list[tuple[int, int, float]]:
    """Tracks at some anchors: number, at how many of them, and the sum of the overlaps."""
    counts: dict[int, int] = {}
    overlaps: dict[int, float] = {}
    times = analysis.frames["time"].to_numpy(np.float64)
    if not len(times):
        return []
    frames = analysis.frames["frame"].to_numpy()
    by_frame = analysis.faces["frame"].to_numpy()
    boxes = analysis.faces[_CORNERS].to_numpy(np.float64) / _size(analysis)
    tracks = analysis.faces["track"].to_numpy()
    for time, *box in group:
        frame = frames[np.abs(times - time).argmin()]
        first, last = np.searchsorted(by_frame, [frame, frame + 1])
        shares = iou(boxes[first:last], np.array([box]))[:, 0]
        for track, share in zip(tracks[first:last].tolist(), shares.tolist(), strict=True):
            if share >= _OVERLAP:
                counts[track] = counts.get(track, 0) + 1
                overlaps[track] = overlaps.get(track, 0.0) + share
    return [(track, count, overlaps[track]) for track, count in counts.items()]


def _size(analysis: SceneAnalysis) -> npt.NDArray[np.float64]:
    width, height = analysis.info.width, analysis.info.height
    return np.array([width, height, width, height], np.float64)
