"""How fast a network learns, by depth and along a run."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest
import torch

from emotion_core.training.classifier.module import train_classifier
from emotion_core.training.common.schedule import parameter_groups, rate_factor
from tests.training.sets import OPTIONS, TINY, random_faces


def test_the_rate_rises_in_the_first_twentieth_and_ends_at_nothing() -> None:
    assert rate_factor(0.025) == pytest.approx(0.5)
    assert rate_factor(0.05) == pytest.approx(1)
    assert rate_factor(0.525) == pytest.approx(0.5)
    assert rate_factor(1.0) == rate_factor(1.2) == pytest.approx(0)


def test_a_run_ends_when_its_time_is_up_and_still_leaves_a_model(tmp_path: Path) -> None:
    config = dataclasses.replace(TINY, epochs=100_000, minutes=0.05)
    model = train_classifier(
        config, random_faces(14), random_faces(7), tmp_path, trainer_options=OPTIONS
    )
    assert (model / "model.safetensors").exists()
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert int(rows[-1]["epoch"]) < 1000


def test_the_rate_falls_block_by_block_towards_the_input_and_vectors_do_not_decay() -> None:
    network = torch.nn.ModuleDict(
        {
            "embeddings": torch.nn.Linear(2, 2),
            "layers": torch.nn.ModuleList([torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)]),
            "classifier": torch.nn.Linear(2, 2),
        }
    )
    groups = list(parameter_groups(network, 0.05, 0.5))
    assert [group["scale"] for group in groups if group["weight_decay"]] == [0.125, 0.25, 0.5, 1]
    assert all(p.ndim > 1 for g in groups if g["weight_decay"] for p in g["params"])
    assert all(p.ndim == 1 for g in groups if not g["weight_decay"] for p in g["params"])
