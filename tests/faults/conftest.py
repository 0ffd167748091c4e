"""How much of the hostile input is tried."""

from __future__ import annotations

import pytest

from tests.faults.worker import kind_of

_EVERY = 80


@pytest.fixture
def all_cases(request: pytest.FixtureRequest) -> bool:
    """Whether ``--all-cases`` was asked for."""
    return bool(request.config.getoption("--all-cases"))


def chosen(kind: str, all_cases: bool) -> list[int]:
    """The numbers of all cases, or of the first and then every eightieth."""
    count = len(kind_of(kind).names())
    return list(range(count)) if all_cases else [0, *range(_EVERY - 1, count, _EVERY)]
