"""What is read of files that other tools stumble over, beside what is right.

    python -m benchmarks.cases [CASE ...] [--folder ../shared/cases]
    python -m benchmarks.cases --large

With ``--large``, clips of HD, 4K and 8K are made, and the most memory that reading each takes is
printed. Each folder of cases holds files and ``expected.txt``. To add a case, write a function that
gives one line on a file, and add its row to ``CASES``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import psutil
import skimage.data

from emotion_core.api import read_picture
from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.errors import EmotionCoreError
from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import write_table
from emotion_core.media.encoding.writer import open_video
from emotion_core.media.playback import make_playable, playable
from emotion_core.progress import Progress, finish
from emotion_core.render.video.annotated import write_annotated_video
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.summary import summarize
from emotion_core.settings import load_settings

FOLDER = Path(__file__).resolve().parents[1] / "shared" / "cases"
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "cases"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="all if none is named")
    parser.add_argument("--folder", type=Path, default=BESIDE if BESIDE.is_dir() else FOLDER)
    parser.add_argument("--large", action="store_true", help="memory that large pictures take")
    arguments = parser.parse_args()
    if arguments.large:
        return print_memory()
    known = dict(CASES)
    for name in arguments.cases or known:
        folder = arguments.folder / name
        print(f"\n{name}\n  right: {(folder / 'expected.txt').read_text().strip()}", flush=True)
        for file in sorted(folder.iterdir()):
            if file.suffix not in {".txt", ".sh"}:
                print(f"  {file.name}: {_line(known[name], file)}", flush=True)


def print_memory() -> None:
    """The most memory that ``analyze`` takes for clips of large pictures, also if twice as long."""
    with tempfile.TemporaryDirectory() as folder:
        for width, height in ((1920, 1080), (3840, 2160), (7680, 4320)):
            for count in (30, 60):
                path = Path(folder) / f"{height}-{count}.mp4"
                _make_large(path, width, height, count)
                out = Path(folder) / path.stem
                command = [sys.executable, "-m", "emotion_core", "analyze", str(path)]
                process = psutil.Popen(
                    [*command, "--out", str(out)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "EME_DATA_DIR": folder},  # or it is known already
                )
                most = 0
                while process.poll() is None:
                    with suppress(psutil.Error):
                        most = max(most, process.memory_info().rss)
                    time.sleep(0.02)
                print(f"{width} x {height}, {count} pictures: {most / 1e6:.0f} MB", flush=True)


def _make_large(path: Path, width: int, height: int, count: int) -> None:
    """A clip of a face that moves to the right."""
    side = height // 2
    picture = np.full((height, width, 3), 60, np.uint8)
    face = cv2.resize(skimage.data.astronaut(), (side, side))
    picture[side // 2 : side // 2 + side, side : 2 * side] = face
    with open_video(path, (width, height), 25.0) as writer:
        for k in range(count):
            writer.write(np.roll(picture, 8 * k, axis=1), k / 25)


def _line(describe: Callable[[Path], str], file: Path) -> str:
    try:
        return describe(file)
    except EmotionCoreError as error:
        return f"refused: {error}"
    except Exception as error:  # a case that fails shall not hide the others
        return f"FAILED: {type(error).__name__}: {error}"


@cache
def _reader() -> Reader:
    return Reader(load_settings())


def read(file: Path) -> tuple[SceneAnalysis, list[Progress]]:
    """The analysis of a file, and the progress that was shown on the way."""
    steps: list[Progress] = []
    return finish(_reader().read(file, identify(file)), steps.append), steps


def scene(file: Path) -> str:
    """Length, rate, shots, faces and warnings of a clip."""
    analysis, steps = read(file)
    summary = summarize(analysis)
    parts = [
        f"{analysis.info.duration:.1f} s at {analysis.info.fps:.4g}/s",
        f"shots {len(analysis.shots)}",
        f"a face {percent(summary.face_share)} of the time",
        f"tracks {len(summary.tracks)}",
    ]
    if summary.tracks:
        emotion, share = summary.tracks[0].shares[0]
        parts.append(f"{emotion} {percent(share)}, unsure {percent(summary.uncertain)}")
    shares = {step.share for step in steps}
    parts.append(f"progress {percent(min(shares))} to {percent(max(shares))}")
    return "; ".join([*parts, *analysis.warnings])


def scene_and_video(file: Path) -> str:
    """The same, and the length of picture and sound of the annotated video and the copy."""
    analysis, _ = read(file)
    with tempfile.TemporaryDirectory() as folder:
        video, copy = Path(folder) / "annotated.mp4", Path(folder) / "copy.mp4"
        finish(write_annotated_video(file, analysis.faces, video))
        lengths = f"annotated {_lengths(video)}"
        if not playable(file):
            finish(make_playable(file, copy))
            lengths += f", copy {_lengths(copy)}"
    return f"{scene(file)}; {lengths}"


def _lengths(video: Path) -> str:
    with av.open(str(video)) as container:
        return " and ".join(
            f"{stream.type} {float(stream.duration * stream.time_base):.1f} s"
            for stream in container.streams
        )


def photo(file: Path) -> str:
    """What each face of a photo is read as."""
    faces, scores = read_picture(file)
    probabilities = scores.probabilities
    read_as = [f"{EMOTIONS[row.argmax()]} {percent(float(row.max()))}" for row in probabilities]
    return f"{len(faces)} faces: {', '.join(read_as)}"


def photos(folder: Path) -> str:
    """The same for each file of a folder."""
    return "".join(f"\n    {file.name}: {_line(photo, file)}" for file in sorted(folder.iterdir()))


def table(file: Path) -> str:
    """How the table of a file begins as each format writes it."""
    rows = pd.read_csv(file)
    begins = {kind: write_table(rows, kind)[:12] for kind in TableFormat}
    return ", ".join(f"{kind.value} begins {content!r}" for kind, content in begins.items())


def raw_dv(file: Path) -> str:
    """The file, and a raw DV of two other clips with a cut between them."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "cut.dv"
        clips = file.parents[2] / "clips"
        if not clips.is_dir():
            return scene(file)
        _join_as_dv([clips / "lp_source_s18.mp4", clips / "lp_driving_d10.mp4"], made)
        return f"{scene(file)}\n  two clips of 2 s as raw DV: {scene(made)}"


