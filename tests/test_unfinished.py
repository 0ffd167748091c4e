"""What a killed process has left is finished or removed by whoever opens the library next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core.files import completed_folder, whole_file
from emotion_core.unfinished import Note, TemporaryFolder, clear_up, placing

# A process that says what it has begun, and is killed by itself.
_DYING = """
import os, signal, sys
from pathlib import Path
from emotion_core.files import whole_file
from emotion_core.unfinished import Note, TemporaryFolder
data = Path(os.environ["EME_DATA_DIR"])
{}
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("EME_DATA_DIR", str(folder))
    return folder


def die(*lines: str) -> None:
    code = _DYING.format("\n".join(lines))
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9


def left(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if ".unfinished" not in path.parts)
    return {str(path.relative_to(folder)) for path in found if path.is_file()}


def unknown(_: Path) -> bool:
    return False


def test_what_lies_outside_of_the_data_directory_is_removed_too(data: Path) -> None:
    die(
        "data.parent.joinpath('out').mkdir()",
        "writing = whole_file(data.parent / 'out' / 'a.zip'); writing.__enter__()",
        "folder = TemporaryFolder('eme-take-', data.parent / 'out')",
        "(folder.path / 'take.mp4').touch()",
    )
    assert len(left(data.parent)) == 2
    clear_up(data, unknown)
    assert left(data.parent) == set()


def test_a_folder_that_was_complete_comes_to_its_place(data: Path) -> None:
    (data / "kept").mkdir()
    (data / "kept" / "a").write_text("old")
    (data / "kept" / "c").write_text("c")
    die(
        "from emotion_core import unfinished",
        "folder = TemporaryFolder('.new-', data)",
        "(folder.path / 'a').write_text('new'); (folder.path / 'b').write_text('b')",
        "unfinished._move = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
        "folder.move_into(data / 'kept')",
    )
    clear_up(data, unknown)
    assert left(data) == {"kept/a", "kept/b", "kept/c"}
    assert (data / "kept" / "a").read_text() == "new"


def test_only_what_the_library_knows_stays(data: Path) -> None:
    die(
        "Note().unless_known(data / 'known', data / 'unknown', data / 'alive')",
        "[(data / name).touch() for name in ('known', 'unknown', 'alive')]",
    )
    note = Note()
    note.unless_known(data / "alive")
    clear_up(data, lambda path: path.name == "known")
    assert left(data) == {"known", "alive"}
    note.close()


def test_what_a_living_process_writes_stays(data: Path) -> None:
    with whole_file(data / "a.txt") as part, completed_folder(data / "b") as work:
        part.write_text("a")
        (work / "c").write_text("c")
        clear_up(data, unknown)
    assert left(data) == {"a.txt", "b/c"}
    assert not list((data / ".unfinished").glob("*/*.json"))


def test_what_fails_is_taken_back_but_not_what_was_there_before(data: Path) -> None:
    (data / "old").touch()
    with pytest.raises(ZeroDivisionError), placing() as note:
        note.unless_known(data / "old", data / "new")
        (data / "new").touch()
        raise ZeroDivisionError
    assert left(data) == {"old"}


def test_what_earlier_versions_left_is_removed_once(data: Path) -> None:
    (data / "media" / ".new-abc").mkdir(parents=True)
    (data / "media" / ".new-abc" / "clip").touch()
    (data / f".{'0' * 16}.part.mp4").touch()
    (data / ".upload-1.zip").touch()
    (data / "media" / "a.mp4").touch()
    clear_up(data, unknown)
    assert left(data) == {".upload-1.zip", "media/a.mp4"}


def test_nothing_is_noted_where_there_is_no_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "none"))
    with whole_file(tmp_path / "a.txt") as part, TemporaryFolder("eme-", tmp_path):
        part.touch()
    assert left(tmp_path) == {"a.txt"} and not (tmp_path / "none").exists()
