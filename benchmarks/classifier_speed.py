"""Milliseconds a face of every shipped classifier, beside a ViT-B/16, in one run.

    python -m benchmarks.classifier_speed [--rounds 9] [--json FILE]

Every model reads the same number of face crops at its own input size, normalisation included, on
one core: the shipped ones as the app runs them (compiled, and in bfloat16 where that was chosen),
in the same precision by PyTorch, and in float32 by PyTorch; and a ViT-B/16 at 224 px with random
weights, the architecture of the reference `trpakov/vit-face-expression`, in float32, as whoever
loads the reference runs it, and in bfloat16.
The models take turns, round after round, so that whatever else the machine does falls on all of
them; a figure is the median of the rounds, a ratio is one median over another. The weights of a
ViT do not change how long it computes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import ModelError

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = "ViT-B/16, 224 px"
# What a shipped classifier has to keep to, as the app runs it.
MOST_MILLISECONDS, LEAST_RATIO, MOST_MEGABYTES = 8.0, 25.0, 25.0
# A turn is at least this long, so that a fast model is not measured by one batch alone.
_TURN_SECONDS = 0.25


@dataclass(frozen=True)
class Variant:
    """A classifier that takes its turns.

    Attributes:
        name: folder of a shipped model, or the reference.
        way: ``app`` as the app runs it, ``forced`` in its precision by PyTorch, or ``exact`` in
            float32 by PyTorch.
        precision: what it computes in.
        megabytes: its folder on disk; float32 weights for the reference.
        classifier: what reads.
    """

    name: str
    way: str
    precision: str
    megabytes: float
    classifier: EmotionClassifier


@dataclass(frozen=True)
class Speed:
    """A variant's figures; milliseconds are per face."""

    name: str
    way: str
    precision: str
    megabytes: float
    milliseconds: float
    fastest: float
    slowest: float
    times_faster: float
    times_faster_same_precision: float | None


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print the table, and write it as JSON on request."""
    arguments = _arguments(given)
    torch.set_num_threads(arguments.threads)
    variants = [*shipped_variants(arguments.models_dir), *reference_variants(_vit_b16())]
    rounds = measure(variants, arguments.batch, arguments.rounds)
    speeds = summarize(variants, rounds)
    print(
        f"{arguments.rounds} rounds in turn, batches of {arguments.batch} faces, "
        f"{arguments.threads} CPU threads"
    )
    print(to_table(speeds))
    for line in verdicts(speeds):
        print(line)
    if arguments.json:
        content = {
            "batch": arguments.batch,
            "threads": arguments.threads,
            "rounds": arguments.rounds,
            "models": [asdict(speed) for speed in speeds],
        }
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def shipped_variants(models_dir: Path) -> list[Variant]:
    """Every classifier in ``models_dir``, in the three ways."""
    found: list[Variant] = []
    for config in sorted(models_dir.glob("*/config.json")):
        folder = config.parent
        size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6
        try:
            app, forced, exact = (
                EmotionClassifier.load(folder.name, models_dir, "cpu", exact=way != "app")
                for way in ("app", "forced", "exact")
            )
        except ModelError as error:
            print(f"{folder.name} is passed over: {error}", file=sys.stderr)
            continue
        _force(forced, getattr(torch, app.precision))
        for way, reader in (("app", app), ("forced", forced), ("exact", exact)):
            found.append(Variant(folder.name, way, reader.precision, size, reader))
    return found


def reference_variants(config: Any) -> list[Variant]:
    """A ViT of the given configuration with random weights, in float32 and in bfloat16."""
    from transformers import ViTForImageClassification, ViTImageProcessor

    processor = ViTImageProcessor(size={"height": config.image_size, "width": config.image_size})
    found: list[Variant] = []
    for dtype, way in ((torch.float32, "exact"), (torch.bfloat16, "forced")):
        model = ViTForImageClassification(config)
        size = sum(weights.numel() for weights in model.parameters()) * 4 / 1e6
        identity = ModelId(REFERENCE, "random")
        reader = EmotionClassifier(model, processor, identity, torch.device("cpu"), exact=True)
        _force(reader, dtype)
        found.append(Variant(REFERENCE, way, reader.precision, size, reader))
    return found


def _force(reader: EmotionClassifier, dtype: torch.dtype) -> None:
    reader.model, reader.dtype = reader.model.to(dtype), dtype


def measure(variants: Sequence[Variant], batch: int, rounds: int) -> list[list[float]]:
    """Milliseconds a face of every variant in every round; they take turns within a round."""
    random = np.random.default_rng(0)
    sizes = {variant.classifier.preprocessing.size for variant in variants}
    crops = {
        size: list(random.integers(0, 256, (batch, size, size, 3)).astype(np.uint8))
        for size in sorted(sizes)
    }
    for variant in variants:  # the first batch of a model also prepares its kernels
        variant.classifier.classify(crops[variant.classifier.preprocessing.size])
    found: list[list[float]] = [[] for _ in variants]
    for _ in range(rounds):
        for variant, times in zip(variants, found, strict=True):
            faces = crops[variant.classifier.preprocessing.size]
            times.append(_turn(variant.classifier, faces))
    return found


def _turn(classifier: EmotionClassifier, faces: list[Any]) -> float:
    started, read = time.perf_counter(), 0
    while True:
        classifier.classify(faces)
        read += len(faces)
        elapsed = time.perf_counter() - started
        if elapsed >= _TURN_SECONDS:
            return 1000 * elapsed / read


def summarize(variants: Sequence[Variant], rounds: Sequence[Sequence[float]]) -> list[Speed]:
    """Medians, and how many times faster each is than the reference."""
    medians = [statistics.median(times) for times in rounds]
    reference = {
        variant.precision: median
        for variant, median in zip(variants, medians, strict=True)
        if variant.name == REFERENCE
    }
    return [
        Speed(
            variant.name,
            variant.way,
            variant.precision,
            variant.megabytes,
            median,
            min(times),
            max(times),
            reference["float32"] / median,
            reference[variant.precision] / median if variant.precision in reference else None,
        )
        for variant, times, median in zip(variants, rounds, medians, strict=True)
    ]


def to_table(speeds: Sequence[Speed]) -> str:
    """The table that is printed."""
    lines = [
        f"{'':<24}{'':<9}{'ms a face':>10}{'fastest':>9}{'slowest':>9}"
        f"{'x ViT float32':>15}{'x ViT same precision':>22}{'MB on disk':>12}"
    ]
    for speed in speeds:
        name = f"{speed.name}, app" if speed.way == "app" else speed.name
        same = speed.times_faster_same_precision
        lines.append(
            f"{name:<24}{speed.precision:<9}{speed.milliseconds:>10.2f}{speed.fastest:>9.2f}"
            f"{speed.slowest:>9.2f}{speed.times_faster:>15.1f}"
            f"{'–' if same is None else f'{same:.1f}':>22}{speed.megabytes:>12.1f}"
        )
    return "\n".join(lines)


def verdicts(speeds: Sequence[Speed]) -> list[str]:
    """Whether each shipped model, as the app runs it, keeps to its limits."""
    lines = []
    for speed in speeds:
        if speed.way != "app":
            continue
        kept: Mapping[str, bool] = {
            f"at most {MOST_MILLISECONDS:g} ms a face": speed.milliseconds <= MOST_MILLISECONDS,
            f"at least {LEAST_RATIO:g} times faster than the ViT in float32": (
                speed.times_faster >= LEAST_RATIO
            ),
            f"at most {MOST_MEGABYTES:g} MB on disk": speed.megabytes <= MOST_MEGABYTES,
        }
        said = ", ".join(f"{limit}: {'yes' if good else 'no'}" for limit, good in kept.items())
        lines.append(f"{speed.name}: {said}")
    return lines


def _vit_b16() -> Any:
    from transformers import ViTConfig

    labels = dict(enumerate(EMOTIONS))
    return ViTConfig(id2label=labels, label2id={v: k for k, v in labels.items()})


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batch", type=int, default=16, help="faces read at a time")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models-dir", type=Path, default=ROOT / "models", help="shipped models")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
