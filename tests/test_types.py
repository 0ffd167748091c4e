"""Values that refuse what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import Attribution


def test_an_attribution_holds_a_mask_for_each_face_and_label() -> None:
    masks = np.ones((2, 7, 4, 4), np.float32)
    assert len(Attribution(masks, EMOTIONS, "rise")) == 2
    assert len(Attribution(masks[:0], EMOTIONS, "rise")) == 0


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        (np.zeros((2, 6, 4, 4), np.float32), r"shape \(n, 7, n, n\), but has shape \(2, 6, 4, 4\)"),
        (np.zeros((2, 7, 4), np.float32), "must have shape"),
        (np.zeros((2, 7, 4, 4)), "must be float32, but is float64"),
        (np.full((1, 7, 4, 4), 1.5, np.float32), r"must lie in \[0, 1\], but reaches from 1.5"),
        (np.full((1, 7, 4, 4), -0.1, np.float32), r"must lie in \[0, 1\]"),
        (np.full((1, 7, 4, 4), np.nan, np.float32), r"must lie in \[0, 1\]"),
    ],
)
def test_masks_that_do_not_fit_are_refused(masks: np.ndarray, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        Attribution(masks, EMOTIONS, "rise")
