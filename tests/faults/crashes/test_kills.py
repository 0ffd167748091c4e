"""Whatever is killed, at whichever step: the library opens, nothing is half there, and the same
asked for again ends as if nothing had been."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.settings import Settings, load_settings
from tests.faults.crashes import actions
from tests.faults.crashes.killing import Killer, killer
from tests.faults.crashes.soundness import check_whole, content_of, leave

_EVERY = 9  # of the steps; all with --all-cases


@pytest.fixture(scope="module")
def kill() -> Iterator[Killer]:
    with killer() as started:
        yield started


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library, and what the actions take in."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EME_DATA_DIR", str(folder / "data"))
        patch.setenv("EME_MIN_FREE_GB", "0")
        actions.prepare(folder, load_settings())
    shutil.rmtree(folder / "other")
    return folder


def fresh(prepared: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns(".unfinished"))
    (folder / "tmp").mkdir()
    monkeypatch.setenv("EME_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("EME_MIN_FREE_GB", "0")
    (folder / "data" / ".unfinished").mkdir()
    return load_settings()


@pytest.mark.parametrize("action", list(actions.ACTIONS))
def test_what_is_killed_leaves_nothing_half_there(
    action: str,
    kill: Killer,
    prepared: Path,
    all_cases: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undisturbed = fresh(prepared, tmp_path / "undisturbed", monkeypatch)
    ended = kill(action, tmp_path / "undisturbed")
    assert (ended.killed, ended.said) == (False, "") and ended.steps > 5
    check_whole(tmp_path / "undisturbed", undisturbed)
    wanted = content_of(tmp_path / "undisturbed", undisturbed)
    leave(undisturbed)
    first = sum(map(ord, action)) % _EVERY + 1  # another one for each action
    for at in range(1 if all_cases else first, ended.steps + 1, 1 if all_cases else _EVERY):
        folder = tmp_path / f"killed at {at}"  # a library is looked through once a process
        settings = fresh(prepared, folder, monkeypatch)
        died = kill(action, folder, at)
        assert died.killed, died
        check_whole(folder, settings)
        again = kill(action, folder)
        assert not again.killed and again.said in ("", "gone"), again
        check_whole(folder, settings)
        assert content_of(folder, settings) == wanted, f"killed at step {at}"
        leave(settings)
        shutil.rmtree(folder)
