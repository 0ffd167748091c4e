"""Work that reports how far it is, run as a job."""

from __future__ import annotations

import threading
import time

import pytest

from emotion_core.errors import ModelError
from emotion_core.explanation.methods.interface import Report
from emotion_core.jobs.reported import report_steps


def test_reports_become_steps_and_the_last_one_has_the_result() -> None:
    def work(report: Report) -> str:
        for share in (0.25, 0.5):
            report(share)
        return "done"

    steps = list(report_steps(work))
    assert [step.time for step in steps] == [0.25, 0.5, 1.0]
    assert [step.result for step in steps] == [None, None, "done"]


def test_work_ends_at_its_next_report_once_its_steps_are_closed() -> None:
    reports: list[int] = []

    def work(report: Report) -> None:
        for number in range(1000):
            time.sleep(0.005)
            reports.append(number)
            report(number / 1000)

    steps = report_steps(work)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert len(reports) < 100
    assert not [one for one in threading.enumerate() if one.name.startswith("eme-work")]


def test_what_the_work_raises_is_raised() -> None:
    def work(report: Report) -> None:
        raise ModelError("No.")

    with pytest.raises(ModelError, match=r"^No\.$"):
        list(report_steps(work))
