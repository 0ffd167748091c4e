"""The scene page without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.scene.storage import AnalysisStore
from emotion_core.settings import load_settings
from pages.components import services
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene

APP = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    services.settings.cache_clear()
    services.jobs.cache_clear()
    yield tmp_path
    services.settings.cache_clear()


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)


def open_app() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def _texts(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.title, app.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def test_a_stored_scene_is_shown_in_words(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(), make_clip(own_data / "clip.mp4", n=100, size=(64, 36)))
    app = open_app()
    text = _texts(app)
    assert "2 shots, 2 faces" in text and "90 %" in text
    assert app.selectbox(key="scene").value == make_scene().id
    assert "The clip breaks off" in text.replace("\\", "")
    assert "Face 1: sad 90 %" in text.replace("\\", "")


def test_a_scene_whose_clip_is_gone_still_shows_its_readings(
    store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    text = _texts(open_app())
    assert "no longer where it was" in text and "2 faces" in text


def test_a_scene_without_a_face_says_so(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene({}), own_data / "gone.mp4")
    assert "No readable face was found" in _texts(open_app())


def test_a_damaged_analysis_is_told_and_does_not_break_the_page(
    store: AnalysisStore, own_data: Path
) -> None:
    (store.save(make_scene(), own_data / "gone.mp4") / "faces.parquet").write_bytes(b"no")
    assert "damaged" in _texts(open_app())


def test_a_name_with_markup_is_text(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(name="<b>*bold*</b> $x$.mp4"), own_data / "gone.mp4")
    app = open_app()
    assert any("<b>*bold*</b> $x$.mp4" in option for option in app.selectbox(key="scene").options)


def test_another_scene_can_be_chosen(store: AnalysisStore, own_data: Path) -> None:
    for letter in "ab":
        store.save(make_scene(sha=letter * 64, name=f"{letter}.mp4"), own_data / "gone.mp4")
    app = open_app()
    assert app.selectbox(key="scene").value.startswith("b")
    app.selectbox(key="scene").set_value(make_scene(sha="a" * 64).id).run()
    assert not app.exception and app.selectbox(key="scene").value.startswith("a")


def test_a_path_that_leads_nowhere_is_told(store: AnalysisStore, own_data: Path) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    app = open_app()
    app.text_input[0].set_value("/no/such film.mkv")
    app.button[0].click().run()
    assert "There is no file" in _texts(app)
    assert not app.exception
