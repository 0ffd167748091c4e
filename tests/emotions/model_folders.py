"""Model folders made up for tests: tiny weights, a card, measured figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import MeasuredOn

# the order and the names of the reference checkpoint differ from the project's on purpose
LABELS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear")
# FER+ test, as a card has it
CONFUSION = [
    [281, 2, 4, 17, 48, 9, 8],
    [9, 14, 0, 1, 5, 4, 2],
    [3, 0, 44, 0, 9, 15, 48],
    [6, 0, 0, 881, 26, 4, 19],
    [7, 1, 1, 25, 1122, 72, 22],
    [14, 3, 3, 6, 122, 285, 2],
    [6, 0, 3, 15, 23, 3, 378],
]
CARD = """---
license: mit
---
# A model of my own

Reads a *performed* expression. See [the code](../../emotion_core/cli/main.py).

## How sure it is
![calibration of the shares](calibration.svg)

```
# not a heading ![not an image](calibration.svg)
```
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200">
<rect width="320" height="200" fill="white"/><path d="M20 180L300 20" stroke="black"/></svg>"""


def make_vit(folder: Path, labels: tuple[str, ...] = LABELS, size: int = 32) -> Path:
    """A tiny, randomly initialised ViT of the reference's kind, saved to a folder."""
    # here, so that journeys which make none do not wait seconds for the libraries
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=size,
        patch_size=8,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={name: index for index, name in enumerate(labels)},
    )
    model = ViTForImageClassification(config)
    torch.nn.init.normal_(model.classifier.weight, std=1.0)
    model.save_pretrained(folder)
    ViTImageProcessor(size={"height": size, "width": size}).save_pretrained(folder)
    return folder


def make_figures() -> dict[str, Any]:
    """What ``evaluate --json`` writes for :data:`CONFUSION`, with a key that nobody knows."""
    rows = {}
    for k, emotion in enumerate(EMOTIONS):
        there, said = sum(CONFUSION[k]), sum(row[k] for row in CONFUSION)
        precision, recall = CONFUSION[k][k] / said, CONFUSION[k][k] / there
        f1 = 2 * precision * recall / (precision + recall)
        rows[emotion] = {"precision": precision, "recall": recall, "f1": f1, "count": there}
    return {
        "count": 3572,
        "top1": 0.8413,
        "top1_interval": [0.8292, 0.8533],
        "macro_f1": 0.7349,
        "ece": 0.1436,
        "kl": 0.2632,
        "per_class": rows,
        "confusion": CONFUSION,
        "mood": {"bins": 15},
    }


def make_new_figures() -> dict[str, Any]:
    """What ``evaluate --json`` writes today, of made-up readings of 60 faces with ten votes."""
    from emotion_core.training.classifier.evaluation import compare

    random = np.random.default_rng(0)
    votes = random.multinomial(10, random.dirichlet(np.full(10, 0.2), 60)).astype(np.float32)
    votes[:, :7] += np.eye(7, dtype=np.float32)[np.arange(60) % 7]
    targets = votes[:, :7] / votes[:, :7].sum(axis=1, keepdims=True)
    readings = (targets + random.dirichlet(np.ones(7), 60)).astype(np.float32) / 2
    measured = MeasuredOn(["FER+"], "val", "votes", "mine", "0123456789ab", False, "float32")
    return {"measured": asdict(measured), **compare(readings, targets, votes).to_dict()}


def make_model(folder: Path) -> Path:
    """A folder with weights, a card with a picture, and figures."""
    make_vit(folder)
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    (folder / "calibration.svg").write_text(SVG, encoding="utf-8")
    (folder / "evaluation.json").write_text(json.dumps(make_figures()), encoding="utf-8")
    return folder
