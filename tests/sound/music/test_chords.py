from __future__ import annotations

import numpy as np
import pytest

from emotion_core.sound.music.chords import between_beats


def test_rows_are_averaged_over_half_beats_and_left_alone_elsewhere() -> None:
    rows = np.repeat(np.arange(40.0)[:, None], 12, axis=1)
    means = between_beats(rows, np.array([1.0, 2.0, 3.0]))
    assert means[:, 0] == pytest.approx(
        [*range(10), *[12] * 5, *[17] * 5, *[22] * 5, *[27] * 5, *range(30, 40)]
    )


@pytest.mark.parametrize("beats", [[], [1.0], [1.0, 1.01, 1.02], [3.0, 9.0]])
def test_few_and_close_beats_keep_every_row(beats: list[float]) -> None:
    rows = np.ones((40, 12))
    assert between_beats(rows, np.array(beats)) == pytest.approx(rows)
