"""Faults of the tables of a reading."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from tests.faults.archives.packing import FAR, HUGE, TEXT, Members, Write, pack

Alter = Callable[[pd.DataFrame], pd.DataFrame]


def cases() -> dict[str, Write]:
    """All of them, by name."""
    return {
        f"{file}: {name}": partial(with_table, file, alter)
        for file, alters in _TABLES.items()
        for name, alter in alters.items()
    }


def with_table(file: str, alter: Alter, members: Members, path: Path, _: Path) -> None:
    """Write an archive with one of its tables altered."""
    name = next(one for one in members if one.endswith(f"{file}.parquet"))
    table = alter(pd.read_parquet(io.BytesIO(members[name])).copy())
    packed = io.BytesIO()
    table.to_parquet(packed)
    pack({**members, name: packed.getvalue()}, path)


def with_columns(**columns: Any) -> Alter:
    """Set columns to values."""
    return lambda table: table.assign(**columns)


def _first(column: str, value: Any) -> Alter:
    def alter(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column].to_numpy().copy()
        values[len(values) // 2] = value
        return table.assign(**{column: values})

    return alter


def repeated(count: int) -> Alter:
    """So many rows, all like the first."""
    return lambda table: pd.concat([table.iloc[:1]] * 1000).take(np.arange(count) % 1000)


ANY: dict[str, Alter] = {
    "no rows": lambda table: table.iloc[:0],
    "no columns": lambda table: table[[]],
    "a column less": lambda table: table.iloc[:, 1:],
    "a column more": with_columns(more=1),
    "another order of columns": lambda table: table[table.columns[::-1]],
    "text for numbers": lambda table: table.astype({table.columns[0]: str}),
    "text for all": lambda table: table.map(lambda _: "x"),
    "lists for numbers": lambda table: table.assign(**{table.columns[0]: [[1, 2]] * len(table)}),
    "dates for numbers": lambda table: table.assign(
        **{table.columns[0]: pd.Timestamp("2020-01-01")}
    ),
    "nothing for numbers": lambda table: table.assign(**{table.columns[0]: None}),
    "20 million rows": repeated(20_000_000),
}
_FRAMES: dict[str, Alter] = {
    "a time of NaN": _first("time", np.nan),
    "a time of infinity": _first("time", np.inf),
    "a last time of infinity": lambda t: t.assign(time=[*t["time"][:-1], np.inf]),
    "a last time of 10^12": lambda t: t.assign(time=[*t["time"][:-1], FAR]),
    "times of 10^300": lambda t: t.assign(time=t["time"] * HUGE),
    "times a million times longer": lambda t: t.assign(time=t["time"] * 1e6),
    "times that fall": lambda t: t.assign(time=t["time"].to_numpy()[::-1]),
    "negative times": lambda t: t.assign(time=t["time"] - 100),
    "frames that fall": lambda t: t.assign(frame=t["frame"].to_numpy()[::-1]),
    "frames that are one": with_columns(frame=np.int32(3)),
    "negative frames": lambda t: t.assign(frame=t["frame"] - 1000),
    "negative shots": with_columns(shot=np.int32(-5)),
    "shots of 2^31": with_columns(shot=np.int32(2**31 - 1)),
    "negative faces": with_columns(faces=np.int32(-1)),
    "faces that nobody has": with_columns(faces=np.int32(100)),
    "half of the frames": lambda t: t.iloc[::2],
    "numbers of 2^40": lambda t: t.assign(frame=t["frame"].astype("int64") + 2**40),
    "numbers that are half": lambda t: t.assign(frame=t["frame"] + 0.5),
}
_FACES: dict[str, Alter] = {
    "probabilities of NaN": _first("happy", np.nan),
    "all probabilities of NaN": with_columns(**dict.fromkeys(EMOTIONS, np.float32("nan"))),
    "probabilities of infinity": _first("sad", np.inf),
    "probabilities of 2": with_columns(**dict.fromkeys(EMOTIONS, np.float32(2))),
    "negative probabilities": with_columns(angry=np.float32(-1)),
    "probabilities of 0": with_columns(**dict.fromkeys(EMOTIONS, np.float32(0))),
    "boxes of NaN": _first("x1", np.nan),
    "boxes of infinity": _first("y2", np.inf),
    "boxes of 10^30": with_columns(x2=np.float32(1e30)),
    "boxes turned over": lambda t: t.assign(x1=t["x2"], x2=t["x1"]),
    "times of NaN": _first("time", np.nan),
    "times of infinity": with_columns(time=np.inf),
    "times of other frames": lambda t: t.assign(time=t["time"] + 1),
    "frames of nowhere": with_columns(frame=np.int32(99_999)),
    "negative tracks": with_columns(track=np.int32(-1)),
    "a track of 2^31": _first("track", 2**31 - 1),
    "a track for each row": lambda t: t.assign(track=np.arange(len(t), dtype=np.int32)),
    "one track twice in a frame": lambda t: t.assign(track=np.int32(0)),
    "other shots": lambda t: t.assign(shot=t["shot"] + 7),
    "a name of 3 million letters": _first("character", TEXT),
    "names that are numbers": with_columns(character=7),
    "confidence of NaN": _first("confidence", np.nan),
    "confidence of 10^9": with_columns(confidence=np.float32(1e9)),
    "valence of infinity": with_columns(valence=np.float32("inf")),
    "entropy of NaN": _first("entropy", np.nan),
    "sharpness of infinity": with_columns(sharpness=np.float32("inf")),
    "a turn of infinity": with_columns(turn=np.float32("-inf")),
    "detected that is a number": with_columns(detected=7),
    "rows upside down": lambda t: t.iloc[::-1].reset_index(drop=True),
}


def _vectors(make: Callable[[int], Any]) -> Alter:
    return lambda t: t.assign(vector=[make(k) for k in range(len(t))])


_IDENTITY: dict[str, Alter] = {
    "vectors of NaN": _vectors(lambda _: np.full(2, np.nan, np.float32)),
    "vectors of infinity": _vectors(lambda _: np.full(2, np.inf, np.float32)),
    "vectors of 10^30": _vectors(lambda _: np.full(2, 1e30, np.float32)),
    "vectors of zeros": _vectors(lambda _: np.zeros(2, np.float32)),
    "vectors of several lengths": _vectors(lambda k: np.ones(k + 1, np.float32)),
    "vectors of no length": _vectors(lambda _: np.zeros(0, np.float32)),
    "vectors of 10 million": _vectors(lambda _: np.ones(10_000_000, np.float32)),
    "vectors of text": _vectors(lambda _: ["a", "b"]),
    "tracks that nobody has": with_columns(track=np.int32(5000)),
    "negative tracks": with_columns(track=np.int32(-2)),
    "weights of infinity": with_columns(weight=np.float32("inf")),
    "weights of minus one": with_columns(weight=np.float32(-1)),
    "portraits of nothing": with_columns(portrait=b""),
    "portraits of text": with_columns(portrait="face"),
    "portraits of 20 MB": lambda t: t.assign(portrait=[bytes(20_000_000)] * len(t)),
    "portraits of a program": with_columns(portrait=b"<svg onload=alert(1)>"),
    "a threshold of NaN": with_columns(threshold=float("nan")),
    "an embedder of 3 million letters": with_columns(embedder=TEXT),
}
_TABLES = {
    "faces": {**ANY, **_FACES},
    "frames": {**ANY, **_FRAMES},
    "identity": {**ANY, **_IDENTITY},
}
