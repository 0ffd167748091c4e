"""An analysis as files."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.export.tables import readings_table, scene_to_json, write_tables
from emotion_core.performance.resting import RELATIVE_COLUMNS
from emotion_core.scene.analysis import FACE_DTYPES
from tests.performance.moving import still
from tests.scene.scenes import make_scene


def test_the_csv_has_every_column_and_the_doubt_in_words_at_its_end() -> None:
    scene = make_scene()
    scene = replace(scene, faces=scene.faces.assign(turn=1.5).astype(FACE_DTYPES))
    table = pd.read_csv(io.BytesIO(readings_table(scene)), keep_default_na=False)
    assert list(table.columns) == [*FACE_DTYPES, *RELATIVE_COLUMNS, "doubt"]
    assert set(table["relative_sad"]) == {""}
    assert set(table["doubt"]) == {"turned"}
    sure = pd.read_csv(io.BytesIO(readings_table(make_scene())), keep_default_na=False)
    assert set(sure["doubt"]) == {""}


def test_the_summary_says_how_much_is_unsure_and_why(tmp_path: Path) -> None:
    scene = make_scene()
    faces = scene.faces.assign(sharpness=(scene.faces["track"] > 0) * 1.0)
    write_tables(replace(scene, faces=faces.astype(FACE_DTYPES)), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    # the first face is in view for 50 frames, the second for 40
    assert summary["doubtful"] == pytest.approx(50 / 90)
    assert summary["doubts"] == pytest.approx(
        {"tiny": 0, "blurred": 50 / 90}
        | dict.fromkeys(("turned", "covered", "speaking", "unsure"), 0)
    )
    assert [track["doubtful"] for track in summary["tracks"]] == [1.0, 0.0]


def test_json_holds_every_reading_with_what_its_columns_mean() -> None:
    scene = make_scene()
    scene.faces.loc[0, "turn"] = np.nan
    content = json.loads(scene_to_json(scene), parse_constant=pytest.fail)
    readings = pd.DataFrame(content["readings"])
    assert list(readings) == list(content["columns"])
    assert content["readings"]["turn"][0] is None
    assert content["readings"]["character"][0] is None
    np.testing.assert_allclose(readings[list(EMOTIONS)], scene.faces[list(EMOTIONS)], atol=1e-4)
    assert readings["detected"].tolist() == scene.faces["detected"].tolist()
    assert pd.DataFrame(content["frames"])["faces"].sum() == len(scene.faces)
    assert content["summary"]["model"]["name"] == "some-model"
    assert len(content["summary"]["tracks"]) == 2


def test_readings_relative_to_rest_stand_beside_those_as_read() -> None:
    scene = make_scene({0: [(0, 99, "neutral", 0.5)]})
    scene = replace(scene, faces=still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES))
    table = pd.read_csv(io.BytesIO(readings_table(scene)))
    relative = table[list(RELATIVE_COLUMNS)].to_numpy()
    assert relative.sum(axis=1) == pytest.approx(1, abs=1e-3)
    assert not np.allclose(relative, table[list(EMOTIONS)])
    content = json.loads(scene_to_json(scene), parse_constant=pytest.fail)
    assert content["readings"]["relative_sad"] == pytest.approx(table["relative_sad"], abs=1e-3)
    face = content["resting_faces"]["Face 1"]
    assert (
        face["readings"] > 12 and face["shares"]["neutral"] > 0.3 and "only here" in face["caveat"]
    )
    # of faces that were read without their movements, it is said why there are none
    plain = json.loads(scene_to_json(make_scene()))["resting_faces"]["Face 1"]
    assert plain["shares"] is None and "before Eme measured movements" in plain["words"]


def test_json_of_a_scene_without_faces_has_empty_columns() -> None:
    content = json.loads(scene_to_json(make_scene({})))
    assert content["readings"]["time"] == []
    assert len(content["frames"]["time"]) == 100
