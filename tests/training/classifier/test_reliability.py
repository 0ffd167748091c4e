"""Confidence and accuracy by bins, and their picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion_core.errors import OutputError
from emotion_core.training.classifier.reliability import bin_readings, plot_reliability


def _bins() -> list:  # type: ignore[type-arg]
    confidence = np.array([0.9, 0.92, 0.5, 1.0], np.float32)
    return bin_readings(confidence, np.array([True, False, True, True]))


def test_readings_fall_into_fifteen_equal_bins() -> None:
    bins = _bins()
    assert len(bins) == 15
    assert (bins[0].low, bins[14].high, bins[13].low) == (0, 1, pytest.approx(13 / 15))
    # 0.9 and 0.92 lie in [13/15, 14/15), 0.5 in [7/15, 8/15), 1 in the last
    assert [one.count for one in bins] == [0] * 7 + [1] + [0] * 5 + [2, 1]
    assert (bins[13].confidence, bins[13].accuracy) == (pytest.approx(0.91), 0.5)
    assert (bins[14].confidence, bins[14].accuracy) == (1, 1)


def test_a_bin_without_readings_has_neither_confidence_nor_accuracy() -> None:
    assert (_bins()[0].confidence, _bins()[0].accuracy) == (None, None)


def test_the_same_bins_are_drawn_into_the_same_file(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        plot_reliability(_bins(), "a title", tmp_path / name)
    drawn = (tmp_path / "a.svg").read_bytes()
    assert drawn == (tmp_path / "b.svg").read_bytes() and b"</svg>" in drawn
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "b.svg"]


def test_a_png_is_drawn_too(tmp_path: Path) -> None:
    plot_reliability(_bins(), "a title", tmp_path / "a.png")
    picture = cv2.imread(str(tmp_path / "a.png"))
    assert picture is not None and picture.std() > 10


def test_a_picture_of_another_kind_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"must end in \.svg or \.png"):
        plot_reliability(_bins(), "a title", tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())
