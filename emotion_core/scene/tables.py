"""The tables of a chunk, as they grow while it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS
from emotion_core.faces.identity.track_embeddings import FaceChange, TrackEmbeddings
from emotion_core.faces.mesh.upright import UprightFaces
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS
from emotion_core.faces.movements.speaking import speaking_of
from emotion_core.faces.quality import turn
from emotion_core.faces.tracking.follow import FollowedFrame
from emotion_core.scene.analysis import (
    CROP_COLUMNS,
    FACE_DTYPES,
    FRAME_DTYPES,
)
from emotion_core.scene.chunks import Chunk
from emotion_core.stats import entropy
from emotion_core.types import EmotionScores, FloatArray, Frame, VideoInfo


@dataclass(frozen=True, slots=True)
class FaceReadings:
    """What is read in the faces of some frames, as parallel arrays of length n.

    Attributes:
        scores: of each.
        sharpness: (n,) float32, see :func:`emotion_core.faces.quality.sharpness`.
        upright: their meshes, and the squares in which they were read.
        movements: (n, k), see :func:`emotion_core.faces.movements.reading.read_movements`.
    """

    scores: EmotionScores
    sharpness: FloatArray
    upright: UprightFaces
    movements: FloatArray


class SceneTables:
    """Collects the rows of the two tables as batches come in."""

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._end = 0.0
        self._frames, self._faces = _Table(FRAME_DTYPES), _Table(FACE_DTYPES)

    def add(self, batch: Sequence[FollowedFrame], reading: FaceReadings) -> None:
        """Take some frames, and what was read in their faces in the same order."""
        self._end = batch[-1].frame.time + batch[-1].frame.duration
        repeats = [len(item.faces) for item in batch]
        self._frames.add(
            {
                "frame": np.array([item.frame.index for item in batch]),
                "time": np.array([item.frame.time for item in batch]),
                "shot": np.array([item.shot for item in batch]),
                "faces": np.array(repeats),
            }
        )
        if not len(reading.scores):
            return
        probabilities = reading.scores.probabilities
        valence, arousal = valence_arousal(probabilities)
        scales = [self._scale(item.frame) for item in batch]
        boxes = np.concatenate(
            [item.faces.xyxy * scale for item, scale in zip(batch, scales, strict=True)]
        )
        rows = {
            "frame": np.repeat([item.frame.index for item in batch], repeats),
            "time": np.repeat([item.frame.time for item in batch], repeats),
            "shot": np.repeat([item.shot for item in batch], repeats),
            "track": np.concatenate([item.faces.track for item in batch]),
            "character": np.full(len(boxes), pd.NA, object),
            **dict(zip(("x1", "y1", "x2", "y2"), boxes.T, strict=True)),
            "confidence": np.concatenate([item.faces.confidence for item in batch]),
            "detected": np.concatenate([item.faces.detected for item in batch]),
            **dict(zip(EMOTIONS, probabilities.T, strict=True)),
            "valence": valence,
            "arousal": arousal,
            "entropy": entropy(probabilities),
            "sharpness": reading.sharpness,
            "turn": turn(np.concatenate([item.faces.landmarks for item in batch])),
            **_crops(reading.upright, np.repeat(scales, repeats)),
            **dict(zip(VISIBLE_COLUMNS, reading.upright.meshes.visibility.T, strict=True)),
            **dict(zip(MOVEMENT_COLUMNS, reading.movements.T, strict=True)),
            "speaking": np.full(len(boxes), np.nan),  # known once the track has been read
        }
        self._faces.add(rows)

    def faces(self) -> pd.DataFrame:
        """One row per face and frame, see :class:`SceneAnalysis`."""
        return self._faces.joined()

    def frames(self) -> pd.DataFrame:
        """One row per frame, see :class:`SceneAnalysis`."""
        return self._frames.joined()

    def chunk(
        self, number: int, identity: TrackEmbeddings, changes: tuple[FaceChange, ...]
    ) -> Chunk:
        """All that was taken, with what was seen of the tracks on the way."""
        faces = self.faces()
        seen = faces["mouth_opening"].notna()
        speaks = pd.Series(speaking_of(faces), faces.index).where(seen)
        faces["speaking"] = speaks.astype("float32")
        tracks = int(faces["track"].max()) + 1 if len(faces) else 0
        return Chunk(number, faces, self.frames(), tracks, self._end, identity, changes)

    def _scale(self, frame: Frame) -> float:
        """From pixels of the shrunk picture to pixels of the clip."""
        return self._info.width / int(frame.image.shape[1])


def _crops(upright: UprightFaces, scales: FloatArray) -> dict[str, FloatArray]:
    """Where the squares lie in the clip; pixel 0 of each picture has its middle half a pixel in."""
    squares = np.array([(s.x, s.y, s.side, s.angle) for s in upright.squares]).reshape(-1, 4)
    x, y = (squares[:, :2].T + 0.5) * scales - 0.5
    values = (x, y, squares[:, 2] * scales, np.rad2deg(squares[:, 3]))
    return dict(zip(CROP_COLUMNS, values, strict=True))


class _Table:
    """Rows that come a few at a time.

    A table for every few of them would take longer than their reading, and arrays of a few values
    take many times the room of the values. So they wait as arrays until there are many.
    """

    _WAITING = 256  # parts

    def __init__(self, dtypes: Mapping[str, str]) -> None:
        self._dtypes = dtypes
        self._parts: list[Mapping[str, npt.NDArray[Any]]] = []
        self._tables = [pd.DataFrame({name: [] for name in dtypes}).astype(dtypes)]

    def add(self, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        """Take some rows: an array for each column, all of one length."""
        self._parts.append(rows)
        if len(self._parts) >= self._WAITING:
            self._join()

    def joined(self) -> pd.DataFrame:
        """All rows up to now."""
        self._join()
        self._tables = [pd.concat(self._tables, ignore_index=True)]
        return self._tables[0]

    def _join(self) -> None:
        if self._parts:
            columns = {
                name: np.concatenate([part[name] for part in self._parts]) for name in self._dtypes
            }
            self._tables.append(pd.DataFrame(columns).astype(dict(self._dtypes)))
            self._parts = []
