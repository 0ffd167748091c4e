"""A whole run with a tiny network, and what it leaves behind."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoImageProcessor, AutoModelForImageClassification

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing
from emotion_core.errors import ModelError
from emotion_core.training.classifier import (
    ClassifierConfig,
    EmotionModule,
    build_network,
    train_classifier,
)
from emotion_core.training.evaluation import evaluate_classifier
from emotion_core.training.export import export_timm
from tests.training.sets import random_faces

TINY = ClassifierConfig(backbone="test_efficientnet", size=32, epochs=1, batch=7, workers=0)
OPTIONS = {"accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of one epoch over 14 pictures."""
    folder = tmp_path_factory.mktemp("run")
    train_classifier(TINY, random_faces(14), random_faces(7), folder, trainer_options=OPTIONS)
    return folder


def test_a_run_leaves_its_settings_its_metrics_and_a_model_that_the_app_loads(run: Path) -> None:
    assert (run / "config.json").exists()
    header = (run / "metrics.csv").read_text().splitlines()[0].split(",")
    assert {"train/loss", "val/loss", "val/accuracy", "val/macro_f1"} <= set(header)
    classifier = EmotionClassifier.load(str(run / "model"), run, "cpu", exact=True)
    result = evaluate_classifier(classifier, random_faces(7), mirrored=True)
    assert result.count == 7


def test_a_checkpoint_holds_nothing_that_needs_unpickling(run: Path) -> None:
    state = torch.load(run / "checkpoints" / "best.ckpt", weights_only=True)
    assert "state_dict" in state


def test_a_run_goes_on_from_its_last_epoch_and_keeps_the_metrics_so_far(tmp_path: Path) -> None:
    sets = random_faces(14), random_faces(7)
    train_classifier(TINY, *sets, tmp_path, trainer_options=OPTIONS)
    longer = dataclasses.replace(TINY, epochs=2)
    train_classifier(longer, *sets, tmp_path, resume=True, trainer_options=OPTIONS)
    assert _epochs(tmp_path / "metrics-1.csv") == {"0"}
    assert _epochs(tmp_path / "metrics.csv") == {"1"}


def _epochs(metrics: Path) -> set[str]:
    return {row["epoch"] for row in csv.DictReader(metrics.read_text().splitlines())}


def test_an_exported_network_gives_the_same_logits_through_the_auto_classes(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    network = build_network(TINY).eval()
    export_timm(network, TINY.backbone, TINY.preprocessing, tmp_path)
    model = AutoModelForImageClassification.from_pretrained(
        tmp_path, local_files_only=True, dtype="float32"
    ).eval()
    processor = AutoImageProcessor.from_pretrained(tmp_path, local_files_only=True)
    assert FacePreprocessing.from_processor(processor) == TINY.preprocessing
    assert tuple(model.config.id2label[i] for i in range(7)) == EMOTIONS
    batch = TINY.preprocessing.to_batch(random_faces(4).images)
    # the file holds halves, so the original is rounded before the two are compared
    with torch.inference_mode():
        expected = network.half().float()(batch)
        torch.testing.assert_close(model(pixel_values=batch).logits, expected)


def test_an_export_is_safetensors_in_half_precision(run: Path) -> None:
    assert {path.name for path in (run / "model").iterdir()} == {
        "config.json",
        "model.safetensors",
    }
    parameters = sum(p.numel() for p in build_network(TINY).parameters())
    assert (run / "model" / "model.safetensors").stat().st_size < 3 * parameters


def test_pretrained_weights_are_taken_in_the_order_of_the_file(tmp_path: Path) -> None:
    torch.manual_seed(1)
    body = build_network(TINY).state_dict()
    # named otherwise, and with a head of 1000 classes, as the package has it
    others = {
        f"tensor{i}": t for i, (name, t) in enumerate(body.items()) if "classifier" not in name
    }
    torch.save({**others, "head": torch.zeros(1000)}, tmp_path / "weights.pth")
    loaded = build_network(dataclasses.replace(TINY, weights=tmp_path / "weights.pth"))
    for name, tensor in loaded.state_dict().items():
        if "classifier" not in name:
            torch.testing.assert_close(tensor, body[name])


def test_weights_of_another_backbone_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "weights.pth")
    with pytest.raises(ModelError, match="does not hold weights of test_efficientnet"):
        build_network(dataclasses.replace(TINY, weights=tmp_path / "weights.pth"))


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_weights_that_cannot_be_read_are_told_in_a_sentence(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "weights.pth"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read as weights"):
        build_network(dataclasses.replace(TINY, weights=path))


def test_weights_are_never_unpickled_into_code(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(Path("anything but a tensor"), path)
    with pytest.raises(ModelError, match="cannot be read as weights"):
        build_network(dataclasses.replace(TINY, weights=path))


def test_a_backbone_that_timm_does_not_have_is_told_in_a_sentence() -> None:
    with pytest.raises(ModelError, match="no architecture 'nothing'"):
        build_network(dataclasses.replace(TINY, backbone="nothing"))


def test_mixing_pictures_mixes_their_targets_by_the_same_share() -> None:
    module = EmotionModule(dataclasses.replace(TINY, mix=1.0))
    targets = torch.eye(7)
    pixels = targets.view(7, 7, 1, 1).repeat(1, 1, 2, 2)
    mixed, mixed_targets = module._mix(pixels, targets)
    np.testing.assert_allclose(mixed[:, :, 0, 0], mixed_targets, atol=1e-6)
    np.testing.assert_allclose(mixed_targets.sum(dim=1), 1, atol=1e-6)
