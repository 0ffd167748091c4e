"""How good the attribution methods are: every method on the same faces, with 95% intervals.

    python -m benchmarks.attribution [--data ZIP] [--split val|test] [--model NAME] [--limit N]
                                     [--methods NAME ...] [--explainer FOLDER] [--rise-masks N]
                                     [--randomised N] [--json FILE]
    python -m benchmarks.attribution --table FILE

Prints Markdown tables and the 7 x 7 specificity of each method, and writes them on request; with
--table it prints the tables of an earlier run, for an explainer's card, and measures nothing.
The faces are of the split val of FER+, evenly spread, and turned upright as the app explains them;
the split test is for the final figures of a card only. Masks, insertion, deletion, area and
agreement are those of the emotion that the model reads in a face; the class specificity is measured
for the emotion that most people saw, as the paper does it. The randomised weights are tried on the
first faces only. Intervals are by the bootstrap over faces. Times are of all seven masks, one face
after another, in this process, the median of some faces; the last column divides that of RISE with
4,000 masks by them. The truth is never shown to a method. Masks are held for some faces at a time,
so all faces of a split can be taken.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchmarks.attribution.measures import (
    Builder,
    Figure,
    Row,
    measure_method,
    time_method,
    unmasked_probability,
)
from emotion_core.cli.progress import show_progress
from emotion_core.cli.reading import turned_upright
from emotion_core.datasets.layouts import Split
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId, hash_weights
from emotion_core.errors import EmotionCoreError, ModelError
from emotion_core.explanation.explainers import find_explainer
from emotion_core.explanation.found_faces import SHOWN_SIDE
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import METHODS, build_method
from emotion_core.explanation.methods.rise import RISE
from emotion_core.explanation.metrics.perturbation import OneHotCounts
from emotion_core.settings import load_settings
from emotion_core.training.common.data import FaceSet, load_faces

ROOT = Path(__file__).resolve().parents[2]
VAL = ROOT.parent / "shared" / "data" / "fer2013plus-valtest.zip"
REFERENCE_MASKS = 4000
COLUMNS = {
    "insertion": "insertion ↑",
    "deletion": "deletion ↓",
    "area": "area",
    "kept": "kept behind mask ↑",
    "inverse": "kept behind inverse ↓",
    "drawn": "drawn by masks ↓",
    "right": "right mask ↑",
    "wrong": "wrong mask ↓",
    "ratio": "ratio ↑",
    "last": "last layer lost ↓",
    "all": "all layers lost ↓",
    "own_last": "own last layer lost ↓",
    "own_all": "own layers lost ↓",
}
NOTE = (
    "— is where a figure is not defined: the explainer is a network of its own, which does not "
    "change when the classifier loses its weights; its own weights are lost instead."
)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All that a run measures.

    Attributes:
        model: the classifier.
        data: name of the data set.
        split: of the data set.
        faces: how many.
        rise_masks: how many RISE looks through.
        explainer: the trained explainer, if there was one.
        unmasked: probability of a face's emotion on the whole face.
        reference_milliseconds: of a face by RISE with :data:`REFERENCE_MASKS` masks.
        rows: a method each.
    """

    model: ModelId
    data: str
    split: str
    faces: int
    rise_masks: int
    explainer: ModelId | None
    unmasked: Figure
    reference_milliseconds: float
    rows: list[Row]


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print the tables, and write them as JSON on request."""
    arguments = _arguments(given)
    try:
        found = read_benchmark(arguments.table) if arguments.table else _measure(arguments)
    except EmotionCoreError as error:
        sys.exit(str(error))
    print(to_text(found))
    if arguments.json:
        arguments.json.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")


def _measure(arguments: argparse.Namespace) -> Benchmark:
    settings = load_settings()
    classifier = EmotionClassifier.load(
        arguments.model or settings.model, settings.models_dir, settings.device, exact=True
    )
    faces = load_explained(arguments.data, arguments.split, arguments.limit)
    explainer = arguments.explainer or find_explainer(
        classifier.identity, settings.explainer_folders()
    )
    methods = build_methods(arguments.methods, classifier, arguments.rise_masks, explainer)
    rows = _measure_rows(methods, classifier, faces, arguments.randomised)
    return Benchmark(
        model=classifier.identity,
        data=arguments.data.name,
        split=arguments.split,
        faces=len(faces),
        rise_masks=arguments.rise_masks,
        explainer=explainer and ModelId(explainer.name, hash_weights(explainer)),
        unmasked=unmasked_probability(classifier, faces),
        reference_milliseconds=time_method(RISE(classifier, masks=REFERENCE_MASKS), faces.images),
        rows=rows,
    )


def load_explained(data: Path, split: Split, limit: int) -> FaceSet:
    """Faces as the app explains them: upright, and at the size in which an explainer gets them.

    Args:
        data: the set.
        split: of it.
        limit: at most so many faces, evenly spread.

    Raises:
        DatasetError: the set is damaged or has no such split.
    """
    faces = load_faces([data], split).first(limit)
    return turned_upright(faces, SHOWN_SIDE, upright=True)


def _measure_rows(
    methods: dict[str, Builder], classifier: EmotionClassifier, faces: FaceSet, randomised: int
) -> list[Row]:
    return [
        show_progress(measure_method(build, classifier, faces, randomised), name)
        for name, build in methods.items()
    ]


def build_methods(
    names: Sequence[str] | None,
    classifier: EmotionClassifier,
    rise_masks: int,
    explainer: Path | None = None,
) -> dict[str, Builder]:
    """Builders by name; without names, of all methods that can look into this network.

    Raises:
        ModelError: a method that was asked for cannot, or the explainer cannot be loaded.
    """
    builders: dict[str, Builder] = {name: partial(build_method, name) for name in METHODS}
    builders[RISE.name] = lambda model: RISE(model, masks=rise_masks)
    if explainer is not None:
        builders[MaskExplainer.name] = lambda model: MaskExplainer.load(explainer, model)
    chosen: dict[str, Builder] = {}
    for name in names or builders:
        if name not in builders:
            build_method(name, classifier)  # says why there is none
        try:
            builders[name](classifier)
        except ModelError:
            if names or name == MaskExplainer.name:
                raise
            print(f"{name} cannot look into this network.", file=sys.stderr)
            continue
        chosen[name] = builders[name]
    return chosen


def read_benchmark(path: Path) -> Benchmark:
    """Read what ``--json`` wrote.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    try:
        return TypeAdapter(Benchmark).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"{path} cannot be read as the figures of this benchmark.") from error


