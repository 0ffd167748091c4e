"""The path of a clip, stage by stage and as a whole, beside other ways: one table in one run.

    python -m benchmarks.pipeline [--clips 720p:1 ...] [--models NAME ...] [--busy] [--study]
    python -m benchmarks.pipeline --clip FILE --study
    python -m benchmarks.pipeline --memory
    python -m benchmarks.pipeline --at-once 1 4 --clips 720p:1

Clips are made from the portraits of the sample scene, as ``HEIGHTp:FACES``; ``--clip`` takes one
from a file. Each way of reading runs in a process of its own; loading of models is left out of the
times and is in the memory. Ways take turns, round after round, so that whatever else the machine
does falls on all of them; figures are medians. Beside ``--busy``, each is measured once more while
as many processes as cores compute without a pause.

``--study`` adds the way of the 2023 study: every frame in a list, MTCNN and then a ViT-B/16 once a
frame, and a Plotly radar for each frame drawn by a browser. Its ViT is stood in for by one of the
same shape with random weights, in float32; its fixed smallest face of 200 px, which misses most
faces, by MTCNN's own 20 px.

``--fer`` adds the package fer, every frame as its documentation shows, with its Haar cascade and
with MTCNN; it is installed under the folder that is named. py-feat and deepface bring no weights,
so that they cannot be run without their servers.

``--at-once`` reads several clips at once, each in a process of its own: ``EME_DEVICE`` says where.

``--memory`` compares the peak of a clip of a minute with that of the same clip looped.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.peers.environments import TENSORFLOW, Environment, Peer, prepare
from benchmarks.pipeline.clips import FPS, write_clip
from benchmarks.pipeline.load import busy
from benchmarks.pipeline.whole import VIT, run

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ("360p:1", "720p:1", "720p:2", "720p:12", "1080p:5")
# With the project's facenet-pytorch, which its MTCNN is.
FER = Peer("fer", "25.10.3", "", Environment("fer", TENSORFLOW.requirements, borrows=True), "MIT")
MODELS = ("eme-lite2", "eme-vit", VIT)


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    arguments = _arguments(given)
    if arguments.way == "together":
        from benchmarks.pipeline.together import read_for

        read_for(arguments)
        return
    if arguments.way:
        run(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _run("save-vit", work, work, VIT, arguments)
        if arguments.memory:
            _print_memory(work, arguments)
            return
        for clip in _clips(work, arguments):
            if arguments.at_once:
                from benchmarks.pipeline.together import print_together

                print_together(clip, arguments)
                continue
            _print_clip(clip, work, arguments)


def _clips(work: Path, arguments: argparse.Namespace) -> list[Path]:
    if arguments.clip:
        return [arguments.clip]
    found = []
    for name in arguments.clips:
        tall, faces = name.split("p:")
        height = int(tall)
        size = round(height * 16 / 9 / 2) * 2, height
        out = work / f"{tall}p {faces} {'face' if faces == '1' else 'faces'}.mp4"
        found.append(_write(out, size, int(faces), arguments.frames))
    return found


def _write(out: Path, size: tuple[int, int], faces: int, frames: int) -> Path:
    """In a process of its own: the peak of this one counts as theirs in those that it starts."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(write_clip, out, size, faces, frames).result()


def _print_clip(clip: Path, work: Path, arguments: argparse.Namespace) -> None:
    loads = ("quiet", "busy") if arguments.busy else ("quiet",)
    ways = [(model, way) for model in arguments.models for way in ("tables", "video")]
    if arguments.study:
        ways += [(VIT, "study-tables"), (VIT, "study-render")]
    if arguments.fer:
        ways += [("fer", "haar"), ("fer", "mtcnn")]
    for load in loads:
        with busy() if load == "busy" else nullcontext():
            print(f"\n{clip.stem}, {load}")
            _print_stages(_run("stages", clip, work, arguments.models[0], arguments), arguments)
            taken: dict[tuple[str, str], list[dict[str, Any]]] = {pair: [] for pair in ways}
            for _ in range(arguments.rounds):
                for model, way in ways:
                    taken[model, way].append(
                        _run_fer(way, clip, arguments)
                        if model == "fer"
                        else _run(way, clip, work, model, arguments)
                    )
        _print_whole({pair: _median(runs) for pair, runs in taken.items()})


