"""What is heard in a scene as tables and in JSON."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from emotion_core.errors import ExportError
from emotion_core.export.formats import Format, TableFormat
from emotion_core.export.report_data import build_report_data
from emotion_core.export.sound.tables import (
    LINE_NOTES,
    SEGMENT_NOTES,
    SOUND_NOTES,
    UTTERANCE_NOTES,
    sound_tables,
)
from emotion_core.export.tables import scene_to_json, write_tables
from emotion_core.export.writing import export_scene
from emotion_core.sound.store import UTTERANCE_DTYPES
from tests.export.sound.made import (
    heard_data,
    make_scene_sound,
    scene_of_two,
    silent_scene_sound,
)

OF_SOUND = [wanted for wanted in Format if wanted.is_of_sound]


def exported(wanted: Format, tables: TableFormat = TableFormat.CSV) -> io.BytesIO:
    (content,) = export_scene(heard_data(), [wanted], "scene", tables=tables).values()
    return io.BytesIO(content)


def test_lines_have_their_times_who_says_them_and_how() -> None:
    table = pd.read_csv(exported(Format.LINES_CSV), keep_default_na=False)
    assert list(table.columns) == list(LINE_NOTES)
    assert table["who"].tolist() == ["Ana", "Ana", "Ben?", "GUARD", ""]
    assert table["start"].tolist() == [1.0, 2.0, 6.0, 7.0, 8.0]
    assert table["face"][0].startswith("angry") and table["face"][2].startswith("neutral")
    assert table["voice"][0] == "raised, 2 semitones above the usual"
    assert table["confidence"].tolist() == ["", "0.7500", "", "", ""]
    # no spreadsheet runs a line
    assert table["words"][3] == "'=Stand back!"


def test_utterances_have_all_that_is_measured_and_what_each_column_is() -> None:
    table = pd.read_csv(exported(Format.UTTERANCES_CSV))
    assert list(table.columns) == list(UTTERANCE_NOTES)
    measured = {name for name in UTTERANCE_DTYPES if not name.startswith("feature_")}
    assert measured <= set(table.columns)
    assert table["verdict"].tolist() == ["speaks", "likely", "off screen", "can't tell"]
    assert table["rate_ratio"].isna().tolist() == [True, False, False, False]
    assert "hertz" in UTTERANCE_NOTES["pitch"] and "LUFS" in UTTERANCE_NOTES["loudness"]


def test_both_come_for_excel_too() -> None:
    assert len(pd.read_excel(exported(Format.LINES_XLSX))) == 5
    assert len(pd.read_excel(exported(Format.UTTERANCES_XLSX))) == 4
    semicolons = exported(Format.LINES_CSV, TableFormat.CSV_SEMICOLON)
    assert pd.read_csv(semicolons, sep=";", decimal=",")["confidence"].max() == 0.75


def test_one_character_alone_has_their_own_lines_and_utterances() -> None:
    ben = heard_data("Ben").sound
    assert ben is not None
    tables = sound_tables(ben)
    assert tables["lines"]["words"].tolist() == ["At the station."]
    assert tables["utterances"]["character"].tolist() == ["Ben"]
    assert tables["contrasts"].empty and len(tables["reactions"]) == 1
    assert len(tables["segments"]) == 2
    guard = make_scene_sound().only("Guard")
    assert guard.delivery.lines["text"].tolist() == ["=Stand back!"]


def test_json_holds_what_is_heard_with_what_its_columns_mean() -> None:
    content = json.loads(exported(Format.JSON).getvalue(), parse_constant=pytest.fail)["sound"]
    assert content["loudness"] == -23.0 and "estimates" in content["caveat"]
    assert [track["language"] for track in content["tracks"]] == ["fil"]
    for name, notes in SOUND_NOTES.items():
        assert set(content[name]) == set(content["columns"][name]) == set(notes)
    assert content["turns"]["who"] == ["Ana", "Ana", "Ben?", "off screen", "can't tell"]
    assert content["utterances"]["rate_ratio"][0] is None
    assert content["contrasts"]["chance"] == [None]
    assert content["reactions"]["emotion"] == ["sad"]
    assert content["chords"]["sure"] == [True, False]


def test_of_a_clip_without_sound_tables_are_empty(tmp_path: Path) -> None:
    content = json.loads(scene_to_json(scene_of_two(), silent_scene_sound()))["sound"]
    assert content["loudness"] is None and content["tracks"] == []
    assert all(not column for name in SOUND_NOTES for column in content[name].values())
    write_tables(scene_of_two(), tmp_path, silent_scene_sound())
    assert pd.read_csv(tmp_path / "lines.csv").empty


def test_the_folder_of_an_analysis_holds_what_is_heard_where_it_was_read(tmp_path: Path) -> None:
    write_tables(scene_of_two(), tmp_path)
    names = {"lines.csv", "utterances.csv", "sound.csv"}
    assert not names & {path.name for path in tmp_path.iterdir()}
    write_tables(scene_of_two(), tmp_path, make_scene_sound())
    assert names <= {path.name for path in tmp_path.iterdir()}
    heard = pd.read_csv(tmp_path / "sound.csv")
    assert list(heard.columns) == list(SEGMENT_NOTES)
    assert heard["kind"].tolist() == ["speech", "speech over music"]


@pytest.mark.parametrize("wanted", OF_SOUND)
def test_a_scene_whose_sound_was_not_read_has_no_such_table(wanted: Format) -> None:
    with pytest.raises(ExportError, match="sound of this scene was not read"):
        export_scene(build_report_data(scene_of_two()), [wanted], "scene")


def test_a_scene_whose_sound_was_not_read_is_exported_without_it() -> None:
    rest = [wanted for wanted in Format if not wanted.is_of_sound]
    files = export_scene(build_report_data(scene_of_two()), rest, "scene")
    assert json.loads(files["scene.json"])["sound"] is None
    assert b"What is said" not in files["scene.html"] + files["scene.md"]
    assert b"Heard" not in files["scene.eaf"]
