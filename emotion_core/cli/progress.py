"""The progress bar of all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from emotion_core.progress import Progress, Task

T = TypeVar("T")


def show_progress(task: Task[T], title: str) -> T:
    """Run a task to its end with a progress bar on stderr.

    Args:
        task: what to run.
        title: what to call it.

    Returns:
        The result of the task.
    """
    from rich import progress as rich
    from rich.console import Console
    from rich.markup import escape

    from emotion_core.progress import finish

    with rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TaskProgressColumn(),
        rich.TextColumn("{task.fields[detail]}"),
        rich.TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
    ) as bar:
        # file names may contain square brackets, which rich would take for markup
        row = bar.add_task(escape(title), total=None, detail="")

        def report(step: Progress) -> None:
            bar.update(row, completed=step.done, total=step.total or None, detail=step.detail)

        try:
            result = finish(task, report)
        except BaseException:
            bar.remove_task(row)  # what went wrong is said in one line, and nothing beside it
            raise
        bar.update(row, total=1, completed=1)
    return result
