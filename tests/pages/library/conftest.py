"""The library that the page shows."""

from __future__ import annotations

import pytest

from emotion_core.library.database.engine import Database
from pages.shared import services


@pytest.fixture
def library() -> Database:
    return services.library()
