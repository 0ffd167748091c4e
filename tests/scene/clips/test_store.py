"""Clips in the data directory and elsewhere: the same names, the same answers."""

from __future__ import annotations

import importlib
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from emotion_core.errors import MediaError, OutputError, SettingsError
from emotion_core.files import to_text
from emotion_core.scene.clips.store import MediaStore, clips_of, identify
from emotion_core.settings import Settings, User, load_settings
from emotion_core.unfinished import placing
from tests.scene.clips.conftest import new_machine, settings_of
from tests.scene.clips.filesystems import Disk

FILM = b"film" * 100_000
ADA = User("https://school", "ada")


def add(clips: MediaStore, content: bytes = FILM, name: str = "a.MP4") -> tuple[Path, str]:
    place, clip = clips.add(io.BytesIO(content), name)
    return place, clip.sha256


def files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if ".unfinished" not in path.parts)
    return sorted(str(path.relative_to(folder)) for path in found if path.is_file())


def fetched(folder: Path, machine: str = "cache*") -> list[str]:
    """What lies in the caches of machines, also what is not whole."""
    found = folder.glob(f"{machine}/**/*")
    return sorted(path.name for path in found if path.is_file() and path.suffix != ".lock")


def test_a_clip_is_kept_once_under_its_content(anywhere: Settings, tmp_path: Path) -> None:
    clips = clips_of(anywhere)
    first, sha = add(clips)
    second, _ = add(clips, name="b.mp4")
    assert first == second == anywhere.media_dir / f"{sha}.mp4"
    found = clips.find(sha)
    assert found is not None and found.read_bytes() == FILM and identify(found).sha256 == sha
    assert clips.locate(sha) == first and clips.local(first) == found
    assert clips.find("0" * 64) is None and clips.locate("0" * 64) is None
    assert clips.kept(sha) == clips.kept() == {first: len(FILM)} and clips.size(first) == len(FILM)
    where = "kept" if anywhere.media_url else "data"
    assert files(tmp_path / where) == [f"media/{sha}.mp4"]
    clips.discard(first)
    assert clips.find(sha) is None and clips.kept() == {} and fetched(tmp_path) == []


def test_each_library_has_clips_of_its_own(anywhere: Settings, tmp_path: Path) -> None:
    own = anywhere.library_of(ADA.library)
    place, sha = add(clips_of(own))
    assert clips_of(anywhere).find(sha) is None and clips_of(anywhere).kept() == {}
    where = "kept" if anywhere.media_url else "data"
    assert files(tmp_path / where) == [f"users/{ADA.library}/media/{sha}.mp4"]
    with placing() as note:
        assert clips_of(anywhere).copy_from(clips_of(own), sha, note)
        assert not clips_of(anywhere).copy_from(clips_of(own), "0" * 64, note)
    clips_of(own).discard(place)
    found = clips_of(anywhere).find(sha)
    assert found is not None and found.read_bytes() == FILM


