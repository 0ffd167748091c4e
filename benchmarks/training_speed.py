"""Milliseconds of a training step, and what they go into.

    python -m benchmarks.training_speed [--size 112] [--batch 512 64] [--backbone NAME] [--compile]

Steps of the project's own training module on random pictures, on one GPU where there is one:
augmentation alone, the network alone in the ways in which its numbers may lie in memory, the whole
step through Lightning with the running average on the device, and with Lightning's own callback,
which keeps the average on the CPU. Where a small batch takes as long as a large one, it is the host
that is waited for.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, EMAWeightAveraging

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.classifier.module import (
    ClassifierConfig,
    EmotionModule,
)
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.batches import FaceBatches
from emotion_core.training.common.data import FaceSet
from emotion_core.training.common.networks import normalise, preprocessing_for
from emotion_core.training.common.trainer import run_precision

_WARM_UP = 3
WAYS = (
    "as trained",
    "weights channels last",
    "channels first",
    "cudnn tries its kernels",
    "compiled",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", default="tf_efficientnet_lite2")
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--batch", type=int, nargs="+", default=[512, 64])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--compile", action="store_true", help="also compile the network")
    options = parser.parse_args()
    for batch in options.batch:
        _measure(options, batch)


def _measure(options: argparse.Namespace, batch: int) -> None:
    config = ClassifierConfig(backbone=options.backbone, size=options.size, batch=batch)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    print(f"{options.backbone}, {options.size} px, {batch} pictures a step, {device}")
    works: dict[str, Callable[[], float]] = {
        "augmentation": lambda: _augmentation(config, device, options.steps),
        **{
            f"network, {way}": partial(_network, config, device, options.steps, way) for way in WAYS
        },
        "step, average on the device": lambda: _fit(config, RunningAverage(0.998), options.steps),
        "step, Lightning's average": lambda: _fit(
            config, EMAWeightAveraging(decay=0.998), options.steps
        ),
    }
    if not options.compile:
        del works["network, compiled"]
    for name, work in works.items():
        seconds = work()
        rate = batch / seconds
        print(f"{name:<30}{1000 * seconds:>9.1f} ms {rate:>9.0f} pictures a second", flush=True)


def _augmentation(config: ClassifierConfig, device: torch.device, steps: int) -> float:
    augmentation = EmotionModule(config).augmentation
    shape = (config.batch, 4, config.size, config.size)
    pictures = torch.randint(0, 256, shape, dtype=torch.uint8, device=device)
    return _seconds(lambda: augmentation(pictures), steps)


def _network(config: ClassifierConfig, device: torch.device, steps: int, way: str) -> float:
    """Forward and backward; pixels come with the channels last, as training gives them."""
    module = EmotionModule(config).to(device)
    if way == "weights channels last":
        module.to(memory_format=torch.channels_last)
    elif way == "compiled":
        module.network.compile()
    torch.backends.cudnn.benchmark = way == "cudnn tries its kernels"
    pixels = torch.rand(config.batch, 3, config.size, config.size, device=device)
    targets = torch.full((config.batch, len(EMOTIONS)), 1 / len(EMOTIONS), device=device)
    shown = normalise(pixels, preprocessing_for(config.size))
    if way == "channels first":
        shown = shown.contiguous()

    def both_ways() -> None:
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            logits = module.network(pixel_values=shown).logits.float()
            loss = module.loss(logits, targets)
        loss.backward()

    seconds = _seconds(both_ways, steps)
    torch.backends.cudnn.benchmark = False
    return seconds


def _fit(config: ClassifierConfig, average: Callback, steps: int) -> float:
    """Seconds a step between the first steps and the last, as the user sees them."""
    clock = _StepClock()
    random = np.random.default_rng(0)
    steps += _WARM_UP + 1
    images = list(random.integers(0, 256, (config.batch, 48, 48, 3)).astype(np.uint8))
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[np.arange(config.batch) % len(EMOTIONS)]
    faces = FaceSet(images, targets, [""] * config.batch, {})
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            max_epochs=1,
            limit_val_batches=0,
            devices=1,
            callbacks=[average, clock],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=Path(folder),
            gradient_clip_val=1.0,
            precision=run_precision(),
        )
        repeated = FaceSet(images * steps, np.tile(targets, (steps, 1)), [""] * steps, {})
        data = FaceBatches(repeated, faces, config.size, config.batch)
        trainer.fit(EmotionModule(config), datamodule=data)
    return float(np.median(np.diff(clock.times[_WARM_UP:])))


class _StepClock(Callback):
    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_batch_start(self, *_: object) -> None:
        _wait()
        self.times.append(time.perf_counter())


def _seconds(work: Callable[[], object], steps: int) -> float:
    times = []
    for _ in range(_WARM_UP + steps):
        _wait()
        started = time.perf_counter()
        work()
        _wait()
        times.append(time.perf_counter() - started)
    return float(np.median(times[_WARM_UP:]))


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
