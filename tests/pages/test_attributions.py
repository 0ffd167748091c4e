"""The page of attributions without a browser."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.explanation.metrics.faithfulness import measure_faithfulness
from emotion_core.explanation.tracks import load_explanation
from emotion_core.jobs.records import JobState
from emotion_core.scene.analysis import FACE_DTYPES, SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from pages.attributions import tests, through_time
from pages.shared import services
from tests.conftest import place
from tests.library.shelves import keep
from tests.media.clips import make_clip
from tests.pages.opening import APP, at_page, texts, wait_for_jobs
from tests.scene.scenes import make_scene
from tests.training.explainers import make_explainer

PAGE = "pages/attributions/page.py"
BOX = {"x1": 171 / 2, "y1": 64 / 2, "x2": 277 / 2, "y2": 208 / 2}  # the portrait's face at 256 px


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Scenes made up for tests share their address, though not their clips."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def scene(own_data: Path, portrait: ImageArray) -> SceneAnalysis:
    """The portrait for four seconds, as if the embedded model had read it."""
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    made = make_scene()
    faces = made.faces.assign(**BOX).astype(FACE_DTYPES)
    clip = make_clip(
        own_data / "clip.mp4",
        n=100,
        size=(256, 256),
        picture=lambda i: place(portrait, (256, 256), 0, 0, 256),
    )
    analysis = replace(made, model=active, faces=faces)
    AnalysisStore(load_settings().analyses_dir).save(analysis, clip)
    return analysis


@pytest.fixture
def few_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shot is looked through at an eighth of the moments."""
    monkeypatch.setattr(through_time, "MOMENTS", 3)


@pytest.fixture
def explainer(own_data: Path) -> Path:
    """An untrained explainer of the embedded model, as if the student had trained it."""
    folder = load_settings().runs_dir / "mine" / "model"
    return make_explainer(services.exact_classifier("eme-lite2"), folder)


def open_page() -> AppTest:
    app = at_page("attributions").run()
    assert not app.exception
    return app


def finish_jobs(app: AppTest) -> AppTest:
    """Wait until nothing is computed any more."""
    end = time.monotonic() + 120
    jobs = services.computations()._jobs
    while any(job.active for job in list(jobs.values())) and time.monotonic() < end:
        time.sleep(0.1)
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def open_photo(content: bytes, name: str = "photo.jpg") -> AppTest:
    app = open_page()
    app.segmented_control(key="source").set_value("photo").run()
    app.file_uploader(key="photo").upload(name, content).run()
    assert not app.exception
    return finish_jobs(app)


def to_jpeg(image: ImageArray) -> bytes:
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1])


@pytest.mark.usefixtures("scene")
def test_a_face_of_a_scene_is_shown_with_masks_parts_and_downloads() -> None:
    app = open_page()
    said = texts(app)
    assert "Person 1 at" in said and "Red: the model finds the emotion here" in said
    assert app.selectbox(key="method").value == "explainer"
    assert "happy:" in said and "has no trained explainer" not in said
    assert "Without the mouth" in said
    labels = {button.label for button in app.download_button}
    assert {"Masks as image (PNG)", "Masks as data (NPZ)", "Shares as CSV"} <= labels


@pytest.mark.usefixtures("scene", "explainer")
def test_an_explainer_that_the_student_trained_looks_beside_the_shipped_one() -> None:
    app = open_page()
    box = app.selectbox(key="method")
    own = "Trained explainer from run mine"
    assert box.options[:2] == ["Trained explainer", own]
    box.select(own).run()
    assert not app.exception
    assert f"{own}: a second network" in texts(app)
    assert "Red: the model finds the emotion here" in texts(app)


@pytest.mark.usefixtures("scene", "no_explainers")
def test_without_an_explainer_that_is_said_and_occlusion_looks() -> None:
    app = open_page()
    assert "eme-lite2 has no trained explainer" in texts(app)
    assert app.selectbox(key="method").value == "occlusion"
    finish_jobs(app)
    assert "Red: the model finds the emotion here" in texts(app)