def test_a_clip_is_copied_where_it_is_kept(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = elsewhere.library_of(ADA.library)
    _, sha = add(clips_of(own))
    new_machine(elsewhere, tmp_path, monkeypatch)
    assert clips_of(elsewhere).copy_from(clips_of(own), sha)
    assert dict(Disk.calls) == {"list": 1, "copy": 1}
    # a file system that cannot do that
    Disk.failing["copy"] = NotImplementedError()
    clips_of(elsewhere).discard(elsewhere.media_dir / f"{sha}.mp4")
    assert clips_of(elsewhere).copy_from(clips_of(own), sha)
    assert clips_of(elsewhere).find(sha) is not None


def test_a_page_asks_once_and_fetches_once(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, sha = add(clips_of(elsewhere))
    for _ in range(50):
        clips_of(elsewhere).find(sha)
    # asks whether it is there, then writes; the machine that has it asks nothing more
    assert dict(Disk.calls) == {"list": 1, "put": 1}
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    for _ in range(50):
        assert clips_of(elsewhere).locate(sha) == place and not clips.is_at_hand(place)
        assert clips_of(elsewhere).locate("0" * 64) is None
    assert dict(Disk.calls) == {"list": 2}
    assert fetched(tmp_path, "cache of another") == []
    for _ in range(50):
        found = clips_of(elsewhere).find_clip(sha, "", datetime.now(UTC))
        assert found is not None and clips.is_at_hand(place)
    assert dict(Disk.calls) == {"list": 2, "open": 1}


def test_all_clips_are_asked_for_at_once(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [add(clips_of(elsewhere), FILM[:-n]) for n in range(1, 6)]
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    clips.kept()
    for place, sha in known:
        assert clips.locate(sha) == place and clips.size(place) > 0
    assert clips.locate("0" * 64) is None
    assert dict(Disk.calls) == {"list": 1}


def test_a_broken_upload_leaves_nothing(anywhere: Settings, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise ConnectionError("gone")

    with pytest.raises((OutputError, ConnectionError)):
        clips_of(anywhere).add(Broken(), "a.mp4")
    assert files(tmp_path / "kept") == [] and fetched(tmp_path) == []
    assert clips_of(anywhere).kept() == {}


def test_an_upload_that_would_fill_the_disk_ends_in_a_sentence_and_leaves_nothing(
    anywhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([5e9, 5e9, 5e9, 1e8, 1e8])
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1e12, free=next(free)))
        with pytest.raises(OutputError, match="nearly full"):
            clips_of(anywhere).add(io.BytesIO(bytes(9 << 20)), "a.mp4")
    assert clips_of(anywhere).kept() == {} and fetched(tmp_path) == []


def test_a_clip_that_others_know_stays_where_adding_it_again_fails(
    anywhere: Settings, tmp_path: Path
) -> None:
    clips = clips_of(anywhere)
    known, _ = add(clips)
    for content, name in ((FILM, "a.mp4"), (b"new", "b.mp4")):
        with pytest.raises(ZeroDivisionError), placing() as note:
            clips.add(io.BytesIO(content), name, note)
            raise ZeroDivisionError
    assert list(clips.kept()) == [known]
    where = "kept" if anywhere.media_url else "data"
    assert files(tmp_path / where) == [f"media/{known.name}"]


@pytest.mark.parametrize("error", [OSError(5, "Timed out"), PermissionError(13, "Access denied")])
def test_a_place_that_fails_is_one_sentence_and_leaves_nothing_half_there(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    place, sha = add(clips_of(elsewhere))
    reason = error.strerror.lower()
    Disk.failing["put"] = error
    with pytest.raises(OutputError, match=rf"EME_MEDIA_URL\) cannot be written to: {reason}\.$"):
        add(clips_of(elsewhere), b"another")
    Disk.failing.clear()
    Disk.failing["remove"] = error
    with pytest.raises(OutputError, match="cannot be written to"):
        clips_of(elsewhere).discard(place)
    Disk.failing.clear()
    assert list(clips_of(elsewhere).kept()) == [place]
    assert [name for name in fetched(tmp_path) if name != place.name] == []
    Disk.failing["open"] = error
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    assert clips.locate(sha) == place and not clips.is_failing
    with pytest.raises(MediaError, match=rf"EME_MEDIA_URL\) cannot be reached: {reason}\.$"):
        clips.find(sha)
    assert clips.is_failing and fetched(tmp_path, "cache of another") == []


def test_a_place_that_cannot_be_reached_is_left_alone_for_a_while(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sha = add(clips_of(elsewhere))
    own = tmp_path / "own.mp4"
    own.write_bytes(FILM)
    Disk.failing["list"] = ConnectionError(
        'Could not connect to the endpoint URL: "https://s3.school.org/eme?list-type=2"\nand more.'
    )
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    for _ in range(20):
        with pytest.raises(MediaError, match=r"reached: could not connect to the endpoint URL\.$"):
            clips.find(sha)
    assert Disk.calls["list"] == 1
    # a file that was opened by its path needs nobody
    assert clips.find_clip(sha, to_text(own), datetime.now(UTC)) == own
    monkeypatch.setattr("emotion_core.scene.clips.objects._LEFT_ALONE", 0.0)
    Disk.failing.clear()
    assert clips.find(sha) is not None


def test_a_place_that_is_not_there_is_not_made(elsewhere: Settings, tmp_path: Path) -> None:
    """As a disk that is not mounted, or a bucket with another name."""
    _, sha = add(clips_of(elsewhere))
    (tmp_path / "kept").rename(tmp_path / "away")
    clips = clips_of(elsewhere)
    if elsewhere.media_url.startswith("disk"):
        with pytest.raises(MediaError, match="cannot be reached"):
            clips.put(tmp_path / "away" / "media" / f"{sha}.mp4", f"{'1' * 64}.mp4")
    with pytest.raises(MediaError, match="cannot be reached"):
        clips.kept(sha)
    assert not (tmp_path / "kept").exists()


def test_a_clip_that_was_damaged_where_it_is_kept_is_not_shown(
    elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, sha = add(clips_of(elsewhere))
    (tmp_path / "kept" / "media" / place.name).write_bytes(FILM[:-1])
    clips = new_machine(elsewhere, tmp_path, monkeypatch)
    with pytest.raises(MediaError, match="was damaged"):
        clips.find(sha)
    assert fetched(tmp_path, "cache of another") == []
    # what another machine has deleted since it was asked for
    clips.locate(sha)
    (tmp_path / "kept" / "media" / place.name).unlink()
    with pytest.raises(MediaError, match="no longer"):
        clips.local(place)
    assert clips.find(sha) is None


@pytest.mark.parametrize("kind", ["disk", "bucket"])
def test_a_library_moves_by_copying_its_folders(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settings_of("folder", tmp_path, monkeypatch)
    places = [add(clips_of(one)) for one in (before, before.library_of(ADA.library))]
    after = settings_of(kind, tmp_path, monkeypatch)
    for one, (place, sha) in zip((after, after.library_of(ADA.library)), places, strict=True):
        # what is not copied yet is found where it was; new clips go to the new place
        assert clips_of(one).find(sha) == place
        target = tmp_path / "kept" / place.relative_to(after.data_dir)
        target.parent.mkdir(parents=True)
        place.rename(target)
        found = clips_of(one).find(sha)
        assert found is not None and found.read_bytes() == FILM
        assert clips_of(one).locate(sha) == place


def test_clips_in_the_data_directory_are_deleted_too_where_new_ones_go_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, sha = add(clips_of(settings_of("folder", tmp_path, monkeypatch)))
    clips = clips_of(settings_of("bucket", tmp_path, monkeypatch))
    add(clips)
    assert clips.kept(sha) == {place: len(FILM)}
    clips.discard(place)
    assert clips.find(sha) is None and not place.exists() and files(tmp_path / "kept") == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/mnt/eme", "must be an address such as s3://bucket/eme"),
        ("nonsense://x", "fsspec knows no nonsense://"),
        ("s3://bucket/eme", r"pip install '\.\[s3\]'"),
        ("sftp://host/eme", "see fsspec's documentation"),
    ],
)
def test_an_address_that_cannot_be_opened_is_one_sentence(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = importlib.import_module("fsspec.registry")  # fsspec itself has another of that name

    def missing(protocol: str) -> None:
        raise ImportError(protocol) if protocol != "nonsense" else ValueError(protocol)

    monkeypatch.setattr(registry, "get_filesystem_class", missing)
    monkeypatch.setenv("EME_MEDIA_URL", url)
    with pytest.raises(SettingsError, match=rf"^EME_MEDIA_URL cannot be used: .*{said}"):
        load_settings()


def test_a_missing_clip_or_a_folder_cannot_be_identified(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="There is no file"):
        identify(tmp_path / "no.mp4")
    with pytest.raises(MediaError, match="folder"):
        identify(tmp_path)
