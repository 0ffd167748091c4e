"""How good the attribution methods are: every method on the same faces, with 95 % intervals.

    python -m benchmarks.attribution [--data ZIP] [--model NAME] [--limit N] [--methods NAME ...]
                                     [--rise-masks N] [--randomised N] [--json FILE]

Prints a Markdown table and the 7 x 7 specificity of each method, and writes them on request.
The faces are of the split val of FER+, never of the split test, evenly spread. Masks, insertion,
deletion, area and agreement are those of the emotion that the model reads in a face; the class
specificity is measured for the emotion that most people saw, as the paper does it. The randomised
weights are tried on the first faces only. Intervals are by the bootstrap over faces. Times are of
all seven masks, one face after another, in this process, the median of some faces; the last column
divides that of RISE with 4,000 masks by them. The truth is never shown to a method.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from emotion_core.bootstrap import mean_interval
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.errors import EmotionCoreError, ModelError
from emotion_core.explanation.method import AttributionMethod, Report, no_report
from emotion_core.explanation.methods import METHODS, build_method
from emotion_core.explanation.metrics import agreement, deletion_auc, insertion_auc, mean_area
from emotion_core.explanation.network import ReadingNetwork
from emotion_core.explanation.rise import RISE
from emotion_core.explanation.sanity import randomise, similarity
from emotion_core.explanation.specificity import measure_specificity
from emotion_core.settings import load_settings
from emotion_core.training.data import FaceSet, load_faces
from emotion_core.types import ImageArray

ROOT = Path(__file__).resolve().parents[1]
VAL = ROOT.parent / "shared" / "data" / "fer2013plus-valtest.zip"
REFERENCE_MASKS = 4000
_TIMED = 5
COLUMNS = {
    "insertion": "insertion ↑",
    "deletion": "deletion ↓",
    "area": "area",
    "kept": "kept behind mask ↑",
    "inverse": "kept behind inverse ↓",
    "right": "right mask ↑",
    "wrong": "wrong mask ↓",
    "ratio": "ratio ↑",
    "last": "last layer lost ↓",
    "all": "all layers lost ↓",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean, or a ratio of means, with its 95 % interval."""

    value: float
    interval: tuple[float, float]

    @classmethod
    def of(cls, values: np.ndarray[Any, Any]) -> Figure:
        return cls(float(np.mean(values)), mean_interval(values))


