"""The threads that compute: one pool for the whole process, each of its threads on one core.

A picture or a batch of faces is one task of one thread. The libraries' own threads would share
each step of a network instead: steps of less than a millisecond, at whose end all wait for the
last, busily. Beside other work, where one of them is always late, that took many times as long.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from emotion_core.errors import EmotionCoreError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Each has pictures in memory that wait for it.
_MOST_WORKERS = 8
_ONE_BY_ONE = threading.Lock()
_CORES = "OMP_NUM_THREADS"
# One, written so that it is known from one that the user has set.
_ONE_THAT_WE_SET = "01"


@cache
def workers() -> ThreadPoolExecutor:
    """The pool; as many threads as the process may use cores, at most eight.

    A task must not wait for another task.
    """
    import cv2

    cv2.setNumThreads(1)
    return ThreadPoolExecutor(worker_count(), "worker", initializer=compute_on_one_core)


@cache
def worker_count() -> int:
    """Threads of the pool."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(max(cores or 1, 1), _MOST_WORKERS)


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], ahead: int | None = None
) -> Iterator[tuple[Item, Result]]:
    """Each item with its result, in their order, computed by the pool a little ahead.

    Few items are taken ahead, so that memory stays bounded. What raises, raises here, and what was
    taken ahead is given up.

    Args:
        function: called in a thread of the pool; must not use the pool itself.
        items: taken in the caller's thread.
        ahead: how many are taken ahead, at most; as many as the pool has threads if ``None``.
    """
    most = ahead or worker_count()
    pending: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            pending.append((item, submit(function, item)))
            if len(pending) >= most:
                done, future = pending.popleft()
                yield done, future.result()
        while pending:
            done, future = pending.popleft()
            yield done, future.result()
    finally:
        for _, future in pending:
            future.cancel()


def share_cores() -> None:
    """Let each thread of this process compute on one core, where the user has not set it otherwise.

    For a server, which computes beside a browser, for several sessions. Before PyTorch is imported.
    """
    if _CORES not in os.environ:
        os.environ[_CORES] = _ONE_THAT_WE_SET


def environment() -> dict[str, str]:
    """That of this process, for one that computes alone."""
    return {
        name: value
        for name, value in os.environ.items()
        if (name, value) != (_CORES, _ONE_THAT_WE_SET)
    }


def submit(function: Callable[[Item], Result], item: Item) -> Future[Result]:
    """Give one item to the pool.

    Raises:
        EmotionCoreError: Eme is being closed.
    """
    try:
        return workers().submit(function, item)
    except RuntimeError as error:  # the interpreter ends while a thread still reads
        raise EmotionCoreError("Eme was closed.") from error


def compute_on_one_core() -> None:
    """Let torch compute on one core in this thread, and as before in all others."""
    import torch

    with _ONE_BY_ONE:  # or a second thread would take the one core of the first for what was before
        others = torch.get_num_threads()
        torch.set_num_threads(1)
        # what is set here is also what new threads begin with: one that is over gives it back
        restore = threading.Thread(target=torch.set_num_threads, args=(others,))
        restore.start()
        restore.join()
