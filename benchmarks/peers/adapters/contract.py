"""What every adapter does: pictures in, probabilities of the seven out, and how long it took.

The parent writes one JSON line for each task, ``{"images": FILE, "out": FILE}``, and the adapter
answers each with one, ``{"seconds": ...}``, after a first line about itself,
``{"megabytes": ...}``. It lives between tasks, so that peers can be timed in turns. ``images`` is
an .npz of ``pixels`` (all bytes in a row, RGB) and ``shapes`` (n, 2), heights and widths; ``out``
an .npz of ``probabilities`` (n, 7).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS, emotion_from_name

Image = npt.NDArray[np.uint8]
# Faces that a peer is handed at a time; those whose network takes one read them one by one.
BATCH = 16


def serve(
    labels: Sequence[str],
    read: Callable[[list[Image]], npt.ArrayLike],
    weights: Iterable[str | os.PathLike[str]],
) -> None:
    """Answer tasks until the parent closes the pipe.

    Args:
        labels: what the columns of the peer's scores mean, in its own words and order.
        read: at most :data:`BATCH` (H, W, 3) uint8 RGB crops to (n, len(labels)) scores >= 0.
        weights: the files that the peer loaded, for their size on disk.
    """
    size = sum(Path(path).stat().st_size for path in weights) / 1e6
    _answer({"megabytes": size})
    for line in sys.stdin:
        task = json.loads(line)
        images = load_images(task["images"])
        started = time.perf_counter()
        scores = [
            np.asarray(read(images[start : start + BATCH]), np.float64)
            for start in range(0, len(images), BATCH)
        ]
        seconds = time.perf_counter() - started
        np.savez(task["out"], probabilities=to_seven(np.concatenate(scores), labels))
        _answer({"seconds": seconds})


def to_seven(scores: npt.NDArray[np.float64], labels: Sequence[str]) -> npt.NDArray[np.float32]:
    """A peer's scores as probabilities of the seven, in the project's order.

    What is not among the seven (contempt) is dropped and the rest divided by its sum; a face for
    which nothing is left is read as all seven alike.

    Args:
        scores: (n, len(labels)), not negative.
        labels: the peer's names of the columns.
    """
    emotions = [emotion_from_name(label) for label in labels]
    missing = set(EMOTIONS) - set(emotions)
    if missing:
        raise ValueError(f"the peer does not read {', '.join(sorted(missing))}")
    seven = scores[:, [emotions.index(emotion) for emotion in EMOTIONS]]
    total = seven.sum(axis=1, keepdims=True)
    alike = np.full_like(seven, 1 / len(EMOTIONS))
    shares: npt.NDArray[np.float64] = np.divide(seven, total, out=alike, where=total > 0)
    return shares.astype(np.float32)


def save_images(path: str | os.PathLike[str], images: Sequence[Image]) -> None:
    """Write pictures of any sizes in the form that adapters read."""
    pixels = np.concatenate([np.zeros(0, np.uint8), *(image.ravel() for image in images)])
    shapes = np.array([image.shape[:2] for image in images], np.int64).reshape(-1, 2)
    np.savez(path, pixels=pixels, shapes=shapes)


def load_images(path: str | os.PathLike[str]) -> list[Image]:
    """Read what :func:`save_images` wrote."""
    with np.load(path) as stored:
        pixels, shapes = stored["pixels"], stored["shapes"]
    ends = np.cumsum(shapes.prod(axis=1) * 3)
    parts = np.split(pixels, ends[:-1]) if len(ends) else []
    return [part.reshape(h, w, 3) for part, (h, w) in zip(parts, shapes, strict=True)]


def claim_stdout() -> None:
    """Keep standard output for answers: whatever a peer's package prints goes to stderr."""
    global _answers
    _answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)


_answers = sys.stdout


def _answer(content: dict[str, float]) -> None:
    print(json.dumps(content), file=_answers, flush=True)
