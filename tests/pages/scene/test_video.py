"""The annotated video of a scene, asked for on its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo
from emotion_core.jobs.records import JobState
from emotion_core.media.probe import probe
from emotion_core.render.video.panel import Layout
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import open_app, wait_for_jobs
from tests.scene.scenes import make_scene

MASKS = "Show masks"


def save_read_scene(store: AnalysisStore, own_data: Path) -> str:
    """A scene as the embedded model has read it; gives its address."""
    active = identify_model("eme-lite2", load_settings().models_dir)
    assert active is not None
    # a second of it: each face of each frame is explained in the video
    scene = replace(make_scene({0: [(0, 24, "sad", 0.9)]}, frames=25, cuts=()), model=active)
    store.save(scene, make_clip(own_data / "clip.mp4", n=25, size=(640, 360)))
    return scene.id


@pytest.mark.usefixtures("no_explainers")
def test_without_an_explainer_the_video_has_no_masks_to_offer(
    store: AnalysisStore, own_data: Path
) -> None:
    save_read_scene(store, own_data)
    app = open_app()
    labels = [button.label for button in app.button]
    assert "Make annotated video" in labels
    assert MASKS not in [box.label for box in app.checkbox]


def test_a_model_that_has_changed_since_has_no_masks_to_offer(
    store: AnalysisStore, own_data: Path
) -> None:
    older = replace(make_scene(), model=ModelId("eme-lite2", "0" * 12))
    store.save(older, make_clip(own_data / "clip.mp4", n=100, size=(640, 360)))
    assert MASKS not in [box.label for box in open_app().checkbox]


def test_the_annotated_video_is_made_with_masks_and_without(
    store: AnalysisStore, own_data: Path
) -> None:
    folder = store.folder / save_read_scene(store, own_data)
    app = open_app()
    next(box for box in app.checkbox if box.label == MASKS).check().run()
    press_make(app, folder)
    (masked,) = folder.glob("annotated-*.mp4")
    assert probe(masked).height == Layout.for_clip(640, 360, captioned=True).height
    app.run()
    assert "Make annotated video" not in [button.label for button in app.button]
    next(box for box in app.checkbox if box.label == MASKS).uncheck().run()
    press_make(app, folder)
    (plain,) = folder.glob("annotated-named-*.mp4")
    assert probe(plain).height == Layout.for_clip(640, 360).height
    assert masked.is_file()


def press_make(app: AppTest, folder: Path) -> None:
    """Ask for the video and wait for it."""
    next(button for button in app.button if button.label == "Make annotated video").click()
    app.run()
    assert not app.exception
    wait_for_jobs()
    job = records.latest(services.library(), DrawVideo, f"{folder.parent.name}/{folder.name}")
    assert job is not None and job.state is JobState.DONE, job and job.error
