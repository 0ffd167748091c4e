"""The commands ``train classifier`` and ``evaluate``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError, OutputError
from emotion_core.training.classifier.calibration import fold_calibration
from emotion_core.training.common.networks import build_network, export_network
from tests.training.sets import label_zip, picture, random_faces, votes_zip, write_zip


def _model(folder: Path) -> Path:
    export_network(build_network("test_efficientnet", None, 32), 32, folder)
    return folder


def test_evaluate_prints_a_table_and_writes_the_figures(tmp_path: Path) -> None:
    source, model = label_zip(tmp_path / "set.zip", 2), _model(tmp_path / "model")
    target = tmp_path / "figures.json"
    result = CliRunner().invoke(
        app, ["evaluate", str(source), "--model", str(model), "--json", str(target)]
    )
    assert result.exit_code == 0, result.output
    assert "top-1" in result.output
    figures = json.loads(target.read_text())
    assert sum(map(sum, figures["confusion"])) == 14
    assert set(figures["per_class"]) == set(EMOTIONS)


def test_the_figures_say_what_was_measured_and_the_plot_goes_beside_them(tmp_path: Path) -> None:
    votes = {f"val/happy/{i}.png": "0,9,0,0,0,0,0,0,0,1" for i in range(3)}
    votes["val/happy/3.png"] = "0,5,0,5,0,0,0,0,0,0"
    source, model = votes_zip(tmp_path / "set.zip", votes), _model(tmp_path / "model")
    target, plot = tmp_path / "figures.json", tmp_path / "calibration.svg"
    arguments = ["evaluate", str(source), "--model", str(model), "--split", "val", "--exact"]
    outputs = ["--json", str(target), "--plot", str(plot)]
    result = CliRunner().invoke(app, [*arguments, *outputs])
    assert result.exit_code == 0, result.output
    figures = json.loads(target.read_text())
    measured = figures["measured"]
    assert len(measured.pop("fingerprint")) == 12
    assert measured == {
        "dataset": ["set"],
        "split": "val",
        "labels": "votes",
        "model": "model",
        "mirrored": False,
        "precision": "float32",
        "upright": True,
    }
    assert (figures["count"], figures["tied"], figures["clear_majority"]["count"]) == (4, 1, 3)
    assert "clear majority by the rule of FER+" in result.output
    assert b"</svg>" in plot.read_bytes()
    named = [*arguments, "--name", "FER+", "--mirrored", "--json", str(target)]
    assert CliRunner().invoke(app, named).exit_code == 0
    measured = json.loads(target.read_text())["measured"]
    assert measured["dataset"] == ["FER+"] and measured["mirrored"]


def test_a_plot_of_another_kind_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    arguments = ["evaluate", "absent.zip", "--plot", str(tmp_path / "calibration.pdf")]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, OutputError)


@pytest.mark.parametrize("target", ["absent/figures.json", "."])
def test_figures_that_cannot_be_written_are_reported_in_a_sentence(
    tmp_path: Path, target: str
) -> None:
    source, model = label_zip(tmp_path / "set.zip", 1), _model(tmp_path / "model")
    result = CliRunner().invoke(
        app, ["evaluate", str(source), "--model", str(model), "--json", str(tmp_path / target)]
    )
    assert isinstance(result.exception, OutputError)


def test_training_on_a_missing_set_is_described_before_a_run_is_begun(tmp_path: Path) -> None:
    arguments = ["train", "classifier", "--data", str(tmp_path / "no.zip"), "--out"]
    result = CliRunner().invoke(app, [*arguments, str(tmp_path / "run")])
    assert isinstance(result.exception, DatasetError)
    assert not (tmp_path / "run").exists()


def test_faces_without_labels_need_a_teacher(tmp_path: Path) -> None:
    arguments = ["train", "classifier", "--data", "a.zip", "--unlabelled", "b.zip", "--out"]
    result = CliRunner().invoke(app, [*arguments, str(tmp_path / "run")])
    assert isinstance(result.exception, DatasetError)


def test_calibrating_changes_no_reading(tmp_path: Path) -> None:
    source, model = label_zip(tmp_path / "set.zip", 40), _model(tmp_path / "model")
    before = EmotionClassifier.load(str(model), tmp_path, "cpu", exact=True)
    result = CliRunner().invoke(app, ["calibrate", str(source), "--model", str(model)])
    assert result.exit_code == 0, result.output
    after = EmotionClassifier.load(str(model), tmp_path, "cpu", exact=True)
    images = random_faces(7).images
    readings = [c.classify(images).logits.argmax(axis=1) for c in (before, after)]
    assert (readings[0] == readings[1]).all()


def test_a_model_can_be_taken_a_part_of_the_way_to_the_emotions_that_are_common(
    tmp_path: Path,
) -> None:
    """All images are happy."""
    source = label_zip(tmp_path / "set.zip", 800, ("happy",))
    model = _model(tmp_path / "model")
    before = EmotionClassifier.load(str(model), tmp_path, "cpu", exact=True)
    arguments = ["calibrate", str(source), "--model", str(model), "--prior", "1", "--as-they-are"]
    result = CliRunner().invoke(app, [*arguments, "--without", str(model)])
    assert result.exit_code == 0, result.output
    after = EmotionClassifier.load(str(model), tmp_path, "cpu", exact=True)
    images = random_faces(7).images
    happy = [(c.classify(images).logits.argmax(axis=1) == 3).sum() for c in (before, after)]
    assert happy[1] > happy[0]
    assert "Calibration error on set.zip: " in result.output


def test_a_model_that_has_not_seen_a_set_is_needed_for_each(tmp_path: Path) -> None:
    source, model = label_zip(tmp_path / "set.zip", 1), _model(tmp_path / "model")
    arguments = ["calibrate", str(source), str(source), "--model", str(model)]
    result = CliRunner().invoke(app, [*arguments, "--without", str(model)])
    assert isinstance(result.exception, DatasetError)
    assert "one model for each" in str(result.exception)


@pytest.mark.parametrize("network", ["classifier", "autoencoder", "explainer"])
def test_training_without_its_packages_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, network: str
) -> None:
    monkeypatch.setattr("emotion_core.optional.find_spec", lambda name: None)
    arguments = ["train", network, "--data", str(tmp_path), "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, DatasetError)
    assert "pip install -r requirements-train.txt" in str(result.exception)


def test_the_temperature_allows_for_a_model_that_is_surer_than_those_like_it(
    tmp_path: Path,
) -> None:
    calm = _model(tmp_path / "calm")
    # of a grey picture it then says the same as the bias of its last layer
    state = load_file(calm / "model.safetensors")
    state["timm_model.classifier.bias"] = torch.tensor([2, 1, 0, 0, 1, 0, 0]).half()
    save_file(state, calm / "model.safetensors", metadata={"format": "pt"})
    grey = np.full((32, 32, 3), 120, np.uint8)
    reader = EmotionClassifier.load(str(calm), tmp_path, "cpu", exact=True)
    shares = reader.classify([grey]).probabilities[0]
    files = {
        f"val/{emotion}/{i}.png": picture()
        for emotion, share in zip(EMOTIONS, shares, strict=True)
        for i in range(round(200 * float(share)) + 1)
    }
    source = write_zip(tmp_path / "set.zip", files)
    sure, model = tmp_path / "sure", tmp_path / "model"
    shutil.copytree(calm, sure)
    fold_calibration(sure, 0.5)
    arguments = ["calibrate", str(source), "--as-they-are", "--without", str(calm)]
    temperatures = []
    for given in (calm, sure):
        shutil.copytree(given, model, dirs_exist_ok=True)
        result = CliRunner().invoke(app, [*arguments, "--like", str(calm), "--model", str(model)])
        assert result.exit_code == 0, result.output
        temperatures.append(float(result.output.split()[1].rstrip(",")))
    assert temperatures[1] == pytest.approx(2 * temperatures[0], rel=0.02)


def test_the_mean_of_models_has_the_mean_of_their_weights(tmp_path: Path) -> None:
    one, two = _model(tmp_path / "one"), _model(tmp_path / "two")
    fold_calibration(two, 0.5)
    arguments = ["train", "average", str(one), str(two), "--out", str(tmp_path / "mean")]
    result = CliRunner().invoke(app, [*arguments, "--size", "32"])
    assert result.exit_code == 0, result.output
    parts = [load_file(folder / "model.safetensors") for folder in (one, two, tmp_path / "mean")]
    name = "timm_model.classifier.weight"
    first, second, mean = (part[name].float() for part in parts)
    torch.testing.assert_close(mean, (first + second) / 2, rtol=2e-3, atol=1e-4)
    classifier = EmotionClassifier.load(str(tmp_path / "mean"), tmp_path, "cpu")
    assert classifier.classify(random_faces(2).images).probabilities.shape == (2, 7)
