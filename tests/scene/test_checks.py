"""What is no analysis of a clip is not loaded, whoever has written it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emotion_core.checked_tables import EarlierTable
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ExportError
from emotion_core.scene.analysis import FACE_DTYPES, MESH_COLUMNS, AnalysisParameters, SceneAnalysis
from emotion_core.scene.checks import check_analysis
from emotion_core.scene.store import AnalysisStore, load_analysis
from emotion_core.scene.stored_tables import MOST_FRAMES, read_faces, read_frames
from emotion_core.types import VideoInfo
from tests.scene.scenes import make_scene

Change = Callable[[SceneAnalysis], SceneAnalysis]


def faces(**columns: Any) -> Change:
    return lambda scene: replace(scene, faces=scene.faces.assign(**columns))


def frames(**columns: Any) -> Change:
    return lambda scene: replace(scene, frames=scene.frames.assign(**columns))


def one(name: str, value: float) -> Change:
    """One row in the middle that has another value in a column of faces."""

    def change(scene: SceneAnalysis) -> SceneAnalysis:
        values = scene.faces[name].to_numpy().copy()
        values[len(values) // 2] = value
        return replace(scene, faces=scene.faces.assign(**{name: values}))

    return change


def info(**values: Any) -> Change:
    return lambda scene: replace(scene, info=replace(scene.info, **values))


TIMES = make_scene().frames["time"].to_numpy()
WRONG: dict[str, Change] = {
    "no rate": info(fps=0.0),
    "rate of NaN": info(fps=float("nan")),
    "no size": info(width=0),
    "length without end": info(duration=float("inf")),
    "length of a month": info(duration=30 * 86_400.0),
    "too few frames": lambda s: replace(s, parameters=AnalysisParameters(every=10**9)),
    "shots that fall": lambda s: replace(s, shots=((2.0, 4.0), (0.0, 1.0))),
    "shots of NaN": lambda s: replace(s, shots=((0.0, float("nan")),)),
    "times of NaN": frames(time=np.nan),
    "times that fall": frames(time=TIMES[::-1].copy()),
    "times beyond the clip": frames(time=TIMES * 100),
    "frames that are one": frames(frame=np.int32(1)),
    "faces that nobody has": frames(faces=np.int32(9)),
    "faces of no frame": faces(frame=np.int32(500)),
    "faces at another time": lambda s: replace(s, faces=s.faces.assign(time=s.faces["time"] + 1)),
    "faces in another shot": lambda s: replace(s, faces=s.faces.assign(shot=s.faces["shot"] + 1)),
    "faces upside down": lambda s: replace(s, faces=s.faces.iloc[::-1]),
    "a track twice in a frame": lambda s: replace(
        s,
        faces=pd.concat([s.faces.iloc[:1], s.faces], ignore_index=True),
        frames=s.frames.assign(faces=s.frames["faces"] + (s.frames["frame"] == 0)),
    ),
    "negative tracks": faces(track=np.int32(-1)),
    "a probability of NaN": one("happy", np.nan),
    "a probability of 2": one("sad", 2.0),
    "no probability": faces(**dict.fromkeys(EMOTIONS, np.float32(0))),
    "a confidence of 5": one("confidence", 5.0),
    "a box of infinity": one("x2", np.inf),
    "a box turned over": one("x1", 5000.0),
    "a valence of infinity": one("valence", np.inf),
    "an entropy of NaN": one("entropy", np.nan),
    "a sharpness of infinity": one("sharpness", np.inf),
    "a long warning": lambda s: replace(s, warnings=("w" * 5000,)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_is_refused_wherever_it_comes_from(tmp_path: Path, kind: str) -> None:
    scene = make_scene()
    check_analysis(scene)
    wrong = WRONG[kind](scene)
    with pytest.raises(ValueError, match="cannot be those of a clip"):
        check_analysis(wrong)
    store = AnalysisStore(tmp_path)
    try:
        store.save(wrong, tmp_path / "a.mp4")
    except ValueError:
        return  # no JSON can say it
    assert store.load(wrong.id) is None
    with pytest.raises(ExportError, match="damaged or from an older version"):
        load_analysis(tmp_path / wrong.id)


def test_what_is_not_known_of_a_face_may_be_nan() -> None:
    check_analysis(faces(sharpness=np.float32("nan"), turn=np.float32("nan"))(make_scene()))


def test_a_scene_without_a_face_or_a_frame_is_one() -> None:
    scene = make_scene()
    nobody = replace(scene, faces=scene.faces.iloc[:0], frames=scene.frames.assign(faces=0))
    check_analysis(nobody)
    check_analysis(replace(nobody, frames=scene.frames.iloc[:0]))


def test_gaps_of_hours_and_high_rates_are_those_of_clips() -> None:
    scene = make_scene()
    long = VideoInfo(640, 360, 1e5, 108_000.0, None, False)
    times = [*TIMES[:-1], 108_000.0]
    check_analysis(
        replace(frames(time=times, faces=0)(scene), info=long, faces=scene.faces.iloc[:0])
    )


def test_a_table_of_other_types_is_none_and_one_of_an_early_version_is_known(
    tmp_path: Path,
) -> None:
    table, path = make_scene().faces, tmp_path / "faces.parquet"
    table.to_parquet(path)
    pd.testing.assert_frame_equal(read_faces(path), table)
    for column in ({"frame": "x"}, {"time": True}, {"detected": 1}, {"character": 7}):
        table.assign(**column).to_parquet(path)
        with pytest.raises(ValueError):  # noqa: PT011
            read_faces(path)
    table.assign(character="x" * 5000).to_parquet(path)
    with pytest.raises(ValueError, match="too long"):
        read_faces(path)
    table.drop(columns=["sharpness", "turn"]).to_parquet(path)
    with pytest.raises(EarlierTable):
        read_faces(path)
    table[list(FACE_DTYPES)[::-1]].to_parquet(path)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read_faces(path)
    assert not isinstance(caught.value, EarlierTable)


def test_what_was_not_known_or_not_yet_read_is_unknown(tmp_path: Path) -> None:
    table, path = make_scene().faces, tmp_path / "faces.parquet"
    table.loc[0, ["sharpness", "turn"]] = np.nan
    table.to_parquet(path)
    pd.testing.assert_frame_equal(read_faces(path), table)
    table.drop(columns=list(MESH_COLUMNS)).to_parquet(path)
    pd.testing.assert_frame_equal(read_faces(path), table.assign(**unknown(len(table))))
    table.assign(valence=np.nan).to_parquet(path)
    with pytest.raises(ValueError, match="valence"):
        read_faces(path)


def unknown(rows: int) -> dict[str, np.ndarray]:
    return {name: np.full(rows, np.nan, np.float32) for name in MESH_COLUMNS}


def test_a_small_file_that_stands_for_a_huge_table_is_refused_by_its_head(tmp_path: Path) -> None:
    path, count = tmp_path / "frames.parquet", MOST_FRAMES + 1
    zeros = pa.array(np.zeros(count, np.int32))
    columns = {"frame": zeros, "time": zeros.cast("float64"), "shot": zeros, "faces": zeros}
    pq.write_table(pa.table(columns), path)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ValueError, match="more than 5000000 rows"):
        read_frames(path)
