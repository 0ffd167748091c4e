from __future__ import annotations

import io
import zipfile

import pandas as pd

from emotion_core.export.archives import tables_to_zip
from emotion_core.performance.progression import read_progression
from tests.performance.performances import nobody, perform


def test_each_table_is_a_file_that_can_be_read_again() -> None:
    one = read_progression(perform(("neutral", 3.0), ("sad", 3.0)))
    with zipfile.ZipFile(io.BytesIO(tables_to_zip(one.tables()))) as archive:
        states = pd.read_csv(archive.open("states.csv"))
        assert set(archive.namelist()) == {f"{name}.csv" for name in one.tables()}
    assert states["emotion"].tolist() == ["neutral", "sad"]


def test_empty_tables_are_files_with_their_columns() -> None:
    tables = read_progression(nobody()).tables()
    with zipfile.ZipFile(io.BytesIO(tables_to_zip(tables))) as archive:
        assert archive.read("beats.csv").decode("utf-8-sig").startswith("stretch,time,before,after")
