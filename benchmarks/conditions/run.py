"""Where models fail: top-1 on faces that were made harder to read, and by the turn of the head.

    python -m benchmarks.conditions [--data DIR] [--models NAME ...] [--limit N] [--json FILE]

Prints a Markdown table for a model card, a column a model, with 95% intervals by the bootstrap.
The faces are the split val of FER+ and the hold-out of wildfaces, never the split test; the truth
is the emotion with most votes, or the label. Every face is turned upright by its mesh as the app
turns it, at 112 px, and changed there, in one way at a time (`benchmarks/conditions/pictures.py`;
back light and make-up, which go by outline and mesh, in `shaped.py`); a model then reads it as it
does any crop, in float32. So a face turned in the plane is read as it then lies, which the app does
only where it finds no mesh. The turn of the head is estimated from the points that the project's
own detector finds (`benchmarks/conditions/head_turn.py`), roughly: it sorts the faces rather than
measures them. Faces in which it finds none are a group of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.conditions.head_turn import group_by_turn
from benchmarks.conditions.pictures import CONDITIONS, PLAIN, SIDE
from benchmarks.conditions.shaped import SHAPED
from emotion_core.cli.progress import show_progress
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import EmotionCoreError
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, MeshReader, load_mesh_reader
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.progress import Progress, Task, part
from emotion_core.settings import load_settings
from emotion_core.training.classifier.evaluation import compare
from emotion_core.training.common.data import FaceSet, load_faces
from emotion_core.training.common.upright import turn_set_upright
from emotion_core.types import FloatArray, ImageArray

ROOT = Path(__file__).resolve().parents[2]
SETS = {"FER+ val": "fer2013plus-valtest.zip", "wildfaces hold-out": "wildfaces.zip"}
# Faces that are changed and read at a time.
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Share:
    """Top-1 of a model, with its 95% interval."""

    top1: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A condition on a set; ``models`` has the figures by the name of the model."""

    dataset: str
    condition: str
    count: int
    models: dict[str, Share] = field(default_factory=dict)


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print the table, and write it as JSON on request."""
    arguments = _arguments(given)
    try:
        models = {
            name: EmotionClassifier.load(
                name, arguments.models_dir, load_settings().device, exact=True
            )
            for name in arguments.models or _shipped(arguments.models_dir)
        }
        mesh = load_mesh_reader(DEFAULT_MESH, load_settings().models_dir)
        sets = load_sets(arguments.data, mesh, arguments.limit)
    except EmotionCoreError as error:
        sys.exit(str(error))
    rows: list[Row] = []
    for title, faces in sets.items():
        rows += show_progress(measure_set(title, faces, models), title)
    print(to_table(rows))
    if arguments.json:
        identities = [asdict(model.identity) for model in models.values()]
        content = {"models": identities, "rows": [asdict(row) for row in rows]}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def load_sets(data: Path, mesh: MeshReader, limit: int | None = None) -> dict[str, FaceSet]:
    """The faces that no model was trained on and that are not the split test, upright, by title.

    Args:
        data: folder of the zips; one that is not there is passed over.
        mesh: turns them upright.
        limit: at most so many faces of each set, evenly spread.

    Raises:
        DatasetError: none of them is there, or one is damaged.
    """
    there = {title: data / name for title, name in SETS.items() if (data / name).exists()}
    if not there:
        sys.exit(f"There is neither {' nor '.join(SETS.values())} in {data}.")
    sets = {title: load_faces([path], "val") for title, path in there.items()}
    some = {title: faces.first(limit) if limit else faces for title, faces in sets.items()}
    return {title: turn_set_upright(faces, mesh, SIDE) for title, faces in some.items()}


def measure_set(
    title: str, faces: FaceSet, models: dict[str, EmotionClassifier]
) -> Task[list[Row]]:
    """A row for each condition, then one for each turn of the head that occurs.

    Args:
        title: of the set.
        faces: its faces, of 112 px.
        models: what reads them, by name.
    """
    rows = [Row(title, condition, len(faces)) for condition in (*CONDITIONS, *SHAPED)]
    done, parts = 1, 1 + len(rows) * len(models)
    grouping = group_by_turn(faces.images, MTCNNDetector(min_face=0.15))
    turns = yield from part(grouping, 0.0, done / parts)
    turned = [Row(title, name, len(group)) for name, group in turns.items() if len(group)]
    for name, model in models.items():
        for row in rows:
            reading = _read(model, faces, row.condition)
            probabilities = yield from part(reading, done / parts, (done + 1) / parts)
            done += 1
            row.models[name] = _share(probabilities, faces.targets)
            if row.condition == PLAIN:
                for other in turned:
                    chosen = turns[other.condition]
                    other.models[name] = _share(probabilities[chosen], faces.targets[chosen])
    return [*rows, *turned]


def to_table(rows: Sequence[Row]) -> str:
    """Markdown, a column a model."""
    names = list(dict.fromkeys(name for row in rows for name in row.models))
    lines = [
        "| " + " | ".join(["set", "condition", "pictures", *names]) + " |",
        "|" + "---|" * (3 + len(names)),
    ]
    for row in rows:
        cells = [
            f"{share.top1:.3f} ({share.interval[0]:.3f} to {share.interval[1]:.3f})"
            for share in (row.models[name] for name in names)
        ]
        lines.append("| " + " | ".join([row.dataset, row.condition, str(row.count), *cells]) + " |")
    return "\n".join(lines)


def changed(faces: FaceSet, condition: str) -> list[ImageArray]:
    """The faces of a set under a condition.

    Args:
        faces: turned upright at 112 px, so that they have masks and points.
        condition: one of :data:`CONDITIONS` or :data:`SHAPED`.
    """
    if condition in CONDITIONS:
        return [CONDITIONS[condition](image) for image in faces.images]
    assert faces.masks is not None and faces.points is not None
    whole = zip(faces.images, faces.masks, faces.points, strict=True)
    return [SHAPED[condition](image, mask, points) for image, mask, points in whole]


def _read(model: EmotionClassifier, faces: FaceSet, condition: str) -> Task[FloatArray]:
    """(n, 7) probabilities of the changed faces."""
    found = []
    for start in range(0, len(faces), _BATCH):
        some = faces.chosen(np.arange(start, min(start + _BATCH, len(faces))))
        found.append(model.classify(changed(some, condition)).probabilities)
        yield Progress(start + len(some), len(faces))
    return np.concatenate(found)


def _share(probabilities: FloatArray, targets: npt.NDArray[Any]) -> Share:
    result = compare(probabilities, targets)
    return Share(result.top1, result.top1_interval)


def _shipped(models_dir: Path) -> list[str]:
    return sorted(path.parent.name for path in models_dir.glob("*/config.json"))


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conditions", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--models", nargs="*", help="names or folders; all in --models-dir if none")
    parser.add_argument("--models-dir", type=Path, default=ROOT / "models")
    parser.add_argument("--limit", type=int, help="faces of each set, evenly spread")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(given)
