"""Scenes as files of ELAN, read back by pympi."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pympi
import pytest

from emotion_core.export.elan import scene_to_eaf
from emotion_core.export.report_data import Bookmark, ReportData, build_report_data
from emotion_core.scene.analysis import SceneAnalysis
from tests.export.scenes import RIGHT_TO_LEFT, empty_scene, nasty_scene
from tests.scene.scenes import make_scene

BOOKMARKS = [
    Bookmark(1.5, "here it turns <b>"),
    Bookmark(1.0, "one"),
    Bookmark(1.0, "two"),
]


def read(words: ReportData, folder: Path) -> pympi.Elan.Eaf:
    path = folder / "scene.eaf"
    path.write_text(scene_to_eaf(words), encoding="utf-8")
    return pympi.Elan.Eaf(str(path))


def annotations(eaf: pympi.Elan.Eaf, tier: str) -> list[tuple[int, int, str]]:
    found: list[Any] = eaf.get_annotation_data_for_tier(tier)
    return sorted((start, end, text) for start, end, text, *_ in found)


def test_another_reader_finds_chords_leading_emotions_and_shots(tmp_path: Path) -> None:
    scene = make_scene()
    scene.faces["character"] = scene.faces["track"].map({0: "Ana", 1: "Ben"}).astype("string")
    eaf = read(build_report_data(scene), tmp_path)
    assert annotations(eaf, "Ana: chords") == [(0, 1000, "neutral"), (1000, 2000, "sad")]
    assert annotations(eaf, "Ana: leading emotion") == [
        (0, 1000, "neutral 74%"),
        (1000, 2000, "sad 83%"),
    ]
    assert annotations(eaf, "Ben: chords") == [(2400, 4000, "happy")]
    assert annotations(eaf, "Shots") == [(0, 2200, "Shot 1"), (2200, 4000, "Shot 2")]
    assert eaf.get_parameters_for_tier("Ben: chords")["PARTICIPANT"] == "Ben"
    media = eaf.get_linked_files()[0]
    assert media["RELATIVE_MEDIA_URL"] == "./scene.mp4"
    assert media["MIME_TYPE"] == "video/mp4"


def test_bookmarks_last_a_second_or_up_to_the_next_and_those_of_one_moment_are_one(
    tmp_path: Path,
) -> None:
    eaf = read(build_report_data(make_scene(), bookmarks=BOOKMARKS), tmp_path)
    assert annotations(eaf, "Bookmarks") == [
        (1000, 1500, "one\ntwo"),
        (1500, 2500, "here it turns <b>"),
    ]


def test_bookmarks_with_an_end_last_as_long_and_lie_over_each_other_in_tiers(
    tmp_path: Path,
) -> None:
    marks = [Bookmark(1.0, "long", 4.0), Bookmark(2.0, "in it"), Bookmark(4.0, "after", 4.5)]
    eaf = read(build_report_data(make_scene(), bookmarks=marks), tmp_path)
    assert annotations(eaf, "Bookmarks") == [(1000, 4000, "long"), (4000, 4500, "after")]
    assert annotations(eaf, "Bookmarks (2)") == [(2000, 3000, "in it")]


def test_names_keep_their_markup_and_lose_only_what_xml_cannot_hold(tmp_path: Path) -> None:
    eaf = read(build_report_data(nasty_scene()), tmp_path)
    name = 'Ana <b>"&\N{REPLACEMENT CHARACTER}</b> --> | *x* \N{SLIGHTLY SMILING FACE}'
    assert f"{name}: chords" in eaf.get_tier_names()
    assert f"{RIGHT_TO_LEFT}: chords" in eaf.get_tier_names()
    assert "%3Cscript%3E" in eaf.get_linked_files()[0]["RELATIVE_MEDIA_URL"]


def test_a_chord_of_a_face_that_is_hard_to_see_is_described_as_unsure(tmp_path: Path) -> None:
    eaf = read(build_report_data(nasty_scene()), tmp_path)
    [(_, _, text)] = annotations(eaf, f"{RIGHT_TO_LEFT}: chords")
    assert text == "unsure, perhaps happy (too small)"


def test_characters_whose_names_become_alike_have_tiers_of_their_own(tmp_path: Path) -> None:
    scene = make_scene()
    names = {0: "A\x01", 1: "A\x02"}
    scene.faces["character"] = scene.faces["track"].map(names).astype("string")
    tiers = set(read(build_report_data(scene), tmp_path).get_tier_names())
    assert {
        "A\N{REPLACEMENT CHARACTER}: chords",
        "A\N{REPLACEMENT CHARACTER}: chords (2)",
    } <= tiers


def test_a_scene_without_faces_has_its_shots(tmp_path: Path) -> None:
    eaf = read(build_report_data(empty_scene()), tmp_path)
    assert list(eaf.get_tier_names()) == ["Shots"]


@pytest.mark.parametrize("scene", [make_scene(), nasty_scene(), empty_scene()])
def test_the_file_keeps_the_rules_of_the_format(scene: SceneAnalysis) -> None:
    words = build_report_data(scene, bookmarks=BOOKMARKS)
    root = ET.fromstring(scene_to_eaf(words, datetime(2026, 1, 2, tzinfo=UTC)).encode())
    assert root.get("FORMAT") == "3.0" and root.get("DATE") == "2026-01-02T00:00:00+00:00"
    order = list(dict.fromkeys(child.tag for child in root))
    assert order == ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE"]
    slots = {
        str(slot.get("TIME_SLOT_ID")): int(str(slot.get("TIME_VALUE")))
        for slot in root.iter("TIME_SLOT")
    }
    assert len(slots) == len(list(root.iter("TIME_SLOT")))
    assert list(slots.values()) == sorted(slots.values())
    ids = [each.get("ANNOTATION_ID") for each in root.iter("ALIGNABLE_ANNOTATION")]
    assert len(set(ids)) == len(ids) == int(str(root.findtext("HEADER/PROPERTY")))
    tiers = [tier.get("TIER_ID") for tier in root.iter("TIER")]
    assert len(set(tiers)) == len(tiers)
    types = {kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")}
    for tier in root.iter("TIER"):
        assert tier.get("LINGUISTIC_TYPE_REF") in types
        last = 0
        for each in tier.iter("ALIGNABLE_ANNOTATION"):
            start, end = (slots[str(each.get(f"TIME_SLOT_REF{k}"))] for k in (1, 2))
            assert last <= start < end
            last = end
