"""The library that takes are kept in."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """In a file: takes are scenes, which a server is tried with."""
    return Settings(data_dir=tmp_path / "data")