def _join_as_dv(clips: list[Path], out: Path) -> None:
    """The first two seconds of some clips as one raw DV of 25 pictures a second."""
    with av.open(str(out), "w", format="dv") as container:
        stream = container.add_stream("dvvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for place, clip in enumerate(clips):
            with av.open(str(clip)) as source:
                due = 0
                for frame in source.decode(video=0):
                    while due < 50 and frame.time >= due / 25:
                        picture = frame.reformat(720, 576, "yuv420p")
                        picture.pts = place * 50 + due
                        picture.time_base = Fraction(1, 25)
                        container.mux(stream.encode(picture))
                        silence = av.AudioFrame(format="s16", layout="stereo", samples=1920)
                        for plane in silence.planes:
                            plane.update(bytes(plane.buffer_size))
                        silence.sample_rate = 48_000
                        silence.pts = 1920 * (place * 50 + due)
                        container.mux(sound.encode(silence))
                        due += 1
                    if due == 50:
                        break
        container.mux(stream.encode(None))
        container.mux(sound.encode(None))


CASES: list[tuple[str, Callable[[Path], str]]] = [
    ("timestamps-restart", scene_and_video),
    ("shape-changes-midway", scene_and_video),
    ("mirrored-display-matrix", scene),
    ("vfr-held-pictures", scene_and_video),
    ("raw-dv-rate", raw_dv),
    ("no-duration", scene_and_video),
    ("lowkey-black-and-white", scene),
    ("dissolve-and-wipe", scene),
    ("flash", scene),
    ("lying-and-upside-down", scene),
    ("poster", scene),
    ("split-screen", scene),
    ("covered-faces", photo),
    ("picture-formats", photos),
    ("animated-webp", scene),
    ("csv-for-excel", table),
]


if __name__ == "__main__":
    main()
