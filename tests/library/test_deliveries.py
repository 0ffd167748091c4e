"""The sound of a scene from what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import ModelError
from emotion_core.export.report_data import ReportData
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.deliveries import scene_sound
from emotion_core.library.report_data import library_report_data
from emotion_core.library.scenes import enter_scene
from emotion_core.library.speakers import load_speakers
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound

SPOKEN = ((1.0, 3.0),)


def chewing_scene() -> SceneAnalysis:
    """One face that moves its mouth all the time, also where nothing is said."""
    scene = make_scene({0: [(0, 99, "sad", 0.8)]}, cuts=())
    opening = 0.2 + 0.1 * np.sin(2 * np.pi * 3 * scene.faces["time"])
    faces = scene.faces.assign(mouth_opening=opening, speaking=1.0)
    return replace(scene, faces=faces.astype(scene.faces.dtypes))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url="")


@pytest.fixture
def heard(settings: Settings) -> SceneAnalysis:
    scene = chewing_scene()
    SoundStore(settings.analyses_dir).save(make_sound(scene.clip.sha256, 12.0, SPOKEN))
    return scene


def test_a_scene_whose_sound_was_not_read_has_none(settings: Settings, library: Database) -> None:
    scene = make_scene()
    assert load_speakers(settings, scene) is None
    assert scene_sound(settings, scene) is None
    assert library_report_data(settings, library, scene).sound is None


def test_sound_lines_and_voices_are_put_beside_the_faces(
    settings: Settings, heard: SceneAnalysis
) -> None:
    found = scene_sound(settings, heard)
    assert found is not None and len(found.lines) == 0
    assert found.delivery.utterances["character"].tolist() == ["Face 1"]
    assert found.delivery.utterances["delivery"].tolist() == ["can't tell"]
    WordStore(settings.analyses_dir).save(heard.clip.sha256, Lines.of([Line(1.0, 3.0, "Well?")]))
    found = scene_sound(settings, heard)
    assert found is not None
    assert found.delivery.lines["text"].tolist() == ["Well?"]
    assert found.delivery.lines["speaker"].tolist() == ["Face 1?"]


def test_exports_have_speaking_by_the_sound_and_the_names_of_the_library(
    settings: Settings, library: Database, heard: SceneAnalysis, tmp_path: Path
) -> None:
    store = AnalysisStore(settings.analyses_dir)
    store.save(heard, tmp_path / "scene.mp4")
    assert enter_scene(library, store, heard.id, analysis=heard) is not None
    data = library_report_data(settings, library, heard)
    faces = data.analysis.faces
    assert set(faces.loc[faces["time"].between(1.1, 2.9), "speaking"]) == {1.0}
    assert set(faces.loc[faces["time"] > 3.0, "speaking"]) == {0.0}
    assert speakers(data) == ["Person 1"]
    # those who were corrected before are not corrected again
    again = library_report_data(settings, library, data.analysis)
    assert again.analysis.faces.equals(faces) and speakers(again) == ["Person 1"]
    lean = library_report_data(settings, library, heard, heard=False)
    assert lean.sound is None and lean.analysis.faces.equals(faces)


def test_who_is_hidden_may_have_spoken(
    settings: Settings, library: Database, heard: SceneAnalysis, tmp_path: Path
) -> None:
    store = AnalysisStore(settings.analyses_dir)
    store.save(heard, tmp_path / "scene.mp4")
    hidden = replace(with_characters(library, heard), faces=heard.faces[:0])
    speakers = load_speakers(settings, hidden)
    assert speakers is not None and speakers["verdict"].tolist() == ["likely"]


def test_without_a_voice_model_it_is_said_so(
    settings: Settings, heard: SceneAnalysis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Settings, "models_dir", property(lambda _: tmp_path))
    with pytest.raises(ModelError, match="There is no voice network"):
        scene_sound(settings, heard)


def speakers(data: ReportData) -> list[str]:
    assert data.sound is not None
    return data.sound.delivery.utterances["character"].tolist()
