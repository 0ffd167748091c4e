"""The shared step of the explainer's module, and what it counts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch

from emotion_core.training.common.batches import FaceTensors
from emotion_core.training.explainer.config import Background, LossWeights
from emotion_core.training.explainer.frozen_classifier import FrozenClassifier
from emotion_core.training.explainer.module import (
    ExplainerConfig,
    ExplainerMetrics,
    ExplainerModule,
    _each_in_turn,
    one_hot,
)
from tests.training.explainers import MEAN, STD, TINY, load_vit
from tests.training.sets import random_faces


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> FrozenClassifier:
    return FrozenClassifier(load_vit(tmp_path_factory.mktemp("vit")))


def _step(
    frozen: FrozenClassifier, config: ExplainerConfig = TINY
) -> tuple[ExplainerModule, torch.Tensor, dict[str, Any]]:
    """One validation step over seven faces, and what it logged by name."""
    torch.manual_seed(0)
    module, logged = ExplainerModule(config, frozen, MEAN, STD), {}
    module._log = lambda name, value, count: logged.update({name: value})  # type: ignore[method-assign]
    module.log_dict = lambda metrics, **_: logged.update(metrics.compute())  # type: ignore[method-assign, assignment]
    pictures, votes, *_ = FaceTensors(random_faces(7), 32, torch.device("cpu")).__getitems__(
        range(7)
    )
    loss = module._shared_step(pictures[:, :3].float() / 255, votes, "val")
    return module, loss, logged


def test_the_step_logs_every_term_and_metric_and_their_weighted_sum(
    frozen: FrozenClassifier,
) -> None:
    _, loss, logged = _step(frozen)
    areas = ("bound", "target_area", "other_area")
    terms = ("classification", "entropy", "variation", *areas, "drawing", "order")
    counted = ("accuracy", "f1", "precision", "recall", "top1", "agreement", "inverse_agreement")
    names = {"loss", "target_probability", *terms, *counted}
    assert set(logged) == {f"val/{name}" for name in names}
    total = sum(getattr(TINY.loss, name) * logged[f"val/{name}"] for name in terms)
    torch.testing.assert_close(loss.detach(), total)


def test_only_the_explainer_learns_and_all_of_it(frozen: FrozenClassifier) -> None:
    module, loss, _ = _step(frozen)
    loss.backward()
    assert all(p.grad is not None for p in module.parameters())
    assert len(list(module.parameters())) == len(list(module.network.parameters()))


def test_a_mixed_reading_teaches_the_masks_of_all_its_emotions_by_their_shares(
    frozen: FrozenClassifier,
) -> None:
    module = ExplainerModule(TINY, frozen, MEAN, STD)
    read = torch.tensor([[0.6, 0.3, 0.1, 0, 0, 0, 0]]).repeat(4000, 1)
    torch.manual_seed(0)
    target, absent = module._choose(read.log(), torch.zeros(4000, 7), "train")
    shares = (torch.bincount(target, minlength=7) / 4000).tolist()
    assert shares == pytest.approx([2 / 3, 1 / 3, 0, 0, 0, 0, 0], abs=0.03)
    assert (absent == torch.tensor([0.0, 0, 1, 1, 1, 1, 1])).all()
    target, _ = module._choose(read.log(), torch.zeros(4000, 7), "val")
    assert (target == 0).all(), "measured by the leading one"


def test_the_target_is_none_of_the_others_where_nothing_leads(frozen: FrozenClassifier) -> None:
    module = ExplainerModule(TINY, frozen, MEAN, STD)
    target, absent = module._choose(torch.zeros(1, 7), torch.zeros(1, 7), "train")
    assert absent[0, target].item() == 0


def test_with_labels_every_other_emotion_is_absent(frozen: FrozenClassifier) -> None:
    module = ExplainerModule(dataclasses.replace(TINY, targets="labels"), frozen, MEAN, STD)
    votes = torch.tensor([[0.0, 0, 0.4, 0, 0.6, 0, 0]])
    target, absent = module._choose(torch.zeros(1, 7), votes, "train")
    assert target.tolist() == [4] and absent.tolist() == [[1, 1, 1, 1, 0, 1, 1]]


def test_the_masks_that_are_watched_for_drawing_are_of_each_absent_emotion_in_turn() -> None:
    absent = torch.tensor([[0.0, 1, 0, 1, 0, 0, 1]]).repeat(14, 1)
    assert _each_in_turn(absent)[:7].tolist() == [1, 1, 3, 3, 6, 6, 6]


def test_the_target_is_what_the_classifier_reads_unless_labels_are_asked_for(
    frozen: FrozenClassifier,
) -> None:
    _, _, read = _step(frozen)
    assert read["val/top1"] == read["val/agreement"]
    _, _, labelled = _step(frozen, dataclasses.replace(TINY, targets="labels"))
    assert labelled["val/classification"] != read["val/classification"]


def test_only_training_varies_what_stands_behind_the_masks(frozen: FrozenClassifier) -> None:
    def loss(stage: str, background: Background) -> float:
        torch.manual_seed(0)
        # nothing else is drawn at random
        config = dataclasses.replace(
            TINY, background=background, targets="labels", loss=LossWeights(order=0)
        )
        module = ExplainerModule(config, frozen, MEAN, STD).eval()
        module._log = lambda *_: None  # type: ignore[method-assign]
        module.log_dict = lambda *_, **__: None  # type: ignore[method-assign]
        pixels = torch.rand(7, 3, 32, 32)
        return float(module._shared_step(pixels, torch.zeros(7, 7), stage).detach())

    zero = loss("train", "zero")
    assert loss("val", "varied") == loss("val", "zero") == zero
    assert loss("train", "varied") != zero


def test_the_studys_accuracy_counts_seven_outputs_a_picture() -> None:
    metrics = ExplainerMetrics("test")
    target = torch.tensor([0, 1, 2, 3, 4, 5, 6, 0])
    said = torch.tensor([0, 1, 2, 3, 4, 5, 6, 1])  # one picture of eight is wrong
    for half in (slice(0, 4), slice(4, 8)):
        metrics.update(
            one_hot(said[half]), one_hot(target[half]), one_hot(target[half]), target[half]
        )
    figures = {name: value.item() for name, value in metrics.one_hot.compute().items()}
    assert metrics.top1.compute()["test/top1"].item() == pytest.approx(7 / 8)
    assert figures == pytest.approx(
        {
            "test/accuracy": 1 - 2 / (7 * 8),
            "test/precision": (6 + 1 / 2) / 7,
            "test/recall": (6 + 1 / 2) / 7,
            "test/f1": (5 + 2 * 2 / 3) / 7,
        }
    )
    assert metrics.inverse.compute()["test/inverse_agreement"].item() == 1
    assert metrics.agreement.compute()["test/agreement"].item() == pytest.approx(7 / 8)


def test_a_checkpoint_says_what_it_is_of(frozen: FrozenClassifier) -> None:
    module = ExplainerModule(TINY, frozen, MEAN, STD)
    checkpoint: dict[str, Any] = {}
    module.on_save_checkpoint(checkpoint)
    assert tuple(checkpoint["explainer"]["mean"]) == MEAN
    assert checkpoint["explainer"]["classifier"]["fingerprint"] == frozen.identity.fingerprint


def test_learning_on_a_few_faces_makes_the_loss_smaller(frozen: FrozenClassifier) -> None:
    module, first, _ = _step(frozen)
    pictures, votes, *_ = FaceTensors(random_faces(7), 32, torch.device("cpu")).__getitems__(
        range(7)
    )
    pixels = pictures[:, :3].float() / 255
    optimizer = torch.optim.AdamW(module.network.parameters(), 1e-3)
    for _ in range(6):
        optimizer.zero_grad()
        last = module._shared_step(pixels, votes, "val")
        last.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert last < first
