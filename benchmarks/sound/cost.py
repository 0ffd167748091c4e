"""What hearing a clip costs beside reading its pictures, in one run::

    python -m benchmarks.sound.cost CLIP CLIP ...

Both are done anew, one after the other, twice. The second time is printed: what is compiled and
loaded once is there then.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from emotion_core.library.database.engine import open_database
from emotion_core.library.sounds import hear_clip
from emotion_core.media.probe import probe
from emotion_core.progress import finish
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.settings import Settings


def main() -> None:
    """Print seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    print(f"{'clip':<24} {'seconds':>8} {'pictures':>16} {'sound':>16} {'ratio':>12}")
    print(f"{'':<24} {'':>8} {'CPU s, wall s':>16} {'CPU s, wall s':>16} {'CPU, wall':>12}")
    for path in parser.parse_args().clips:
        for _ in range(2):
            with TemporaryDirectory() as folder:
                pictures, sound = _costs(path, Settings(data_dir=Path(folder)))
        both = [one / other for one, other in zip(sound, pictures, strict=True)]
        print(
            f"{path.stem[:24]:<24} {probe(path).duration:>8.1f}"
            f" {pictures[0]:>8.1f}{pictures[1]:>8.1f}"
            f" {sound[0]:>8.2f}{sound[1]:>8.2f} {both[0]:>6.1%}{both[1]:>6.1%}"
        )


def _costs(path: Path, settings: Settings) -> tuple[tuple[float, float], tuple[float, float]]:
    open_database(settings)  # it is there before a clip is read
    clip, reader = identify(path), Reader(settings)
    return (
        _timed(lambda: finish(reader.read(path, clip))),
        _timed(lambda: finish(hear_clip(settings, path, clip))),
    )


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
