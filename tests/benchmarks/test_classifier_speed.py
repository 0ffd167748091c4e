"""The speed table on tiny models; never how fast they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import ViTConfig

from benchmarks import classifier_speed
from benchmarks.classifier_speed import REFERENCE, Speed, to_table, verdicts
from emotion_core.emotions.labels import EMOTIONS
from tests.emotions.test_classifier import make_vit


def _tiny_reference() -> ViTConfig:
    return ViTConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=32,
        patch_size=8,
        id2label=dict(enumerate(EMOTIONS)),
        label2id={name: index for index, name in enumerate(EMOTIONS)},
    )


def test_every_shipped_model_is_timed_in_three_ways_beside_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "models"
    make_vit(models / "tiny")
    (models / "no classifier").mkdir()
    (models / "no classifier" / "config.json").write_text("{}")
    monkeypatch.setattr(classifier_speed, "_vit_b16", _tiny_reference)
    monkeypatch.setattr(classifier_speed, "_TURN_SECONDS", 0.0)
    out = tmp_path / "speed.json"
    options = ["--rounds", "1", "--batch", "2", "--threads", str(torch.get_num_threads())]
    classifier_speed.main([*options, "--models-dir", str(models), "--json", str(out)])
    written = json.loads(out.read_text())["models"]
    assert [(row["name"], row["way"]) for row in written] == [
        ("tiny", "app"),
        ("tiny", "forced"),
        ("tiny", "exact"),
        (REFERENCE, "exact"),
        (REFERENCE, "forced"),
    ]
    assert written[3]["times_faster"] == 1
    assert written[2]["times_faster_same_precision"] == written[2]["times_faster"]
    printed = capsys.readouterr()
    assert "tiny, app" in printed.out
    assert "no classifier is passed over" in printed.err


def test_the_limits_are_held_against_the_model_as_the_app_runs_it() -> None:
    app = Speed("eme", "app", "bfloat16", 9.8, 7.9, 7, 9, 30.0, 12.0)
    exact = Speed("eme", "exact", "float32", 9.8, 12.0, 9, 14, 20.0, 20.0)
    assert verdicts([app, exact]) == [
        "eme: at most 8 ms a face: yes, "
        "at least 25 times faster than the ViT in float32: yes, at most 25 MB on disk: yes"
    ]
    slow = Speed("eme", "app", "float32", 26.0, 8.1, 8, 9, 24.9, 24.9)
    assert verdicts([slow])[0].count(": no") == 3


def test_a_precision_in_which_the_reference_was_not_timed_has_no_ratio() -> None:
    odd = Speed("eme", "app", "float16", 9.8, 7.9, 7, 9, 30.0, None)
    assert "–" in to_table([odd])
