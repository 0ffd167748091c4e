"""Files are written whole, or not at all, and only where the disk has room for them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from emotion_core.errors import OutputError
from emotion_core.files import Room, completed_folder, copy_whole, whole_file


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """A disk on which others write too: each look at it finds some bytes less."""

    def __init__(self, free: float, less: float = 0) -> None:
        self.free, self.less = free, less

    def __call__(self, folder: Path) -> Usage:
        folder.stat()  # raises where it is not there
        self.free -= self.less
        return Usage(10**12, 0, round(self.free))


@pytest.fixture
def nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EME_MIN_FREE_GB", "2")
    monkeypatch.setattr(shutil, "disk_usage", Disk(1.5e9))


def test_nothing_is_written_to_a_disk_that_is_nearly_full(
    nearly_full: None, tmp_path: Path
) -> None:
    with pytest.raises(OutputError) as caught, whole_file(tmp_path / "a" / "b.txt"):
        pass
    assert str(caught.value) == (
        f"The disk with {tmp_path} is nearly full: 1.5 GB are free, and 2.0 GB must stay free "
        "(EME_MIN_FREE_GB). Free some space, then try again."
    )
    with pytest.raises(OutputError), completed_folder(tmp_path / "c"):
        pass
    with pytest.raises(OutputError):
        copy_whole(io.BytesIO(b"abc"), tmp_path / "d.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_ends_where_the_disk_fills_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MIN_FREE_GB", "1")
    monkeypatch.setattr(shutil, "disk_usage", Disk(1.2e9, 3e7))
    with pytest.raises(OutputError, match="nearly full"):
        copy_whole(io.BytesIO(bytes(20 << 20)), tmp_path / "a.bin")
    assert list(tmp_path.iterdir()) == []


def test_what_is_needed_counts_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MIN_FREE_GB", "1")
    monkeypatch.setattr(shutil, "disk_usage", Disk(5e9))
    room = Room(tmp_path / "not" / "there")
    room.check(3.9e9)
    with pytest.raises(OutputError, match=r"4\.1 GB are needed, 5\.0 GB are free, and 1\.0 GB"):
        room.check(4.1e9)


def test_room_is_asked_for_where_folders_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "by" / "others"
    room = Room(folder)
    room.check()
    folder.mkdir(parents=True)
    room.check()
    shutil.rmtree(tmp_path / "made")
    room.check()
    (tmp_path / "made").write_bytes(b"a file")
    room.check()


def test_a_copy_is_whole(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    copy_whole(io.BytesIO(data), tmp_path / "a" / "b.bin")
    assert (tmp_path / "a" / "b.bin").read_bytes() == data
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.bin"]
