"""Buttons that export: what each gives, and that nothing is made before one is pressed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from emotion_core.export.formats import Format, TableFormat
from emotion_core.library.database.engine import open_database
from emotion_core.performance.comparison.comparison import ComparisonSettings, compare
from emotion_core.scene.store import StoredScene
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from pages.shared import export_button as module
from tests.export.report.pages import assert_self_contained
from tests.performance.made import make_performance, pure
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound


@pytest.fixture
def buttons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """The buttons that were shown, by their labels."""
    settings = Settings(data_dir=tmp_path, database_url="")
    library = open_database(settings)
    monkeypatch.setattr(module.services, "library", lambda: library)
    monkeypatch.setattr(module.services, "settings", lambda: settings)
    shown: dict[str, dict[str, Any]] = {}

    def show(label: str, data: Any, file_name: str, mime: str, **rest: Any) -> None:
        shown[label] = {"data": data, "file": file_name, "mime": mime, **rest}

    monkeypatch.setattr(st, "download_button", show)
    monkeypatch.setattr(st, "menu_button", lambda *_, **__: None)
    monkeypatch.setattr(module.services, "clip_for_later", lambda scene: lambda: None)
    yield shown
    library.close()


def stored() -> StoredScene:
    scene = make_scene(name="my take.mov")
    return StoredScene(
        clip=scene.clip,
        info=scene.info,
        shots=scene.shots,
        model=scene.model,
        parameters=scene.parameters,
        warnings=scene.warnings,
        source="",
        created=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_each_format_of_a_scene_is_given_under_its_name(
    buttons: dict[str, dict[str, Any]],
) -> None:
    scene, analysis = stored(), make_scene(name="my take.mov")
    module.more_formats(scene, analysis)
    module.export_button(scene, analysis, Format.HTML, "Report")
    module.readings_button(scene, analysis)
    assert [shown["file"] for shown in buttons.values()] == [
        "my take.movements.csv",
        "my take.shots.csv",
        "my take.shots.html",
        "my take.edl",
        "my take.parquet",
        "my take.json",
        "my take.eaf",
        "my take.vtt",
        "my take report.zip",
        "my take.html",
        "my take.csv",
    ]
    assert len({shown["key"] for shown in buttons.values()}) == len(buttons) == 11
    made = {label: shown["data"]() for label, shown in buttons.items()}
    assert len(pd.read_parquet(io.BytesIO(made["Readings as Parquet"]))) == 90
    assert json.loads(made["Readings as JSON"])["format"] == "eme scene"
    assert b"ANNOTATION_DOCUMENT" in made["Annotations for ELAN"]
    assert made["Captions"].startswith(b"WEBVTT")
    with zipfile.ZipFile(io.BytesIO(made["Report as Markdown"])) as archive:
        assert "my take.md" in archive.namelist() and "my take-arcs-1.svg" in archive.namelist()
    assert_self_contained(made["Report"].decode())
    assert_self_contained(made["Shot list"].decode())
    assert made["Shots for editing"].startswith(b"TITLE: my take.mov")
    assert made["Readings as CSV"].startswith(b"\xef\xbb\xbfframe,")


def test_what_is_heard_is_given_where_the_sound_was_read(
    buttons: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, analysis = stored(), make_scene(name="my take.mov")
    folder = module.services.settings().analyses_dir
    SoundStore(folder).save(make_sound(scene.clip.sha256))
    WordStore(folder).save(scene.clip.sha256, Lines.of([Line(1.0, 2.0, "Well?", "Ana")]))
    module.more_formats(scene, analysis)
    assert buttons["Lines as CSV"]["file"] == "my take.lines.csv"
    assert buttons["Utterances as CSV"]["file"] == "my take.utterances.csv"
    assert buttons["Lines as captions"]["file"] == "my take.lines.vtt"
    lines = pd.read_csv(io.BytesIO(buttons["Lines as CSV"]["data"]()))
    assert lines["words"].tolist() == ["Well?"]
    assert len(pd.read_csv(io.BytesIO(buttons["Utterances as CSV"]["data"]()))) == 2
    assert b"<v Ana>Well?</v>" in buttons["Lines as captions"]["data"]()
    assert json.loads(buttons["Readings as JSON"]["data"]())["sound"]["lines"]["who"] == ["Ana"]


def test_the_format_that_was_chosen_holds_for_all_tables(
    buttons: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(st.session_state, "table-format", TableFormat.XLSX)
    module.more_formats(stored(), make_scene())
    module.readings_button(stored(), make_scene())
    assert buttons["Shot list as XLSX"]["file"] == "my take.shots.xlsx"
    for label in ("Readings as XLSX", "Shot list as XLSX"):
        assert len(pd.read_excel(io.BytesIO(buttons[label]["data"]()))) in (2, 90)


def test_nothing_is_made_before_a_button_is_pressed(
    buttons: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail = pytest.fail
    monkeypatch.setattr(module, "library_report_data", lambda *_, **__: fail("made too soon"))
    scene = stored()
    module.more_formats(scene, make_scene())
    assert len(buttons) == 9
    SoundStore(module.services.settings().analyses_dir).save(make_sound(scene.clip.sha256))
    module.more_formats(scene, make_scene())
    assert len(buttons) == 12


def test_a_comparison_whose_clips_are_gone_is_reported_without_stills(
    buttons: dict[str, dict[str, Any]],
) -> None:
    made = [make_performance([pure(emotion)] * 60) for emotion in ("happy", "sad")]
    comparison = compare(made, ComparisonSettings(replicates=50))
    module.comparison_buttons(comparison, [None, Path("gone.mp4")])
    page = buttons["Report"]["data"]()
    assert_self_contained(page)
    assert "image/jpeg" not in page
