"""What is kept of each track to say who it is: an embedding and a portrait, from a few looks.

Looks are taken while a clip is read, so that nothing is decoded twice. Of each track only their
sum and the best of them are kept, so that memory does not grow with the clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.faces.quality import turn
from emotion_core.faces.tracking.tracker import TrackedFaces
from emotion_core.types import FloatArray, ImageArray
from emotion_core.workers import submit

DEFAULT_EMBEDDER = "eme-faces"
# Seconds from one look at a track to the next: neighbouring frames show the same again.
VIEW_INTERVAL = 0.4
# Weight below which too little was seen of a track to say whose it is: one look at half the side.
# What is tiny, dark or in profile is like other such faces before it is like its own.
LEAST_SEEN = 0.5
# Cosine with what was seen of a track before, as a share of the embedder's threshold, below which a
# look shows another face: a turn of the head stays above.
_ANOTHER_FACE = 0.5
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


@dataclass(frozen=True, slots=True)
class FaceChange:
    """Where a track has another face from some time on.

    Attributes:
        track: number that the tracker gave.
        time: s, midway between the last look at the one face and the first at the other.
        number: the number of the track from there on.
    """

    track: int
    time: float
    number: int


@dataclass(frozen=True, slots=True)
class _Look:
    track: int
    time: float
    weight: float
    crop: ImageArray


@dataclass(slots=True)
class _Seen:
    number: int
    total: npt.NDArray[np.float64]
    weight: float = 0.0
    best: float = 0.0
    portrait: bytes = b""
    last: float = -np.inf  # time of the last look
    # a look like another face, until the next one says whether it is
    odd: tuple[_Look, FloatArray] | None = None

    def take(self, look: _Look, vector: FloatArray) -> None:
        self.total += look.weight * vector.astype(np.float64)
        self.weight += look.weight
        self.last = look.time
        if look.weight > self.best:
            self.best, self.portrait = look.weight, _encode(look.crop)

    def is_like(self, vector: FloatArray, cosine: float) -> bool:
        return float(self.total @ vector) >= cosine * float(np.linalg.norm(self.total))


@dataclass(slots=True)
class TrackEmbeddingCollector:
    """Takes looks at the tracks of a clip, frame by frame.

    Attributes:
        embedder: embeds them.
    """

    embedder: FaceEmbedder
    _next: dict[int, float] = field(default_factory=dict)
    _waiting: list[_Look] = field(default_factory=list)
    # what the workers embed, and what that gives
    _embedding: tuple[list[_Look], Future[FloatArray]] | None = None
    _seen: dict[int, list[_Seen]] = field(default_factory=dict)
    _changes: list[FaceChange] = field(default_factory=list)
    _highest: int = -1

    def add(self, image: ImageArray, time: float, faces: TrackedFaces) -> None:
        """Look at the faces of a frame that are due, where they were found in this very frame.

        Args:
            image: (H, W, 3) uint8 RGB, the frame.
            time: of the frame in seconds; frames come in order.
            faces: its faces, boxes in pixels of ``image``.
        """
        self._highest = max(self._highest, int(faces.track.max(initial=-1)))
        counts = view_weights(faces)
        for k in np.flatnonzero(faces.detected):
            track = int(faces.track[k])
            if time < self._next.get(track, -np.inf) - 1e-6:
                continue
            self._next[track] = time + VIEW_INTERVAL
            crop = self.embedder.crop(image, faces.xyxy[k], faces.landmarks[k])
            self._waiting.append(_Look(track, time, float(counts[k]), crop))
        if len(self._waiting) >= _WAITING:
            self._embed()

    def finish(self) -> tuple[TrackEmbeddings, tuple[FaceChange, ...]]:
        """The embeddings of all tracks that were looked at, and where tracks change their face.

        What was followed as one track through a change of face, as where a dissolve or somebody
        in front hid it, is two: the second gets a number of its own, above all others.
        """
        self._embed()
        self._take_embedded()
        for parts in self._seen.values():
            _take_odd(parts[-1])
        changes = self._number()
        seen = sorted((one for parts in self._seen.values() for one in parts), key=_number_of)
        if not seen:
            return TrackEmbeddings.empty(), ()
        totals = np.stack([one.total for one in seen])
        lengths = np.linalg.norm(totals, axis=1, keepdims=True)
        identity = TrackEmbeddings(
            np.array([one.number for one in seen], np.int32),
            (totals / np.maximum(lengths, 1e-12)).astype(np.float32),
            np.array([one.weight for one in seen], np.float32),
            tuple(one.portrait for one in seen),
            self.embedder.identity,
            self.embedder.threshold,
        )
        return identity, changes

    def _embed(self) -> None:
        self._take_embedded()
        looks, self._waiting = self._waiting, []
        crops = [look.crop for look in looks]
        self._embedding = looks, submit(self.embedder.embed, crops)

    def _take_embedded(self) -> None:
        if self._embedding is None:
            return
        looks, vectors = self._embedding
        for look, vector in zip(looks, vectors.result(), strict=True):
            self._take(look, vector)
        self._embedding = None

    def _take(self, look: _Look, vector: FloatArray) -> None:
        """Add a look to its track; two in a row that show another face begin another track."""
        new = np.zeros(len(vector))
        parts = self._seen.setdefault(look.track, [_Seen(look.track, new.copy())])
        part, threshold = parts[-1], self.embedder.threshold
        well_seen = min(part.weight, look.weight) >= LEAST_SEEN
        if not well_seen or part.is_like(vector, _ANOTHER_FACE * threshold):
            _take_odd(part)
            part.take(look, vector)
        elif part.odd is not None and float(part.odd[1] @ vector) >= threshold:
            other = _Seen(-1, new)
            other.take(*part.odd)
            self._changes.append(
                FaceChange(look.track, (part.last + part.odd[0].time) / 2, len(parts))
            )
            part.odd = None
            other.take(look, vector)
            parts.append(other)
        else:
            _take_odd(part)
            part.odd = (look, vector)

    def _number(self) -> tuple[FaceChange, ...]:
        """Number the tracks that began with another face, in the order of time."""
        numbered = []
        for change in sorted(self._changes, key=lambda one: (one.time, one.track)):
            self._highest += 1
            self._seen[change.track][change.number].number = self._highest
            numbered.append(replace(change, number=self._highest))
        return tuple(numbered)


def _take_odd(part: _Seen) -> None:
    """A single look like another face was a bad look at this one."""
    if part.odd is not None:
        part.take(*part.odd)
        part.odd = None


def _number_of(seen: _Seen) -> int:
    return seen.number


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
