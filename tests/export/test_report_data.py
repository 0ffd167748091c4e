"""A scene as exports read it."""

from __future__ import annotations

import pytest

from emotion_core.errors import ExportError
from emotion_core.export.report_data import (
    Bookmark,
    build_report_data,
    only_character,
)
from emotion_core.scene.summary import summarize
from tests.scene.scenes import make_scene


def test_a_scene_is_described_character_by_character_and_its_bookmarks_by_time() -> None:
    marks = [Bookmark(2.0, "b"), Bookmark(1.0, "a")]
    text = build_report_data(make_scene(), title="The letter", bookmarks=marks)
    assert [one.name for one in text.performances] == ["Face 1", "Face 2"]
    assert [one.name for one in text.progressions] == ["Face 1", "Face 2"]
    assert {one.scene for one in text.progressions} == {"The letter"}
    assert [mark.comment for mark in text.bookmarks] == ["a", "b"]
    assert build_report_data(make_scene()).title == "scene.mp4"


def test_one_character_alone_is_in_view_only_when_it_is() -> None:
    scene = make_scene()
    alone = only_character(scene, "Face 2")
    assert set(alone.faces["track"]) == {1}
    assert alone.faces.index.tolist() == list(range(40))
    assert summarize(alone).face_share == pytest.approx(0.4)
    assert scene.frames["faces"].sum() == 90


def test_a_character_who_is_not_there_is_refused_by_naming_those_who_are() -> None:
    with pytest.raises(ExportError, match=r"This scene has no character Ana\. It has Face"):
        only_character(make_scene(), "Ana")
    with pytest.raises(ExportError, match="No face was found in it"):
        only_character(make_scene({}), "Ana")
