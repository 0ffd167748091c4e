"""Workers compute on one core each, in order, and take nothing from the rest of the app."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
import torch

from emotion_core.workers import compute_on_one_core


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
