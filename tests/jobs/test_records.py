"""Jobs in the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.errors import JobError
from emotion_core.jobs import records
from emotion_core.jobs.kinds.archives import ExportLibrary
from emotion_core.jobs.kinds.drawing import DrawVideo, MakeThumbnails
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import JobState, Standing
from emotion_core.jobs.registry import KINDS, load_work, result_of
from emotion_core.library.archive.exporting import ExportSummary
from emotion_core.library.database.engine import Database, open_database
from emotion_core.scene.analysis import ClipId
from emotion_core.settings import Settings

CLIP = ReadClip("/clips/a.mp4", ClipId("a" * 64, "a.mp4"), "eme-lite2", film_id=3)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Database]:
    database = open_database(Settings(data_dir=tmp_path))
    yield database
    database.close()


def test_work_comes_back_from_the_database_as_it_was(library: Database) -> None:
    for work in (CLIP, DrawVideo("a/b"), MakeThumbnails((1, 2)), ExportLibrary("/tmp/a.zip")):
        job = records.add(library, work)
        assert load_work(job.kind, job.arguments) == work
        assert (job.title, job.subject, job.state) == (work.title, work.subject, JobState.WAITING)
    assert {job.kind for job in records.listed(library)} < set(KINDS)


def test_the_same_work_is_not_queued_twice_until_it_has_ended(library: Database) -> None:
    first = records.add(library, CLIP)
    assert records.add(library, CLIP).id == first.id
    assert records.begin(library, first.id) and not records.begin(library, first.id)
    assert records.add(library, CLIP).id == first.id
    records.end(library, first.id, JobState.DONE, result='"a/b"')
    assert records.add(library, CLIP).id != first.id


def test_jobs_are_listed_in_the_order_in_which_they_are_done(library: Database) -> None:
    jobs = [records.add(library, DrawVideo(name)) for name in "abcd"]
    records.move_first(library, jobs[3].id)
    records.begin(library, jobs[1].id)
    records.end(library, jobs[1].id, JobState.FAILED, error="No.")
    records.begin(library, jobs[2].id)
    assert [job.subject for job in records.listed(library)] == ["c", "d", "a", "b"]
    assert [job.subject for job in records.listed(library, only_open=True)] == ["c", "d", "a"]
    assert records.ahead_of(library, jobs[0]) == 2


def test_a_job_says_how_far_it_is_and_how_it_ended(library: Database) -> None:
    job = records.add(library, CLIP)
    records.report(library, job.id, Standing("Analyzing", 0.5, 3.0))  # it does not run yet
    assert records.find(library, job.id) == job
    records.begin(library, job.id)
    records.report(library, job.id, Standing("Analyzing", 0.5, 3.0))
    running = records.find(library, job.id)
    assert running is not None and running.active
    assert (running.label, running.share, running.seconds_left) == ("Analyzing", 0.5, 3.0)
    records.end(library, job.id, JobState.DONE, result='"a/b"')
    done = records.latest(library, ReadClip, CLIP.subject)
    assert done is not None and not done.active and result_of(done) == "a/b"


def test_what_work_brings_is_read_as_its_type(library: Database) -> None:
    job = records.add(library, ExportLibrary("/tmp/a.zip"))
    summary = '{"films": 1, "scenes": 2, "without_clip": ["a"]}'
    records.end(library, job.id, JobState.DONE, result=summary)
    done = records.find(library, job.id)
    assert done is not None and result_of(done) == ExportSummary(1, 2, ("a",))


def test_work_of_another_version_is_reported_in_a_sentence() -> None:
    for kind, arguments in (("unheard-of", "{}"), ("read", '{"path": 3}'), ("read", "no JSON")):
        with pytest.raises(JobError, match="Another version of Eme asked for this work"):
            load_work(kind, arguments)


def test_what_ran_when_its_process_ended_waits_again_in_its_place(library: Database) -> None:
    first, second = (records.add(library, DrawVideo(name)) for name in "ab")
    records.begin(library, first.id)
    records.reopen(library)
    assert [job.id for job in records.listed(library)] == [first.id, second.id]
    assert all(job.state is JobState.WAITING for job in records.listed(library))


def test_work_that_failed_can_be_asked_for_again(library: Database) -> None:
    job = records.add(library, CLIP)
    records.begin(library, job.id)
    assert records.retry(library, job.id) == records.find(library, job.id)
    records.end(library, job.id, JobState.FAILED, error="No.")
    again = records.retry(library, job.id)
    assert again is not None and again.id != job.id and again.arguments == job.arguments


def test_users_take_turns_however_many_jobs_one_of_them_has(library: Database) -> None:
    server = Settings()
    of_ada, of_ben = (server.library_of(digit * 32) for digit in "ab")
    asked = [records.add(library, DrawVideo(f"a{number}"), of_ada) for number in range(5)]
    asked += [records.add(library, DrawVideo(f"b{number}"), of_ben) for number in range(2)]
    done = []
    while waiting := records.listed(library, only_open=True):
        assert records.ahead_of(library, waiting[0]) == 0
        records.begin(library, waiting[0].id)
        records.end(library, waiting[0].id, JobState.DONE, result="null")
        done.append(waiting[0].subject)
    assert done == ["a0", "b0", "a1", "b1", "a2", "a3", "a4"]


def test_a_user_has_so_many_jobs_at_a_time_and_others_have_theirs(library: Database) -> None:
    of_ada = Settings(library="a" * 32, max_jobs_per_user=2)
    first = records.add(library, DrawVideo("a"), of_ada)
    records.add(library, DrawVideo("b"), of_ada)
    assert records.add(library, DrawVideo("a"), of_ada).id == first.id  # is asked for already
    with pytest.raises(JobError, match="You have 2 jobs in the background, and 2 is the limit"):
        records.add(library, DrawVideo("c"), of_ada)
    for number in range(4):  # no limit where nobody has signed in
        records.add(library, DrawVideo(f"{number}"), Settings(max_jobs_per_user=2))
    records.end(library, first.id, JobState.FAILED, error="No.")
    again = records.retry(library, first.id, of_ada)
    assert again is not None and again.library == of_ada.library


def test_jobs_of_one_library_are_nobody_elses(library: Database) -> None:
    of_ada = Settings(library="a" * 32)
    own, others = records.add(library, CLIP, of_ada), records.add(library, CLIP)
    assert own.id != others.id
    assert records.listed(library, libraries=[of_ada.library]) == [own]
    assert records.latest(library, ReadClip, CLIP.subject) == others
    assert records.about(library, "a" * 64, "b" * 32) is None
    records.move_first(library, own.id)
    assert [job.id for job in records.listed(library)] == [own.id, others.id]


def test_old_jobs_are_forgotten_and_open_ones_are_not(
    library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_REMEMBERED", 3)
    kept = records.add(library, CLIP)
    for number in range(6):
        job = records.add(library, MakeThumbnails((number,)))
        records.end(library, job.id, JobState.DONE, result="null")
    records.add(library, DrawVideo("a"))
    assert records.find(library, kept.id) is not None
    ended = [job for job in records.listed(library) if not job.active]
    assert [job.subject for job in ended] == ["5", "4", "3"]
