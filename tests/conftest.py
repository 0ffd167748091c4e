"""What many tests use: real faces that ship inside installed packages, and where extra data is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from emotion_core.types import ImageArray


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-cases",
        action="store_true",
        help="tests/faults: all of the hostile input, for minutes",
    )


SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def portrait() -> ImageArray:
    """Eileen Collins, NASA, public domain: (512, 512, 3) with one face near (220, 115)."""
    return np.ascontiguousarray(data.astronaut(), dtype=np.uint8)


@pytest.fixture(scope="session")
def clips() -> Path:
    """The clips beside the project; tests that need them are skipped where they are absent."""
    folder = SHARED / "clips"
    if not folder.is_dir():
        pytest.skip("the clips in ../shared are not on this machine")
    return folder


@pytest.fixture(scope="session")
def cases() -> Path:
    """Inputs that once failed; tests that need them are skipped where they are absent."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("the cases in ../shared are not on this machine")
    return folder


def place(portrait: ImageArray, size: tuple[int, int], x: int, y: int, side: int) -> ImageArray:
    """A grey (height, width) picture with the portrait, ``side`` px, at a position."""
    width, height = size
    picture = np.full((height, width, 3), 60, np.uint8)
    small = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    part = small[: height - y, : width - x]
    picture[y : y + part.shape[0], x : x + part.shape[1]] = part
    return picture
