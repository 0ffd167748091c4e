"""A whole run of an explainer: what it leaves, how it continues, and what it refuses."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError, ModelError, OutputError
from emotion_core.explanation.explainers import ExplainerCard, read_card
from emotion_core.explanation.mask_network import MaskNetwork, load_explainer
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.settings import SHIPPED
from emotion_core.training.common.data import FaceSet
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.explainer.export import export_explainer
from emotion_core.training.explainer.frozen_classifier import FrozenClassifier
from emotion_core.training.explainer.run import train_explainer
from emotion_core.training.runs.status import read_status
from tests.training.explainers import MEAN, STD, TINY, load_vit
from tests.training.sets import OPTIONS, random_faces


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    return load_vit(tmp_path_factory.mktemp("vit"))


def _train(
    classifier: EmotionClassifier,
    run: Path,
    config: ExplainerConfig = TINY,
    train: FaceSet | None = None,
    **settings: Any,
) -> Path:
    faces = train or random_faces(14)
    settings = {"trainer_options": OPTIONS, **settings}
    return train_explainer(config, classifier, faces, random_faces(7), run, **settings)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, classifier: EmotionClassifier) -> Path:
    """The folder of a run of one epoch, measured at the end; tests do not change it."""
    folder = tmp_path_factory.mktemp("run")
    _train(classifier, folder, test=random_faces(7))
    return folder


@pytest.fixture
def copied(run: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may continue with or spoil."""
    return Path(shutil.copytree(run, tmp_path / "run"))


def test_a_run_leaves_metrics_events_masks_figures_and_its_end(run: Path) -> None:
    header = set((run / "metrics.csv").read_text().splitlines()[0].split(","))
    assert {"train/loss", "val/loss", "val/bound", "val/accuracy", "val/agreement"} <= header
    assert any((run / "tensorboard").glob("events*"))
    assert {"test/loss", "test/top1"} <= set((run / "test.json").read_text().split('"'))
    status = read_status(run)
    assert status is not None
    assert (status.state, status.epoch) == ("finished", 1)
    assert status.early_stopping["patience"] == 3
    assert status.early_stopping["best"] is not None


def test_the_masks_of_the_same_faces_are_kept_by_epoch(run: Path) -> None:
    with np.load(run / "masks" / "faces.npz") as faces:
        assert faces["images"].shape == (7, 32, 32, 3)
    with np.load(run / "masks" / "epoch-0000.npz") as epoch:
        assert (epoch["masks"].shape, epoch["masks"].dtype) == ((7, 7, 32, 32), np.uint8)


def test_the_exported_explainer_masks_faces(run: Path, classifier: EmotionClassifier) -> None:
    explainer = MaskExplainer.load(run / "model", classifier)
    assert explainer.attribute(random_faces(2).images).masks.shape == (2, 7, 32, 32)


def test_a_checkpoint_holds_nothing_that_needs_unpickling(run: Path) -> None:
    state = torch.load(run / "checkpoints" / "best.ckpt", weights_only=True)
    assert not any("classifier" in name.split(".")[0] for name in state["state_dict"])


