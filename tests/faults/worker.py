"""A process that goes through some cases and prints a line of JSON for each."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from emotion_core.errors import EmotionCoreError
from tests.faults import crafted
from tests.faults.watching import Watch

MOST_SECONDS = 30.0  # of computing, for one case


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    Attributes:
        number: of the case.
        name: what it is.
        said: the sentence of the error that was raised; empty where all went well.
        fault: what must not be: a traceback, a leftover, a foreign file; empty for none.
        seconds: of computing that it took, on all cores together.
        megabytes: what the process held at most, more than before.
    """

    number: int
    name: str
    said: str
    fault: str
    seconds: float
    megabytes: float


class Cases(Protocol):
    """A kind of input."""

    def names(self) -> list[str]:
        """What each case is."""

    def prepare(self, folder: Path) -> None:
        """Make what all cases need."""

    def make(self, number: int, folder: Path, shared: Path, bait: Path) -> Path:
        """Write a case, which may name a file in the bait."""

    def use(self, path: Path, folder: Path) -> None:
        """Do with it what the app does.

        Raises:
            EmotionCoreError: it cannot be used.
            AssertionError: something is left that should not be.
        """


def kind_of(name: str) -> Cases:
    """The cases of this name."""
    if name == "media":
        from tests.faults.using_media import MediaCases

        return MediaCases()
    from tests.faults.using_archives import ArchiveCases

    return ArchiveCases()


def main() -> None:
    """``python -m tests.faults.worker media FOLDER 1 2 3``: the folder holds what all need."""
    kind, shared = kind_of(sys.argv[1]), Path(sys.argv[2])
    names = kind.names()
    for number in map(int, sys.argv[3:]):
        with tempfile.TemporaryDirectory(prefix="eme-fault-") as folder:
            outcome = _run(kind, number, names[number], Path(folder), shared)
        print(json.dumps(asdict(outcome)), flush=True)


_watch: list[Watch] = []


def _run(kind: Cases, number: int, name: str, folder: Path, shared: Path) -> Outcome:
    bait = shared / f"bait of {os.getpid()}"  # another process is at work on its own
    if not _watch:
        shutil.copytree(shared / "bait", bait)
        _watch.append(Watch(bait, Path(tempfile.gettempdir())))
        os.environ[crafted.PORT] = str(_watch[0].port)
    path = kind.make(number, folder, shared, bait)
    print(json.dumps({"began": number}), flush=True)
    before = _memory(reset=True)
    _watch[0].start()
    started = time.process_time()
    said = fault = ""
    try:
        kind.use(path, folder)
    except EmotionCoreError as error:
        said = str(error)
        if "\n" in said or len(said) > 600 or not said.endswith((".", "!", "?")):
            fault = f"no sentence: {said!r}"
    except BaseException as error:
        lines = traceback.format_exc().strip().splitlines()
        place = next((x.strip() for x in reversed(lines) if "emotion_core" in x), "")
        fault = f"{type(error).__name__}: {error} | {place}"
    seconds = time.process_time() - started
    if seconds > MOST_SECONDS and not fault:
        fault = f"{seconds:.0f} s of computing"
    opened = _watch[0].opened()
    if opened and not fault:
        fault = f"opened {'; '.join(opened)}"
    shutil.rmtree(folder / "data", ignore_errors=True)
    return Outcome(number, name, said, fault, seconds, max(_memory() - before, 0.0))


def _memory(*, reset: bool = False) -> float:
    """The most that the process has held since the last reset, in megabytes."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) / 1000 for x in lines if x.startswith("VmHWM"))


if __name__ == "__main__":
    main()
