"""Telling a process from a later one with its number."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from emotion_core.training.runs.processes import birth_of, is_same_process


def test_a_process_has_one_birth_and_none_once_it_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    birth = birth_of(child.pid)
    assert birth and birth == birth_of(child.pid) and birth != birth_of(os.getpid())
    assert is_same_process(child.pid, birth) and is_same_process(os.getpid(), birth) is False
    child.kill()
    # it has ended though nobody has asked about it
    end = time.monotonic() + 10
    while birth_of(child.pid) is not None and time.monotonic() < end:
        time.sleep(0.05)
    assert birth_of(child.pid) is None and is_same_process(child.pid, birth) is False
    child.wait()
    assert birth_of(child.pid) is None and is_same_process(child.pid, birth) is False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")
def test_a_birth_that_an_earlier_version_read_from_proc_is_still_known() -> None:
    ticks = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    assert os.sysconf("SC_CLK_TCK") == 100
    assert is_same_process(os.getpid(), ticks)


def test_a_birth_in_words_of_an_earlier_version_proves_nothing() -> None:
    assert is_same_process(os.getpid(), "Sun Nov 29 02:42:23 2026") is None
    assert is_same_process(os.getpid(), "") is None


def test_setting_the_clock_changes_no_birth(monkeypatch: pytest.MonkeyPatch) -> None:
    birth, boot, create = birth_of(os.getpid()), psutil.boot_time(), psutil.Process().create_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: boot + 3600)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: create + 3600)
    assert birth_of(os.getpid()) == birth


def test_a_process_that_the_system_hides_may_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(self: psutil.Process) -> float:
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "create_time", hidden)
    assert birth_of(os.getpid()) == "" and is_same_process(os.getpid(), "1") is None


@pytest.mark.parametrize("number", [-1, 0x7FFFFFFF, 2**80])
def test_a_number_of_no_process_is_reported(number: int) -> None:
    assert birth_of(number) is None
