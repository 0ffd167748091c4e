"""The command ``evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.cli.reading import UprightOption, turned_upright
from emotion_core.errors import OutputError

if TYPE_CHECKING:
    from emotion_core.emotions.measured import MeasuredOn
    from emotion_core.training.classifier.evaluation import Evaluation


_FIGURES = {
    "top-1": "top1",
    "macro recall": "macro_recall",
    "macro F1": "macro_f1",
    "ECE": "ece",
    "KL": "kl",
}


def evaluate(
    dataset: Annotated[list[Path], typer.Argument(help="Folders or zips with face images.")],
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name. Default: the default model."),
    ] = None,
    split: Annotated[
        Literal["train", "val", "test"],
        typer.Option(help="Split to test on; a set without splits is used whole, as test."),
    ] = "test",
    labels: Annotated[
        Literal["auto", "folders"],
        typer.Option(help="Labels from votes (default where they exist) or from folders."),
    ] = "auto",
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Average with the mirrored image.")
    ] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Compute in float32 even where bfloat16 is faster.")
    ] = False,
    upright: UprightOption = True,
    name: Annotated[
        str | None, typer.Option(help="Name of the data in the results. Default: its file names.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the results to a JSON file.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the calibration to an SVG or PNG file.")
    ] = None,
) -> None:
    """Test a classifier on DATASET: accuracy, results per emotion, calibration, confusion.

    With FER+ votes there are two results: for every image, and for those with a clear majority by
    the rule of the authors, who count only these.
    """
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.emotions.measured import MeasuredOn
    from emotion_core.settings import load_settings
    from emotion_core.training.classifier.evaluation import evaluate_classifier, name_labels
    from emotion_core.training.common.data import load_faces

    _check_outputs(json_file, plot)
    settings = load_settings()
    classifier = EmotionClassifier.load(
        model or settings.model, settings.models_dir, settings.device, exact=exact
    )
    faces = load_faces(dataset, split, labels)
    faces = turned_upright(faces, classifier.preprocessing.size, upright)
    task = evaluate_classifier(classifier, faces, mirrored=mirrored)
    result = show_progress(task, "Reading pictures")
    origin = MeasuredOn(
        dataset=[name] if name else [path.absolute().stem for path in dataset],
        split=split,
        labels=name_labels(faces),
        model=_own_name(classifier.identity.name),
        fingerprint=classifier.identity.fingerprint,
        mirrored=mirrored,
        precision=classifier.precision,
        upright=upright,
    )
    print(_headline(origin))
    if faces.skipped:
        print(f"Skipped: {faces.skipped.describe()}")
    for counted in (result, result.clear_majority):
        if counted is not None:
            print(_to_table(counted))
    _write(result, origin, json_file, plot)


def _own_name(name: str) -> str:
    """Of a folder its last part: figures travel, and a path says nothing elsewhere."""
    folder = Path(name).expanduser()
    return folder.resolve().name if folder.is_dir() else name


def _check_outputs(json_file: Path | None, plot: Path | None) -> None:
    """Tell before the reading, which takes minutes, what could not be written after it."""
    from emotion_core.training.classifier.reliability import PLOT_SUFFIXES

    for path in (json_file, plot):
        if path is not None and not path.absolute().parent.is_dir():
            raise OutputError(f"There is no folder {path.parent} for {path.name}.")
        if path is not None and path.is_dir():
            raise OutputError(f"{path} is a folder. Name a file.")
    if plot is not None and plot.suffix.lower() not in PLOT_SUFFIXES:
        raise OutputError(f"{plot.name} must end in {' or '.join(PLOT_SUFFIXES)}.")


def _write(
    result: Evaluation, origin: MeasuredOn, json_file: Path | None, plot: Path | None
) -> None:
    from dataclasses import asdict

    from emotion_core.files import whole_file
    from emotion_core.training.classifier.reliability import plot_reliability

    if json_file is not None:
        content = {"measured": asdict(origin), **result.to_dict()}
        with whole_file(json_file) as part:
            part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    if plot is not None:
        title = f"{origin.model} on {origin.where}"
        title += f"\ncalibration error {100 * result.ece:.1f}%, {result.count} images"
        plot_reliability(result.reliability, title, plot)


def _headline(origin: MeasuredOn) -> str:
    mirroring = ", averaged with the mirrored image" if origin.mirrored else ""
    turned = "faces turned upright" if origin.upright else "images as they are"
    return (
        f"{origin.model} ({origin.fingerprint}) on {origin.where}, truth by {origin.labels}; "
        f"{turned}, {origin.precision}{mirroring}"
    )


def _to_table(result: Evaluation) -> str:
    """What one counting gives, as text."""
    from emotion_core.emotions.labels import EMOTIONS

    lines = [
        "",
        f"Counted: {result.counting}.",
        f"{result.count} images, {result.tied} of them tied",
    ]
    if result.left_out:
        reasons = ", ".join(f"{reason} {count}" for reason, count in result.left_out.items())
        lines.append(f"skipped: {reasons}")
    lines.append(f"\n{'':<13}{'':>8}   95% interval")
    for title, name in (
        ("top-1", "top1"),
        ("macro recall", "macro_recall"),
        ("macro F1", "macro_f1"),
        ("ECE", "ece"),
        ("KL", "kl"),
    ):
        interval = _span(getattr(result.intervals, name), 4)
        unit = " nats" if name == "kl" else ""
        lines.append(f"{title:<13}{getattr(result, name):>8.4f}   {interval}{unit}")
    lines.append(f"\n{'':<10}{'precision':>24}{'recall':>24}{'F1':>24}{'pictures':>10}")
    for emotion, row in result.per_class.items():
        spans = result.intervals.per_class[emotion]
        cells = (
            f"{row[key]:.3f} ({_span(getattr(spans, key), 3)})"
            for key in ("precision", "recall", "f1")
        )
        lines.append(
            f"{emotion:<10}" + "".join(f"{c:>24}" for c in cells) + f"{row['count']:>10.0f}"
        )
    lines.append("\nrows: majority of the votes; columns: reading")
    lines.append(" " * 10 + "".join(f"{emotion:>10}" for emotion in EMOTIONS))
    for emotion, counts in zip(EMOTIONS, result.confusion, strict=True):
        lines.append(f"{emotion:<10}" + "".join(f"{count:>10}" for count in counts))
    return "\n".join(lines)


def _span(interval: Sequence[float], digits: int) -> str:
    low, high = interval
    return f"{low:.{digits}f} to {high:.{digits}f}"
