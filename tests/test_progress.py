"""Long work that says how far it is."""

from __future__ import annotations

import pytest

from emotion_core.progress import Progress, Task, finish, part


def _count(to: int, ended: list[str] | None = None) -> Task[int]:
    try:
        for number in range(1, to + 1):
            yield Progress(number, to, f"number {number}")
    finally:
        if ended is not None:
            ended.append("ended")
    return to


def test_a_share_stays_within_0_and_1_and_is_0_where_the_total_is_not_known() -> None:
    assert [Progress(done, 4).share for done in (-1, 1, 4, 9)] == [0, 0.25, 1, 1]
    assert Progress(3, 0).share == 0


def test_a_task_that_is_finished_gives_its_result_and_reports_on_the_way() -> None:
    steps: list[Progress] = []
    assert finish(_count(2), steps.append) == 2
    assert [step.done for step in steps] == [1, 2]
    assert finish(_count(0)) == 0


def test_what_a_report_raises_ends_the_task_and_lets_it_clean_up() -> None:
    ended: list[str] = []

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish(_count(3, ended), stop)
    assert ended == ["ended"]


def test_a_part_gives_its_result_and_its_share_of_the_whole() -> None:
    def whole() -> Task[int]:
        first = yield from part(_count(2), 0.0, 0.5)
        second = yield from part(_count(1), 0.5, 1.0)
        return first + second

    steps: list[Progress] = []
    assert finish(whole(), steps.append) == 3
    assert [step.share for step in steps] == [0.25, 0.5, 1.0]
    assert steps[0].detail == "number 1"


def test_a_whole_that_is_stopped_stops_its_part() -> None:
    ended: list[str] = []
    task = part(_count(3, ended), 0.0, 0.5)
    next(task)
    task.close()
    assert ended == ["ended"]
