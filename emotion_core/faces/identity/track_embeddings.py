"""What is kept of each track to say who it is: an embedding and a portrait, from a few looks.

Looks are taken while a clip is read, so that nothing is decoded twice. Of each track only their
sum and the best of them are kept, so that memory does not grow with the clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.faces.quality import turn
from emotion_core.faces.tracking.tracker import TrackedFaces
from emotion_core.types import FloatArray, ImageArray

DEFAULT_EMBEDDER = "eme-faces"
# Seconds from one look at a track to the next: neighbouring frames show the same again.
VIEW_INTERVAL = 0.4
# Weight below which too little was seen of a track to say whose it is: one look at half the side.
# What is tiny, dark or in profile is like other such faces before it is like its own.
LEAST_SEEN = 0.5
# Looks of one track that may wait to be embedded together.
_WAITING = 16
# Faces of this side in pixels or more are seen as well as they can be.
_FULL_SIDE = 112.0
# Quality of the portraits as JPEG: about 4 kB each.
_JPEG_QUALITY = 85


class FaceEmbedder(Protocol):
    """Anything that gives faces of one person near directions.

    Attributes:
        identity: changes with the embedder and its weights.
        threshold: cosine above which two faces count as one person.
    """

    @property
    def identity(self) -> str:
        """A name that changes with the embedder and its weights."""
        ...

    @property
    def threshold(self) -> float:
        """Cosine above which two faces count as one person."""
        ...

    def crop(self, image: ImageArray, xyxy: FloatArray, landmarks: FloatArray, /) -> ImageArray:
        """Cut one face out of a picture as :meth:`embed` expects it.

        Args:
            image: (H, W, 3) uint8 RGB.
            xyxy: (4,) box in pixels.
            landmarks: (5, 2) px, NaN where the detector gave none.
        """
        ...

    def embed(self, crops: Sequence[ImageArray]) -> FloatArray:
        """(n, d) float32 of n crops, rows of length 1; n may be 0."""
        ...


@dataclass(frozen=True, slots=True)
class TrackEmbeddings:
    """One embedding a track, as parallel arrays of length n.

    Attributes:
        track: (n,) int32 numbers of the tracks, ascending.
        vectors: (n, d) float32, rows of length 1.
        weights: (n,) float32, how much was seen of each: the sum of what its looks count.
        portraits: n small pictures of the faces as JPEG, the best look at each.
        embedder: identity of what made them; empty where nothing did.
        threshold: cosine above which two count as one person.
    """

    track: npt.NDArray[np.int32]
    vectors: FloatArray
    weights: FloatArray
    portraits: tuple[bytes, ...]
    embedder: str = ""
    threshold: float = 1.0

    def __post_init__(self) -> None:
        n = len(self.track)
        lengths = (len(self.vectors), len(self.weights), len(self.portraits))
        if self.vectors.ndim != 2 or lengths != (n, n, n):
            raise ValueError(
                f"TrackEmbeddings of {n} tracks must have as many vectors, weights and portraits, "
                f"but has {lengths}"
            )

    def __len__(self) -> int:
        return len(self.track)

    @classmethod
    def empty(cls) -> TrackEmbeddings:
        """No track."""
        nothing = np.zeros(0, np.float32)
        return cls(np.zeros(0, np.int32), np.zeros((0, 0), np.float32), nothing, ())


@dataclass(slots=True)
class _Seen:
    total: npt.NDArray[np.float64]
    weight: float = 0.0
    best: float = 0.0
    portrait: bytes = b""


@dataclass(slots=True)
class TrackEmbeddingCollector:
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
        counts = view_weights(faces)
        for k in np.flatnonzero(faces.detected):
            track = int(faces.track[k])
            if time < self._next.get(track, -np.inf) - 1e-6:
                continue
            self._next[track] = time + VIEW_INTERVAL
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
            tuple(self._seen[track].portrait for track in tracks),
            self.embedder.identity,
            self.embedder.threshold,
        )

    def _embed(self) -> None:
        if not self._waiting:
            return
        vectors = self.embedder.embed([crop for _, _, crop in self._waiting])
        for (track, weight, crop), vector in zip(self._waiting, vectors, strict=True):
            seen = self._seen.setdefault(track, _Seen(np.zeros(vectors.shape[1])))
            seen.total += weight * vector.astype(np.float64)
            seen.weight += weight
            if weight > seen.best:
                seen.best, seen.portrait = weight, _encode(crop)
        self._waiting.clear()


def view_weights(faces: TrackedFaces) -> FloatArray:
    """How much a look at each face counts, (n,) in (0, 1]: less where it is small or turned away.

    The side of the box over :data:`_FULL_SIDE`, at most 1, times exp(-turn^2): a face turned by
    about 45 degrees counts a third.
    """
    sides = (faces.xyxy[:, 2:] - faces.xyxy[:, :2]).max(axis=1, initial=0)
    aside = np.nan_to_num(turn(faces.landmarks), nan=1.0)
    return np.asarray(np.clip(sides / _FULL_SIDE, 0.05, 1) * np.exp(-(aside**2)), np.float32)


def _encode(image: ImageArray) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1].tobytes()
