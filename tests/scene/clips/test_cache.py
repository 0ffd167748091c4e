"""Copies of clips on this machine: whole, not too many, and fetched once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emotion_core.errors import OutputError
from emotion_core.scene.clips.cache import ClipCache
from emotion_core.scene.clips.store import MediaStore, clips_of
from emotion_core.settings import Settings, load_settings
from emotion_core.unfinished import clear_up
from tests.scene.clips.conftest import new_machine
from tests.scene.clips.filesystems import Disk
from tests.scene.clips.test_store import ADA, FILM, add, fetched
from tests.test_unfinished import die, unknown


@pytest.fixture
def clips(elsewhere: Settings) -> MediaStore:
    return clips_of(elsewhere)


def limited(patch: pytest.MonkeyPatch, count: int) -> MediaStore:
    """The clips of a machine whose cache holds so many of them."""
    patch.setenv("EME_MEDIA_CACHE_GB", str((count + 0.5) * len(FILM) / 1e9))
    return clips_of(load_settings())


def some(clips: MediaStore, count: int) -> list[Path]:
    return [add(clips, FILM[:-1] + bytes([number]))[0] for number in range(count)]


def test_clips_that_were_not_used_for_longest_leave(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = some(clips_of(elsewhere), 6)
    new_machine(elsewhere, tmp_path, monkeypatch)
    clips = limited(monkeypatch, 3)
    for place in places[:3]:
        clips.local(place)
    clips.local(places[0])  # so that it was used after the two others
    for place in places[3:5]:
        clips.local(place)
    kept = [place for place in places if clips.is_at_hand(place)]
    assert kept == [places[0], *places[3:5]]
    before = Disk.calls["open"]
    assert clips.local(places[1]).read_bytes()[-1] == 1 and Disk.calls["open"] == before + 1
    # another library shares the same room
    add(clips_of(load_settings().library_of(ADA.library)))
    assert len(fetched(tmp_path, "cache of another")) == 3 and clips.is_at_hand(places[1])


def test_what_is_added_takes_room_too(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = limited(monkeypatch, 2)
    places = some(clips, 4)
    assert [clips.is_at_hand(place) for place in places] == [False, False, True, True]
    assert len(clips.kept()) == 4 and len(fetched(tmp_path)) == 2


def test_what_somebody_holds_does_not_leave(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = some(clips_of(elsewhere), 4)
    new_machine(elsewhere, tmp_path, monkeypatch)
    clips = limited(monkeypatch, 1)
    with clips.holding(places[0]) as held, clips.holding(places[0]) as again:
        opened = clips.local(places[1]).open("rb")
        clips.local(places[2])
        assert held == again and held.read_bytes()[-1] == 0
        # the other one has left, and is read to its end all the same by whoever has opened it
        assert not clips.is_at_hand(places[1])
        with opened:
            assert opened.read()[-1] == 1
    clips.local(places[3])
    assert not clips.is_at_hand(places[0])


def test_a_clip_that_leaves_just_before_it_is_held_is_fetched_again(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,) = some(clips_of(elsewhere), 1)
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    find, gone = ClipCache.find, []

    def lose(cache: ClipCache, name: str) -> Path | None:
        found = find(cache, name)
        if found is not None and not gone:
            gone.append(found)
            found.unlink()
        return found

    clips.local(place)
    monkeypatch.setattr(ClipCache, "find", lose)
    with clips.holding(place) as path:
        assert path.is_file() and gone == [path]


def test_a_player_finds_a_clip_again_that_has_left(clips: MediaStore) -> None:
    (place,) = some(clips, 1)
    path = clips.local(place)
    changed = path.stat().st_mtime_ns
    clips.keep_at_hand(path)
    assert path.stat().st_mtime_ns == changed  # players know a file by it
    path.unlink()
    clips.keep_at_hand(path)
    assert path.is_file()


def test_the_disk_keeps_free_what_must_stay_free(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = some(clips_of(elsewhere), 2)
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    clips.local(places[0])
    monkeypatch.setenv("EME_MIN_FREE_GB", "1e6")
    with pytest.raises(OutputError, match="nearly full"):
        clips.local(places[1])
    # what could be fetched again has made room before
    assert fetched(tmp_path, "cache of another") == []


def test_who_asks_for_the_same_meanwhile_waits_for_it(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,) = some(clips_of(elsewhere), 1)
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    begun, go_on, opened = threading.Event(), threading.Event(), Disk._open

    def slow(self: Disk, path: str, *rest: object, **named: object) -> object:
        begun.set()
        assert go_on.wait(20)
        return opened(self, path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Disk, "_open", slow)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(clips.local, place)
        assert begun.wait(20)
        others = [pool.submit(clips.local, place) for _ in range(3)]
        go_on.set()
        paths = {one.result(timeout=20) for one in (first, *others)}
    assert len(paths) == 1 and Disk.calls["open"] == 1
    assert fetched(tmp_path, "cache of another") == [place.name]


_FETCH = """
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import load_settings
print(clips_of(load_settings()).find({!r}).stat().st_size)
"""


@pytest.fixture
def mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], tuple[str, Path]]]:
    """A clip of some size on a disk that other processes know, and where it is fetched to."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EME_MEDIA_URL", f"file://{tmp_path / 'kept'}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make() -> tuple[str, Path]:
        place, sha = add(clips_of(load_settings()), os.urandom(40 << 20))
        (found,) = (tmp_path / "cache").rglob(place.name)
        found.unlink()
        return sha, found

    return make


def test_processes_that_fetch_the_same_at_once_all_get_it(
    mounted: Callable[[], tuple[str, Path]],
) -> None:
    sha, found = mounted()
    command = [sys.executable, "-c", _FETCH.format(sha)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate(timeout=120)[0].strip() for one in started] == [str(40 << 20)] * 3
    assert [path.name for path in found.parent.iterdir()] == [found.name]


def test_a_fetch_that_is_killed_or_stopped_leaves_nothing(
    mounted: Callable[[], tuple[str, Path]],
) -> None:
    sha, found = mounted()
    clips, place = clips_of(load_settings()), load_settings().media_dir / found.name
    task = clips.fetching(place)
    next(task)
    task.close()
    assert list(found.parent.iterdir()) == []
    die(
        "from emotion_core.scene.clips.store import clips_of",
        "from emotion_core.settings import load_settings",
        f"task = clips_of(load_settings()).fetching(data / 'media' / {found.name!r}); next(task)",
    )
    (part,) = found.parent.iterdir()
    assert part.name != found.name and clips.find(sha) == found
    clear_up(load_settings().data_dir, unknown)
    assert list(found.parent.iterdir()) == [found]
