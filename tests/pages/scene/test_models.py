"""Which model and which version have read a scene, on its page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.performance.movements import NOT_READ
from emotion_core.scene.analysis import FACE_DTYPES, UNSTATED_VERSION
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import open_app, texts
from tests.performance.moving import still
from tests.scene.scenes import make_scene


def test_what_an_older_version_has_read_can_be_read_again(
    store: AnalysisStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", 1)
        store.save(make_scene(), clip)
        described = store.folder / make_scene().id / "analysis.json"
    stored = json.loads(described.read_text())
    del stored["parameters"]["version"]  # which that version did not write
    described.write_text(json.dumps(stored))
    app = open_app()
    assert "from an older version of Eme" in texts(app)
    assert app.button(key="read-again").label == "Analyze again"


def test_the_scene_says_which_model_read_it_and_offers_the_active_one(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), make_clip(own_data / "clip.mp4", n=100, size=(64, 36)))
    app = open_app()
    assert "Model: some-model." in texts(app)
    assert "You have selected eme-lite2." in texts(app)
    assert [button.label for button in app.button if button.key == "read-again"]


def test_a_scene_read_with_the_active_model_offers_nothing(
    store: AnalysisStore, own_data: Path
) -> None:
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    store.save(replace(make_scene(), model=active), own_data / "gone.mp4")
    app = open_app()
    assert "Model: eme-lite2." in texts(app) and "You have selected" not in texts(app)


def test_what_the_version_before_has_read_is_shown_and_can_be_read_again(
    store: AnalysisStore, own_data: Path
) -> None:
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    before = replace(make_scene().parameters, version=UNSTATED_VERSION)
    store.save(
        replace(make_scene(sha=identify(clip).sha256), model=active, parameters=before), clip
    )
    app = open_app()
    assert "Read by an earlier version of Eme." in texts(app)
    assert app.button(key="read-again").label == "Analyze again"


def test_older_weights_of_the_active_model_are_reported(
    store: AnalysisStore, own_data: Path
) -> None:
    older = replace(make_scene(), model=ModelId("eme-lite2", "0" * 12))
    store.save(older, own_data / "gone.mp4")
    app = open_app()
    assert "eme-lite2 has changed since" in texts(app) and "cannot be analyzed again" in texts(app)


def test_a_default_model_that_is_not_there_is_reported(
    store: AnalysisStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MODEL", "/no/such/model")
    services.server_settings.cache_clear()
    store.save(make_scene(), own_data / "gone.mp4")
    assert "The selected model cannot be used: There is no model" in texts(open_app())


def test_scenes_of_earlier_versions_are_to_be_read_again_to_see_movements(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene(sha="d" * 64)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    store.save(scene, clip)
    assert NOT_READ in texts(open_app())


def test_scenes_whose_movements_were_measured_need_not_be_read_again(
    store: AnalysisStore, own_data: Path
) -> None:
    scene = make_scene(sha="e" * 64)
    faces = still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    store.save(replace(scene, faces=faces), clip)
    assert NOT_READ not in texts(open_app())
