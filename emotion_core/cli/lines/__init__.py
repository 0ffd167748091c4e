"""The commands ``lines ...``: what is said in clips."""

from __future__ import annotations

import typer

from emotion_core.cli.lines.changing import add, move, remove, transcribe
from emotion_core.cli.lines.listing import list_lines, search

lines_app = typer.Typer(help="Add, list and search what is said in clips.", no_args_is_help=True)
lines_app.command("add")(add)
lines_app.command("transcribe")(transcribe)
lines_app.command("move")(move)
lines_app.command("remove")(remove)
lines_app.command("list")(list_lines)
lines_app.command("search")(search)


@lines_app.callback()
def _lines() -> None:
    """Lines of clips: from subtitles, a script or speech-to-text."""
