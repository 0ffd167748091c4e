"""The folder of a line that was kept, whoever has written it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emotion_core.library.voice.folder import read_folder
from emotion_core.settings import Settings
from tests.library.voice.lines import keep_line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settings = Settings(data_dir=tmp_path / "data")
    return settings.voice_dir / keep_line(settings).name


def table(**values: Any) -> Callable[[Path], object]:
    """Gives a table another value in its first row, or a column more."""

    def change(path: Path) -> None:
        found = pd.read_parquet(path)
        for name, value in values.items():
            found.loc[0, name] = value
        found.to_parquet(path, index=False)

    return change


def take(**values: Any) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("take.json", lambda path: path.write_text("{}")),
        ("take.json", take(recorded="0001-01-01T00:00:00+14:00")),
        ("take.json", take(titles=["Ana"])),
        ("table.parquet", lambda path: path.write_bytes(b"PAR1")),
        ("table.parquet", table(performance=1)),
        ("table.parquet", table(start=float("nan"))),
        ("words.parquet", table(performance=-1)),
        ("words.parquet", table(performance=1)),
        ("words.parquet", table(start=1e300)),
        ("words.parquet", table(more=1)),
        ("contours.parquet", table(performance=2)),
        ("contours.parquet", table(aligned=float("inf"))),
        ("recording.wav", lambda path: path.unlink()),
        ("recording.wav", lambda path: path.with_suffix(".mp3").touch()),
    ],
)
def test_what_can_be_no_line_is_refused(
    folder: Path, file: str, change: Callable[[Path], object]
) -> None:
    read_folder(folder)
    change(folder / file)
    with pytest.raises((OSError, ValueError)):
        read_folder(folder)


def test_what_cannot_be_measured_is_not_known(folder: Path) -> None:
    table(loudness=float("inf"), pitch=1e30, face=None)(folder / "table.parquet")
    first = read_folder(folder).beside.table.iloc[0]
    assert first[["loudness", "pitch"]].isna().all() and first["face"] == ""
