"""What tests of a live session share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.practice.live import reader
from tests.practice.theatre import Theatre


@pytest.fixture
def theatre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    monkeypatch.setattr(reader, "READ_EVERY", 0.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    theatre = Theatre(tmp_path)
    yield theatre
    theatre.close()
