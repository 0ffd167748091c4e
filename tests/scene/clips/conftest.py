"""Places where clips are kept, each empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.scene.clips import store
from emotion_core.settings import Settings, load_settings
from tests.scene.clips.filesystems import Disk

ELSEWHERE = ("disk", "bucket")


def settings_of(kind: str, folder: Path, patch: pytest.MonkeyPatch) -> Settings:
    """Settings of a server that keeps clips in its data directory, or below ``kept``."""
    patch.setenv("EME_DATA_DIR", str(folder / "data"))
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    (folder / "data").mkdir(exist_ok=True)
    (folder / "kept").mkdir(exist_ok=True)
    if kind != "folder":
        patch.setenv("EME_MEDIA_URL", f"{kind}://{folder / 'kept'}")
    return load_settings()


def new_machine(settings: Settings, folder: Path, patch: pytest.MonkeyPatch) -> store.MediaStore:
    """The clips as another machine finds them, which has fetched and asked nothing yet."""
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache of another"))
    store._remote.cache_clear()
    Disk.calls.clear()
    return store.clips_of(settings)


@pytest.fixture(autouse=True)
def _undisturbed() -> Iterator[None]:
    store._remote.cache_clear()
    Disk.calls.clear()
    Disk.failing.clear()
    yield
    Disk.failing.clear()
    store._remote.cache_clear()


@pytest.fixture(params=["folder", *ELSEWHERE])
def anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    return settings_of(request.param, tmp_path, monkeypatch)


@pytest.fixture(params=ELSEWHERE)
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    return settings_of(request.param, tmp_path, monkeypatch)
