"""Whatever is killed, at whichever step: the library opens, nothing is half there, and the same
asked for again ends as if nothing had been."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.crashes.actions import ACTIONS
from tests.faults.crashes.conftest import Fresh
from tests.faults.crashes.killing import Killer
from tests.faults.crashes.soundness import check_whole, content_of, leave

_TRIED = 3  # of the steps of an action; all with --all-cases


@pytest.mark.parametrize("action", list(ACTIONS))
def test_what_is_killed_leaves_nothing_half_there(
    action: str, kill: Killer, fresh: Fresh, all_cases: bool, tmp_path: Path
) -> None:
    undisturbed = fresh(tmp_path / "undisturbed")
    ended = kill(action, tmp_path / "undisturbed")
    assert (ended.killed, ended.said) == (False, "") and ended.steps > 5
    check_whole(tmp_path / "undisturbed", undisturbed)
    wanted = content_of(tmp_path / "undisturbed", undisturbed)
    leave(undisturbed)
    every = 1 if all_cases else ended.steps // _TRIED
    for at in range(1 + sum(map(ord, action)) % every, ended.steps + 1, every):
        folder = tmp_path / f"killed at {at}"  # a library is looked through once a process
        settings = fresh(folder)
        died = kill(action, folder, at)
        assert died.killed, died
        check_whole(folder, settings)
        again = kill(action, folder)
        assert (again.killed, again.said) == (False, "")
        check_whole(folder, settings)
        assert content_of(folder, settings) == wanted, f"killed at step {at}"
        leave(settings)
        shutil.rmtree(folder)
