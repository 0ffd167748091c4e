"""Figures of masks: what stands where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTION_COLORS
from emotion_core.explanation.metrics.faithfulness import Faithfulness
from emotion_core.faces.regions import REGIONS
from emotion_core.render.figures.explanation import draw_changes, draw_faithfulness, draw_regions


def _shares() -> pd.DataFrame:
    rows = [
        (emotion, region, 0.1 + 0.02 * k, 0.125)
        for emotion in ("sad", "fear")
        for k, region in enumerate(REGIONS)
    ]
    return pd.DataFrame(rows, columns=["emotion", "region", "share", "area"])


def test_each_emotion_has_bars_of_its_colour_and_each_part_the_room_that_it_takes() -> None:
    figure = draw_regions(_shares(), ["fear", "sad"])
    fear, sad, room = figure.data
    assert (fear.name, sad.name) == ("fear", "sad")
    assert sad.marker.color == EMOTION_COLORS["sad"] and list(sad.y) == list(REGIONS)
    assert sad.x[1] == pytest.approx(12) and list(room.x) == [12.5] * len(REGIONS)
    assert sad.error_x.array is None


def test_the_mean_of_a_track_shows_its_spread() -> None:
    table = _shares()
    table = table.assign(low=0.0, high=table["share"] + 0.05)
    bar = draw_regions(table, ["sad"]).data[0]
    np.testing.assert_allclose(bar.error_x.array, 5)
    np.testing.assert_allclose(bar.x - bar.error_x.arrayminus, 0, atol=1e-9)


def test_changes_stand_largest_first_around_nothing() -> None:
    figure = draw_changes({"sad": 0.02, "happy": -0.4, "fear": 0.38}, "Without the mouth")
    (bar,) = figure.data
    assert list(bar.y) == ["happy", "fear", "sad"] and list(bar.text) == ["-40", "+38", "+2"]
    low, high = figure.layout.xaxis.range
    assert low == -high


def test_the_curve_of_the_mask_stands_beside_chance() -> None:
    down = np.linspace(0.8, 0, 5, dtype=np.float32)
    table = Faithfulness("sad", np.stack([down, down / 2, down]), np.stack([down] * 3)).curves()
    figure = draw_faithfulness(table, "taken away", "sad")
    band, chance, mask = figure.data
    np.testing.assert_allclose(mask.y, 100 * down)
    np.testing.assert_allclose(chance.y, 75 * down)
    assert len(band.x) == 10 and mask.name == "this mask"
