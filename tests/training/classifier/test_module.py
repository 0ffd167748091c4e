"""A whole run with a tiny network, and what it leaves behind."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AutoImageProcessor,
    AutoModelForImageClassification,
    ViTForImageClassification,
)

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing
from emotion_core.errors import DatasetError, ModelError
from emotion_core.progress import finish
from emotion_core.training.classifier.evaluation import evaluate_classifier
from emotion_core.training.classifier.module import (
    EmotionModule,
    train_classifier,
)
from emotion_core.training.common.data import join_sets
from emotion_core.training.common.networks import build_network, export_network, preprocessing_for
from emotion_core.training.runs.folders import read_run
from tests.emotions.model_folders import make_vit
from tests.training.sets import OPTIONS, TINY, random_faces


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
    result = finish(evaluate_classifier(classifier, random_faces(7), mirrored=True))
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
    run = read_run(tmp_path)
    assert run.state == "finished" and "train/learning_rate" in run.metrics


def _network(weights: Path | None = None) -> Any:
    return build_network(TINY.backbone, weights, TINY.size)


def _epochs(metrics: Path) -> set[str]:
    return {row["epoch"] for row in csv.DictReader(metrics.read_text().splitlines())}


def test_an_exported_network_gives_the_same_logits_through_the_auto_classes(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    network = build_network(TINY.backbone, None, TINY.size, drop=0.5).eval()
    expected = network(pixel_values=torch.zeros(1, 3, 32, 32)).logits
    export_network(network, TINY.size, tmp_path)
    model = AutoModelForImageClassification.from_pretrained(
        tmp_path, local_files_only=True, dtype="float32"
    ).eval()
    processor = AutoImageProcessor.from_pretrained(tmp_path, local_files_only=True)
    assert FacePreprocessing.from_processor(processor) == preprocessing_for(TINY.size)
    assert tuple(model.config.id2label[i] for i in range(7)) == EMOTIONS
    assert model.config.model_args is None  # no dropout is shipped
    with torch.inference_mode():
        logits = model(pixel_values=torch.zeros(1, 3, 32, 32)).logits
    torch.testing.assert_close(logits, expected, atol=5e-3, rtol=5e-3)


def test_an_export_is_safetensors_in_half_precision(run: Path) -> None:
    assert {path.name for path in (run / "model").iterdir()} == {
        "config.json",
        "model.safetensors",
    }
    parameters = sum(p.numel() for p in _network().parameters())
    assert (run / "model" / "model.safetensors").stat().st_size < 3 * parameters


def test_pretrained_weights_are_taken_in_the_order_of_the_file(tmp_path: Path) -> None:
    torch.manual_seed(1)
    body = _network().timm_model.state_dict()
    # named otherwise, and with a head of 1000 classes, as the package has it
    others = {
        f"tensor{i}": t for i, (name, t) in enumerate(body.items()) if "classifier" not in name
    }
    torch.save({**others, "head": torch.zeros(1000)}, tmp_path / "weights.pth")
    loaded = _network(tmp_path / "weights.pth").timm_model
    for name, tensor in loaded.state_dict().items():
        if "classifier" not in name:
            torch.testing.assert_close(tensor, body[name])


def test_weights_of_another_backbone_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "weights.pth")
    with pytest.raises(ModelError, match="does not contain weights of test_efficientnet"):
        _network(tmp_path / "weights.pth")


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_weights_that_cannot_be_read_are_reported_in_a_sentence(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "weights.pth"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="does not contain the weights"):
        _network(path)


def test_weights_are_never_unpickled_into_code(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(Path("anything but a tensor"), path)
    with pytest.raises(ModelError, match="does not contain the weights"):
        _network(path)


def test_a_backbone_that_timm_does_not_have_is_reported_in_a_sentence() -> None:
    with pytest.raises(ModelError, match="no architecture 'nothing'"):
        build_network("nothing", None, 32)


def test_a_network_that_goes_on_from_a_folder_drops_out_as_a_new_one_does(run: Path) -> None:
    network: Any = build_network("", run / "model", TINY.size, drop=0.3, drop_path=0.2)
    assert network.training and network.timm_model.drop_rate == 0.3
    paths = [m.drop_prob for m in network.modules() if hasattr(m, "drop_prob")]
    assert paths and max(paths) > 0.1


def test_mixing_pictures_mixes_their_targets_by_the_same_share() -> None:
    module = EmotionModule(dataclasses.replace(TINY, mix=1.0))
    targets = torch.eye(7)
    pixels = targets.view(7, 7, 1, 1).repeat(1, 1, 2, 2)
    mixed, mixed_targets = module._mix(pixels, targets)
    np.testing.assert_allclose(mixed[:, :, 0, 0], mixed_targets, atol=1e-6)
    np.testing.assert_allclose(mixed_targets.sum(dim=1), 1, atol=1e-6)


@pytest.fixture
def taught(run: Path) -> EmotionModule:
    """A student of the model that the run left."""
    teachers = (run / "model",)
    return EmotionModule(dataclasses.replace(TINY, teachers=teachers, distill=0.6, smoothing=0.0))


def test_teachers_give_their_share_and_all_of_it_where_there_is_no_label(
    taught: EmotionModule,
) -> None:
    pixels, votes = torch.rand(2, 3, 32, 32), torch.zeros(2, 7)
    votes[0, 3] = 1
    assert taught.teachers is not None
    said = taught.teachers(pixels)
    logits = torch.randn(2, 7)
    targets = torch.stack([0.4 * votes[0] + 0.6 * said.probabilities[0], said.probabilities[1]])
    loss = taught._loss(logits, votes, torch.zeros(2, 7), said)
    torch.testing.assert_close(loss, taught.loss(logits, targets))


def test_labels_are_learned_in_their_data_set_and_teachers_in_a_world_without_one(
    taught: EmotionModule,
) -> None:
    """A student that says log p of the world is right for both where the set has more of one."""
    assert taught.teachers is not None
    said = taught.teachers(torch.rand(1, 3, 32, 32))
    shifts = torch.tensor([[2.0, 0, 0, 0, 0, 0, 0]])
    votes = (said.probabilities.log() + shifts).softmax(dim=1)
    logits = said.probabilities.log().requires_grad_()
    taught._loss(logits, votes, shifts, said).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.zeros(1, 7), atol=1e-6, rtol=0)


def test_recall_is_measured_on_each_data_set_and_their_mean_decides(tmp_path: Path) -> None:
    first, second = random_faces(14), random_faces(7)
    both = join_sets([first, second])
    train_classifier(TINY, both, both, tmp_path, trainer_options=OPTIONS)
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    row = next(row for row in rows if row["val/macro_recall"])
    each = [float(row[f"val/macro_recall_{number}"]) for number in (0, 1)]
    assert float(row["val/macro_recall"]) == pytest.approx(sum(each) / 2)


def test_teachers_are_neither_trained_nor_saved(taught: EmotionModule) -> None:
    alone = EmotionModule(TINY)
    assert set(taught.state_dict()) == set(alone.state_dict())
    assert len(list(taught.parameters())) == len(list(alone.parameters()))


def test_a_teacher_of_another_size_gets_the_pictures_at_its_own(taught: EmotionModule) -> None:
    assert taught.teachers is not None
    assert taught.teachers(torch.rand(2, 3, 50, 50)).probabilities.shape == (2, 7)


def test_teachers_read_as_they_do_in_the_app(taught: EmotionModule, run: Path) -> None:
    faces = random_faces(2)
    alone = EmotionClassifier.load(str(run / "model"), run, "cpu", exact=True)
    pixels = torch.from_numpy(np.stack(faces.images)).permute(0, 3, 1, 2).float() / 255
    assert taught.teachers is not None
    said = taught.teachers(pixels).probabilities
    np.testing.assert_allclose(said, alone.classify(faces.images).probabilities, atol=1e-4)


def test_a_transformer_learns_from_the_features_of_its_teacher(run: Path, tmp_path: Path) -> None:
    start = make_vit(tmp_path / "start", labels=EMOTIONS)
    config = dataclasses.replace(TINY, weights=start, teachers=(run / "model",), hints=1.0)
    out = tmp_path / "out"
    train_classifier(config, random_faces(14), random_faces(7), out, trainer_options=OPTIONS)
    with (out / "metrics.csv").open() as file:
        hints = [row["train/hints"] for row in csv.DictReader(file) if row["train/hints"]]
    assert hints and 0 < float(hints[-1]) < 2
    # what was between the two is not part of the model
    assert isinstance(_network(out / "model"), ViTForImageClassification)
    start_names = set(load_file(start / "model.safetensors"))
    assert set(load_file(out / "model" / "model.safetensors")) == start_names


def test_hints_without_a_transformer_are_refused(run: Path) -> None:
    with pytest.raises(ModelError, match="Feature distillation needs a vision transformer"):
        EmotionModule(dataclasses.replace(TINY, teachers=(run / "model",), hints=1.0))


def test_a_student_learns_from_faces_that_nobody_labelled(run: Path, tmp_path: Path) -> None:
    faces = random_faces(14)
    unlabelled = dataclasses.replace(faces, targets=np.zeros_like(faces.targets))
    config = dataclasses.replace(TINY, teachers=(run / "model",), balance=0.5)
    train = join_sets([faces, unlabelled])
    model = train_classifier(config, train, random_faces(7), tmp_path, trainer_options=OPTIONS)
    assert (model / "model.safetensors").exists()


def test_morphs_that_cannot_be_made_are_reported_before_the_training(
    run: Path, tmp_path: Path
) -> None:
    faces = random_faces(14)
    unlabelled = dataclasses.replace(faces, targets=np.zeros_like(faces.targets))
    config = dataclasses.replace(TINY, teachers=(run / "model",), morphs=5)
    train = join_sets([faces, unlabelled])
    with pytest.raises(DatasetError, match="There are no morphs to make"):
        train_classifier(config, train, random_faces(7), tmp_path, trainer_options=OPTIONS)
    assert not (tmp_path / "model").exists()


def test_a_folder_is_gone_on_from_and_is_ready_to_train(run: Path) -> None:
    network = _network(run / "model")
    assert network.training
    assert all(part.training for part in network.modules())
