"""A clip in chunks of whole shots: what can be read, kept and read again by itself.

A track ends with its shot, so that what was read of one chunk does not depend on any other. Joined,
they are the analysis of the clip, in whichever order and by whomever each was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.registry import ModelId
from emotion_core.faces.identity.track_embeddings import FaceChange, TrackEmbeddings
from emotion_core.media.probe import with_end
from emotion_core.media.seeking import Segment, mark_of
from emotion_core.progress import Task
from emotion_core.scene.analysis import AnalysisParameters, ClipId, SceneAnalysis
from emotion_core.types import Frame, VideoInfo

# A chunk ends with the first shot that ends so many seconds after its beginning.
CHUNK_SECONDS = 60.0
# Pictures from one sign of life to the next while chunks are searched for.
_SIGN_OF_LIFE = 50

# Has others read chunks, of which it gets the numbers and where they lie as they are found, and
# ``None`` as a sign of life in between; its progress is in seconds of the clip.
HandOut: TypeAlias = Callable[[Iterator[tuple[int, Segment] | None]], Task[None]]


def chunk_folder(analyses: Path, address: str) -> Path:
    """Where the chunks of an analysis are kept until all of it has been read.

    Args:
        analyses: folder of all analyses.
        address: of the analysis.
    """
    clip, _, name = address.partition("/")
    return analyses / clip / f".{name}-in-{CHUNK_SECONDS:.0f}-s"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was read of some shots in a row.

    Attributes:
        number: its place in the clip, from 0.
        faces, frames: as of :class:`~emotion_core.scene.analysis.SceneAnalysis`, but tracks are
            numbered from 0 in each chunk.
        tracks: how many numbers of tracks were given.
        end: seconds at which its last frame ends.
        identity: an embedding of each track; those that began with another face are numbered from
            ``tracks`` on.
        changes: where those begin.
    """

    number: int
    faces: pd.DataFrame
    frames: pd.DataFrame
    tracks: int
    end: float
    identity: TrackEmbeddings
    changes: tuple[FaceChange, ...]


def by_chunk(
    numbered: Iterable[tuple[Frame, int]],
) -> Iterator[tuple[int, Iterator[tuple[Frame, int]]]]:
    """Part a stream of frames and the numbers of their shots into chunks, by number."""
    chunk, began, last = -1, -np.inf, -1

    def number(pair: tuple[Frame, int]) -> int:
        nonlocal chunk, began, last
        frame, shot = pair
        if shot != last and frame.time - began >= CHUNK_SECONDS:
            chunk, began = chunk + 1, frame.time
        last = shot
        return chunk

    return groupby(numbered, number)


def find_segments(numbered: Iterable[tuple[Frame, int]]) -> Iterator[Segment | None]:
    """Where the chunks of a clip begin and end, as its pictures stream by.

    Args:
        numbered: the pictures of a clip in order, and the numbers of their shots.

    Yields:
        One for each chunk, in order, and ``None`` as a sign of life in between.
    """
    for _, pairs in by_chunk(numbered):
        seen: list[tuple[float, float, int]] = []
        first = mark = 0
        for frame, shot in pairs:
            if not seen:
                first, mark = frame.index, mark_of(frame.image)
            seen.append((frame.time, frame.duration, shot))
            if len(seen) % _SIGN_OF_LIFE == 0:
                yield None
        times, durations, shots = zip(*seen, strict=True)
        yield Segment(
            first,
            np.array(times, np.float64),
            np.array(durations, np.float64),
            np.array(shots, np.int32),
            mark,
        )


def join(
    chunks: Sequence[Chunk],
    info: VideoInfo,
    clip: ClipId,
    model: ModelId,
    parameters: AnalysisParameters,
    warnings: Sequence[str],
) -> SceneAnalysis:
    """The analysis of a clip, of all its chunks in order.

    Tracks are numbered through the clip; those that began with another face come after all
    others, in the order of time.
    """
    info = with_end(info, max(chunk.end for chunk in chunks))
    frames = pd.concat([chunk.frames for chunk in chunks], ignore_index=True)
    starts = np.cumsum([0, *(chunk.tracks for chunk in chunks)])
    later, faces, identities = int(starts[-1]), [], []
    for chunk, start in zip(chunks, starts, strict=False):
        numbers = np.arange(start, start + chunk.tracks + len(chunk.changes), dtype=np.int32)
        numbers[chunk.tracks :] = later + np.arange(len(chunk.changes))
        later += len(chunk.changes)
        faces.append(chunk.faces.assign(track=numbers[_changed(chunk)]))
        identities.append(replace(chunk.identity, track=numbers[chunk.identity.track]))
    return SceneAnalysis(
        clip=clip,
        info=info,
        shots=_shots(frames, info),
        faces=pd.concat(faces, ignore_index=True),
        frames=frames,
        model=model,
        parameters=parameters,
        warnings=tuple(warnings),
        identity=_joined(identities),
    )


def _changed(chunk: Chunk) -> npt.NDArray[np.int32]:
    """The tracks of a chunk's faces, parted where their face changes."""
    track, time = chunk.faces["track"].to_numpy(), chunk.faces["time"].to_numpy()
    parted = track.copy()
    for change in chunk.changes:
        parted[(track == change.track) & (time >= change.time)] = change.number
    return parted


def _joined(identities: Sequence[TrackEmbeddings]) -> TrackEmbeddings:
    """The embeddings of all chunks, by the numbers of their tracks."""
    seen = [identity for identity in identities if len(identity)]
    if not seen:
        return TrackEmbeddings.empty()
    tracks = np.concatenate([identity.track for identity in seen])
    order = np.argsort(tracks)
    portraits = [portrait for identity in seen for portrait in identity.portraits]
    return replace(
        seen[0],
        track=tracks[order],
        vectors=np.concatenate([identity.vectors for identity in seen])[order],
        weights=np.concatenate([identity.weights for identity in seen])[order],
        portraits=tuple(portraits[place] for place in order),
    )


def _shots(frames: pd.DataFrame, info: VideoInfo) -> tuple[tuple[float, float], ...]:
    """First and end time of each shot; a shot ends where the next begins."""
    starts = frames.groupby("shot")["time"].min().tolist()
    end = max(info.duration, float(frames["time"].max()))
    return tuple(zip(starts, [*starts[1:], end], strict=True))
