"""Faults of lines that somebody has said and kept."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.faults.archives.packing import HUGE, TEXT, Change, Members, Write, pack
from tests.faults.archives.tables import ANY, Alter, repeated, with_columns, with_table


def cases() -> dict[str, Write]:
    """All of them, by name."""
    found: dict[str, Write] = {
        f"said {file}: {name}": partial(_with_said, file, alter)
        for file, alters in _SAID.items()
        for name, alter in alters.items()
    }
    for name, change in _SAID_STORED.items():
        found[f"said line: {name}"] = partial(_with_said_stored, change)
    return found


def _with_said(file: str, alter: Alter, members: Members, path: Path, bait: Path) -> None:
    with_table(f"voice/{_LINE}/{file}", alter, members, path, bait)


def _with_said_stored(change: Change, members: Members, path: Path, _: Path) -> None:
    name = f"voice/{_LINE}/take.json"
    stored = json.loads(members[name])
    change(stored)
    pack({**members, name: json.dumps(stored).encode()}, path)


def _said(**values: Any) -> Change:
    return lambda stored: stored.update(values)


_LINE = "5" * 32  # its folder
_SAID_TIMES: dict[str, Alter] = {
    "times of infinity": with_columns(start=np.inf),
    "times of 10^300": with_columns(end=HUGE),
    "somebody else": with_columns(performance=np.int32(7)),
    "nobody": with_columns(performance=np.int32(-1)),
    "one who says all": with_columns(performance=np.int32(1)),
    "upside down": lambda t: t.iloc[::-1].reset_index(drop=True),
}
_SAID: dict[str, dict[str, Alter]] = {
    "table": {
        **ANY,
        **_SAID_TIMES,
        "no text": with_columns(delivery=None),
        "a text of 3 million letters": with_columns(strongest=TEXT),
        "measures of infinity": with_columns(
            pace=np.inf, pitch=-np.inf, loudness=np.inf, length=np.inf
        ),
        "measures of 10^300": with_columns(pace=HUGE, pitch=-HUGE, filled=HUGE),
        "a line of 2^31": with_columns(line=np.int32(2**31 - 1)),
    },
    "words": {
        **ANY,
        **_SAID_TIMES,
        "pauses of infinity": with_columns(pause=np.inf),
        "pauses of minus 10^300": with_columns(pause=-HUGE),
        "a word of 3 million letters": with_columns(word=TEXT),
        "no words": with_columns(word=None),
        "words that end before they begin": with_columns(end=-5.0),
    },
    "contours": {
        **ANY,
        "times of NaN": with_columns(aligned=np.nan),
        "times of infinity": with_columns(time=np.inf),
        "somebody else": with_columns(performance=np.int32(2)),
        "pitches of infinity": with_columns(pitch=np.float32("inf")),
        "levels of 10^30": with_columns(level=np.float32(1e30)),
        "100,000 rows": repeated(100_000),
    },
}
_SAID_STORED: dict[str, Change] = {
    "no length": _said(seconds=float("nan")),
    "a day of it": _said(seconds=1e9),
    "the year 1": _said(recorded="0001-01-01T00:00:00+14:00"),
    "the year 9999": _said(recorded="9999-12-31T23:59:59-14:00"),
    "no zone": _said(recorded="2026-01-01T00:00:00"),
    "a text of 3 million letters": _said(text=TEXT),
    "a text of half a letter": _said(text="\ud800"),
    "a text of turns and zeros": _said(text="\u202e\0\x1b[2J", scene="<script>"),
    "one who says it": _said(titles=["Ana"]),
    "pitches of NaN": _said(pitches=[float("nan")]),
    "a million pitches": _said(pitches=[200.0] * 1_000_000),
    "a gap that nobody knows": _said(pitch_gaps=["x", None]),
    "as many utterances as there are": _said(usual_of=10**30),
    "words that nobody compares": _said(by_words=False),
    "no fields": lambda stored: stored.clear(),
}
