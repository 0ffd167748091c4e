"""The parent's end of the pipe to an adapter (:mod:`benchmarks.peers.adapters.contract`)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

from benchmarks.peers.environments import PeerError, last_error
from emotion_core.types import FloatArray

ROOT = Path(__file__).resolve().parents[2]
# What an interpreter runs for an adapter; the adapter's module follows.
ADAPTER = ("-m", "benchmarks.peers.adapters")


class Reader:
    """A running adapter."""

    def __init__(self, name: str, command: Sequence[str], threads: int, work: Path) -> None:
        self.name = name
        self._out = work / f"{name}.npz"
        self._log = (work / f"{name}.log").open("w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(threads, work),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        try:
            self.megabytes: float = self._answer()["megabytes"]
        except PeerError:
            self.close()
            raise

    def read(self, images: Path) -> tuple[FloatArray, float]:
        """Probabilities (n, 7) of stored pictures, and the seconds it took.

        Raises:
            PeerError: the adapter has ended.
        """
        try:
            assert self._process.stdin is not None
            print(
                json.dumps({"images": str(images), "out": str(self._out)}),
                file=self._process.stdin,
                flush=True,
            )
        except OSError:
            pass  # it has ended; its last words are in the log
        seconds: float = self._answer()["seconds"]
        with np.load(self._out) as stored:
            return stored["probabilities"], seconds

    def close(self) -> None:
        """End the adapter."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            _close(pipe)

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._log.seek(0)
            raise PeerError(f"{self.name} does not run here: {last_error(self._log.read())}")
        try:
            return dict(json.loads(line))
        except ValueError as error:
            raise PeerError(f"{self.name} does not keep to the contract: {line.strip()}") from error


def _environment(threads: int, work: Path) -> dict[str, str]:
    """The variables by which the peers' libraries keep to their threads and to this machine."""
    count = str(threads)
    return {
        **os.environ,
        "OMP_NUM_THREADS": count,
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "YOLO_OFFLINE": "true",
        "YOLO_CONFIG_DIR": str(work),
        "PYTHONWARNINGS": "ignore",
    }


def _close(pipe: IO[str] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        pass  # what was still to be written to a program that has ended
