"""Libraries to be spoilt, and disks to be filled."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from emotion_core.settings import Settings, load_settings
from tests.faults.crashes import actions
from tests.faults.crashes.killing import KEPT, Killer, killer
from tests.faults.crashes.soundness import check_whole, content_of, leave

Fresh = Callable[..., Settings]
Undisturbed = Callable[..., tuple[dict[str, object], int]]


@pytest.fixture(scope="session")
def kill() -> Iterator[Killer]:
    with killer() as started:
        yield started


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library, and what the actions take in."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EME_DATA_DIR", str(folder / "data"))
        patch.setenv("EME_MIN_FREE_GB", "0")
        actions.prepare(folder, load_settings())
    shutil.rmtree(folder / "other")
    shutil.rmtree(folder / "data" / ".unfinished")  # of this process, which lives
    return folder


@pytest.fixture
def fresh(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Fresh:
    """Copies the prepared folder to where nothing is yet; the settings are those of the copy.

    Its clips are kept outside of the data directory where that is asked for.
    """

    def copy(folder: Path, *, elsewhere: bool = False) -> Settings:
        return _copy(prepared, folder, monkeypatch, elsewhere)

    return copy


def _copy(
    prepared: Path, folder: Path, patch: pytest.MonkeyPatch, elsewhere: bool = False
) -> Settings:
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    (folder / "tmp").mkdir()
    if elsewhere:
        (folder / KEPT).mkdir()
        (folder / "data" / "media").rename(folder / KEPT / "media")
        patch.setenv("EME_MEDIA_URL", f"file://{folder / KEPT}")
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setenv("EME_DATA_DIR", str(folder / "data"))
    patch.setenv("EME_MIN_FREE_GB", "0")
    return load_settings()


@pytest.fixture(scope="session")
def undisturbed(
    kill: Killer, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """What a library has after an action that nothing disturbs, and the steps that it takes."""

    @cache
    def do(action: str, elsewhere: bool = False) -> tuple[dict[str, object], int]:
        folder = tmp_path_factory.mktemp("undisturbed")
        with pytest.MonkeyPatch.context() as patch:
            settings = _copy(prepared, folder, patch, elsewhere)
            ended = kill(action, folder)
            assert (ended.killed, ended.said) == (False, "")
            check_whole(folder, settings)
            content = content_of(folder, settings)
            leave(settings)
        return content, ended.steps

    return do


class Disk:
    """A small disk of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, kilobytes_left: int) -> None:
        """Leave only so much of it free."""
        left = shutil.disk_usage(self.folder).free - (kilobytes_left << 10)
        (self.folder / "ballast").write_bytes(bytes(left))

    def empty(self) -> None:
        (self.folder / "ballast").unlink()

    def protect(self, *, writable: bool = False) -> None:
        """Let nobody write to it, or let them again."""
        how = f"remount,{'rw' if writable else 'ro'}"
        subprocess.run(["mount", "-o", how, str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk may be mounted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