@dataclass(frozen=True, slots=True)
class Row:
    """A method; ``figures`` by the keys of :data:`COLUMNS`."""

    method: str
    count: int
    figures: dict[str, Figure]
    specificity: list[list[float]]
    milliseconds: float


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print the table, and write it as JSON on request."""
    arguments = _arguments(given)
    settings = load_settings()
    try:
        classifier = EmotionClassifier.load(
            arguments.model or settings.model, settings.models_dir, settings.device, exact=True
        )
        faces = load_faces([arguments.data], "val").first(arguments.limit)
        methods = build_methods(arguments.methods, classifier, arguments.rise_masks)
    except EmotionCoreError as error:
        sys.exit(str(error))
    rows: list[Row] = []
    with Progress(console=Console(stderr=True)) as progress:
        for name, build in methods.items():
            task = progress.add_task(name, total=1.0)
            rows.append(
                measure_method(
                    build,
                    classifier,
                    faces,
                    arguments.randomised,
                    lambda share, task=task: progress.update(task, completed=share),
                )
            )
        reference = time_method(RISE(classifier, masks=REFERENCE_MASKS), _crops(classifier, faces))
    unmasked = unmasked_probability(classifier, faces)
    print(
        f"{classifier.identity.name} ({classifier.identity.fingerprint}), {len(faces)} faces of "
        f"{arguments.data.name}, val; RISE with {arguments.rise_masks} masks; the whole face gives "
        f"its emotion {_show(unmasked)}; RISE with {REFERENCE_MASKS} masks takes {reference:.0f} ms"
    )
    print(to_table(rows, reference))
    for row in rows:
        print(f"\n{row.method}: rows the emotion most people saw, columns that of the mask")
        print(to_matrix(row.specificity))
    if arguments.json:
        content = {
            "model": asdict(classifier.identity),
            "faces": len(faces),
            "rise_masks": arguments.rise_masks,
            "unmasked": asdict(unmasked),
            "reference_milliseconds": reference,
            "rows": [asdict(row) for row in rows],
        }
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


Builder = Callable[[EmotionClassifier], AttributionMethod]


def build_methods(
    names: Sequence[str] | None, classifier: EmotionClassifier, rise_masks: int
) -> dict[str, Builder]:
    """Builders by name; without names, of all methods that can look into this network.

    Raises:
        ModelError: a method that was asked for cannot.
    """
    chosen: dict[str, Builder] = {}
    for name in names or METHODS:
        try:
            build_method(name, classifier)
        except ModelError:
            if names:
                raise
            print(f"{name} cannot look into this network.", file=sys.stderr)
            continue
        chosen[name] = METHODS[name]
    if RISE.name in chosen:
        chosen[RISE.name] = lambda model: RISE(model, masks=rise_masks)
    return chosen


def measure_method(
    build: Builder,
    classifier: EmotionClassifier,
    faces: FaceSet,
    randomised: int,
    report: Report = no_report,
) -> Row:
    """All figures of one method.

    Args:
        build: makes the method for a classifier.
        classifier: what is explained.
        faces: with the votes.
        randomised: how many of them to try with lost weights.
        report: called with the share of the work that is done.
    """
    method, network = build(classifier), ReadingNetwork(classifier)
    crops = _crops(classifier, faces)
    masks = method.attribute(crops, report=lambda share: report(0.5 * share)).masks
    reading = classifier.classify(crops).logits.argmax(axis=1)
    own = masks[np.arange(len(masks)), reading]
    agreed = agreement(network, crops, own)
    targets = reading.tolist()
    figures = {
        "insertion": Figure.of(insertion_auc(network, crops, own, targets)),
        "deletion": Figure.of(deletion_auc(network, crops, own, targets)),
        "area": Figure.of(mean_area(own)),
        "kept": Figure.of(agreed.kept),
        "inverse": Figure.of(agreed.inverse),
    }
    report(0.6)
    seen = measure_specificity(
        network, crops, masks, faces.majority().tolist(), lambda share: report(0.6 + 0.2 * share)
    )
    figures["right"], figures["wrong"] = Figure.of(seen.right), Figure.of(seen.wrong)
    figures["ratio"] = Figure(seen.ratio, seen.ratio_interval)
    few = crops[:randomised]
    for which in ("last", "all"):
        lost = build(randomise(classifier, which)).attribute(few, targets[:randomised]).masks
        after = lost[np.arange(len(few)), reading[: len(few)]]
        figures[which] = Figure.of(similarity(own[: len(few)], after))
    milliseconds = time_method(method, crops)
    report(1.0)
    return Row(method.name, len(crops), figures, seen.table.tolist(), milliseconds)


def time_method(method: AttributionMethod, crops: Sequence[ImageArray]) -> float:
    """Median of the milliseconds for all seven masks of a face; slow methods see fewer faces."""
    method.attribute(crops[:1])
    taken: list[float] = []
    for crop in crops[:_TIMED]:
        started = time.perf_counter()
        method.attribute([crop])
        taken.append(1000 * (time.perf_counter() - started))
        if sum(taken) > 10_000:
            break
    return float(np.median(taken))


def unmasked_probability(classifier: EmotionClassifier, faces: FaceSet) -> Figure:
    """Of the emotion that most people saw, on the whole face."""
    probabilities = classifier.classify(_crops(classifier, faces)).probabilities
    return Figure.of(probabilities[np.arange(len(faces)), faces.majority()])


def to_table(rows: Sequence[Row], reference: float) -> str:
    """Markdown, a row a method.

    Args:
        rows: as :func:`measure_method` gives them.
        reference: milliseconds a face of RISE with 4,000 masks.
    """
    titles = ["method", *COLUMNS.values(), "ms a face", "times faster than RISE"]
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for row in rows:
        cells = [_show(row.figures[key]) for key in COLUMNS]
        times = [f"{row.milliseconds:.1f}", f"{reference / row.milliseconds:.3g}"]
        lines.append("| " + " | ".join([row.method, *cells, *times]) + " |")
    return "\n".join(lines)


def to_matrix(table: Sequence[Sequence[float]]) -> str:
    """The 7 x 7 specificity as text; rows the emotion of the face, columns that of the mask."""
    lines = [" " * 10 + "".join(f"{name:>10}" for name in EMOTIONS)]
    for name, values in zip(EMOTIONS, table, strict=True):
        lines.append(f"{name:<10}" + "".join(f"{value:>10.3f}" for value in values))
    return "\n".join(lines)


def _show(figure: Figure) -> str:
    low, high = figure.interval
    return f"{figure.value:.3f} ({low:.3f} to {high:.3f})"


def _crops(classifier: EmotionClassifier, faces: FaceSet) -> list[ImageArray]:
    """Pictures of the set are face crops; they are only brought to the input size."""
    return [resize_face(image, classifier.preprocessing.size) for image in faces.images]


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=VAL, help="FER+ with a split val")
    parser.add_argument("--model", help="name or folder; the built-in one if none")
    parser.add_argument("--limit", type=int, default=64, help="faces, evenly spread")
    parser.add_argument("--methods", nargs="*", help="all if none")
    parser.add_argument("--rise-masks", type=int, default=1000)
    parser.add_argument("--randomised", type=int, default=16, help="faces for lost weights")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
