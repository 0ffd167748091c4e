"""Long work in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from emotion_core.errors import MediaError
from emotion_core.jobs.computing import Computation, Computations
from emotion_core.jobs.records import JobState
from emotion_core.jobs.work import Phase
from emotion_core.progress import Progress, Task


def _phase(*times: float, gate: threading.Event | None = None) -> Phase:
    def begin() -> Task[float]:
        for moment in times:
            if gate is not None:
                gate.wait(10)
            yield Progress(moment, 4.0)
        return times[-1]

    return Phase("Counting", begin)


def _wait(job: Computation, done: Callable[[], bool] | None = None) -> None:
    deadline = time.monotonic() + 10
    while not (done() if done else not job.active):
        assert time.monotonic() < deadline, f"still {job.state}"
        time.sleep(0.01)


def test_a_job_runs_its_phases_and_keeps_the_result_of_the_last() -> None:
    job = Computations().submit("a", "A", [_phase(1, 2), _phase(3, 4)])
    _wait(job)
    assert job.state is JobState.DONE and job.result == 4 and job.share == 1


def test_the_same_work_is_queued_once_and_can_be_done_again_later() -> None:
    queue, gate = Computations(), threading.Event()
    first = queue.submit("a", "A", [_phase(1, gate=gate)])
    assert queue.submit("a", "A", [_phase(1)]) is first
    gate.set()
    _wait(first)
    second = queue.submit("a", "A", [_phase(1)])
    assert second is not first
    assert queue.get("a") is second


def test_jobs_wait_for_their_turn() -> None:
    queue, gate = Computations(), threading.Event()
    first = queue.submit("a", "A", [_phase(1, gate=gate)])
    second = queue.submit("b", "B", [_phase(1)])
    _wait(first, lambda: first.state is JobState.RUNNING)
    assert second.state is JobState.WAITING and queue.ahead_of(second) == 1
    gate.set()
    _wait(second)
    assert second.state is JobState.DONE


def test_a_stop_ends_the_work_and_lets_it_clean_up() -> None:
    cleaned = threading.Event()

    def begin() -> Task[None]:
        try:
            while True:
                yield Progress(1, 4)
                time.sleep(0.01)
        finally:
            cleaned.set()

    job = Computations().submit("a", "A", [Phase("Working", begin), _phase(1)])
    _wait(job, lambda: job.share > 0)
    job.stop()
    _wait(job)
    assert job.state is JobState.STOPPED and cleaned.is_set()


def test_a_job_stopped_while_waiting_never_begins() -> None:
    queue, gate = Computations(), threading.Event()
    queue.submit("a", "A", [_phase(1, gate=gate)])
    job = queue.submit("b", "B", [_phase(1)])
    job.stop()
    gate.set()
    _wait(job)
    assert job.state is JobState.STOPPED and job.share == 0


def test_what_a_user_can_mend_is_reported_as_it_is_and_the_rest_in_general_words() -> None:
    def bad_clip() -> Task[None]:
        yield Progress(0, 1)
        raise MediaError("The file is empty (0 bytes).")

    def bug() -> Task[None]:
        yield Progress(0, 1)
        raise KeyError("secret detail")

    queue = Computations()
    text, hidden = (queue.submit(str(f), "X", [Phase("", f)]) for f in (bad_clip, bug))
    _wait(hidden)
    assert (text.state, text.error) == (JobState.FAILED, "The file is empty (0 bytes).")
    assert hidden.state is JobState.FAILED and "secret" not in hidden.error


def test_time_left_follows_from_the_speed_so_far() -> None:
    job = Computation("a", "A", [])
    assert job.share == 0 and job.seconds_left is None
    job.state, job.progress = JobState.RUNNING, Progress(1, 4)
    job._phase_started = time.perf_counter() - 10
    assert job.seconds_left is not None and abs(job.seconds_left - 30) < 1
