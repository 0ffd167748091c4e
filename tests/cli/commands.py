"""The command line as a user runs it, in a process of its own or, sooner, in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from emotion_core.cli.main import main

ROOT = Path(__file__).resolve().parents[2]

Ended = subprocess.CompletedProcess[str]


def run_process(*arguments: object) -> Ended:
    """In a process of its own, which takes seconds to load PyTorch."""
    return subprocess.run(
        [sys.executable, "-m", "emotion_core", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
        check=False,
    )


def run(*arguments: object) -> Ended:
    """In this process; what would be a traceback is raised."""
    given = ["emotion_core", *map(str, arguments)]
    out, err, code = StringIO(), StringIO(), 0
    with (
        patch.object(sys, "argv", given),
        patch.dict(os.environ, {"COLUMNS": "120"}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())


def assert_refused(result: Ended) -> None:
    """One sentence, and exit code 2."""
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1 and lines[0].endswith(".")
