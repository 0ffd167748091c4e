"""A scene with what its user says of it."""

from __future__ import annotations

from pathlib import Path

from emotion_core.export.elan import scene_to_eaf
from emotion_core.library.database.engine import Database
from emotion_core.library.editing import add_bookmark
from emotion_core.library.report_data import library_report_data
from emotion_core.library.scenes import enter_scene
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.scene.scenes import make_scene


def test_a_scene_of_the_library_is_described_with_its_title_and_bookmarks(
    settings: Settings, library: Database, tmp_path: Path
) -> None:
    store, scene = AnalysisStore(settings.analyses_dir), make_scene()
    store.save(scene, tmp_path / "scene.mp4")
    number = enter_scene(library, store, scene.id, analysis=scene)
    assert number is not None
    add_bookmark(library, number, 1.5, "here <it> turns")
    text = library_report_data(settings, library, scene, "Person 1")
    assert text.title == "scene"
    assert [(mark.time, mark.comment) for mark in text.bookmarks] == [(1.5, "here <it> turns")]
    assert [one.name for one in text.performances] == ["Person 1"]
    assert "here &lt;it&gt; turns" in scene_to_eaf(text)


def test_a_scene_that_is_not_in_the_library_goes_by_the_name_of_its_clip(
    settings: Settings, library: Database
) -> None:
    text = library_report_data(settings, library, make_scene())
    assert text.title == "scene.mp4" and text.bookmarks == ()
