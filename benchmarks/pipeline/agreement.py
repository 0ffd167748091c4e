"""Whether two versions of Eme read the same faces in the same clips.

    python -m benchmarks.pipeline.agreement --against CHECKOUT CLIP [CLIP ...]
    python -m benchmarks.pipeline.agreement --still-change 2 CLIP [CLIP ...]

Each clip is read anew by this checkout and by another, with a data directory of its own; with
``--still-change``, by this one with and without that setting. A face of
one is that of the other where both overlap by more than half in the same frame.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.boxes import iou

ROOT = Path(__file__).resolve().parents[2]
_BOX = ["x1", "y1", "x2", "y2"]


def main() -> None:
    """Read, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--against", type=Path, default=ROOT, help="a checkout")
    parser.add_argument("--still-change", default="0", help="EME_STILL_CHANGE of the first of both")
    parser.add_argument("--model", default="", help="EME_MODEL of both")
    parser.add_argument("clips", type=Path, nargs="+")
    arguments = parser.parse_args()
    head = f"{'clip':<28}{'faces':>7}{'other':>7}{'found':>7}{'same':>8}{'box moves':>11}"
    print(f"{head}{'read anew':>11}")
    kept: list[pd.DataFrame] = []
    anew, faces = 0, np.zeros(2, np.int64)
    model = {"EME_MODEL": arguments.model} if arguments.model else {}
    ways = (
        (ROOT, {**model, "EME_STILL_CHANGE": arguments.still_change}),
        (arguments.against.resolve(), model),
    )
    with tempfile.TemporaryDirectory() as folder:
        for clip in arguments.clips:
            here, there = (
                _read(clip.resolve(), root, Path(folder) / str(number), settings)
                for number, (root, settings) in enumerate(ways)
            )
            pairs = compare(here, there)
            kept.append(pairs)
            anew += read_anew(here)
            faces += len(here), len(there)
            _print(clip.name, len(here), len(there), pairs, read_anew(here))
    _print("all", int(faces[0]), int(faces[1]), pd.concat(kept), anew)


def compare(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """A row for each face of the one that the other has: its leading emotion, and where it is.

    Args:
        here, there: tables of faces, see :class:`emotion_core.scene.analysis.SceneAnalysis`.

    Returns:
        Columns ``same``, whether the same emotion leads, and ``moved``, the largest shift of a side
        over the longer side of the box.
    """
    rows: list[tuple[bool, float]] = []
    others = dict(tuple(there.groupby("frame")))
    for frame, faces in here.groupby("frame"):
        if frame not in others:
            continue
        other = others[frame]
        boxes, targets = faces[_BOX].to_numpy(float), other[_BOX].to_numpy(float)
        overlap = iou(boxes, targets)
        for k, place in enumerate(overlap.argmax(axis=1)):
            if overlap[k, place] <= 0.5:
                continue
            tops = (
                table[list(EMOTIONS)].to_numpy(float)[row].argmax()
                for table, row in ((faces, k), (other, place))
            )
            side = max(boxes[k, 2:] - boxes[k, :2])
            moved = float(np.abs(boxes[k] - targets[place]).max() / side)
            rows.append((next(tops) == next(tops), moved))
    return pd.DataFrame(rows, columns=["same", "moved"])


def read_anew(faces: pd.DataFrame) -> int:
    """How many faces have another reading than the row before of their track."""
    ordered = faces.sort_values(["track", "frame"], kind="stable")
    kept = (ordered[list(EMOTIONS)].diff() == 0).all(axis=1) & (ordered["track"].diff() == 0)
    return len(faces) - int(kept.sum())


def _print(name: str, here: int, there: int, pairs: pd.DataFrame, anew: int) -> None:
    found = len(pairs) / max(here, 1)
    moved = pairs["moved"].quantile(0.99) if len(pairs) else 0.0
    same = pairs["same"].mean() if len(pairs) else 1.0
    line = f"{name:<28}{here:>7}{there:>7}{found:>7.1%}{same:>8.2%}{moved:>11.2%}"
    print(f"{line}{anew / max(here, 1):>11.1%}", flush=True)


def _read(clip: Path, root: Path, folder: Path, settings: dict[str, str]) -> pd.DataFrame:
    command = [sys.executable, "-m", "emotion_core", "analyze", str(clip), "--out", str(folder)]
    environment = {**os.environ, **settings, "PYTHONPATH": str(root)}
    environment["EME_DATA_DIR"] = str(folder / "data")
    result = subprocess.run(
        command, cwd=root, env=environment, check=False, capture_output=True, text=True
    )
    if result.returncode:
        sys.exit(f"{clip} could not be read in {root}:\n{result.stderr[-2000:]}")
    return pd.read_parquet(folder / clip.stem / "faces.parquet")


if __name__ == "__main__":
    main()