def _print_stages(found: dict[str, Any], arguments: argparse.Namespace) -> None:
    peak = found.pop("peak")
    print(f"{'stage':<34}{'CPU ms a frame':>16}{'ms a frame':>12}")
    for name, cost in found.items():
        print(f"{name:<34}{cost['cpu']:>16.2f}{cost['wall']:>12.2f}")
    print(
        f"A face is {peak['operations']:.2f}e9 operations of {arguments.models[0]}: "
        f"{peak['milliseconds']:.2f} ms at what one core reaches in float32."
    )


def _print_whole(found: dict[tuple[str, str], dict[str, float]]) -> None:
    head = f"{'CPU ms a frame':>16}{'ms a frame':>12}{'frames/s':>10}{'peak MB':>9}"
    print(f"{'whole':<34}{head}{'study took':>12}")
    study = {}
    if (VIT, "study-tables") in found:
        tables = found[VIT, "study-tables"]["wall"]
        study = {"tables": tables, "video": tables + found[VIT, "study-render"]["wall"]}
    for (model, way), cost in found.items():
        name = way.replace("-", ": ") if way.startswith("study") else f"{model}: {way}"
        line = f"{name:<34}{cost['cpu']:>16.1f}{cost['wall']:>12.1f}{1000 / cost['wall']:>10.1f}"
        ratio = f"{study[way] / cost['wall']:>11.1f}x" if way in study else ""
        print(f"{line}{cost['peak']:>9.0f}{ratio}")


def _median(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _print_memory(work: Path, arguments: argparse.Namespace) -> None:
    """Peak memory and time for a clip of a minute and for it many times over."""
    clip = arguments.clip or _write(work / "minute.mp4", (640, 360), 2, 60 * FPS)
    looped = _loop(clip, work / "looped.mp4", arguments.loops)
    print(f"{'':<34}{'peak MB':>9}{'ms a frame':>12}{'CPU ms':>9}")
    for name, path in (("once", clip), (f"{arguments.loops} times over", looped)):
        cost = _run("tables", path, work, arguments.models[0], arguments)
        print(f"{name:<34}{cost['peak']:>9.0f}{cost['wall']:>12.2f}{cost['cpu']:>9.2f}")


def _loop(clip: Path, out: Path, times: int) -> Path:
    from moviepy.config import FFMPEG_BINARY

    command = [FFMPEG_BINARY, "-y", "-loglevel", "error", "-stream_loop", str(times - 1)]
    command += ["-i", str(clip), "-c", "copy", str(out)]
    subprocess.run(command, check=True)
    return out


def _run(
    way: str, clip: Path, work: Path, model: str, arguments: argparse.Namespace
) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.pipeline", "--clip", str(clip)]
    command += ["--way", way, "--work", str(work), "--model", model]
    command += ["--rounds", str(arguments.rounds), "--study-frames", str(arguments.study_frames)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ}
    )
    if result.returncode:
        sys.exit(f"{way} failed:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _run_fer(finder: str, clip: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    python = prepare(FER, arguments.fer)
    script = ROOT / "benchmarks/pipeline/fer_way.py"
    command = [str(python), str(script), str(clip), finder, str(arguments.study_frames)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"fer failed:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--clips", nargs="+", default=CLIPS)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--busy", action="store_true", help="also beside other work")
    parser.add_argument("--study", action="store_true", help="also the way of the 2023 study")
    parser.add_argument("--fer", type=Path, help="also fer, installed in this folder")
    parser.add_argument("--memory", action="store_true", help="memory and time of a long clip")
    parser.add_argument("--frames", type=int, default=240, help="of the clips that are made")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loops", type=int, default=20, help="for --memory")
    parser.add_argument("--at-once", nargs="+", type=int, help="processes that read clips")
    parser.add_argument("--seconds", type=float, default=10.0, help="for --at-once")
    parser.add_argument("--study-frames", type=int, default=60, help="read by the others' ways")
    parser.add_argument("--drawn", type=int, default=4, help="drawn by the study's way")
    for hidden in ("--way", "--model"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
