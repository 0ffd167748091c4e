"""A live session for what stands beside the camera."""

from __future__ import annotations

from tests.practice.conftest import theatre as theatre
