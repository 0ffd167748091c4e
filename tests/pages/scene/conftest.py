"""What the tests of the page of a scene share."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)
