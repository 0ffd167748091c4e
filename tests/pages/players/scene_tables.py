"""A small scene for the tests of the player: two shots, three tracks, a gap, a turned head."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.scene.analysis import MESH_COLUMNS

FPS = 25
FRAMES = 100
CUT = 50
TURNED = 70  # from this frame on, which only track 2 has, the face is turned away
SHOTS = [(0.0, CUT / FPS), (CUT / FPS, FRAMES / FPS)]
SIZE = (640, 360)
# track, first frame, last frame + 1; track 0 is away between 20 and 30
SPANS = [(0, 0, 20), (0, 30, 50), (1, 10, 50), (2, 50, 90)]


def frames_table() -> pd.DataFrame:
    frame = np.arange(FRAMES)
    table = pd.DataFrame({"frame": frame, "time": frame / FPS, "shot": (frame >= CUT).astype(int)})
    seen = [sum(first <= each < last for _, first, last in SPANS) for each in frame]
    return table.assign(faces=seen)


def faces_table() -> pd.DataFrame:
    generator = np.random.default_rng(7)
    parts = []
    for track, first, last in SPANS:
        frame = np.arange(first, last)
        part = pd.DataFrame(generator.dirichlet(np.ones(7), len(frame)), columns=list(EMOTIONS))
        part = part.assign(frame=frame, time=frame / FPS, track=track, character=pd.NA)
        part = part.assign(shot=(frame >= CUT).astype(int), confidence=0.99)
        left = 40.0 + 150 * track + frame * 0.3
        part = part.assign(x1=left, y1=-12.5, x2=left + 90, y2=90.0, detected=frame % 3 == 0)
        part = part.assign(
            sharpness=1.0, turn=1.5 * (frame >= TURNED), **dict.fromkeys(MESH_COLUMNS, np.nan)
        )
        parts.append(part)
    return pd.concat(parts).sort_values(["frame", "track"], ignore_index=True)


def long_scene(seconds: int, fps: int = FPS) -> dict[str, Any]:
    """A character through a clip, away in every tenth second."""
    frame = np.arange(seconds * fps)
    generator = np.random.default_rng(3)
    faces = pd.DataFrame(generator.dirichlet(np.ones(7), len(frame)), columns=list(EMOTIONS))
    faces = faces.assign(frame=frame, time=frame / fps, track=frame // (10 * fps), detected=True)
    left = generator.uniform(0, 500, len(frame))
    faces = faces.assign(x1=left, y1=20.0, x2=left + 90, y2=130.0, sharpness=1.0, turn=0.0)
    faces = faces.assign(**dict.fromkeys(MESH_COLUMNS, np.nan))
    seen = faces[frame % (10 * fps) < 9 * fps]
    frames = faces[["frame", "time"]]
    return {"faces": seen, "frames": frames, "duration": float(seconds), "shots": [(0.0, seconds)]}
