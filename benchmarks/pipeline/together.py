"""Clips read by several processes at once, as on a server with a GPU."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

from emotion_core.progress import finish
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.reader import Reader
from emotion_core.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]


def read_for(arguments: Namespace) -> None:
    """In a process of its own: read a clip again and again once it is told to."""
    reader = Reader(load_settings(), arguments.model)

    def read() -> int:
        return len(finish(reader.read(arguments.clip, ClipId("0" * 64, "clip"))).frames)

    read()
    print("ready", flush=True)
    sys.stdin.readline()
    started, cpu, frames = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - started < arguments.seconds:
        frames += read()
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(json.dumps({"frames/s": frames / wall, "cpu": 1000 * cpu / frames}), flush=True)


def print_together(clip: Path, arguments: Namespace) -> None:
    """Frames a second of all processes together, for each number of them."""
    print(f"\n{clip.stem}, {arguments.models[0]}: tables, several clips at once")
    print(f"{'processes':<34}{'CPU ms a frame':>16}{'frames/s':>10}")
    for count in arguments.at_once:
        results = _together(count, clip, arguments)
        frames = sum(result["frames/s"] for result in results)
        cpu = sum(result["cpu"] for result in results) / count
        print(f"{count:<34}{cpu:>16.1f}{frames:>10.0f}", flush=True)


def _together(count: int, clip: Path, arguments: Namespace) -> list[dict[str, float]]:
    command = [sys.executable, "-m", "benchmarks.pipeline", "--way", "together"]
    command += ["--clip", str(clip), "--model", arguments.models[0]]
    command += ["--seconds", str(arguments.seconds)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(count)]  # type: ignore[call-overload]
    try:
        for process in running:
            if "ready" not in (process.stdout.readline()):
                sys.exit("A process ended before it had read a clip.")
        for process in running:
            process.stdin.write("\n")
            process.stdin.flush()
        return [json.loads(process.stdout.readline()) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
