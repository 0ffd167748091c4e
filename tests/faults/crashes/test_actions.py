"""Whatever is killed, whatever cannot be written, whoever asks at the same time: the library
opens, nothing is half there, and what is asked for again ends as if nothing had been."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.scenes import open_library
from tests.faults.crashes.actions import ACTIONS
from tests.faults.crashes.conftest import Disk, Fresh, Undisturbed
from tests.faults.crashes.killing import Killer
from tests.faults.crashes.soundness import check_sentence, check_whole, content_of, leave

_KILLED = 1  # of the steps of an action; all with --all-cases
# Actions that are killed without --all-cases.
_USUAL = ("adding a clip", "reading a clip", "importing", "keeping a take")
# Actions that add, fetch or delete a clip, which may be kept outside of the data directory.
_WITH_CLIPS = (
    "adding a clip",
    "drawing a video",
    "importing",
    "keeping a take",
    "deleting a scene",
)
_ROUNDS = 20  # for two who are at it at once; one without --all-cases
# kB that are free when an action begins: nothing, then up to what all of it takes
_FREE = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384)


@pytest.mark.parametrize(
    ("action", "elsewhere"),
    [*((action, False) for action in ACTIONS), *((action, True) for action in _WITH_CLIPS)],
)
def test_what_is_killed_leaves_nothing_half_there(
    action: str,
    elsewhere: bool,
    kill: Killer,
    fresh: Fresh,
    undisturbed: Undisturbed,
    all_cases: bool,
    tmp_path: Path,
) -> None:
    if not all_cases and (action not in _USUAL or (elsewhere and action != "adding a clip")):
        pytest.skip("only with --all-cases")
    wanted, steps = undisturbed(action, elsewhere)
    assert steps > 5
    every = 1 if all_cases else steps // _KILLED
    for at in range(1 + sum(map(ord, action)) % every, steps + 1, every):
        folder = tmp_path / f"killed at {at}"  # a library is looked through once a process
        settings = fresh(folder, elsewhere=elsewhere)
        died = kill(action, folder, at)
        assert died.killed, died
        check_whole(folder, settings)
        again = kill(action, folder)
        assert (again.killed, again.said) == (False, "")
        check_whole(folder, settings)
        assert content_of(folder, settings) == wanted, f"killed at step {at}"
        leave(settings)
        shutil.rmtree(folder)


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_full_disk_is_one_sentence(
    action: str,
    kill: Killer,
    fresh: Fresh,
    undisturbed: Undisturbed,
    all_cases: bool,
    disk: Disk,
    tmp_path: Path,
) -> None:
    if not all_cases and action not in (*_USUAL, "drawing a video"):
        pytest.skip("only with --all-cases")
    wanted, said = undisturbed(action)[0], []
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
    action: str,
    kill: Killer,
    fresh: Fresh,
    undisturbed: Undisturbed,
    all_cases: bool,
    disk: Disk,
    tmp_path: Path,
) -> None:
    if not all_cases and action not in ("reading a clip", "keeping a take"):
        pytest.skip("only with --all-cases")
    wanted = undisturbed(action)[0]
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


@pytest.mark.parametrize("action", ["adding a clip", "reading a clip", "importing"])
def test_the_same_asked_for_twice_at_once_is_there_once(
    action: str,
    kill: Killer,
    fresh: Fresh,
    undisturbed: Undisturbed,
    all_cases: bool,
    tmp_path: Path,
) -> None:
    wanted = undisturbed(action)[0]
    for number in range(_ROUNDS if all_cases else 1):
        folder = tmp_path / f"both {number}"
        settings = fresh(folder)
        assert [end.said for end in kill.at_once(action, folder, 2)] == ["", ""]
        check_whole(folder, settings)
        assert content_of(folder, settings) == wanted
        leave(settings)
        shutil.rmtree(folder)
