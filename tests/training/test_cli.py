"""The commands ``train classifier`` and ``evaluate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emotion_core.cli import app
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError, OutputError
from emotion_core.training.networks import build_network, export_network
from tests.training.sets import label_zip, random_faces


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


@pytest.mark.parametrize("target", ["absent/figures.json", "."])
def test_figures_that_cannot_be_written_are_told_in_a_sentence(tmp_path: Path, target: str) -> None:
    source, model = label_zip(tmp_path / "set.zip", 1), _model(tmp_path / "model")
    result = CliRunner().invoke(
        app, ["evaluate", str(source), "--model", str(model), "--json", str(tmp_path / target)]
    )
    assert isinstance(result.exception, OutputError)


def test_training_on_a_missing_set_is_told_before_a_run_is_begun(tmp_path: Path) -> None:
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