def test_a_run_goes_on_from_its_last_epoch_with_its_own_normalisation(
    copied: Path, classifier: EmotionClassifier
) -> None:
    _, before = load_explainer(copied / "model")
    darker = random_faces(14)
    darker = dataclasses.replace(darker, images=[image // 2 for image in darker.images])
    longer = dataclasses.replace(TINY, epochs=2)
    _train(classifier, copied, longer, darker, resume=True)
    rows = csv.DictReader((copied / "metrics.csv").read_text().splitlines())
    assert {row["epoch"] for row in rows} == {"1"}
    assert (copied / "metrics-1.csv").exists()
    assert (copied / "masks" / "epoch-0001.npz").exists()
    _, after = load_explainer(copied / "model")
    assert after == before


def test_a_finished_run_is_not_begun_again_over_itself(
    run: Path, classifier: EmotionClassifier
) -> None:
    with pytest.raises(OutputError, match="Resume it with --resume"):
        _train(classifier, run)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"backbone": "resnet50"}, "its backbone is mobilenet_v3_large"), ({"size": 64}, "its input")],
)
def test_going_on_with_other_settings_of_the_network_is_refused(
    run: Path, classifier: EmotionClassifier, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        _train(classifier, run, dataclasses.replace(TINY, **change), resume=True)


def test_going_on_for_another_classifier_is_refused(run: Path, tmp_path: Path) -> None:
    other = load_vit(tmp_path / "other", size=48)
    with pytest.raises(ModelError, match="its classifier is"):
        _train(other, run, resume=True)


def test_a_checkpoint_that_was_cut_in_half_is_reported(
    copied: Path, classifier: EmotionClassifier
) -> None:
    last = copied / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[: last.stat().st_size // 2])
    with pytest.raises(ModelError, match="damaged or truncated"):
        _train(classifier, copied, resume=True)


def test_a_run_without_its_last_checkpoint_is_reported(
    copied: Path, classifier: EmotionClassifier
) -> None:
    (copied / "checkpoints" / "last.ckpt").unlink()
    with pytest.raises(ModelError, match=r"last\.ckpt is missing"):
        _train(classifier, copied, resume=True)


def test_a_checkpoint_of_another_network_is_reported(
    copied: Path, classifier: EmotionClassifier
) -> None:
    torch.save({"state_dict": {}}, copied / "checkpoints" / "last.ckpt")
    with pytest.raises(ModelError, match="different kind"):
        _train(classifier, copied, resume=True)


def test_one_face_is_too_few(tmp_path: Path, classifier: EmotionClassifier) -> None:
    with pytest.raises(DatasetError, match="at least two faces"):
        _train(classifier, tmp_path, train=random_faces(1))


def test_targets_by_label_need_labels(tmp_path: Path, classifier: EmotionClassifier) -> None:
    faces = random_faces(14)
    unlabelled = dataclasses.replace(faces, targets=np.zeros_like(faces.targets))
    with pytest.raises(DatasetError, match="have no label"):
        _train(classifier, tmp_path, dataclasses.replace(TINY, targets="labels"), unlabelled)


def test_a_crash_is_reported_in_the_status(
    tmp_path: Path, classifier: EmotionClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("emotion_core.training.explainer.run.fit", fail)
    with pytest.raises(RuntimeError):
        _train(classifier, tmp_path)
    status = read_status(tmp_path)
    assert status is not None
    assert (status.state, status.message) == ("crashed", "RuntimeError: out of memory")


def test_an_explainer_is_gone_on_from_with_its_own_normalisation(
    run: Path, classifier: EmotionClassifier, tmp_path: Path
) -> None:
    config = dataclasses.replace(TINY, weights=run / "model", learning_rate=0.0, average=0.0)
    other = random_faces(9)
    model = train_explainer(
        config, classifier, other, random_faces(7), tmp_path / "run", trainer_options=OPTIONS
    )
    before, after = read_card(run / "model"), read_card(model)
    assert (after.mean, after.std) == (before.mean, before.std)
    old, new = (load_file(folder / "model.safetensors") for folder in (run / "model", model))
    for name, tensor in old.items():
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(new[name], tensor)


def test_a_run_that_began_from_an_explainer_goes_on_without_it(
    run: Path, classifier: EmotionClassifier, tmp_path: Path
) -> None:
    start = Path(shutil.copytree(run / "model", tmp_path / "start"))
    config = dataclasses.replace(TINY, weights=start)
    _train(classifier, tmp_path / "run", config)
    shutil.rmtree(start)  # what is trained lies in the checkpoint
    _train(classifier, tmp_path / "run", dataclasses.replace(config, epochs=2), resume=True)
    rows = csv.DictReader((tmp_path / "run" / "metrics.csv").read_text().splitlines())
    assert {row["epoch"] for row in rows} == {"1"}


def test_an_explainer_with_another_backbone_is_not_gone_on_from(
    run: Path, classifier: EmotionClassifier, tmp_path: Path
) -> None:
    config = dataclasses.replace(TINY, backbone="resnet50", weights=run / "model")
    with pytest.raises(ModelError, match="has the backbone mobilenet_v3_large, not resnet50"):
        train_explainer(config, classifier, random_faces(9), random_faces(7), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "backbone",
    [
        pytest.param("tf_efficientnet_lite2", marks=pytest.mark.long),
        "tf_efficientnet_lite2_plus",
    ],
)
def test_an_explainer_on_its_classifiers_own_network_begins_with_its_weights(
    tmp_path: Path, backbone: str
) -> None:
    built_in = EmotionClassifier.load("eme-lite2", SHIPPED.models, "cpu", exact=True)
    config = dataclasses.replace(TINY, backbone=backbone, learning_rate=1e-9)
    network, card = load_explainer(_train(built_in, tmp_path / "run", config))
    assert (card.mean, card.std) == (built_in.preprocessing.mean, built_in.preprocessing.std)
    own = dict(built_in.model.timm_model.named_parameters())
    learned = dict(network.body.backbone.network.named_parameters())
    assert len(learned) > 100
    for name, parameter in learned.items():
        torch.testing.assert_close(parameter, own[name], atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("backbone", ["tf_efficientnet_lite2", "tf_efficientnet_lite2_plus"])
def test_another_classifier_lends_no_weights(classifier: EmotionClassifier, backbone: str) -> None:
    assert FrozenClassifier(classifier).lend(backbone) is None


def test_a_refinement_continues_the_coarser_explainer(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    start = tmp_path / "coarse"
    coarse = MaskNetwork("tf_efficientnet_lite2", MEAN, STD)
    card = ExplainerCard("tf_efficientnet_lite2", 32, MEAN, STD, classifier.identity, EMOTIONS)
    export_explainer(coarse, card, start)
    config = dataclasses.replace(
        TINY,
        backbone="tf_efficientnet_lite2_plus",
        weights=start,
        learning_rate=0.0,
        average=0.0,
    )
    model = _train(classifier, tmp_path / "run", config)
    before, after = read_card(start), read_card(model)
    assert (after.mean, after.std) == (before.mean, before.std)
    assert (after.architecture, after.classifier) == (config.backbone, classifier.identity)
    old, new = (load_file(folder / "model.safetensors") for folder in (start, model))
    for name, tensor in old.items():
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(new[name], tensor)
    assert MaskExplainer.load(model, classifier).attribute(random_faces(2).images).masks.any()


def test_a_refinement_is_not_continued_by_a_coarser_explainer(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    network = MaskNetwork("tf_efficientnet_lite2_plus", MEAN, STD)
    card = ExplainerCard("tf_efficientnet_lite2_plus", 32, MEAN, STD, classifier.identity, EMOTIONS)
    export_explainer(network, card, tmp_path / "model")
    config = dataclasses.replace(TINY, backbone="tf_efficientnet_lite2", weights=tmp_path / "model")
    with pytest.raises(ModelError, match="has the backbone tf_efficientnet_lite2_plus, not"):
        _train(classifier, tmp_path / "run", config)
