"""The command ``app``."""

from __future__ import annotations

import runpy
import sys
from typing import Annotated

import typer

# What the command does not know is for Streamlit.
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="8501 if not given.")] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen at; only this machine is answered if not given."),
    ] = None,
) -> None:
    """Open the app in the browser. Other options go to Streamlit, as --server.headless true."""
    from emotion_core.settings import SHIPPED, load_settings
    from emotion_core.workers import share_cores

    load_settings()  # says now what no page could work with
    share_cores()
    arguments = ["eme app", *context.args]
    if port is not None:
        arguments += ["--server.port", str(port)]
    if host is not None:
        arguments += ["--server.address", host]
    sys.argv = arguments
    # The core does not import the app: its files are run as a script where they lie.
    server = SHIPPED.app / "pages" / "shared" / "serving" / "server.py"
    runpy.run_path(str(server), run_name="__main__")
