"""Scenes whose tracks have known faces, without a clip or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import enter_scene
from emotion_core.scene.analysis import AnalysisParameters, SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from tests.scene.scenes import make_scene

# degrees: who is near whom
ANA, BEN, CARLA = 0.0, 90.0, 180.0
Part = tuple[float, int, int, int]  # whose face, first and last frame, place in the picture


def played(
    parts: Mapping[int, Part],
    sha: str = "a",
    *,
    model: str = "some-model",
    every: int = 1,
    embedder: str = "faces-1",
    weight: float = 1.0,
) -> SceneAnalysis:
    """A scene of 100 frames in which each track has a face; places 0 to 5 lie side by side."""
    runs = {track: [(first, last, "sad", 0.8)] for track, (_, first, last, _) in parts.items()}
    scene = make_scene(runs, sha=sha * 64, name=f"{sha}.mp4", cuts=())
    faces = scene.faces.copy()
    for track, (_, _, _, place) in parts.items():
        own = faces["track"] == track
        faces.loc[own, ["x1", "x2"]] = np.float32([100 * place, 100 * place + 60])
        faces.loc[own, ["y1", "y2"]] = np.float32([40, 120])
    angles = np.radians([degrees for degrees, *_ in parts.values()])
    identity = TrackEmbeddings(
        np.array(list(parts), np.int32),
        np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32).reshape(-1, 2),
        np.full(len(parts), weight, np.float32),
        tuple(b"portrait of %d" % degrees for degrees, *_ in parts.values()),
        embedder,
        0.8,
    )
    return replace(
        scene,
        faces=faces[faces["frame"] % every == 0].reset_index(drop=True),
        frames=scene.frames[scene.frames["frame"] % every == 0].reset_index(drop=True),
        model=replace(scene.model, name=model, fingerprint=model),
        parameters=AnalysisParameters(every=every),
        identity=identity,
    )


def enter(
    library: Database, store: AnalysisStore, analysis: SceneAnalysis, film_id: int | None = None
) -> int:
    """Store an analysis and enter it in the library; gives the scene."""
    store.save(analysis, Path(f"/films/{analysis.clip.name}"))
    scene = enter_scene(library, store, analysis.id, analysis=analysis, film_id=film_id)
    assert scene is not None
    return scene
