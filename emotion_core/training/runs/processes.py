"""Whether a process is still the one that it was: numbers of ended ones are given out again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def birth_of(process: int) -> str | None:
    """What identifies a process beside its number; ``None`` where it does not run.

    Args:
        process: its number.

    Returns:
        When it began, in words of the system: the same for as long as it runs. Empty where the
        system does not say and the process may run.
    """
    try:
        return _from_proc(process) if Path("/proc/self/stat").exists() else _from_ps(process)
    except (OSError, subprocess.SubprocessError):
        return ""


def _from_proc(process: int) -> str | None:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the name in brackets may hold anything; after it the state and, as the 20th, the start
    rest = stat.rpartition(")")[2].split()
    # an ended process that nobody has asked about stays as a zombie
    return None if rest[0] in "ZX" else rest[19]


def _from_ps(process: int) -> str | None:
    if os.name == "nt":
        return ""
    command = ["ps", "-o", "state=,lstart=", "-p", str(process)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout
    state, _, start = said.strip().partition(" ")
    return start.strip() if state and not state.startswith("Z") else None
