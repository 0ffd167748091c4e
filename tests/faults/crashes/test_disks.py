"""A full disk, or one that cannot be written to: one sentence, nothing half there, and the same
asked for again once there is room ends as if nothing had been."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.scenes import open_library
from tests.faults.crashes.actions import ACTIONS
from tests.faults.crashes.conftest import Disk, Fresh
from tests.faults.crashes.killing import Killer
from tests.faults.crashes.soundness import check_whole, content_of, leave

# kB that are free when an action begins: nothing, then up to what all of it takes
_FREE = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384)


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_full_disk_is_one_sentence(
    action: str, kill: Killer, fresh: Fresh, all_cases: bool, disk: Disk, tmp_path: Path
) -> None:
    wanted, said = _undisturbed(action, kill, fresh, tmp_path / "undisturbed"), []
    for free in _FREE if all_cases else (24,):
        folder = disk.folder / str(free)
        settings = fresh(folder)
        disk.fill(free)
        tried = kill(action, folder)
        disk.empty()
        said.append(tried.said)
        if tried.said:
            check_sentence(tried.said)
        check_whole(folder, settings)
        again = kill(action, folder)
        assert (again.killed, again.said) == (False, "")
        check_whole(folder, settings)
        assert content_of(folder, settings) == wanted, tried.said
        leave(settings)
        shutil.rmtree(folder)
    assert any("full" in one for one in said) or action == "deleting a scene", said


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_disk_that_cannot_be_written_to_is_one_sentence(
    action: str, kill: Killer, fresh: Fresh, all_cases: bool, disk: Disk, tmp_path: Path
) -> None:
    if not all_cases and action not in ("reading a clip", "keeping a take"):
        pytest.skip("only with --all-cases")
    wanted = _undisturbed(action, kill, fresh, tmp_path / "undisturbed")
    folder = disk.folder / "own"
    settings = fresh(folder)
    disk.protect()
    tried = kill(action, folder)
    with pytest.raises(LibraryError, match=r"cannot be written to") as caught:
        open_library(settings)
    check_sentence(str(caught.value))
    disk.protect(writable=True)
    check_sentence(tried.said)
    check_whole(folder, settings)
    again = kill(action, folder)
    assert (again.killed, again.said) == (False, "")
    check_whole(folder, settings)
    assert content_of(folder, settings) == wanted
    leave(settings)


def _undisturbed(action: str, kill: Killer, fresh: Fresh, folder: Path) -> dict[str, object]:
    settings = fresh(folder)
    assert kill(action, folder).said == ""
    content = content_of(folder, settings)
    leave(settings)
    return content


def check_sentence(said: str) -> None:
    """Whether an error is one sentence or two that a user can act on."""
    assert said.endswith(".") and "\n" not in said and len(said) < 400, said
    assert "Error" not in said and "errno" not in said.lower(), said
