from __future__ import annotations

import numpy as np
import pytest

from benchmarks.covered_faces import Readings, heading, threshold_rows, tilted
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import UNCERTAINTY_REASONS


def test_a_row_counts_what_is_surely_wrong_and_not_marked() -> None:
    happy, sad = EMOTIONS.index("happy"), EMOTIONS.index("sad")
    shares = np.full((4, 7), 0.02, np.float32)
    shares[[0, 1, 2, 3], [happy, happy, happy, sad]] = [0.9, 0.9, 0.5, 0.9]
    flags = np.zeros((4, len(UNCERTAINTY_REASONS)), bool)
    flags[[1, 3], list(UNCERTAINTY_REASONS).index("covered")] = True
    # the first two are wrong and sure, the second is marked; the last is right and marked
    truth = np.array([sad, sad, sad, sad])
    visible = np.ones((4, 5), np.float32)
    visible[[0, 2], 3] = 0.8
    readings = Readings(shares, truth, flags, visible, visible)
    row = readings.row("hands").split()
    assert row[:6] == ["hands", "4", "25.0%", "2", "50.0%", "100.0%"]
    assert heading("cover").split()[-len(UNCERTAINTY_REASONS) :] == list(UNCERTAINTY_REASONS)
    # by another threshold than that of the flags: all that is less visible is marked, no other
    assert readings.marked(0.7).tolist() == [False] * 4
    assert readings.marked(0.9).tolist() == [True, False, True, False]
    assert readings.some(readings.wrong_sure).truth.tolist() == [sad, sad]


def test_thresholds_mark_more_the_higher_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    shares = np.full((3, 7), 0.02, np.float32)
    shares[:, EMOTIONS.index("happy")] = 0.88
    flags = np.zeros((3, len(UNCERTAINTY_REASONS)), bool)
    right, wrong = (np.full(3, EMOTIONS.index(name)) for name in ("happy", "sad"))
    visible = np.ones((3, 5), np.float32)
    visible[:, 0] = [0.65, 0.91, 0.99]
    painted = np.ones((3, 5), np.float32)
    painted[0, 0] = 0.3
    bare = Readings(shares, right, flags, visible, np.full_like(visible, np.nan))
    threshold_rows("all", bare, Readings(shares, wrong, flags, visible, painted))
    rows = {
        line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line
    }
    assert rows["0.6"] == ["0.0%", "100.0%", "100.0%"]
    assert rows["0.7"] == ["33.3%", "66.7%", "0.0%"]
    assert rows["0.92"] == ["66.7%", "33.3%", "0.0%"]


def test_a_picture_is_turned_clockwise_around_its_middle() -> None:
    image = np.zeros((9, 9, 3), np.uint8)
    image[0, 4] = 255  # above the middle
    assert tilted(image, 90)[4, 8].tolist() == [255, 255, 255]  # right of it
    assert (tilted(image, 0) == image).all()
