"""Faults of what stands beside the tables of a reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.archives.packing import FAR, HUGE, TEXT, Members, Write, pack


def cases() -> dict[str, Write]:
    """All of them, by name."""
    return {f"analysis: {name}": partial(_with_stored, v) for name, v in _STORED.items()}


_Values = Callable[[dict[str, Any], Path], object]


def _with_stored(change: _Values, members: Members, path: Path, bait: Path) -> None:
    name = next(one for one in members if one.endswith("analysis.json"))
    stored = json.loads(members[name])
    clipless = change(stored, bait) == "clipless"
    manifest = json.loads(members["library.json"])
    if clipless:
        manifest["scenes"][0]["clip"] = ""
    packed = {**members, name: json.dumps(stored).encode()}
    pack({**packed, "library.json": json.dumps(manifest).encode()}, path)


def _info(**values: Any) -> _Values:
    return lambda stored, _: stored["info"].update(values)


def _beside(**values: Any) -> _Values:
    return lambda stored, _: stored.update(values)


def _parameters(**values: Any) -> _Values:
    return lambda stored, _: stored["parameters"].update(values)


def _foreign_source(stored: dict[str, Any], bait: Path) -> str:
    stored.update(source=str(bait), created="2036-01-01T00:00:00Z")
    return "clipless"


def _foreign_address(stored: dict[str, Any], bait: Path) -> str:
    stored.update(source=bait.as_uri(), created="2036-01-01T00:00:00Z")
    return "clipless"


_STORED: dict[str, _Values] = {
    "a source of this machine": _foreign_source,
    "a source of this machine as an address": _foreign_address,
    "a rate of 0": _info(fps=0),
    "a rate of NaN": _info(fps=float("nan")),
    "a rate of infinity": _info(fps=float("inf")),
    "a negative rate": _info(fps=-25),
    "a rate of 10^-300": _info(fps=1e-300),
    "a rate of 10^300": _info(fps=HUGE),
    "no width": _info(width=0),
    "a width of 10^18": _info(width=10**18),
    "a negative height": _info(height=-1),
    "a length of NaN": _info(duration=float("nan")),
    "a length of infinity": _info(duration=float("inf")),
    "a length of 10^12": _info(duration=FAR),
    "a negative length": _info(duration=-3),
    "a negative number of frames": _info(frame_count=-1),
    "a number of frames of 10^30": _info(frame_count=10**30),
    "no shots": _beside(shots=[]),
    "shots of infinity": _beside(shots=[[0, float("inf")]]),
    "shots of NaN": _beside(shots=[[0, float("nan")]]),
    "shots that end before they begin": _beside(shots=[[3, 1]]),
    "shots that fall": _beside(shots=[[2, 4], [0, 2]]),
    "more than a million shots": _beside(
        shots=[[k / 1e6, (k + 1) / 1e6] for k in range(1_200_000)]
    ),
    "a shot of three ends": _beside(shots=[[0, 1, 2]]),
    "read in the year 1": _beside(created="0001-01-01T00:00:00+14:00"),
    "read in the year 9999": _beside(created="9999-12-31T23:59:59-14:00"),
    "read in no zone": _beside(created="2026-01-01T00:00:00"),
    "read at a time of 10^300": _beside(created=HUGE),
    "every 0th frame": _parameters(every=0),
    "every 10^18th frame": _parameters(every=10**18),
    "an interval of NaN": _parameters(detect_interval=float("nan")),
    "a gap of infinity": lambda stored, _: stored["parameters"]["tracking"].update(
        max_gap=float("inf")
    ),
    "a version of 10^30": _parameters(version=10**30),
    "a change of infinity": _parameters(still_change=float("inf")),
    "an embedder of 3 million letters": _parameters(embedder=TEXT),
    "a model of 3 million letters": _beside(model={"name": TEXT, "fingerprint": "a"}),
    "a model elsewhere": _beside(model={"name": "../../../x", "fingerprint": "../.."}),
    "a warning of 3 million letters": _beside(warnings=[TEXT]),
    "a million warnings": _beside(warnings=[str(k) for k in range(1_000_000)]),
    "a clip of another name": lambda stored, _: stored["clip"].update(name="../../../evil.mp4"),
    "a clip of 3 million letters": lambda stored, _: stored["clip"].update(name=TEXT),
    "a clip of another hash": lambda stored, _: stored["clip"].update(sha256="../../../x"),
    "no clip": _beside(clip=None),
}
