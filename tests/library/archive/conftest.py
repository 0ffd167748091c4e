"""Libraries that archives are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.library.database.engine import Database
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.archive.transfers import Side
from tests.library.conftest import library_settings


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """In a file, but where a test names both kinds: no dialect has a part in an archive."""
    return library_settings(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture
def store(settings: Settings) -> AnalysisStore:
    return AnalysisStore(settings.analyses_dir)


@pytest.fixture
def here(library: Database, settings: Settings, store: AnalysisStore) -> Side:
    return Side(library, settings, store)


@pytest.fixture
def there(theirs: Database, other: Settings) -> Side:
    """Someone else's library."""
    return Side(theirs, other, AnalysisStore(other.analyses_dir))
