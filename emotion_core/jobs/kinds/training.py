"""Training runs among all other work: each is a process of its own, which a job looks after."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from emotion_core.errors import JobError, RunError
from emotion_core.jobs.work import Phase, Work
from emotion_core.progress import Progress, Task
from emotion_core.settings import Settings
from emotion_core.training.runs.folders import read_run

# Seconds from one look at a run to the next.
_LOOK = 1.0
# States of a run that goes on.
LIVE = ("running", "stopping")


@dataclass(frozen=True)
class FollowTraining(Work):
    """Look after a training run until it ends; one that broke off goes on from its last epoch.

    Attributes:
        run: name of its folder.
    """

    run: str

    kind: ClassVar[str] = "train"
    result: ClassVar[Any] = str
    computes: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The run."""
        return self.run

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Training {self.run}"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which gives the state of the run at its end."""
        return [Phase("Training", lambda: _follow(settings.runs_dir / self.run))]

    def stop(self, settings: Settings) -> None:
        """Ask the process to end; the last epoch that is over is kept."""
        from emotion_core.training.launching import stop_run

        with suppress(RunError):  # it has ended meanwhile
            stop_run(settings.runs_dir / self.run)


def _follow(folder: Path) -> Task[str]:
    from emotion_core.training.launching import resume_run

    run = read_run(folder)
    if run.state in ("stopped", "crashed"):
        resume_run(run)
        run = read_run(folder)
    while run.state in LIVE:
        epoch = 0 if run.status is None else run.status.epoch
        yield Progress(epoch, run.epochs or 0)
        clock.sleep(_LOOK)
        run = read_run(folder)
    if run.state == "crashed":
        raise JobError(f"The run crashed. {run.message}".strip())
    return run.state
