"""In place of ``emotion_core`` where a test starts training: begins at once and learns nothing.

It takes the same command line and leaves the same status, metrics and checkpoints, but loads no
PyTorch, which takes longer than all that a test wants to see.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from emotion_core.training.runs.status import read_status, tracked_run, update_status
from tests.training.runs.run_trees import HEADER, metric_lines


def train(folder: Path, epochs: int, resume: bool) -> None:
    """Write a run until it is over, or stopped by SIGTERM."""
    metrics = folder / "metrics.csv"
    before = read_status(folder)
    first = before.epoch if resume and before else 0
    with tracked_run(folder):
        if not first:
            metrics.write_text(f"{HEADER}\n")
        (folder / "checkpoints").mkdir(exist_ok=True)
        for epoch in range(first, epochs):
            time.sleep(0.1)
            with metrics.open("a") as file:
                file.write(metric_lines(epoch, epoch + 1))
            (folder / "checkpoints" / "last.ckpt").write_bytes(b"weights")
            update_status(folder, epoch=epoch + 1, seconds_left=1.0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--resume", action="store_true")
    options, _others = parser.parse_known_args()
    train(options.out, options.epochs, options.resume)
