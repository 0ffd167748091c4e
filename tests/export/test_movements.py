"""Movements as tables, as tiers, and in a report."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from emotion_core.export.elan import scene_to_eaf
from emotion_core.export.formats import Format
from emotion_core.export.movements import (
    MOVEMENT_NOTES,
    movement_segments,
    scene_movements,
)
from emotion_core.export.report_data import ReportData, build_report_data
from emotion_core.export.writing import export_scene
from emotion_core.faces.movements.movements import CAVEAT
from emotion_core.performance.movements import NOT_READ, movements_of
from tests.performance.moving import mover, still
from tests.scene.scenes import make_scene


@pytest.fixture
def data() -> ReportData:
    """Ana, whose brows are up from 1 s to 2 s and who nods at 2.4 s, and nobody else."""
    scene = make_scene({0: [(0, 99, "neutral", 0.8)]}, cuts=())
    faces = still(scene.faces).assign(character="Ana")
    times = faces["time"]
    for side in ("right_inner_brow", "left_inner_brow"):
        faces[side] += np.where((times >= 1) & (times < 2), 0.1, 0.0)
    nod = 10 * np.sin(np.pi * (times - 2.4) / 0.8) ** 2
    faces["head_nod"] = np.where((times >= 2.4) & (times < 3.2), nod, 0.0)
    faces = faces[list(scene.faces.columns)].astype(scene.faces.dtypes)
    return build_report_data(replace(scene, faces=faces))


def test_the_table_has_a_row_a_reading_in_words_and_numbers(data: ReportData) -> None:
    (content,) = export_scene(data, [Format.MOVEMENTS_CSV], "scene").values()
    table = pd.read_csv(io.BytesIO(content))
    assert list(table.columns) == list(MOVEMENT_NOTES) and len(table) == 100
    raised = table[(table["time"] >= 1) & (table["time"] < 2)]
    assert raised["inner_brows_up"].to_numpy() == pytest.approx(0.25)
    assert set(table.loc[table["time"].between(2.6, 3.0), "events"]) == {"nod"}
    assert "nod" not in set(table.loc[table["time"] < 2, "events"])
    assert scene_movements(()).empty
    assert "share of the neutral face" in MOVEMENT_NOTES["inner_brows_up"]
    assert "below 0: head raised" in MOVEMENT_NOTES["head_nod"]


def test_json_holds_the_movements_with_what_each_column_is(data: ReportData) -> None:
    (content,) = export_scene(data, [Format.JSON], "scene").values()
    scene = json.loads(content)
    assert scene["movement_columns"] == MOVEMENT_NOTES
    assert max(scene["movements"]["inner_brows_up"]) == pytest.approx(0.25)


def test_tiers_hold_clear_movements_and_events(data: ReportData) -> None:
    root = ET.fromstring(scene_to_eaf(data))
    tiers = {tier.get("TIER_ID"): tier for tier in root.iter("TIER")}
    (raised,) = tiers["Ana: inner brows up"].iter("ANNOTATION_VALUE")
    assert raised.text == "The inner brows rise by a quarter (AU1 inner brow raiser)"
    slots = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")}
    (own,) = tiers["Ana: inner brows up"].iter("ALIGNABLE_ANNOTATION")
    assert [slots[own.get(f"TIME_SLOT_REF{end}")] for end in (1, 2)] == ["1000", "2000"]
    assert [one.text for one in tiers["Ana: nods"].iter("ANNOTATION_VALUE")] == ["nod"]
    assert "Ana: mouth open" not in tiers


def test_no_annotation_of_a_tier_lies_over_another() -> None:
    one = mover(seconds=12.0)
    one.faces["head_nod"] = 10 * np.sin(np.pi * one.times / 0.8) ** 2
    for segments in movement_segments(one, movements_of(one)).values():
        for before, after in pairwise(segments):
            assert before.start < before.end <= after.start


def test_the_report_tells_movements_in_sentences(data: ReportData) -> None:
    (content,) = export_scene(data, [Format.HTML], "scene").values()
    text = content.decode()
    assert "The inner brows rise by a quarter (once, 25% of the time)." in text
    assert "1 nod." in text and CAVEAT.split(".")[0] in text
    early = build_report_data(make_scene())
    (content,) = export_scene(early, [Format.HTML], "scene").values()
    assert NOT_READ.split(".")[0] in content.decode()
