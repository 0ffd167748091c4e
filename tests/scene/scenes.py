"""Scenes made up for tests, without a clip or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.registry import ModelId
from emotion_core.scene.analysis import (
    FACE_DTYPES,
    FRAME_DTYPES,
    MESH_COLUMNS,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.stats import entropy
from emotion_core.types import VideoInfo

FPS = 25.0
# track -> runs of (first frame, last frame, emotion, probability)
Runs = Mapping[int, list[tuple[int, int, str, float]]]
DEFAULT: Runs = {0: [(0, 24, "neutral", 0.8), (25, 49, "sad", 0.9)], 1: [(60, 99, "happy", 0.7)]}


def make_scene(
    tracks: Runs = DEFAULT,
    frames: int = 100,
    cuts: tuple[int, ...] = (55,),
    sha: str = "a" * 64,
    name: str = "scene.mp4",
) -> SceneAnalysis:
    """A scene at 25 frames a second in which each track plays what it is given."""
    kept = _make(tuple((track, tuple(runs)) for track, runs in tracks.items()), frames, cuts)
    return replace(kept, clip=ClipId(sha, name), faces=kept.faces.copy(), frames=kept.frames.copy())


@lru_cache(maxsize=100)  # many tests begin with the same, which takes 20 ms to make
def _make(
    tracks: tuple[tuple[int, tuple[tuple[int, int, str, float], ...]], ...],
    frames: int,
    cuts: tuple[int, ...],
) -> SceneAnalysis:
    shot = np.searchsorted(cuts, np.arange(frames), side="right")
    rows = []
    for track, runs in tracks:
        for first, last, emotion, share in runs:
            probabilities = np.full(7, (1 - share) / 6, np.float32)
            probabilities[EMOTIONS.index(emotion)] = share
            for frame in range(first, last + 1):
                rows.append([frame, frame / FPS, shot[frame], track, pd.NA, 10, 10, 50, 60, 0.99])
                rows[-1] += [frame % 4 == 0, *probabilities]
    columns = list(FACE_DTYPES)[: -5 - len(MESH_COLUMNS)]
    faces = pd.DataFrame(rows, columns=columns).sort_values(["frame", "track"], ignore_index=True)
    probabilities = faces[list(EMOTIONS)].to_numpy(np.float32)
    faces["valence"], faces["arousal"] = valence_arousal(probabilities)
    faces["entropy"] = entropy(probabilities)
    faces = faces.assign(sharpness=1.0, turn=0.0, **dict.fromkeys(MESH_COLUMNS, np.nan))
    counts = faces.groupby("frame").size().reindex(range(frames), fill_value=0).to_numpy()
    numbers = np.arange(frames)
    table = pd.DataFrame(
        {"frame": numbers, "time": numbers / FPS, "shot": shot, "faces": counts}
    ).astype(FRAME_DTYPES)
    edges = [0, *cuts, frames]
    return SceneAnalysis(
        clip=ClipId("", ""),
        info=VideoInfo(640, 360, FPS, frames / FPS, frames, True),
        shots=tuple((a / FPS, b / FPS) for a, b in pairwise(edges)),
        faces=faces.astype(FACE_DTYPES),
        frames=table,
        model=ModelId("some-model", "0123456789ab"),
        parameters=AnalysisParameters(),
        warnings=("The clip breaks off.",),
    )
