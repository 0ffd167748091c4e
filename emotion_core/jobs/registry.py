"""The kinds of jobs, by the names that the database keeps."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from emotion_core.errors import JobError
from emotion_core.jobs.kinds.archives import CopyScenes, ExportLibrary, ImportLibrary
from emotion_core.jobs.kinds.drawing import DrawVideo, MakeThumbnails
from emotion_core.jobs.kinds.explaining import ExplainFaces
from emotion_core.jobs.kinds.hearing import FindScript, FindWhoSpeaks, HearClip, WriteDown
from emotion_core.jobs.kinds.reading import ReadClip, ReadSample
from emotion_core.jobs.kinds.training import FollowTraining
from emotion_core.jobs.records import Job
from emotion_core.jobs.work import Work

KINDS: dict[str, type[Work]] = {
    work.kind: work
    for work in (
        ReadClip,
        ReadSample,
        HearClip,
        FindScript,
        WriteDown,
        FindWhoSpeaks,
        DrawVideo,
        ExplainFaces,
        MakeThumbnails,
        ExportLibrary,
        ImportLibrary,
        FollowTraining,
        CopyScenes,
    )
}


def result_of(job: Job) -> Any:
    """What a job that is done has brought.

    Raises:
        JobError: as :func:`load_work`.
    """
    work = KINDS.get(job.kind)
    if work is None:
        raise _foreign()
    return TypeAdapter(work.result).validate_json(job.result)


def load_work(kind: str, arguments: str) -> Work:
    """What a job does, from the database.

    Raises:
        JobError: this version of Eme cannot do it.
    """
    try:
        work: Work = TypeAdapter(KINDS[kind]).validate_json(arguments)
    except (KeyError, ValidationError) as error:
        raise _foreign() from error
    return work


def _foreign() -> JobError:
    return JobError("Another version of Eme asked for this work. Ask for it again.")
