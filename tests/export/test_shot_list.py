"""The shot list: what is in it, and that each of its formats says so."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pycmx
import pytest

from emotion_core.export.formats import TableFormat
from emotion_core.export.report_data import build_report_data
from emotion_core.export.shot_list import (
    list_shots,
    shots_table,
    shots_to_edl,
    shots_to_html,
    shots_to_spreadsheet,
)
from tests.export.report.pages import assert_self_contained
from tests.export.scenes import empty_scene, nasty_scene
from tests.scene.scenes import make_scene


def two_shots():  # type: ignore[no-untyped-def]
    """Ana alone until 2.2 s, then Ben, who is too small to be read surely."""
    scene = make_scene(name="my take.mov")
    names = {0: "Ana", 1: "Ben"}
    scene.faces["character"] = scene.faces["track"].map(names).astype("string")
    scene.faces.loc[scene.faces["track"] == 1, "x2"] = 20
    scene.faces.loc[scene.faces["track"] == 0, ["sad", "neutral", "angry"]] = 0.38, 0.34, 0.16
    return build_report_data(scene)


def test_each_shot_has_its_times_its_characters_and_what_leads_in_them() -> None:
    table = shots_table(two_shots())
    assert table.to_dict("records") == [
        {
            "number": 1,
            "start": "00:00:00:00",
            "end": "00:00:02:05",
            "length": "00:00:02:05",
            "start (s)": 0.0,
            "end (s)": 2.2,
            "length (s)": 2.2,
            "still at": "00:00:01:03",
            "characters": "Ana",
            "leading emotions": "Ana: unsure, sad 38% or neutral 34% (no clear lead)",
        },
        {
            "number": 2,
            "start": "00:00:02:05",
            "end": "00:00:04:00",
            "length": "00:00:01:20",
            "start (s)": 2.2,
            "end (s)": 4.0,
            "length (s)": pytest.approx(1.8),
            "still at": "00:00:03:03",
            "characters": "Ben",
            "leading emotions": "Ben: unsure, perhaps happy 70% (too small)",
        },
    ]


def test_the_edl_is_what_editing_programs_read() -> None:
    text = shots_to_edl(two_shots())
    assert text.split("\r\n")[:5] == [
        "TITLE: my take.mov",
        "FCM: NON-DROP FRAME",
        "",
        "001  AX       V     C        00:00:00:00 00:00:02:05 00:00:00:00 00:00:02:05",
        "* FROM CLIP NAME: my take.mov",
    ]
    read = pycmx.parse_cmx3600(io.StringIO(text.replace("\r\n", "\n")))
    assert read.title == "my take.mov"
    edits = [event.edits[0] for event in read.events]
    assert [(edit.source_in, edit.source_out) for edit in edits] == [
        ("00:00:00:00", "00:00:02:05"),
        ("00:00:02:05", "00:00:04:00"),
    ]
    assert {edit.clip_name for edit in edits} == {"my take.mov"}
    assert all(edit.channels.video and not edit.channels.audio for edit in edits)


def test_an_edl_at_29_97_says_that_it_drops_frames() -> None:
    data = two_shots()
    info = replace(data.analysis.info, fps=29.97)
    text = shots_to_edl(replace(data, analysis=replace(data.analysis, info=info)))
    assert "FCM: DROP FRAME" in text and "00:00:02;06" in text


def test_names_that_are_hard_to_write_break_no_line_of_an_edl() -> None:
    scene = replace(nasty_scene(), clip=replace(nasty_scene().clip, name="a\r\n002  AX b.mp4"))
    read = pycmx.parse_cmx3600(io.StringIO(shots_to_edl(build_report_data(scene))))
    assert len(list(read.events)) == 2


def test_shots_shorter_than_a_frame_have_no_event() -> None:
    data = two_shots()
    shots = ((0.0, 0.01), (0.01, 4.0))
    text = shots_to_edl(replace(data, analysis=replace(data.analysis, shots=shots)))
    assert text.count("FROM CLIP NAME") == 1


def test_the_page_shows_stills_and_needs_nothing_beside_it() -> None:
    stills = [np.full((90, 160, 3), 90, np.uint8), None]
    page = shots_to_html(two_shots(), stills)
    assert_self_contained(page)
    assert page.count("data:image/jpeg") == 1 and 'alt="Shot 1"' in page
    assert "Ben: unsure, perhaps happy 70% (too small)" in page
    assert "timecode at 25 frames a second" in page
    without = shots_to_html(build_report_data(nasty_scene()), None)
    assert_self_contained(without)
    assert "still" not in without.split("<table>")[1]


def test_the_sheet_shows_the_stills() -> None:
    stills = [np.full((90, 160, 3), 90, np.uint8), None]
    made = shots_to_spreadsheet(two_shots(), TableFormat.XLSX, stills)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [cell.value for cell in sheet[1]][:3] == ["still", "number", "start"]
    assert sheet["B3"].value == 2 and len(sheet._images) == 1
    plain = openpyxl.load_workbook(
        io.BytesIO(shots_to_spreadsheet(two_shots(), TableFormat.XLSX, [None, None]))
    ).active
    assert plain["A1"].value == "number"


def test_the_csv_holds_the_table() -> None:
    content = shots_to_spreadsheet(two_shots(), TableFormat.CSV_SEMICOLON, None)
    read = pd.read_csv(io.BytesIO(content), sep=";", decimal=",")
    assert read["length (s)"].tolist() == [2.2, 1.8]


def test_a_scene_without_a_face_has_shots_without_characters() -> None:
    shots = list_shots(build_report_data(empty_scene()))
    assert [shot.readings for shot in shots] == [(), ()]
    assert "no face" in shots_to_html(build_report_data(empty_scene()), None)
