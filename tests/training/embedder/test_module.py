from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from emotion_core.errors import DatasetError, ModelError
from emotion_core.faces.identity.embedder import FACENET, load_embedder
from emotion_core.faces.identity.network import EmbedderCard, EmbeddingNetwork, save_embedder
from emotion_core.progress import Progress, finish
from emotion_core.training.common.losses import EmbeddingDistillationLoss
from emotion_core.training.embedder.data import (
    IdentityBatches,
    IdentityFaces,
    load_identities,
    split_of_person,
    teach,
)
from emotion_core.training.embedder.measures import measure_pairs
from emotion_core.training.embedder.module import EmbedderConfig, train_embedder
from emotion_core.types import FloatArray
from tests.conftest import SHARED

SMALL = "tf_efficientnet_lite0"


def people(count: int, each: int, seed: int = 0) -> tuple[IdentityFaces, FloatArray]:
    """Faces that differ by colour, and a teacher that sees nothing else."""
    chance = np.random.default_rng(seed)
    colors = chance.integers(40, 216, (count, 3))
    images = [
        np.clip(color + chance.normal(0, 4, (112, 112, 3)), 0, 255).astype(np.uint8)
        for color in colors
        for _ in range(each)
    ]
    names = np.array([f"person {seed} {k}" for k in range(count) for _ in range(each)])
    targets = np.repeat(colors - 128.0, each, axis=0)
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    return IdentityFaces(images, names), targets.astype(np.float32)


def test_a_run_leaves_an_embedder_with_the_threshold_of_its_people(tmp_path: Path) -> None:
    (train, taught), (val, wanted) = people(8, 4), people(4, 3, seed=1)
    config = EmbedderConfig(epochs=2, batch=16, augment=0.0)
    batches = IdentityBatches(train, val, (taught, wanted), config.batch)
    folder = train_embedder(
        config, batches, tmp_path / "run", trainer_options={"enable_progress_bar": False}
    )
    embedder = load_embedder(str(folder), tmp_path)
    embeddings = embedder.embed(val.images)
    assert embeddings.shape == (12, 3)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    text = measure_pairs(embeddings, val.numbers(), config.false_match).threshold
    assert embedder.threshold == pytest.approx(text, abs=0.02)  # written in halves
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "finished"


def test_a_mirrored_face_is_the_same_person(tmp_path: Path) -> None:
    torch.manual_seed(0)
    card = EmbedderCard(SMALL, 16, 0.5)
    save_embedder(EmbeddingNetwork(card).eval(), card, tmp_path / "one")
    embedder = load_embedder(str(tmp_path / "one"), tmp_path)
    face = np.random.default_rng(0).integers(0, 255, (112, 112, 3)).astype(np.uint8)
    one, other = embedder.embed([face, np.ascontiguousarray(face[:, ::-1])])
    assert np.allclose(one, other, atol=1e-4)
    assert embedder.embed([]).shape == (0, 16)


def test_new_weights_are_another_embedder(tmp_path: Path) -> None:
    card = EmbedderCard(SMALL, 8, 0.5)
    names = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        save_embedder(EmbeddingNetwork(card), card, tmp_path / "embedders" / "mine")
        names.append(load_embedder("mine", tmp_path).identity)
    assert names[0] != names[1] and names[0].startswith("mine-")


def test_an_embedder_that_is_not_there_or_damaged_is_reported_in_a_sentence(
    tmp_path: Path,
) -> None:
    with pytest.raises(ModelError, match="no embedder 'nobody'"):
        load_embedder("nobody", tmp_path)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="does not contain a face embedder"):
        load_embedder(str(tmp_path / "bad"), tmp_path)


def test_facenet_is_reported_in_a_sentence_where_its_weights_cannot_be_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from facenet_pytorch.models import inception_resnet_v1

    from emotion_core.inference import libraries

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(inception_resnet_v1, "download_url_to_file", unreachable)
    with pytest.raises(ModelError, match="cannot be downloaded"):
        load_embedder(FACENET, tmp_path)

    made = libraries.InceptionResnetV1
    monkeypatch.setattr(libraries, "InceptionResnetV1", lambda pretrained: made(pretrained=None))
    found = load_embedder(FACENET, tmp_path)
    embeddings = found.embed([np.full((40, 40, 3), 90, np.uint8)] * 2)
    assert embeddings.shape == (2, 512)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_people_are_split_by_name_and_never_on_two_sides() -> None:
    names = [f"Person_{k}" for k in range(2000)]
    splits = [split_of_person(name) for name in names]
    shares = {split: splits.count(split) / 2000 for split in ("train", "val", "test")}
    assert shares["train"] == pytest.approx(0.85, abs=0.03)
    assert shares["test"] == pytest.approx(0.10, abs=0.03)
    assert splits == [split_of_person(name) for name in names]


def test_pairs_are_measured_as_by_hand() -> None:
    angles = np.radians([0, 20, 90, 40])
    embeddings = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    # pairs of one person: 0-20 and 90-40; of two: 0-90, 0-40, 20-90, 20-40
    measures = measure_pairs(embeddings, np.array([0, 0, 1, 1]), false_match=0.25)
    # 0-20 ties with 20-40 and beats three; 50 degrees beats 70 and 90
    assert measures.auc == pytest.approx((3.5 + 2) / 8)
    assert (measures.same, measures.different) == (2, 4)
    with pytest.raises(ValueError, match="pairs"):
        measure_pairs(embeddings, np.arange(4))


def test_the_loss_is_zero_for_the_teacher_itself_and_grows_with_wrong_relations() -> None:
    teacher = torch.nn.functional.normalize(torch.randn(6, 4), dim=1)
    assert EmbeddingDistillationLoss(5.0)(teacher, teacher) == pytest.approx(0, abs=1e-6)
    turned = teacher.roll(1, dims=1)  # all relations stay, all directions change
    without, with_relations = (
        float(EmbeddingDistillationLoss(weight)(turned, teacher)) for weight in (0.0, 5.0)
    )
    assert with_relations == pytest.approx(without, abs=1e-5) and without > 0.1
    mixed = teacher.flip(0)
    assert EmbeddingDistillationLoss(5.0)(mixed, teacher) > EmbeddingDistillationLoss(0.0)(
        mixed, teacher
    )


def test_a_set_without_landmarks_has_no_faces(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "table.csv").write_text("file,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5\n")
    with pytest.raises(DatasetError, match="no face"):
        load_identities(tmp_path / "set", tmp_path / "table.csv", "train")


def test_a_file_that_is_no_network_cannot_teach(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="not a network for aligned faces"):
        finish(teach(tmp_path / "bad.onnx", [np.zeros((112, 112, 3), np.uint8)]))


def test_the_teacher_sees_a_face_and_its_mirror_alike() -> None:
    teacher = SHARED / "weights" / "mobilefacenet.onnx"
    if not teacher.is_file():
        pytest.skip("the teacher in ../shared is not on this machine")
    pytest.importorskip("onnxruntime")
    face = np.random.default_rng(0).integers(0, 255, (112, 112, 3)).astype(np.uint8)
    steps: list[Progress] = []
    both = finish(teach(teacher, [face, face[:, ::-1]]), steps.append)
    assert both.shape == (2, 128) and np.allclose(both[0], both[1], atol=1e-4)
    assert steps == [Progress(1, 2), Progress(2, 2)]
