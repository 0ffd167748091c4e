"""A student trains an explainer: starts it, watches it, stops it, continues, stops it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from emotion_core.errors import RunError
from emotion_core.training.launching import stop_run
from emotion_core.training.runs.folders import list_runs, read_run
from emotion_core.types import ImageArray
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running
from tests.emotions.model_folders import make_vit
from tests.training.faces import face_folder
from tests.training.runs.run_trees import make_run

pytestmark = pytest.mark.e2e


def _field(page: Page, label: str) -> Any:
    return page.wait_until(lambda: page.find(f'[aria-label="{label}"]'), f"the field {label!r}")


def _write(page: Page, label: str, text: str) -> None:
    """Put a text in place of what a field holds."""
    from selenium.webdriver.common.keys import Keys

    field = _field(page, label)
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)
    field.send_keys(Keys.TAB)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Where the app keeps its runs; an older one is there."""
    make_run(tmp_path / "data" / "runs" / "older")
    return tmp_path / "data" / "runs"


@pytest.fixture
def app(runs: Path, tmp_path: Path, new_page: NewPage) -> Iterator[Callable[[], Page]]:
    """Opens fresh browsers before an app of its own, whose classifier is tiny."""
    variables = {"EME_DATA_DIR": str(runs.parent), "EME_MODEL": str(make_vit(tmp_path / "tiny"))}
    # beside the browser and the app, so that the page stays quick on a small machine
    variables["OMP_NUM_THREADS"] = "1"
    with running(APP, variables) as url:
        yield lambda: new_page(url)
    for run in list_runs(runs):  # of a journey that failed
        with suppress(RunError):
            stop_run(run.folder)


def test_a_student_trains_an_explainer_stops_it_and_goes_on(
    app: Callable[[], Page], runs: Path, tmp_path: Path, portrait: ImageArray
) -> None:
    data = face_folder(tmp_path / "faces", portrait)
    page = app()
    page.open("training")
    page.wait_for_text("Finished after epoch 4 of 6")
    page.photograph("training-older", 2600)

    page.click_button("Start a run")
    page.wait_for_text("Data sets, one path per line")
    page.photograph("training-form")
    _write(page, "Data sets, one path per line", str(data))
    _write(page, "Name of the run", "first try")
    _write(page, "Maximum epochs", "500")  # so that only the student ends it
    _write(page, "Maximum images", "16")
    page.unfold("More settings")
    _write(page, "Patience", "500")
    page.click_button("Start training")
    page.wait_for_text("Running")

    # it is watched live: nothing is clicked until there are curves
    page.wait_for_text("Loss: all terms together")
    page.click_button("Stop")
    page.wait_for_text("Its progress is saved.")
    stopped = read_run(runs / "first try")
    assert stopped.state == "stopped" and 0 < len(stopped.metrics) < 500

    # another browser, as after a night: the run is still there and continues
    page.driver.get("about:blank")
    page = app()
    page.open("training")
    page.wait_for_text("Stopped after epoch")
    page.click_button("Resume")
    page.wait_for_text("Running")
    page.wait_for_text("The same validation faces")
    page.photograph("training-live", 2600)
    done = len(stopped.metrics)
    page.wait_until(lambda: len(read_run(runs / "first try").metrics) > done, "another epoch")
    page.click_button("Stop")
    page.wait_for_text("Its progress is saved.")
    run = read_run(runs / "first try")
    assert list(run.metrics["epoch"]) == list(range(len(run.metrics))) and run.problems == ()
    page.wait_for_text("After epoch")
    page.photograph("training-stopped", 2600)
    # a video that is still loading when its page is left is no longer served: Streamlit's way
    assert [error for error in page.console_errors() if "/media/" not in error] == []
