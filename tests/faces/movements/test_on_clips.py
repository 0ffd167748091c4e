"""What the measures say of real clips, against what was counted by eye, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.mesh.clips import by_network, followed_faces, meshes
from benchmarks.mesh.movements import measured
from emotion_core.errors import ModelError
from emotion_core.faces.mesh.mesh import MeshReader, load_mesh_reader
from emotion_core.faces.movements.events import blink_rate, find_events
from emotion_core.faces.movements.gaze import coarse_gaze
from emotion_core.faces.movements.measures import GAZE
from emotion_core.faces.movements.movements import MOVEMENTS, relative_movements
from emotion_core.faces.movements.neutral import neutral_at, neutral_face
from emotion_core.faces.movements.speaking import speaking_of
from emotion_core.settings import load_settings

pytestmark = pytest.mark.long

FaceOf = Callable[[str], pd.DataFrame]

# Seconds at which the lids are lowest, where they cover half the pupil or more and open again. In
# d11 the eyes look down from 5.9 to 6.3.
BLINKS = {
    "lp_driving_d0": (2.62,),
    "lp_driving_d10": (7.43, 11.13, 12.21),
    "lp_driving_d11": (5.10,),
    "lp_driving_d20": (),
    "lp_source_s18": (0.30, 5.42),
    "pyfeat_single_face": (0.90,),
}
# Seconds at which the head is lowest, of heads that sink and rise again; d11 bobs while it speaks.
NODS = {
    "lp_driving_d0": (),
    "lp_driving_d11": (
        *(1.00, 1.46, 1.92, 2.36, 2.78, 3.28, 3.76, 4.20),
        *(4.66, 5.08, 5.58, 6.00, 6.48, 6.88, 7.30, 7.70),
    ),
    "lp_driving_d20": (),
    "lp_source_s18": (),
    "pyfeat_single_face": (),
}
# From when to when the eyes go to the right (1) or the left (-1) of the picture, or ahead (0).
GAZES = {
    "lp_driving_d0": (
        (0.0, 0.3, 0), (0.55, 1.05, 1), (1.2, 1.5, -1), (1.95, 2.05, 1), (2.35, 2.5, -1),
    ),
    "lp_driving_d10": (
        (0.0, 2.0, 0), (2.25, 2.5, -1), (3.45, 3.7, 1), (4.0, 7.0, 0), (7.7, 8.3, -1),
        (8.5, 9.3, 1), (9.6, 10.25, -1), (14.65, 14.8, -1),
    ),
    "lp_driving_d11": (
        (0.0, 4.0, 0), (4.45, 4.9, 1), (5.3, 5.7, -1), (6.8, 7.7, 0), (7.95, 8.2, -1),
        (8.45, 8.65, 1),
    ),
    "lp_source_s18": ((1.0, 5.0, 0), (6.0, 9.0, 0)),
}  # fmt: skip
# From when to when somebody speaks throughout, and is silent throughout.
SPEECH = {
    "lp_driving_d10": ((0.1, 4.5), (5.8, 9.8)),
    "lp_driving_d11": ((0.3, 8.5), None),
    "lp_driving_d20": ((2.8, 5.8), None),
    "short_hamilton_clip": ((3.8, 7.5), None),  # the longest track raps
    "lp_driving_d0": (None, (0.0, 3.1)),
    "lp_source_s18": (None, (0.0, 9.4)),
    "pyfeat_single_face": (None, (0.0, 2.4)),
    "fer_test": (None, (0.0, 4.6)),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> MeshReader:
    try:
        return load_mesh_reader("eme-mesh", load_settings().models_dir)
    except ModelError:
        pytest.skip("the mesh network is not shipped here")


@pytest.fixture(scope="module")
def face_of(reader: MeshReader, clips: Path) -> FaceOf:
    """Gives the rows of the face that is longest in a clip."""

    @cache
    def read(name: str) -> pd.DataFrame:
        followed = followed_faces(clips / f"{name}.mp4")
        table, points = meshes(followed, by_network(reader))
        faces = measured(table, points)
        pictures = {item.frame.index: item.frame.image for item in followed}
        looks = [
            coarse_gaze(pictures[k], p[None]) for k, p in zip(table["frame"], points, strict=True)
        ]
        faces[list(GAZE)] = np.concatenate(looks)
        return faces[faces["track"] == faces["track"].mode()[0]].reset_index(drop=True)

    return read


def compared(
    kind: str, counted: dict[str, tuple[float, ...]], face_of: FaceOf
) -> tuple[int, int, int]:
    """How many of what was counted are found, missed, and found besides."""
    hits = misses = extra = 0
    for clip, times in counted.items():
        found = [event for event in find_events(face_of(clip)) if event.kind == kind]
        matched = [any(e.start - 0.08 <= t <= e.end + 0.08 for e in found) for t in times]
        wrong = [not any(e.start - 0.08 <= t <= e.end + 0.08 for t in times) for e in found]
        hits, misses, extra = hits + sum(matched), misses + matched.count(False), extra + sum(wrong)
    return hits, misses, extra


def test_blinks_are_those_that_were_counted(face_of: FaceOf) -> None:
    hits, misses, extra = compared("blink", BLINKS, face_of)
    assert hits >= 7 and misses <= 1 and extra <= 1


def test_nods_are_those_that_were_counted(face_of: FaceOf) -> None:
    hits, misses, extra = compared("nod", NODS, face_of)
    assert hits >= 14 and misses <= 2 and extra <= 1


def test_of_every_third_frame_no_blinks_are_claimed(face_of: FaceOf) -> None:
    faces = face_of("lp_driving_d10")
    assert blink_rate(faces) == pytest.approx(60 * 3 / 14.9, rel=0.4)
    seldom = faces.iloc[::3]
    assert blink_rate(seldom) is None
    assert not [event for event in find_events(seldom) if event.kind == "blink"]


@pytest.mark.parametrize("clip", GAZES)
def test_eyes_go_where_they_were_seen_to_go(clip: str, face_of: FaceOf) -> None:
    faces = face_of(clip)
    gaze = relative_movements(faces, neutral_face(faces))["gaze_side"]
    least = MOVEMENTS["gaze_side"].clear
    for start, end, side in GAZES[clip]:
        values = gaze[faces["time"].between(start, end)].dropna()
        assert len(values) >= 2
        if side:
            assert (values * side >= least).mean() >= 0.9, (start, end)
        else:
            assert (values.abs() < least).mean() >= 0.9, (start, end)


@pytest.mark.parametrize("clip", SPEECH)
def test_who_speaks_is_found_and_who_is_silent_is_not(clip: str, face_of: FaceOf) -> None:
    faces = face_of(clip)
    speaks = pd.Series(speaking_of(faces))
    speech, silence = SPEECH[clip]
    if speech is not None:
        assert speaks[faces["time"].between(*speech)].mean() >= 0.75
    if silence is not None:
        assert speaks[faces["time"].between(*silence)].mean() <= 0.05


def test_a_smile_is_measured_as_one(face_of: FaceOf) -> None:
    faces = face_of("lp_driving_d0")
    named = relative_movements(faces, neutral_at(faces, 0.2))
    estimated = relative_movements(faces, neutral_face(faces))
    for values in (named, estimated):
        smile = values[faces["time"].between(1.2, 2.2)].median()
        before = values[faces["time"] < 0.4].median()
        made = {name for name in MOVEMENTS if abs(smile[name]) >= MOVEMENTS[name].clear}
        assert {"mouth_wide", "lip_corners_up", "mouth_open", "cheeks_raised"} <= made
        assert not {"pucker", "lip_corners_down", "lips_pressed", "nose_wrinkled"} & made
        assert not {name for name in MOVEMENTS if abs(before[name]) >= MOVEMENTS[name].clear}
