"""The page of the training runs without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.datasets.layouts import Dataset
from emotion_core.scene.analysis import FACE_DTYPES
from emotion_core.settings import load_settings
from emotion_core.training.runs.origin import RunOrigin
from pages.training import form
from tests.library.shelves import keep
from tests.media.clips import make_clip
from tests.pages.opening import at_page, texts
from tests.scene.scenes import make_scene
from tests.training.runs.run_trees import TERMS, make_run


def open_training() -> AppTest:
    app = at_page("training").run()
    assert not app.exception
    return app


@pytest.fixture
def runs(own_data: Path) -> Path:
    return load_settings().runs_dir


def said(app: AppTest) -> str:
    """All that the page says, also of what went well."""
    more = "\n".join(str(item.value) for item in (*app.success, *app.title))
    return f"{texts(app)}\n{more}".replace("\\", "").replace("*", "")


def test_without_runs_the_page_says_how_to_begin() -> None:
    app = open_training()
    assert "No runs yet" in said(app) and "learns to point" in said(app)
    assert "train explainer --data" in app.code[0].value
    assert any(button.label == "Start training" for button in app.button)


def test_every_term_of_the_loss_is_explained_in_the_form() -> None:
    app = open_training()
    assert "becomes if what the mask shows is hidden" in said(app)
    assert app.number_input(key="weight-entropy").value == 1.0
    assert app.selectbox(key="backbone").value == "tf_efficientnet_lite2"


def test_a_finished_run_is_shown_with_curves_masks_and_test(runs: Path) -> None:
    make_run(runs / "mine")
    app = open_training()
    text = said(app)
    assert "Finished after epoch 4 of 6" in text
    assert "Best validation result: 0.800." in text
    assert len(app.get("plotly_chart")) == len(TERMS)
    assert "after epoch 4" in text
    app.segmented_control(key="curves").set_value("Learning rate").run()
    assert len(app.get("plotly_chart")) == 1
    labels = {button.proto.label for button in app.get("download_button")}
    assert {"Curves as CSV", "Masks as image", "Test table as CSV"} <= labels
    assert "90.0%" in app.dataframe[1].value.to_string()
    assert not [b for b in app.button if b.key in ("stop-run", "resume-run")]


def test_the_slider_goes_back_to_the_masks_of_an_earlier_epoch(runs: Path) -> None:
    make_run(runs / "mine")
    app = open_training()
    slider = app.select_slider[0]
    slider.set_value(1).run()
    assert not app.exception and "after epoch 2." in said(app)
    app.selectbox(key="mask-emotion").set_value("fear").run()
    assert not app.exception and "after epoch 2." in said(app)


def test_a_run_is_described_by_its_state(runs: Path) -> None:
    make_run(runs / "far", state="running", host="studio", updated="2026-01-01T00:00:00+00:00")
    status = runs / "far" / "status.json"
    text = status.read_text()
    stamp = text.rpartition('"updated": "')[2][:25]
    status.write_text(text.replace(f'"updated": "{stamp}', '"updated": "2026-01-01T00:00:00+00:00'))
    make_run(runs / "broken", state="crashed", message="There is no picture in x.")
    make_run(runs / "halted", state="stopped", epoch=2)
    app = open_training()
    for name, words in (
        ("far", "Last signal"),
        ("broken", "There is no picture in x."),
        ("halted", "Stopped after epoch 2 of 6"),
    ):
        app.selectbox(key="training_run").set_value(str(runs / name)).run()
        assert not app.exception and words in said(app)
    assert set(app.dataframe[0].value["state"]) == {"no signal", "crashed", "stopped"}


def test_a_run_cut_in_half_is_shown_as_far_as_it_goes(runs: Path) -> None:
    folder = make_run(runs / "mine")
    for name in ("config.json", "status.json", "metrics.csv", "masks/faces.npz"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])
    app = open_training()
    text = said(app)
    for words in ("config.json", "status.json", "faces.npz", "unknown whether this run has ended"):
        assert words in text
    assert len(app.get("plotly_chart")) == len(TERMS)


def test_two_runs_are_laid_side_by_side(runs: Path) -> None:
    make_run(runs / "one")
    make_run(runs / "two", epochs=3)
    app = open_training()
    other = next(p for p in ("one", "two") if str(runs / p) != app.selectbox("training_run").value)
    app.multiselect[0].set_value([str(runs / other)]).run()
    assert not app.exception
    table = app.dataframe[1].value
    assert list(table.columns)[1] == other and "best validation loss" in table.index


def test_a_run_elsewhere_is_opened_by_its_path(tmp_path: Path) -> None:
    make_run(tmp_path / "usb" / "theirs", host="studio")
    app = open_training()
    for path, words in ((tmp_path / "no", "There is no folder"), (tmp_path / "usb", "Finished")):
        field = next(one for one in app.text_input if one.label == "Path of the folder")
        field.set_value(str(path))
        next(button for button in app.button if button.label == "Open").click().run()
        assert not app.exception and words in said(app)
    assert list(app.dataframe[0].value["run"]) == ["theirs"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("run-data", "", "Name at least one data set"),
        ("run-data", "/no/such/faces", "There is nothing at /no/such/faces"),
        ("run-name", "../outside", "The name of a run can have"),
    ],
)
def test_what_cannot_be_started_is_one_sentence(
    key: str, value: str, words: str, runs: Path
) -> None:
    app = open_training()
    widget = app.text_area(key=key) if key == "run-data" else app.text_input(key=key)
    widget.set_value(value)
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception and words in said(app)
    assert not runs.exists()


def test_the_faces_of_ones_own_scenes_are_data_to_train_on(
    own_data: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RunOrigin] = []
    monkeypatch.setattr(form, "start_run", lambda _folder, _config, origin: started.append(origin))
    scene = make_scene()
    faces = scene.faces.assign(x2=scene.faces["x1"] + 60, y2=scene.faces["y1"] + 60, detected=True)
    clip = make_clip(own_data / "clip.mp4", n=100, size=(640, 360))
    keep(replace(scene, faces=faces.astype(FACE_DTYPES)), clip)
    app = open_training()
    assert "The faces of your 1 scene" in said(app)
    app.text_input(key="run-name").set_value("mine")
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception
    assert [origin.data for origin in started] == [(str(runs / "mine" / "faces"),)]
    with Dataset(runs / "mine" / "faces") as dataset:
        assert {picture.split for picture in dataset.pictures} == {"train", "val"}


def test_without_scenes_there_is_nothing_of_ones_own_to_train_on(runs: Path) -> None:
    app = open_training()
    app.segmented_control(key="run-source").set_value("My scenes").run()
    assert "You have no scenes yet" in said(app)
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception and "too few faces" in said(app)


def test_a_run_is_deleted_after_a_question(runs: Path) -> None:
    for name in ("first", "second"):
        make_run(runs / name)
    assert not open_training().button(key="delete-run").disabled
    app = AppTest.from_function(_delete_app, args=(str(runs / "first"),), default_timeout=60).run()
    assert "You cannot undo this" in said(app) and (runs / "first").exists()
    app.button(key="delete-run-now").click().run()
    assert not app.exception
    assert [run.name for run in runs.iterdir()] == ["second"]


def _delete_app(folder: str) -> None:
    from pathlib import Path

    from emotion_core.errors import RunError
    from emotion_core.training.runs.folders import read_run
    from pages.training import runs

    try:
        run = read_run(Path(folder))
    except RunError:
        return  # deleted
    runs._delete_dialog(run)


def test_the_form_offers_the_data_of_the_run_before(runs: Path) -> None:
    make_run(runs / "first")
    app = open_training()
    app.button(key="toggle-form").click().run()
    assert app.text_area(key="run-data").value == "/faces"


def test_areas_that_cross_are_one_sentence() -> None:
    app = open_training()
    app.number_input(key="weight-area_min").set_value(0.9)
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception and "minimum area" in said(app)


def test_where_packages_are_missing_the_page_says_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("emotion_core.optional.find_spec", lambda name: None)
    app = open_training()
    assert "pip install -r requirements-train.txt" in said(app)


def test_a_refusal_to_go_on_is_one_sentence(runs: Path) -> None:
    folder = make_run(runs / "mine", state="stopped")
    (folder / "config.json").unlink()
    app = open_training()
    app.button(key="resume-run").click().run()
    assert not app.exception and "on the command line" in said(app)
