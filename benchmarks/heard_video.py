"""What showing what is heard costs an annotated video: one table in one run.

    python -m benchmarks.heard_video CLIP [--rounds N]

The clip is read and heard as ``eme analyze`` does, unless it was before; subtitles beside it count.
Its frames are then painted with the lanes and without, and the whole video is written both ways;
the ways take turns, and figures are medians. ``peak`` is the most that painting holds at once, by
tracemalloc, while the frames of the clip are shown over and over, ten and forty times as long.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import emotion_core
from emotion_core.library.deliveries import scene_sound
from emotion_core.media.decode import read_frames
from emotion_core.media.fonts import text_mask
from emotion_core.media.probe import probe
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.progress import finish
from emotion_core.render.video.annotated import FaceRows, write_annotated_video
from emotion_core.render.video.panel import LARGEST_SIDE, ScenePainter
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.settings import load_settings
from emotion_core.types import Frame


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args(given)
    analysis = emotion_core.analyze(arguments.clip)
    ways = {"without": None, "with": scene_sound(load_settings(), analysis)}
    frames = list(read_frames(arguments.clip, max_side=LARGEST_SIDE))
    painted: dict[str, list[float]] = {name: [] for name in ways}
    written: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, sound in ways.items():
            painted[name].append(_paint(arguments.clip, analysis, frames, sound))
            written[name].append(_write(arguments.clip, analysis, sound) / len(frames))
    print(f"{arguments.clip.name}: {len(frames)} frames, ms a frame of the processor")
    for what, taken in (("paint", painted), ("paint, read, write", written)):
        plain, heard = (1000 * statistics.median(taken[name]) for name in ways)
        print(f"{what:20} without {plain:6.2f}  with {heard:6.2f}  ratio {heard / plain:.2f}")
    for times in (10, 40):
        peaks = [_peak(arguments.clip, analysis, frames, ways[name], times) for name in ways]
        print(f"peak, {times} times as long  without {peaks[0]:.1f} MB  with {peaks[1]:.1f} MB")


def _peak(
    clip: Path,
    analysis: SceneAnalysis,
    frames: Sequence[Frame],
    sound: SceneSound | None,
    times: int,
) -> float:
    text_mask.cache_clear()
    tracemalloc.start()
    _paint(clip, analysis, frames, sound, times)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def _paint(
    clip: Path,
    analysis: SceneAnalysis,
    frames: Sequence[Frame],
    sound: SceneSound | None,
    times: int = 1,
) -> float:
    """Seconds of the processor a frame, with the panel being set up."""
    started, info = time.process_time(), probe(clip)
    rows = FaceRows(analysis.faces, 1)
    painter = ScenePainter(
        info.width,
        info.height,
        several=rows.several,
        sound=sound,
        duration=times * info.duration,
    )
    for number in range(times):
        for frame in frames:
            when = number * info.duration + frame.time
            painter.paint(frame.image, rows.at(frame.index), when)
    return (time.process_time() - started) / (times * len(frames))


def _write(clip: Path, analysis: SceneAnalysis, sound: SceneSound | None) -> float:
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "annotated.mp4"
        finish(write_annotated_video(clip, analysis.faces, out, heard=sound))
    return time.process_time() - started


if __name__ == "__main__":
    main()
