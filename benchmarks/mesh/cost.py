"""How much of the processor's time a clip takes with the mesh of every face, and without.

    python -m benchmarks.mesh.cost CLIP ... [--rounds 4]

Clips are read as the app reads them, with the mesh and without it in turn; without it, faces are
turned upright by the points of the detector alone. Printed are milliseconds a frame of the
processor, all threads together, least and median of the rounds, and their ratios.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from emotion_core.media.probe import probe
from emotion_core.progress import finish
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.analyzer import analyze_video
from emotion_core.scene.reader import Reader
from emotion_core.settings import load_settings


def measure(reader: Reader, clip: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds a frame of each round, with the mesh and without."""
    info, identity = probe(clip), ClipId("0" * 64, clip.name)
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for times, mesh in zip(taken, (reader.mesh, None), strict=True):
            before = time.process_time()
            analysis = finish(
                analyze_video(
                    clip,
                    info,
                    identity,
                    reader.classifier,
                    reader.detector,
                    reader.parameters,
                    reader.embedder,
                    mesh,
                )
            )
            times.append(1000 * (time.process_time() - before) / len(analysis.frames))
    return taken


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args(given)
    reader = Reader(load_settings())
    print(f"{'':<28}{'with':>8}{'without':>9}{'ratio':>8}{'of medians':>12}")
    for clip in arguments.clips:
        taken = measure(reader, clip, arguments.rounds)
        least, middle = [min(times) for times in taken], [statistics.median(t) for t in taken]
        ratios = f"{least[0] / least[1]:>8.3f}{middle[0] / middle[1]:>12.3f}"
        print(f"{clip.name:<28}{least[0]:>8.2f}{least[1]:>9.2f}{ratios}", flush=True)


if __name__ == "__main__":
    main()