@pytest.mark.usefixtures("scene")
def test_emotions_below_the_slider_have_no_mask() -> None:
    app = open_page()
    app.slider(key="least").set_value(100).run()
    assert "No emotion is this likely" in texts(app) and not app.exception


@pytest.mark.usefixtures("scene")
def test_another_part_is_hidden_and_the_change_is_described() -> None:
    app = open_page()
    app.segmented_control(key="hidden").set_value(["eyes", "mouth"]).run()
    assert "Without the eyes and the mouth" in texts(app) and not app.exception


@pytest.mark.usefixtures("scene")
def test_single_parts_of_a_region_are_hidden_and_the_rest_of_it_is_not() -> None:
    app = open_page()
    app.segmented_control(key="hidden").set_value(["forehead", "mouth", "brows"]).run()
    pills = app.pills(key="hidden-parts-['forehead', 'brows', 'mouth']")
    assert "between the brows" in pills.options and "forehead" not in pills.options
    pills.set_value(["left inner brow", "between the brows"]).run()
    assert not app.exception
    assert (
        "Without the forehead, the left inner brow, the mouth and the area between the brows"
        in texts(app)
    )


@pytest.mark.usefixtures("scene")
def test_every_part_has_its_row_with_its_size_and_its_share_of_each_mask() -> None:
    app = open_page()
    table = app.dataframe[0].value
    assert list(table.columns[:1]) == ["size"] and "happy" in table.columns
    rows = list(table.index)
    assert ("brows", "between the brows") in rows and ("cheeks", "left cheek") in rows
    for region in ("brows", "cheeks"):
        own = table.loc[region]
        np.testing.assert_allclose(own.loc["all"], own.drop("all").sum())
    parts = table[[part != "all" for _, part in rows]]
    np.testing.assert_allclose(parts.sum(), 1, atol=1e-3)
    assert "Right and left are the person's own" in texts(app)


@pytest.mark.usefixtures("scene")
def test_the_mask_is_tested_against_chance_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    # against all of them it is in the browser
    monkeypatch.setattr(tests, "measure_faithfulness", partial(measure_faithfulness, seeds=3))
    app = open_page()
    assert "falls to half" not in texts(app)
    finish_jobs(press(app, "Test this mask"))
    said = texts(app)
    assert "that the mask marks are hidden first, happy" in said
    assert "with random masks it" in said and "In this face, the" in said


@pytest.mark.usefixtures("scene")
def test_slow_methods_wait_to_be_asked_for() -> None:
    app = open_page()
    app.pills(key="compared-explainer").set_value(["grad-cam", "rise"]).run()
    assert not app.exception
    assert "Compute RISE" in [button.label for button in app.button]
    assert "1,000 random masks" in texts(app)


@pytest.mark.usefixtures("scene", "few_moments")
def test_the_whole_shot_is_looked_through_on_request_and_stays_so() -> None:
    app = press(open_page(), "Explain the whole shot")
    wait_for_jobs()
    app.run()
    assert not app.exception and "(over 3 moments)" in texts(app)
    assert "Region shares over time as CSV" in {button.label for button in app.download_button}
    later = open_page()
    assert "(over 3 moments)" in texts(later)
    assert "Explain the whole shot" not in [button.label for button in later.button]


@pytest.mark.usefixtures("scene", "few_moments")
def test_what_an_earlier_version_explained_opens_and_can_be_explained_again() -> None:
    press(open_page(), "Explain the whole shot")
    wait_for_jobs()
    (path,) = load_settings().analyses_dir.rglob("explanation-*.npz")
    found = load_explanation(path)
    assert found is not None
    whole = found.by_region().shares
    kept: dict[str, Any] = {
        f"shares.{name}": whole[name].to_numpy(str if name in ("emotion", "region") else None)
        for name in whole
    }
    for name in ("times", "faces", "masks", "probabilities"):
        kept[name] = getattr(found, name)
    np.savez_compressed(path, **kept)
    app = open_page()
    said = texts(app)
    assert "(over 3 moments)" in said and "It knew larger regions only" in said
    press(app, "Explain again")
    wait_for_jobs()
    app.run()
    assert not app.exception and "It knew larger regions only" not in texts(app)
    again = load_explanation(path)
    assert again is not None and again.has_parts


