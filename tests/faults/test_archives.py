"""Whatever the archive is, it is read, or refused in a sentence, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

from tests.faults.conftest import chosen
from tests.faults.runner import run_cases
from tests.faults.worker import kind_of

MOST_MEGABYTES = 1_500  # that a case takes


def test_every_hostile_archive_ends_well(all_cases: bool, tmp_path: Path) -> None:
    numbers = chosen("archives", all_cases)
    outcomes = run_cases("archives", tmp_path, numbers, processes=2 if all_cases else 1)
    assert [one.number for one in outcomes] == numbers
    assert [(one.number, one.name, one.fault) for one in outcomes if one.fault] == []
    large = {one.name: one.megabytes for one in outcomes if one.megabytes > MOST_MEGABYTES}
    assert large == {}
    # both must happen, or nothing was tried
    assert any(one.said for one in outcomes) and any(not one.said for one in outcomes)


def test_there_are_many_and_no_two_have_one_name() -> None:
    names = kind_of("archives").names()
    assert len(names) >= 250 and len(set(names)) == len(names)
