"""A data directory of its own for each test of a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.settings import Settings
from pages.shared import services


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("EME_DATABASE_URL", raising=False)
    services.settings.cache_clear()
    services.jobs.cache_clear()
    yield tmp_path
    services.settings.cache_clear()


@pytest.fixture
def no_explainers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a model for which nobody has trained one."""
    monkeypatch.setattr(Settings, "explainer_folders", lambda _: [])
