"""The path of a clip: the modules that ``analyze`` enters, in order.

A reader of the code follows this path. Each line is a module that is entered for the first time;
``^`` marks a climb, where the path goes on in a higher layer than the one before, as
import-linter's layers in ``pyproject.toml`` order them.

    python benchmarks/clip_path.py CLIP

It measures the checkout in which it is started, so that two versions can be compared.
"""

from __future__ import annotations

import argparse
import itertools
import os
import runpy
import sys
import tempfile
import threading
import tomllib
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = "emotion_core"


def entered_modules(clip: Path, folder: Path) -> list[str]:
    """The modules of the package that reading a clip enters, each once, in the order of entry.

    The clip is read twice, since what runs when a module is imported is no step of the clip.

    Args:
        clip: what to read.
        folder: an empty one.
    """
    entered: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_globals.get("__name__", "")
        # Typer evaluates the annotations of all commands, each in the module that it stands in
        evaluated = frame.f_code.co_name == "<module>"
        if event == "call" and name.startswith(f"{PACKAGE}.") and not evaluated:
            entered.setdefault(name)

    _analyze(clip, folder / "first")
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        _analyze(clip, folder / "second")
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    return list(entered)


def _analyze(clip: Path, folder: Path) -> None:
    """As a user does, with a data directory of its own."""
    os.environ["EME_DATA_DIR"] = str(folder / "data")
    sys.argv = [PACKAGE, "analyze", str(clip), "--out", str(folder / "out")]
    with suppress(SystemExit):
        runpy.run_module(PACKAGE, run_name="__main__", alter_sys=True)


def layer_ranks(pyproject: Path) -> dict[str, int]:
    """The rank of each part of the package, 0 being the highest layer."""
    contracts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(
        one["layers"]
        for one in contracts["contracts"]
        if one["type"] == "layers" and any(PACKAGE in layer for layer in one["layers"])
    )
    return {part.strip(): rank for rank, layer in enumerate(layers) for part in layer.split("|")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("clip", type=Path)
    clip = parser.parse_args().clip.resolve()
    root = Path.cwd()
    sys.path.insert(0, str(root))
    ranks = layer_ranks(root / "pyproject.toml")
    with tempfile.TemporaryDirectory() as folder:
        modules = entered_modules(clip, Path(folder))

    def rank(module: str) -> int:
        inside = (place for part, place in ranks.items() if f"{module}.".startswith(f"{part}."))
        return next(inside, -1)

    # what all rooms use, such as types and settings, is no station of the path
    foot = rank(f"{PACKAGE}.types")
    path = [module for module in modules if rank(module) < foot]
    climbs, before = 0, -1
    for number, module in enumerate(path, 1):
        climb = rank(module) < before
        climbs += climb
        print(f"{number:>3} {'^' if climb else ' '} {module}")
        before = rank(module)
    rooms = [module.rpartition(".")[0] for module in path]
    visits = sum(1 for _ in itertools.groupby(rooms))
    print(f"{len(path)} modules, {len(set(rooms))} rooms in {visits} visits, {climbs} climbs")


if __name__ == "__main__":
    main()
