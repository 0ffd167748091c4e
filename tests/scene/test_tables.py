"""The tables of a scene while it is read."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.mesh.mesh import FaceMeshes
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.mesh.upright import UprightFaces
from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS
from emotion_core.faces.tracking.follow import FollowedFrame
from emotion_core.faces.tracking.tracker import TrackedFaces
from emotion_core.scene import tables as tables_module
from emotion_core.scene.analysis import FACE_DTYPES, FRAME_DTYPES, MESH_COLUMNS
from emotion_core.scene.tables import FaceReadings, SceneTables
from emotion_core.types import EmotionScores, FloatArray, Frame, VideoInfo

INFO = VideoInfo(width=64, height=36, fps=24.0, duration=100.0, frame_count=None, has_audio=False)
PICTURE = np.zeros((36, 64, 3), np.uint8)


def _frame(index: int, faces: int) -> FollowedFrame:
    found = TrackedFaces(
        track=np.arange(faces, dtype=np.int32),
        xyxy=np.tile(np.array([1, 2, 30, 31], np.float32), (faces, 1)),
        confidence=np.ones(faces, np.float32),
        detected=np.ones(faces, bool),
        landmarks=np.zeros((faces, 5, 2), np.float32),
    )
    return FollowedFrame(Frame(PICTURE, index, index / 24, 1 / 24), index // 100, found)


def _reading(faces: int, seed: int) -> FaceReadings:
    logits = np.random.default_rng(seed).normal(size=(faces, 7)).astype(np.float32)
    return _of(logits, np.full(faces, seed, np.float32))


def _of(logits: FloatArray, sharp: FloatArray) -> FaceReadings:
    n = len(logits)
    squares = tuple(UprightSquare(k, 2.0, 30.0, 0.1) for k in range(n))
    upright = UprightFaces(FaceMeshes.unknown(n), squares)
    movements = np.tile(sharp[:, None], len(MOVEMENT_COLUMNS))
    return FaceReadings(EmotionScores(logits, EMOTIONS), sharp, upright, movements)


def test_rows_are_the_same_in_however_many_parts_they_come() -> None:
    frames = [_frame(index, index % 3) for index in range(700)]
    singly, at_once = SceneTables(INFO), SceneTables(INFO)
    readings = [_reading(index % 3, index) for index in range(700)]
    for frame, reading in zip(frames, readings, strict=True):
        singly.add([frame], reading)
    logits = np.concatenate([reading.scores.logits for reading in readings])
    sharp = np.concatenate([reading.sharpness for reading in readings])
    squares = sum((reading.upright.squares for reading in readings), ())
    whole = replace(
        _of(logits, sharp), upright=UprightFaces(FaceMeshes.unknown(len(sharp)), squares)
    )
    at_once.add(frames, whole)
    pd.testing.assert_frame_equal(singly.faces(), at_once.faces())
    pd.testing.assert_frame_equal(singly.frames(), at_once.frames())
    assert singly.faces().dtypes.astype(str).to_dict() == FACE_DTYPES


def test_a_clip_without_faces_has_empty_columns_of_the_same_kinds() -> None:
    tables = SceneTables(INFO)
    tables.add([_frame(0, 0)], _reading(0, 0))
    assert tables.faces().dtypes.astype(str).to_dict() == FACE_DTYPES
    assert tables.frames().dtypes.astype(str).to_dict() == FRAME_DTYPES
    assert len(tables.faces()) == 0


def test_a_row_takes_little_more_than_its_values_while_a_long_clip_is_read() -> None:
    tables, parts = SceneTables(INFO), 400
    batch, reading = [_frame(index, 2) for index in range(8)], _reading(16, 0)
    tracemalloc.start(8)
    try:
        for _ in range(parts):
            tables.add(batch, reading)
        # what threads of other tests have left running takes does not count
        own = tracemalloc.Filter(True, tables_module.__file__, all_frames=True)
        traces = tracemalloc.take_snapshot().filter_traces([own])
    finally:
        tracemalloc.stop()
    kept = sum(trace.size for trace in traces.traces)
    values = (
        len(tables.faces()) * (97 + 4 * len(MESH_COLUMNS)) + len(tables.frames()) * 20
    )  # bytes, of FACE_DTYPES
    assert kept < 2 * values
