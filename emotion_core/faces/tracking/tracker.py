"""Faces along a shot: which face of this picture is which face of the one before.

Detections are joined to tracks by overlap with where the track should be by now (Bewley et
al. 2016, SORT), in two rounds: confident detections first, then faint ones, which may continue
with a track but never begin one (Zhang et al. 2022, ByteTrack). Detection need not run on
every frame: boxes between two sightings of a track are interpolated, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.faces.boxes import Boxes, iou
from emotion_core.types import FaceDetections, FloatArray


@dataclass(frozen=True, slots=True)
class TrackingParameters:
    """How freely faces are joined.

    Attributes:
        start_confidence: confidence from which a detection begins a track.
        min_overlap: least intersection over union with the predicted box.
        max_gap: seconds for which a track may be out of sight and still continue; faces of the
            picture before are in sight, however long that is held.
        min_sightings: detections that a track needs to count, within ``max_gap``; one alone is
            mostly a mistake of the detector.
        count_confidence: mean confidence that these need; one confident look that faint ones
            follow is mostly a mistake too.
    """

    start_confidence: float = 0.9
    min_overlap: float = 0.2
    max_gap: float = 0.5
    min_sightings: int = 2
    count_confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class TrackedFaces:
    """The faces of one frame, as parallel arrays of length n.

    Attributes:
        track: (n,) int32, numbers that stay with a face through its shot.
        xyxy: (n, 4) float32 px.
        confidence: (n,) float32; between sightings the lower of the two.
        detected: (n,) bool; False where the box is interpolated between two sightings.
        landmarks: (n, 5, 2) float32 px as in :class:`FaceDetections`, interpolated as the boxes
            are; NaN where the detector gave none.
    """

    track: npt.NDArray[np.int32]
    xyxy: FloatArray
    confidence: FloatArray
    detected: npt.NDArray[np.bool_]
    landmarks: FloatArray

    def __len__(self) -> int:
        return len(self.track)


@dataclass(frozen=True, slots=True)
class _Sighting:
    index: int
    time: float
    xyxy: Boxes
    confidence: float
    landmarks: Boxes


@dataclass(slots=True)
class _Track:
    number: int | None = None  # given once the track counts, so that numbers have no holes
    sightings: list[_Sighting] = field(default_factory=list)

    @property
    def last(self) -> _Sighting:
        return self.sightings[-1]

    def predict(self, time: float) -> Boxes:
        """Where the box should be, if the face continues as between its last two sightings."""
        return np.asarray(self.last.xyxy + np.tile(self.shift(time), 2))

    def shift(self, time: float) -> Boxes:
        """How far the face should have moved since it was last seen, (2,) px."""
        last = self.last
        if len(self.sightings) < 2:
            return np.zeros(2)
        before = self.sightings[-2]
        velocity = (last.xyxy - before.xyxy) / (last.time - before.time)
        # the centre moves on; the size does not, since a growing box soon overlaps everything
        shift = (velocity[:2] + velocity[2:]) / 2 * (time - last.time)
        limit = 0.5 * (last.xyxy[2:] - last.xyxy[:2]).max()
        return np.clip(shift, -limit, limit)


class FaceTracker:
    """Joins the detections of one shot to tracks, in the order of time.

    :meth:`update` takes the detections of one frame; :attr:`settled` says up to which frame
    the tracks can no longer change, and :meth:`faces_at` gives the faces of such a frame.

    Args:
        parameters: thresholds.
        first_number: number of the shot's first track.
    """

    def __init__(self, parameters: TrackingParameters, first_number: int = 0) -> None:
        self.parameters = parameters
        self.next_number = first_number
        self._tracks: list[_Track] = []
        self._index = -1
        self._time = 0.0
        self._given = -1
        self._updates = 0
        self._closed = False

    def expected(self, time: float) -> FaceDetections:
        """Where the faces in sight should be at a time, not earlier than that of the last update.

        Those that do not count yet are among them: they need to be seen once more for that.
        """
        tracks = [track for track in self._tracks if self._may_return(track, time)]
        if not tracks:
            return FaceDetections.empty()
        return FaceDetections(
            np.array([track.predict(time) for track in tracks], np.float32),
            np.array([track.last.confidence for track in tracks], np.float32),
            np.array([track.last.landmarks + track.shift(time) for track in tracks], np.float32),
        )

    def changes(self, time: float, detections: FaceDetections) -> tuple[list[int], Boxes]:
        """What is new or lost here, compared with the update before.

        Returns:
            The numbers of the detections that begin a track, and (n, 4) where the faces should be
            of those tracks of the update before that do not continue.
        """
        active = [track for track in self._tracks if track.last.index == self._index]
        begins, goes_on = self._match(active, time, detections)
        kept = {id(track) for track, _ in goes_on}
        lost = [track.predict(time) for track in active if id(track) not in kept]
        return begins, np.array(lost).reshape(-1, 4)

    def update(self, index: int, time: float, detections: FaceDetections) -> None:
        """Take the detections of a frame later than all before."""
        self._tracks = [track for track in self._tracks if self._is_needed(track, time)]
        begins, goes_on = self._match(self._tracks, time, detections)
        self._index, self._time = index, time
        self._updates += 1
        for track, face in goes_on:
            self._see(track, face, detections)
        for face in begins:
            track = _Track()
            self._tracks.append(track)
            self._see(track, face, detections)

    def close(self) -> None:
        """The shot is over: what is not seen by now does not come back."""
        self._closed = True
        if self._updates == 1:  # a still picture cannot show a face twice
            for track in self._tracks:
                self._number(track)

    @property
    def settled(self) -> int:
        """Index of the last frame whose faces can no longer change."""
        if self._closed:
            return self._index
        horizon = self._index
        for track in self._tracks:
            if track.number is None:
                horizon = min(horizon, track.sightings[0].index - 1)
            elif track.last.index < self._index and self._may_return(track, self._time):
                horizon = min(horizon, track.last.index)
        return horizon

    def faces_at(self, index: int, time: float) -> TrackedFaces:
        """The faces of a settled frame.

        Args:
            index: number of the frame, at most :attr:`settled`; frames are asked for in order.
            time: its time in seconds.
        """
        self._given = index
        rows: list[tuple[int, _Sighting, bool]] = []
        for track in self._tracks:
            if track.number is not None and (found := _face_at(track, index, time)) is not None:
                rows.append((track.number, *found))
            # what lies before this frame is not asked for again, but for one sighting to
            # interpolate from and one more to predict with
            while len(track.sightings) > 2 and track.sightings[1].index <= index:
                del track.sightings[0]
        rows.sort(key=lambda row: row[0])
        return TrackedFaces(
            np.array([row[0] for row in rows], np.int32),
            np.array([face.xyxy for _, face, _ in rows], np.float32).reshape(-1, 4),
            np.array([face.confidence for _, face, _ in rows], np.float32),
            np.array([detected for *_, detected in rows], np.bool_),
            np.array([face.landmarks for _, face, _ in rows], np.float32).reshape(-1, 5, 2),
        )

    def _see(self, track: _Track, face: int, detections: FaceDetections) -> None:
        box = detections.xyxy[face].astype(np.float64)
        confidence = float(detections.confidence[face])
        points = np.full((5, 2), np.nan)
        if detections.landmarks is not None:
            points = detections.landmarks[face].astype(np.float64)
        track.sightings.append(_Sighting(self._index, self._time, box, confidence, points))
        if track.number is None and len(track.sightings) >= self.parameters.min_sightings:
            mean = sum(sighting.confidence for sighting in track.sightings) / len(track.sightings)
            if mean >= self.parameters.count_confidence:
                self._number(track)

    def _number(self, track: _Track) -> None:
        track.number = self.next_number
        self.next_number += 1

    def _is_needed(self, track: _Track, time: float) -> bool:
        """Whether a track may continue, or may be asked for, or may still come to count."""
        if track.number is None:
            first = track.sightings[0]
            return time - first.time <= self.parameters.max_gap or first.index == self._index
        return self._may_return(track, time) or track.last.index > self._given

    def _may_return(self, track: _Track, time: float) -> bool:
        # a picture that is held shows its faces for as long as that takes
        held = track.last.index == self._index
        return held or time - track.last.time <= self.parameters.max_gap

    def _match(
        self, tracks: list[_Track], time: float, detections: FaceDetections
    ) -> tuple[list[int], list[tuple[_Track, int]]]:
        """Detections that begin a track, and pairs of a track with its detection."""
        candidates = [track for track in tracks if self._may_return(track, time)]
        confident = detections.confidence >= self.parameters.start_confidence
        pairs: list[tuple[_Track, int]] = []
        for group in (np.flatnonzero(confident), np.flatnonzero(~confident)):
            taken = {id(track) for track, _ in pairs}
            left = [track for track in candidates if id(track) not in taken]
            pairs += self._assign(left, group, time, detections)
        used = {face for _, face in pairs}
        boxes = [detections.xyxy[face] for face in used]
        begins = [
            int(face)
            for face in np.flatnonzero(confident)
            if face not in used and not _inside_another(detections.xyxy[face], boxes)
        ]
        return begins, pairs

    def _assign(
        self, tracks: list[_Track], group: npt.NDArray[Any], time: float, found: FaceDetections
    ) -> list[tuple[_Track, int]]:
        if not tracks or not len(group):
            return []
        from scipy.optimize import linear_sum_assignment

        predicted = np.stack([track.predict(time) for track in tracks])
        overlap = iou(predicted, found.xyxy[group])
        rows, columns = linear_sum_assignment(-overlap)
        return [
            (tracks[row], int(group[column]))
            for row, column in zip(rows, columns, strict=True)
            if overlap[row, column] >= self.parameters.min_overlap
        ]


def _inside_another(box: Boxes, others: list[Boxes]) -> bool:
    """Whether a box lies mostly within one that is a face already (a mouth, an ear, a chin)."""
    area = float(np.prod(box[2:] - box[:2]))
    for other in others:
        span = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
        if (span > 0).all() and float(np.prod(span)) > 0.7 * area:
            return True
    return False


def _face_at(track: _Track, index: int, time: float) -> tuple[_Sighting, bool] | None:
    """A track at a frame, and whether it was detected there; None out of sight."""
    for before, after in zip(track.sightings, track.sightings[1:], strict=False):
        if before.index < index < after.index:
            share = (time - before.time) / (after.time - before.time)
            box = before.xyxy + share * (after.xyxy - before.xyxy)
            points = before.landmarks + share * (after.landmarks - before.landmarks)
            confidence = min(before.confidence, after.confidence)
            return _Sighting(index, time, box, confidence, points), False
    for sighting in track.sightings:
        if sighting.index == index:
            return sighting, True
    return None
