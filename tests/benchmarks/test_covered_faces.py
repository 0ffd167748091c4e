from __future__ import annotations

import numpy as np

from benchmarks.covered_faces import Readings, heading, tilted
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
    row = Readings(shares, truth, flags, np.ones((4, 5), np.float32)).row("hands").split()
    assert row[:6] == ["hands", "4", "25.0%", "2", "50.0%", "100.0%"]
    assert heading("cover").split()[-len(UNCERTAINTY_REASONS) :] == list(UNCERTAINTY_REASONS)


def test_a_picture_is_turned_clockwise_around_its_middle() -> None:
    image = np.zeros((9, 9, 3), np.uint8)
    image[0, 4] = 255  # above the middle
    assert tilted(image, 90)[4, 8].tolist() == [255, 255, 255]  # right of it
    assert (tilted(image, 0) == image).all()
