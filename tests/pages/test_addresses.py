"""What the address of a page says, and jobs that outlive the browser that has started them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import ClipId, SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import at_page, wait_for_jobs
from tests.scene.scenes import make_scene

NOWHERE = "The scene of this link is not in your library. It may have been deleted."


@pytest.fixture
def scenes(own_data: Path) -> list[SceneAnalysis]:
    """Two scenes; the second is the newer one."""
    store = AnalysisStore(load_settings().analyses_dir)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    made = [make_scene(sha=letter * 64, name=f"{letter}.mp4") for letter in "ab"]
    for scene in made:
        store.save(scene, clip)
    return made


def opened(page: str = "", **query: Any) -> AppTest:
    app = at_page(page)
    for name, value in query.items():
        app.query_params[name] = value
    return again(app)


def again(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.success, app.info, app.error)
    return "\n".join(str(item.value) for kind in kinds for item in kind).replace("\\", "")


@pytest.mark.parametrize("page", ["", "progression"])
def test_a_link_leads_to_its_scene_and_a_choice_changes_the_link(
    page: str, scenes: list[SceneAnalysis]
) -> None:
    older, newer = (scene.id for scene in scenes)
    app = opened(page, scene=older)
    assert app.selectbox(key="scene").value == older and app.query_params["scene"] == older
    app.selectbox(key="scene").set_value(newer)
    again(app)
    assert app.query_params["scene"] == newer and app.selectbox(key="scene").value == newer


def test_without_a_link_the_newest_scene_is_shown_and_named(scenes: list[SceneAnalysis]) -> None:
    app = opened()
    assert app.query_params["scene"] == scenes[1].id


@pytest.mark.parametrize("address", ["nowhere", "../../etc/passwd", "a" * 5000, "<b>x</b>"])
def test_a_link_to_no_known_scene_says_so_and_shows_the_newest(
    address: str, scenes: list[SceneAnalysis]
) -> None:
    app = opened(scene=address)
    assert NOWHERE in said(app)
    assert app.selectbox(key="scene").value == scenes[1].id


def test_a_link_leads_to_a_moment_and_a_face(scenes: list[SceneAnalysis]) -> None:
    app = opened(scene=scenes[0].id, t="1.013", face="0")
    assert "**At 0:01.0**" in said(app) and "Person 1: " in said(app)


@pytest.mark.parametrize("time", ["soon", "nan", "-3", "inf", ""])
def test_a_link_to_no_moment_shows_the_scene(time: str, scenes: list[SceneAnalysis]) -> None:
    app = opened(scene=scenes[0].id, t=time)
    assert app.selectbox(key="scene").value == scenes[0].id and "**At " not in said(app)


def test_a_link_far_beyond_the_end_leads_to_the_last_frame(scenes: list[SceneAnalysis]) -> None:
    last = float(scenes[0].frames["time"].iloc[-1])
    app = opened(scene=scenes[0].id, t="1e9")
    assert f"**At 0:0{last:.1f}**" in said(app)


def test_a_link_leads_to_a_character(scenes: list[SceneAnalysis]) -> None:
    app = opened("progression", scene=scenes[0].id, character="Person 2")
    assert app.selectbox(key=f"character-of-{scenes[0].id}").value == "Person 2"
    app.selectbox(key=f"character-of-{scenes[0].id}").set_value("Person 1")
    assert again(app).query_params["character"] == "Person 1"


def test_a_link_leads_to_a_comparison_its_reference_first(scenes: list[SceneAnalysis]) -> None:
    app = opened("compare")
    usual = app.query_params["performance"]
    assert len(usual) == 2
    app = opened("compare", performance=usual[::-1])
    assert app.query_params["performance"] == usual[::-1]
    app = opened("compare", performance=[usual[1], "nowhere/3"])
    assert "A performance of this link is not in your library" in said(app)
    assert "Choose at least 2 performances." in said(app)


@pytest.fixture
def reading(
    scenes: list[SceneAnalysis], monkeypatch: pytest.MonkeyPatch
) -> Iterator[threading.Event]:
    """A reading that goes on until the event is set, asked for by some other browser."""
    going_on = threading.Event()

    def work(*_: Any, **__: Any) -> Task[Any]:
        while not going_on.wait(0.02):
            yield Progress(0.5)
        return SimpleNamespace(id=scenes[0].id)

    monkeypatch.setattr("emotion_core.jobs.kinds.reading.playable", lambda _: True)
    monkeypatch.setattr("emotion_core.jobs.kinds.reading.read_scene", work)
    services.submit(ReadClip("a.mp4", ClipId("0" * 64, "a.mp4"), "eme-lite2"))
    end = time.monotonic() + 60
    while not any(job.share for job in records.listed(services.library())):
        assert time.monotonic() < end
        time.sleep(0.05)
    yield going_on
    going_on.set()


@pytest.mark.parametrize("page", ["", "library"])
def test_every_browser_sees_what_is_read_and_a_link_to_it_at_the_end(
    page: str, reading: threading.Event, scenes: list[SceneAnalysis]
) -> None:
    app = opened(page)
    assert app.button(key="stop-read:1").label == "Stop"
    reading.set()
    wait_for_jobs()
    again(app)
    assert "a.mp4 is ready." in said(app)
    link = next(link for link in app.get("page_link") if link.proto.label == "Open")
    assert scenes[0].id.split("/")[0] in link.proto.query_string
    app.button(key="close-read:1").click()
    assert "is ready" not in said(again(app))


def test_every_browser_can_stop_what_is_read(reading: threading.Event) -> None:
    app = opened()
    app.button(key="stop-read:1").click()
    again(app)
    wait_for_jobs()
    assert "a.mp4 was stopped." in said(again(app))


def test_every_page_has_a_menu_of_all_work(
    reading: threading.Event, scenes: list[SceneAnalysis]
) -> None:
    library = services.library()
    other, third = (records.add(library, DrawVideo(scene.id)) for scene in scenes)
    app = opened("models")
    assert all(app.button(key=f"menu-stop-{number}") for number in (1, other.id, third.id))
    app.button(key=f"menu-first-{third.id}").click()
    again(app)
    waiting = [job.id for job in records.listed(library, only_open=True)]
    assert waiting == [1, third.id, other.id]
    app.button(key=f"menu-stop-{third.id}").click()
    again(app)
    reading.set()
    wait_for_jobs()
    again(app)
    assert "a.mp4: done" in said(app) and "Annotated video: stopped" in said(app)
    assert app.button(key=f"menu-again-{third.id}").label == "Try again"


def test_a_new_session_begins_with_the_model_that_was_chosen_last(
    scenes: list[SceneAnalysis],
) -> None:
    services.remember_model("eme-vit")
    assert "You have selected eme-vit." in said(opened())
