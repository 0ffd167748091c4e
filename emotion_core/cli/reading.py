"""What commands that read a clip share: a progress bar, and reading with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from emotion_core.scene.analysis import SceneAnalysis


def read_clip(clip: Path, model: str, every: int = 1) -> SceneAnalysis:
    """The analysis of a clip: looked up, or else read and entered in the library.

    Its tracks bear the names of their characters.
    """
    from emotion_core.library.characters.entering import with_characters
    from emotion_core.library.database.engine import open_database
    from emotion_core.library.scenes import read_scene
    from emotion_core.scene.analysis import AnalysisParameters
    from emotion_core.scene.store import identify
    from emotion_core.settings import load_settings

    settings, analysis = load_settings(), None
    parameters = AnalysisParameters(every=every, embedder=settings.embedder)
    with progress("Reading", clip.name) as report:
        for step in read_scene(clip, identify(clip), model, parameters, settings):
            report(step.share, f"{step.frames} frames, {step.frames_per_second:.0f}/s")
            analysis = step.analysis
    assert analysis is not None, "the last step carries the analysis"
    return with_characters(open_database(settings), analysis)


@contextmanager
def progress(verb: str, name: str) -> Iterator[Callable[[float, str], None]]:
    """A progress bar on stderr; gives a function that takes a share of 1 and a detail."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
    )
    with bar:
        # file names may contain square brackets, which rich would take for markup
        task = bar.add_task(escape(f"{verb} {name}"), total=1.0, detail="")

        def report(share: float, detail: str) -> None:
            bar.update(task, completed=share, detail=detail)

        yield report
