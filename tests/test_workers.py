"""Workers compute on one core each, in order, and take nothing from the rest of the app."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from emotion_core.errors import EmotionCoreError
from emotion_core.workers import (
    compute_on_one_core,
    environment,
    in_order,
    share_cores,
    worker_count,
    workers,
)


@pytest.fixture(autouse=True)
def three_cores() -> Iterator[None]:
    """Torch with three threads in this one and in all that come."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def _in_a_thread(work: Callable[[], int]) -> int:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def _one_core() -> int:
    compute_on_one_core()
    torch.ones(64, 64) @ torch.ones(64, 64)
    return torch.get_num_threads()


def test_the_thread_that_asks_computes_on_one_core() -> None:
    assert _in_a_thread(_one_core) == 1


def test_other_threads_keep_theirs_those_that_run_and_those_that_come() -> None:
    go, counted = threading.Event(), []

    def run_already() -> None:
        torch.get_num_threads()
        go.wait(10)
        counted.append(torch.get_num_threads())

    running = threading.Thread(target=run_already)
    running.start()
    _in_a_thread(_one_core)
    go.set()
    running.join()
    assert counted == [3]
    assert _in_a_thread(torch.get_num_threads) == 3
    assert torch.get_num_threads() == 3


def test_two_that_ask_at_the_same_time_take_nothing_from_the_others() -> None:
    for _ in range(200):
        barrier = threading.Barrier(2)

        def ask(together: threading.Barrier = barrier) -> None:
            together.wait(10)
            compute_on_one_core()

        pair = [threading.Thread(target=ask) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
    assert _in_a_thread(torch.get_num_threads) == 3


def test_results_come_in_the_order_of_their_items() -> None:
    first = threading.Event()

    def slow_at_first(number: int) -> int:
        if number == 0 and worker_count() > 1:
            first.wait(10)  # the second is done before
        first.set()
        return number * number

    assert list(in_order(slow_at_first, range(20))) == [(k, k * k) for k in range(20)]


def test_no_more_is_taken_ahead_than_there_are_workers() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken = number + 1
            yield number

    for item, _ in in_order(str, items()):
        assert taken <= item + worker_count() + 1


def test_what_a_worker_raises_is_raised_and_the_rest_is_given_up() -> None:
    done = []

    def fail_at_three(number: int) -> None:
        if number == 3:
            raise ValueError("three")
        done.append(number)

    with pytest.raises(ValueError, match="three"):
        list(in_order(fail_at_three, range(1000)))
    assert max(done) <= 3 + worker_count()


def test_a_reader_that_stops_early_leaves_nothing_behind() -> None:
    results = in_order(lambda number: number, range(1000))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert workers().submit(lambda: 1).result(10) == 1


def test_workers_compute_on_one_core() -> None:
    def threads() -> int:
        return torch.get_num_threads()

    assert {workers().submit(threads).result() for _ in range(8)} == {1}


def test_a_server_shares_its_cores_and_what_it_starts_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    share_cores()
    assert int(os.environ["OMP_NUM_THREADS"]) == 1
    assert "OMP_NUM_THREADS" not in environment() and "PATH" in environment()


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in ("1", "4"):
        monkeypatch.setenv("OMP_NUM_THREADS", count)
        share_cores()
        assert os.environ["OMP_NUM_THREADS"] == environment()["OMP_NUM_THREADS"] == count


def test_a_pool_that_is_closed_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = ThreadPoolExecutor()
    closed.shutdown()
    monkeypatch.setattr("emotion_core.workers.workers", lambda: closed)
    with pytest.raises(EmotionCoreError, match=r"^Eme was closed\.$"):
        list(in_order(str, range(3)))
