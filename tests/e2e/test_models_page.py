"""A student looks at what reads her scenes, and lets another model read one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_core.emotions.registry import identify_model
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running
from tests.emotions.model_folders import make_model
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene

pytestmark = pytest.mark.e2e


def _chosen(page: Page) -> str:
    fields = page.driver.find_elements("css selector", '[data-testid="stSelectbox"] input')
    return " ".join(str(field.get_attribute("value")) for field in fields)


@pytest.fixture
def browser(new_page: NewPage, tmp_path: Path, portrait: ImageArray) -> Iterator[Page]:
    """Before an app of its own that knows one short scene, read with the built-in model."""
    clip = make_clip(
        tmp_path / "scene.mp4",
        n=50,
        size=(640, 360),
        picture=lambda i: place(portrait, (640, 360), 100 + i, 0, 360),
    )
    settings = Settings(data_dir=tmp_path / "data")
    identity = identify_model(settings.model, settings.models_dir)
    assert identity is not None
    runs = {0: [(0, 20, "neutral", 0.8), (21, 49, "happy", 0.9)]}
    scene = make_scene(runs, frames=50, cuts=())
    scene = replace(scene, clip=identify(clip), model=identity, warnings=())
    AnalysisStore(settings.analyses_dir).save(scene, clip)
    with running(APP, {"EME_DATA_DIR": str(settings.data_dir)}) as url:
        yield new_page(url)


def test_a_student_sees_the_card_opens_another_model_and_lets_it_read_the_scene(
    browser: Page, tmp_path: Path
) -> None:
    make_model(tmp_path / "my model")
    browser.open()
    browser.wait_for_text("Strongest moments")
    browser.wait_for_text("Model: eme-lite2.")

    browser.go("Models")
    browser.wait_for_text("eme-lite2 reads what you open")
    browser.wait_for_text("For research and education only")
    browser.photograph("models", 2000)

    # what cannot be loaded is reported, and nothing changes
    browser.click_button("Open a folder")
    field = browser.wait_until(
        lambda: browser.find('[data-testid="stTextInput"] input'), "the field for a folder"
    )
    field.send_keys(str(tmp_path) + "\n")
    browser.wait_for_text("config.json is missing")
    browser.screenshot("models-refused-1400")

    # her own folder
    field = browser.find('[data-testid="stTextInput"] input')
    field.send_keys("/my model\n")
    browser.wait_for_text("my model reads what you open")
    browser.wait_for_text("Readings by majority vote")
    browser.wait_for_text("Found on average")
    browser.wait_for_text("A model of my own")
    picture = browser.wait_until(
        lambda: browser.driver.find_elements("css selector", '[data-testid="stImage"] img'),
        "the picture of the card",
    )[0]
    browser.wait_until(lambda: picture.get_property("naturalWidth"), "the picture to load")
    browser.photograph("models-own", 2000)

    # the scene was read with another one: she reads it again
    browser.resize(1400, 1300)
    browser.go("Scene analysis")
    browser.wait_for_text("You have selected my model.")
    browser.photograph("scene-other-model")
    browser.click_button("Analyze with my model")
    browser.wait_until(lambda: "my model" in _chosen(browser), "the scene to be read", seconds=300)
    browser.wait_for_text("Model: my model.")
    browser.wait_until(
        lambda: "You have selected" not in browser.text(), "the offer to end with the script"
    )
    browser.photograph("scene-my-model")

    # and the link of the line leads back, where the choice still holds
    browser.go("Models")
    browser.wait_for_text("my model reads what you open")
    # a video that is still loading when its page is left is no longer served: Streamlit's way
    left = [error for error in browser.console_errors() if "/media/" not in error]
    assert left == []
