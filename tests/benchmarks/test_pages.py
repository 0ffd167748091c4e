"""The benchmark of the library page runs and counts the queries."""

from __future__ import annotations

import pytest

from benchmarks import library_page
from pages.shared import services


def test_each_action_is_timed_in_each_library_and_asks_equally_often(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", "set so that it is put back")
    monkeypatch.setattr(library_page, "FILMS", (7, 14))
    monkeypatch.setattr(library_page, "RUNS", 1)
    monkeypatch.setattr(
        library_page, "ACTIONS", {name: library_page.ACTIONS[name] for name in ("open", "search")}
    )
    library_page.main()
    services.settings.cache_clear()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[2]) for row in rows] == [
        ("7", "open"), ("7", "search"), ("14", "open"), ("14", "search"),
    ]  # fmt: skip
    assert len({row[-1] for row in rows}) == 1
