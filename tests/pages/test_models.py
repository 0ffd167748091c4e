"""The page of the models without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.registry import REFERENCE_MODEL, hash_weights
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.emotions.model_folders import CONFUSION, make_model, make_new_figures, make_vit
from tests.pages.opening import at_page, texts
from tests.scene.scenes import make_scene


def open_models() -> AppTest:
    app = at_page("models").run()
    assert not app.exception
    return app


def _open_folder(app: AppTest, path: Path | str) -> AppTest:
    app.text_input[0].set_value(str(path))
    next(button for button in app.button if button.label == "Use it").click().run()
    assert not app.exception
    return app


def test_the_page_says_which_model_reads_and_shows_its_card() -> None:
    app = open_models()
    said = texts(app)
    assert "eme-lite2 reads what you open" in said.replace("*", "")
    assert "For research and education only" in said
    assert app.button(key="use").disabled and app.button(key="use").label == "Selected"
    table = app.dataframe[0].value
    assert list(table["model"]) == ["eme-lite2", "eme-vit"]
    assert list(table["input (px)"]) == [112, 96]


def test_the_transformer_that_ships_is_used_without_a_download() -> None:
    app = open_models()
    app.selectbox(key="shown_model").set_value("eme-vit").run()
    assert "vision transformer" in texts(app) and "has changed since" not in texts(app)
    app.button(key="use").click().run()
    assert not app.exception
    assert "eme-vit reads what you open" in texts(app).replace("*", "")
    assert not app.error and app.metric[0].value == "82.8%"


def test_a_folder_of_ones_own_is_used_and_shown_with_figures_and_card(tmp_path: Path) -> None:
    app = _open_folder(open_models(), make_model(tmp_path / "my model"))
    said = texts(app)
    assert "my model reads what you open" in said.replace("*", "")
    assert "A model of my own" in said
    values = {one.label: one.value for one in app.metric}
    recalls = [row[k] / sum(row) for k, row in enumerate(CONFUSION)]
    assert values["Agreement"] == "84.1%" and values["Images"] == "3,572"
    assert values["Found on average"] == f"{100 * np.mean(recalls):.1f}%"
    per_emotion = app.dataframe[1].value.set_index("emotion")
    assert per_emotion.loc["fear", "recall"] == pytest.approx(100 * 44 / 119)
    table = app.dataframe[0].value.set_index("model")
    assert table.loc["my model", "in use"] == "✓" and table.loc["my model", "input (px)"] == 32
    assert table.loc["my model", "agreement"] == pytest.approx(84.13)


def _measured_model(folder: Path, **changes: object) -> Path:
    """A model with figures as they are written today, of these very weights."""
    figures = make_new_figures()
    figures["measured"] |= {"fingerprint": hash_weights(make_model(folder))} | changes
    (folder / "evaluation.json").write_text(json.dumps(figures))
    return folder


def test_what_was_measured_is_said_with_intervals_calibration_and_the_second_counting(
    tmp_path: Path,
) -> None:
    app = _open_folder(open_models(), _measured_model(tmp_path / "mine", upright=True))
    said = texts(app).replace("*", "")
    assert "FER+ val" in said and "against the votes of its annotators" in said
    assert "each face turned upright first" in said
    assert "images with a clear majority (by the rule of FER+'s authors)" in said
    assert "see its card" not in said and "has changed since" not in said
    assert len(app.get("plotly_chart")) == 2 and "confidence matches agreement" in said
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"Calibration as CSV", "Results as JSON"} <= set(labels)
    per_emotion = app.dataframe[1].value.set_index("emotion")
    assert " to " in per_emotion.loc["happy", "recall, 95%"]
    assert app.dataframe[0].value.set_index("model").loc["mine", "measured on"] == "FER+ val"


def test_figures_of_other_weights_are_reported(tmp_path: Path) -> None:
    folder = _measured_model(tmp_path / "mine", fingerprint="0123456789ab")
    assert "has changed since it was tested" in texts(_open_folder(open_models(), folder))


def test_data_sets_stand_beside_each_other_where_none_says_who_the_people_are(
    tmp_path: Path,
) -> None:
    folder = _measured_model(tmp_path / "mine")
    for name, fear in (("one", 44), ("two", 0)):
        figures = make_new_figures()
        figures["measured"] |= {"fingerprint": hash_weights(folder), "dataset": [name]}
        figures["per_class"]["fear"] |= {"recall": fear / 119, "count": 119}
        figures["per_class"]["disgust"] |= {"count": 3}
        (folder / f"evaluation-{name}.json").write_text(json.dumps(figures))
    app = _open_folder(open_models(), folder)
    said = texts(app)
    assert "none of the data sets says how old people are" in said
    assert "has changed since" not in said
    sets = app.dataframe[2].value.set_index("emotion")
    assert list(sets.columns) == ["one val", "two val"]
    assert sets.loc["fear", "one val"].startswith("37% (")
    assert sets.loc["fear", "one val"].endswith(" of 119")
    assert sets.loc["fear", "two val"].startswith("0% (")
    assert sets.loc["disgust", "one val"] == "too few: 3"


def test_the_choice_holds_on_the_other_pages_and_can_be_taken_back(tmp_path: Path) -> None:
    AnalysisStore(load_settings().analyses_dir).save(make_scene(), tmp_path / "gone.mp4")
    app = _open_folder(open_models(), make_vit(tmp_path / "other"))
    app.switch_page("pages/scene/page.py").run()
    assert "Model: other." in texts(app)  # where clips are taken in
    assert "You have selected other." in texts(app)
    app.switch_page("pages/models/page.py").run()
    assert app.selectbox(key="shown_model").value == str(tmp_path / "other")
    app.selectbox(key="shown_model").set_value("eme-lite2").run()
    app.button(key="use").click().run()
    assert "eme-lite2 reads what you open" in texts(app).replace("*", "")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nothing", "There is no folder"),
        (lambda folder: folder, "config.json is missing"),
        (lambda folder: make_vit(folder / "cat", labels=("cat", "dog")), "seven emotions"),
    ],
)
def test_what_cannot_be_loaded_is_reported_and_the_model_stays(tmp_path: Path, make, said) -> None:  # type: ignore[no-untyped-def]
    app = _open_folder(open_models(), make(tmp_path))
    assert said in texts(app) and "eme-lite2 stays selected." in texts(app)
    assert app.selectbox(key="shown_model").value == "eme-lite2"


def test_the_reference_that_cannot_be_fetched_is_reported_and_the_model_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    app = open_models()
    app.selectbox(key="shown_model").set_value(REFERENCE_MODEL).run()
    assert "not on this computer yet" in texts(app)
    app.button(key="use").click().run()
    assert "hub cannot be reached" in texts(app) and "eme-lite2 stays selected." in texts(app)


def test_figures_that_are_missing_or_malformed_are_one_sentence(tmp_path: Path) -> None:
    app = _open_folder(open_models(), make_vit(tmp_path / "bare"))
    assert "This model has no test results" in texts(app) and "This model has no card" in texts(app)
    folder = make_model(tmp_path / "odd")
    (folder / "evaluation.json").write_text('{"top1": "good"}')
    app = _open_folder(app, folder)
    assert "cannot be read" in texts(app) and "A model of my own" in texts(app)


def test_a_default_model_that_is_not_there_leaves_the_page_usable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EME_MODEL", "/no/such/model")
    services.server_settings.cache_clear()
    app = open_models()
    assert "There is no model" in texts(app)
    app.selectbox(key="shown_model").set_value("eme-lite2").run()
    app.button(key="use").click().run()
    assert not app.exception and "eme-lite2 reads" in texts(app).replace("*", "")
