"""What training leaves is new each time, and too little is computed with it to compile it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emotion_core.inference import fastest


@pytest.fixture(autouse=True, scope="package")
def _in_pytorch() -> Iterator[None]:
    """As where OpenVINO is not installed; that it computes the same is shown in tests/inference."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastest, "compile_network", lambda _: None)
        yield
