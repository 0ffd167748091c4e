"""The benchmark of the explainer's convolutions runs and compares the same numbers."""

from __future__ import annotations

import re

import pytest

from benchmarks.explainer_speed import main


def test_both_ways_are_timed_and_give_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["explainer_speed", "--size", "32", "--rounds", "1"])
    main()
    said = capsys.readouterr().out
    apart = re.search(r"numbers (\S+) apart", said)
    assert apart is not None and float(apart[1]) < 1e-5
    assert said.count("| one convolution |") == said.count("| the whole look |") == 1