def to_text(found: Benchmark) -> str:
    """All that is printed: what was measured, the tables, and the matrices."""
    reference = found.reference_milliseconds
    model, explainer = found.model, found.explainer
    looks = f", explainer {explainer.name} ({explainer.fingerprint})" if explainer else ""
    parts = [
        f"{model.name} ({model.fingerprint}){looks}, {found.faces} faces of {found.data}, "
        f"{found.split}; RISE with {found.rise_masks} masks; the whole face gives its emotion "
        f"{_show(found.unmasked)}; RISE with {REFERENCE_MASKS} masks takes {reference:.0f} ms",
        to_table(found.rows, reference),
    ]
    if any(row.method == MaskExplainer.name for row in found.rows):
        parts.append(NOTE)
    parts.append(
        "Masked pictures, counted as the study did (seven outputs a picture) and plainly (top-1):"
    )
    parts.append(to_count_table(found.rows))
    for row in found.rows:
        title = f"{row.method}: rows the emotion most people saw, columns that of the mask"
        parts.append(f"{title}\n{to_matrix(row.specificity)}")
    return "\n\n".join(parts)


def to_table(rows: Sequence[Row], reference: float) -> str:
    """Markdown, a row a method.

    Args:
        rows: as :func:`measure_method` gives them.
        reference: milliseconds a face of RISE with 4,000 masks.
    """
    keys = [key for key in COLUMNS if any(key in row.figures for row in rows)]
    titles = ["method", *(COLUMNS[key] for key in keys), "ms a face", "times faster than RISE"]
    lines = [
        [
            row.method,
            *(_show(row.figures[key]) if key in row.figures else "—" for key in keys),
            f"{row.milliseconds:.1f}",
            f"{reference / row.milliseconds:.3g}",
        ]
        for row in rows
    ]
    return _to_markdown(titles, lines)


def to_count_table(rows: Sequence[Row]) -> str:
    """Markdown, a row for each method and whose emotion is the target."""
    names = [field.name for field in fields(OneHotCounts)]
    lines = [
        [row.method, target, *(f"{getattr(counts, name):.4f}" for name in names)]
        for row in rows
        for target, counts in row.counts.items()
    ]
    return _to_markdown(["method", "target", *names], lines)


def _to_markdown(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    cells = [titles, ["---"] * len(titles), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def to_matrix(table: Sequence[Sequence[float]]) -> str:
    """The 7 x 7 specificity as text; rows the emotion of the face, columns that of the mask."""
    lines = [" " * 10 + "".join(f"{name:>10}" for name in EMOTIONS)]
    for name, values in zip(EMOTIONS, table, strict=True):
        lines.append(f"{name:<10}" + "".join(f"{value:>10.3f}" for value in values))
    return "\n".join(lines)


def _show(figure: Figure) -> str:
    low, high = figure.interval
    return f"{figure.value:.3f} ({low:.3f} to {high:.3f})"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.attribution", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--data", type=Path, default=VAL, help="FER+ with this split")
    parser.add_argument("--split", choices=("val", "test"), default="val", help="test: for a card")
    parser.add_argument("--model", help="name or folder; the built-in one if none")
    parser.add_argument("--limit", type=int, default=64, help="faces, evenly spread")
    parser.add_argument("--methods", nargs="*", help="all if none")
    parser.add_argument(
        "--explainer", type=Path, metavar="FOLDER", help="the one that is found if none"
    )
    parser.add_argument("--rise-masks", type=int, default=1000)
    parser.add_argument("--randomised", type=int, default=16, help="faces for lost weights")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    parser.add_argument(
        "--table", type=Path, metavar="FILE", help="print the tables of what --json wrote"
    )
    return parser.parse_args(given)
