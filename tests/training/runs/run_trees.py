"""Folders of runs made up for tests: nothing was trained in them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.runs.origin import RunOrigin, write_config
from emotion_core.training.runs.status import RunStatus, write_status

TERMS = (
    "loss",
    "classification",
    "entropy",
    "variation",
    "bound",
    "target_area",
    "other_area",
    "drawing",
    "order",
)
METRICS = ("target_probability", "top1", "agreement", "inverse_agreement", "accuracy", "f1")
HEADER = ",".join(
    ["epoch", "step", "train/learning_rate"]
    + [f"{stage}/{name}" for stage in ("train", "val") for name in (*TERMS, *METRICS)]
)


def make_run(folder: Path, epochs: int = 4, masks: bool = True, **status: Any) -> Path:
    """A run of an explainer that has done some of six epochs; ``finished`` unless told."""
    folder.mkdir(parents=True)
    config = ExplainerConfig(backbone="mobilenet_v3_large", size=64, epochs=6, batch=8)
    write_config(folder, config, RunOrigin("explainer", ("/faces",), "eme-lite2", 64))
    (folder / "metrics.csv").write_text(f"{HEADER}\n" + metric_lines(0, epochs))
    (folder / "test.json").write_text(json.dumps({"test/loss": 0.7, "test/top1": 0.9}))
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "last.ckpt").write_bytes(b"cut short")
    if masks:
        make_masks(folder, epochs)
    early = {"best": 0.8, "wait": 1, "patience": 5}
    text = RunStatus("finished", "All epochs are done.", epoch=epochs, early_stopping=early)
    write_status(folder, replace(text, **status))
    return folder


def metric_lines(first: int, last: int) -> str:
    """Rows as Lightning writes them: of an epoch one for validation, and one for training."""
    count = len((*TERMS, *METRICS))
    rows = []
    for epoch in range(first, last):
        values = [f"{(1 + 0.1 * i) / (epoch + 1)}" for i in range(count)]
        blank = [""] * count
        rows.append(",".join([str(epoch), str(8 * epoch), "", *blank, *values]))
        rows.append(",".join([str(epoch), str(8 * epoch), "0.001", *values, *blank]))
    return "".join(f"{row}\n" for row in rows)


def make_masks(folder: Path, epochs: int, count: int = 9) -> None:
    """Faces with a mask for each emotion that moves across them."""
    (folder / "masks").mkdir()
    images = np.full((count, 64, 64, 3), 150, np.uint8)
    for image in images:
        cv2.circle(image, (32, 32), 20, (220, 190, 170), -1)
    targets = np.eye(len(EMOTIONS))[np.arange(count) % len(EMOTIONS)]
    targets[-1] = 0
    names = np.array([f"{i}.png" for i in range(count)])
    np.savez_compressed(folder / "masks/faces.npz", images=images, targets=targets, names=names)
    for epoch in range(epochs):
        masks = np.zeros((count, len(EMOTIONS), 56, 56), np.uint8)
        masks[:, :, 10 : 20 + 4 * epoch, 10:30] = 255
        np.savez_compressed(folder / f"masks/epoch-{epoch:04d}.npz", masks=masks)