def test_a_strong_moment_of_the_scene_page_is_opened_here(scene: SceneAnalysis) -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    asked = [button for button in app.button if (button.key or "").startswith("why-strip")]
    asked[-1].click().run()
    assert not app.exception
    assert app.selectbox(key=f"face-of-{scene.id}").value == 1
    assert "Person 2 at 0:0" in texts(app)


def test_what_is_computed_for_a_face_that_was_left_is_stopped(scene: SceneAnalysis) -> None:
    app = open_page()
    app.pills(key="compared-explainer").set_value(["rise"]).run()
    press(app, "Compute RISE")
    (job,) = services.computations()._jobs.values()
    app.selectbox(key=f"face-of-{scene.id}").set_value(1).run()
    assert not app.exception
    finish_jobs(app)
    assert job.state is JobState.STOPPED


def test_a_model_that_has_changed_since_is_reported(scene: SceneAnalysis, own_data: Path) -> None:
    older = replace(scene, model=ModelId("eme-lite2", "0" * 12))
    store = AnalysisStore(load_settings().analyses_dir)
    store.delete(scene.id)
    store.save(older, own_data / "clip.mp4")
    assert "eme-lite2 has changed since this scene was analyzed" in texts(open_page())


def test_a_scene_without_its_clip_or_without_faces_is_reported_in_a_sentence(
    own_data: Path,
) -> None:
    assert "No scene analyzed yet" in texts(open_page())
    keep(make_scene(), own_data / "gone.mp4")
    assert "The clip has been moved or deleted" in texts(open_page())
    keep(make_scene({}, sha="b" * 64), own_data / "gone.mp4")
    assert "no usable face" in texts(open_page())


def test_a_model_that_is_gone_is_reported_in_a_sentence(
    scene: SceneAnalysis, own_data: Path
) -> None:
    lost = replace(scene, model=ModelId("/no/such/model", "0" * 12))
    AnalysisStore(load_settings().analyses_dir).save(lost, own_data / "clip.mp4")
    assert "There is no model" in texts(open_page())


def test_a_photo_is_turned_upright_and_explained(portrait: ImageArray, tmp_path: Path) -> None:
    sideways = Image.fromarray(np.ascontiguousarray(np.rot90(portrait)))
    exif = sideways.getexif()
    exif[0x0112] = 6  # to be turned clockwise
    sideways.save(tmp_path / "photo.jpg", exif=exif)
    said = texts(open_photo((tmp_path / "photo.jpg").read_bytes()))
    assert "The face: happy" in said and "Without the mouth" in said
    assert "Over time" not in said, "a photo stands still"


def test_of_several_faces_in_a_photo_one_is_chosen(portrait: ImageArray) -> None:
    app = open_photo(to_jpeg(np.hstack([portrait, portrait])))
    assert "Face 1: happy" in texts(app)
    chooser = next(box for box in app.selectbox if box.label == "Face, from left to right")
    chooser.set_value(1).run()
    assert "Face 2: happy" in texts(app) and not app.exception


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"To be, or not to be", "not an image"),
        (to_jpeg(np.full((64, 64, 3), 90, np.uint8))[:300], "not an image"),
        (to_jpeg(np.full((300, 300, 3), 90, np.uint8)), "No face found in photo.jpg"),
        (to_jpeg(np.full((8, 8, 3), 90, np.uint8)), "No face found in photo.jpg"),
    ],
)
def test_what_cannot_be_used_is_reported_in_one_sentence(content: bytes, said: str) -> None:
    app = open_photo(content)
    assert len(app.error) == 1 and said in texts(app)
