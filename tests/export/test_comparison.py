from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from emotion_core.export.comparison import (
    comparison_tables,
    comparison_to_dict,
    write_comparison,
)
from emotion_core.performance.comparison.comparison import (
    Comparison,
    ComparisonSettings,
    compare,
)
from tests.performance.made import make_performance, wander


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    names = ['A "quoted", <b>name</b>', "ב 🎭"]
    performances = [
        make_performance(wander(5 * k, seed=k), name=name) for k, name in enumerate(names, 1)
    ]
    return compare(performances, ComparisonSettings(replicates=50))


def test_every_table_is_written_and_comes_back_with_its_names(
    comparison: Comparison, tmp_path: Path
) -> None:
    write_comparison(comparison, tmp_path)
    for name, table in comparison_tables(comparison).items():
        read = pd.read_csv(tmp_path / f"{name}.csv")
        assert list(read) == list(table) and len(read) == len(table)
    measures = pd.read_csv(tmp_path / "measures.csv")
    assert list(dict.fromkeys(measures["title"])) == list(comparison.titles)


def test_the_json_is_strict_and_what_is_not_known_is_null(
    comparison: Comparison, tmp_path: Path
) -> None:
    write_comparison(comparison, tmp_path)
    found = json.loads(
        (tmp_path / "comparison.json").read_text(encoding="utf-8"), parse_constant=pytest.fail
    )
    assert found["reference"] == comparison.titles[0]
    assert found["measures"][0]["low"] is None and "Only 5.0 s" in found["measures"][0]["reason"]
    assert found["performances"][0]["model"] is None
    assert found["settings"]["replicates"] == 50
    assert found == json.loads(json.dumps(comparison_to_dict(comparison)))
