"""What is kept of each track to tell who it is: one embedding, from a few good looks at the face.

Looks are taken while a clip is read, so that nothing is decoded twice, and only their sum is kept,
so that memory does not grow with the clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from emotion_core.faces.quality import turn
from emotion_core.faces.tracking import TrackedFaces
from emotion_core.types import FloatArray, ImageArray

DEFAULT_EMBEDDER = "eme-faces"
# Seconds from one look at a track to the next: neighbouring frames show the same again.
LOOK_INTERVAL = 0.4
# Looks of one track that may wait to be embedded together.
_WAITING = 16
# Faces of this side in pixels or more are seen as well as they can be.
_FULL_SIDE = 112.0


class FaceEmbedder(Protocol):
    """Anything that gives faces of one person near directions.

    Attributes:
        identity: changes with the embedder and its weights.
        threshold: cosine above which two faces count as one person.
    """

    @property
    def identity(self) -> str: ...
    @property
    def threshold(self) -> float: ...

    def crop(self, image: ImageArray, xyxy: FloatArray, landmarks: FloatArray) -> ImageArray:
        """Cut one face out of a picture as :meth:`embed` expects it.

        Args:
            image: (H, W, 3) uint8 RGB.
            xyxy: (4,) box in pixels.
            landmarks: (5, 2) px, NaN where the detector gave none.
        """
        ...

    def embed(self, crops: Sequence[ImageArray]) -> FloatArray:
        """n crops to (n, d) float32, rows of length 1; n may be 0."""
        ...


@dataclass(frozen=True, slots=True)
class TrackEmbeddings:
    """One embedding a track, as parallel arrays of length n.

    Attributes:
        track: (n,) int32 numbers of the tracks, ascending.
        vectors: (n, d) float32, rows of length 1.
        weights: (n,) float32, how much was seen of each: the sum of what its looks count.
        embedder: identity of what made them; empty where nothing did.
    """

    track: npt.NDArray[np.int32]
    vectors: FloatArray
    weights: FloatArray
    embedder: str = ""

    def __post_init__(self) -> None:
        n = len(self.track)
        if self.vectors.ndim != 2 or len(self.vectors) != n or self.weights.shape != (n,):
            raise ValueError(
                f"TrackEmbeddings must have {n} vectors and {n} weights, "
                f"but has shapes {self.vectors.shape} and {self.weights.shape}"
            )

    def __len__(self) -> int:
        return len(self.track)

    @classmethod
    def empty(cls) -> TrackEmbeddings:
        """No track."""
        nothing = np.zeros(0, np.float32)
        return cls(np.zeros(0, np.int32), np.zeros((0, 0), np.float32), nothing)


@dataclass(slots=True)
class _Seen:
    total: npt.NDArray[np.float64]
    weight: float = 0.0


@dataclass(slots=True)
class TrackLooks:
    """Takes looks at the tracks of a clip, frame by frame.

    Attributes:
        embedder: embeds them.
    """

    embedder: FaceEmbedder
    _next: dict[int, float] = field(default_factory=dict)
    _waiting: list[tuple[int, float, ImageArray]] = field(default_factory=list)
    _seen: dict[int, _Seen] = field(default_factory=dict)

    def add(self, image: ImageArray, time: float, faces: TrackedFaces) -> None:
        """Look at the faces of a frame that are due, where they were found in this very frame.

        Args:
            image: (H, W, 3) uint8 RGB, the frame.
            time: of the frame in seconds; frames come in order.
            faces: its faces, boxes in pixels of ``image``.
        """
        counts = look_weights(faces)
        for k in np.flatnonzero(faces.detected):
            track = int(faces.track[k])
            if time < self._next.get(track, -np.inf) - 1e-6:
                continue
            self._next[track] = time + LOOK_INTERVAL
            crop = self.embedder.crop(image, faces.xyxy[k], faces.landmarks[k])
            self._waiting.append((track, float(counts[k]), crop))
        if len(self._waiting) >= _WAITING:
            self._embed()

    def finish(self) -> TrackEmbeddings:
        """The embeddings of all tracks that were looked at."""
        self._embed()
        if not self._seen:
            return TrackEmbeddings.empty()
        tracks = sorted(self._seen)
        totals = np.stack([self._seen[track].total for track in tracks])
        lengths = np.linalg.norm(totals, axis=1, keepdims=True)
        return TrackEmbeddings(
            np.array(tracks, np.int32),
            (totals / np.maximum(lengths, 1e-12)).astype(np.float32),
            np.array([self._seen[track].weight for track in tracks], np.float32),
            self.embedder.identity,
        )

    def _embed(self) -> None:
        if not self._waiting:
            return
        vectors = self.embedder.embed([crop for _, _, crop in self._waiting])
        for (track, weight, _), vector in zip(self._waiting, vectors, strict=True):
            seen = self._seen.setdefault(track, _Seen(np.zeros(vectors.shape[1])))
            seen.total += weight * vector.astype(np.float64)
            seen.weight += weight
        self._waiting.clear()


def look_weights(faces: TrackedFaces) -> FloatArray:
    """How much a look at each face counts, (n,) in (0, 1]: less where it is small or turned away.

    The side of the box over :data:`_FULL_SIDE`, at most 1, times exp(-turn^2): a face turned by
    about 45 degrees counts a third.
    """
    sides = (faces.xyxy[:, 2:] - faces.xyxy[:, :2]).max(axis=1, initial=0)
    aside = np.nan_to_num(turn(faces.landmarks), nan=1.0)
    return np.asarray(np.clip(sides / _FULL_SIDE, 0.05, 1) * np.exp(-(aside**2)), np.float32)
