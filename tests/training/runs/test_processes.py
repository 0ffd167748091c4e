"""Telling a process from a later one with its number."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest

from emotion_core.training.runs import processes
from emotion_core.training.runs.processes import birth_of


@pytest.mark.parametrize("system", ["/proc", "ps"])
def test_a_process_has_one_birth_and_none_once_it_has_ended(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if system == "ps":
        if shutil.which("ps") is None:
            pytest.skip("ps is not installed")
        monkeypatch.setattr(processes, "_from_proc", processes._from_ps)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    birth = birth_of(child.pid)
    assert birth and birth == birth_of(child.pid)
    assert birth_of(os.getpid()) != birth or system == "ps"  # ps knows only whole seconds
    child.kill()
    # it has ended though nobody has asked about it
    end = time.monotonic() + 10
    while birth_of(child.pid) is not None and time.monotonic() < end:
        time.sleep(0.05)
    assert birth_of(child.pid) is None
    child.wait()
    assert birth_of(child.pid) is None
