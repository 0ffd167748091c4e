"""Whatever the file is, it is read, or refused in a sentence, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import chosen
from tests.faults.runner import run_cases
from tests.faults.worker import kind_of

MOST_MEGABYTES = 1_500  # that a case takes


@pytest.mark.parametrize("kind", ["archives", "media"])
def test_every_hostile_file_ends_well(kind: str, all_cases: bool, tmp_path: Path) -> None:
    numbers = chosen(kind, all_cases)
    outcomes = run_cases(kind, tmp_path, numbers, processes=2 if all_cases else 1)
    assert [one.number for one in outcomes] == numbers
    assert [(one.number, one.name, one.fault) for one in outcomes if one.fault] == []
    large = {one.name: one.megabytes for one in outcomes if one.megabytes > MOST_MEGABYTES}
    assert large == {}
    # both must happen, or nothing was tried
    assert any(one.said for one in outcomes) and any(not one.said for one in outcomes)


@pytest.mark.parametrize(("kind", "least"), [("archives", 250), ("media", 500)])
def test_there_are_many_and_no_two_have_one_name(kind: str, least: int) -> None:
    names = kind_of(kind).names()
    assert len(names) >= least and len(set(names)) == len(names)
