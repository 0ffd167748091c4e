"""Cases divided over processes, each of which has a limit of time and may die."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.faults.worker import Outcome, kind_of

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120.0  # for one case, however busy the machine is
_STARTING = 300.0  # until a process has imported what it needs


def run_cases(kind: str, shared: Path, numbers: Sequence[int], processes: int = 2) -> list[Outcome]:
    """Go through some cases.

    Args:
        kind: ``media`` or ``archives``.
        shared: an empty folder, for what all cases need.
        numbers: which.
        processes: how many at a time.
    """
    kind_of(kind).prepare(shared)
    found: list[Outcome] = []
    parts = [numbers[first::processes] for first in range(processes)]
    threads = [
        threading.Thread(target=lambda part=part: found.extend(_run_part(kind, shared, part)))
        for part in parts
        if part
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found, key=lambda outcome: outcome.number)


def _run_part(kind: str, shared: Path, numbers: Sequence[int]) -> list[Outcome]:
    names, left, found = kind_of(kind).names(), list(numbers), []
    while left:
        lines: queue.Queue[str | None] = queue.Queue()
        with (
            _process(kind, shared, left) as process,
            _pumped(process, lines),
        ):
            done, fault = _follow(lines)
            process.kill()
        found += done
        left = left[len(done) :]
        if left and fault:
            reason = f"{fault} (exit {process.poll()})"
            found.append(Outcome(left[0], names[left[0]], "", reason, SECONDS, 0.0))
            left = left[1:]
    return found


def _follow(lines: queue.Queue[str | None]) -> tuple[list[Outcome], str]:
    """The outcomes of a process, and how it ended: empty where it went through all."""
    done: list[Outcome] = []
    limit = _STARTING
    while True:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            return done, f"no end within {limit:.0f} s"
        if line is None:
            return done, "the process has died"
        said = json.loads(line)
        limit = SECONDS
        if "began" not in said:
            done.append(Outcome(**said))


def _process(kind: str, shared: Path, numbers: Sequence[int]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.worker", kind, str(shared), *map(str, numbers)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    environment["EME_DATA_DIR"] = str(shared / "nowhere")  # not that of who runs the tests
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    )


class _pumped:
    """Reads the lines of a process into a queue; ``None`` at their end."""

    def __init__(self, process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        self._thread = threading.Thread(target=self._pump, args=(process, lines))

    @staticmethod
    def _pump(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                lines.put(line)
        lines.put(None)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def main() -> None:
    """``python -m tests.faults.runner media``: all cases, and what fell."""
    import tempfile

    kind = sys.argv[1]
    numbers = [int(one) for one in sys.argv[2:] if one != "-v"] or range(len(kind_of(kind).names()))
    with tempfile.TemporaryDirectory() as shared:
        outcomes = run_cases(kind, Path(shared), numbers)
    for one in outcomes:
        if one.fault:
            print(f"{one.number:4d} {one.name}: {one.fault}")
        elif "-v" in sys.argv:
            print(f"{one.number:4d} {one.name}: {one.seconds:.2f} s, {one.said or 'went through'}")
    refused = sum(bool(one.said) and not one.fault for one in outcomes)
    fallen = sum(bool(one.fault) for one in outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds)
    largest = max(outcomes, key=lambda one: one.megabytes)
    print(
        f"{len(outcomes)} cases: {len(outcomes) - refused - fallen} went through, {refused} were "
        f"refused in a sentence, {fallen} fell; at most {slowest.seconds:.1f} s ({slowest.name}) "
        f"and {largest.megabytes:.0f} MB ({largest.name})"
    )


if __name__ == "__main__":
    main()
