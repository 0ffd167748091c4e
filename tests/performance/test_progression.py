from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.arcs.arc import arc_of, segments_on_clock
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import ProgressionSettings, read_progression
from tests.performance.performances import nobody, perform
from tests.scene.scenes import FPS

TINY = [nobody(), perform(("sad", 1 / FPS)), perform(("sad", 2 / FPS), cuts=(1 / FPS,))]


def test_a_progression_holds_all_that_is_said_of_a_performance() -> None:
    one = perform(("neutral", 3.0), ("sad", 3.0), (None, 1.0), ("happy", 3.0))
    found = read_progression(one)
    assert (found.name, found.scene, found.seconds) == ("Ana", "scene.mp4", pytest.approx(9))
    assert len(found.beats) == 1 and found.borders["kind"].tolist() == ["gap"]
    assert found.states["emotion"].tolist() == ["neutral", "sad", "happy"]
    assert found.changes.total == 1 and found.range.leading == 3
    assert found.complexity.change > 1


def test_arcs_are_empty_where_the_face_is_not_seen() -> None:
    arcs = read_progression(perform(("sad", 1.0), (None, 1.0), ("happy", 1.0))).arcs
    away = arcs["time"].between(1.1, 1.9)
    assert arcs.loc[away, ["sad", "valence", "arousal"]].isna().all(axis=None)
    assert (arcs.loc[away, "stretch"] == -1).all()
    assert arcs.loc[arcs["stretch"] == 0, "valence"].iloc[0] == pytest.approx(-0.5976, abs=1e-4)


def test_points_of_a_clock_on_either_side_of_a_cut_are_of_two_segmentes() -> None:
    one = perform(("sad", 2.0), cuts=(1.0,))
    segment = segments_on_clock(one, arc_of(one, 0.5))
    assert segment.tolist() == [0, 0, 1, 1]


def test_settings_decide_what_is_reported() -> None:
    one = perform(("neutral", 2.0), ({"sad": 0.6, "fear": 0.3}, 0.2), ("neutral", 2.0))
    plain = read_progression(one)
    fine = read_progression(one, ProgressionSettings(sigma=0, threshold=0.25, shortest=0.1))
    assert plain.chord_shares["name"].tolist() == ["neutral"]
    assert fine.chord_shares["name"].tolist() == ["neutral", "sad with fear"]


def test_what_is_unsure_is_described_as_a_share_of_the_time() -> None:
    one = perform(("sad", 2.0), ("happy", 2.0))
    one.faces["turn"] = np.where(one.times < 1, 1.5, 0).astype("float32")
    uncertainty = read_progression(one).uncertainty
    assert uncertainty["turned"] == pytest.approx(0.25) and uncertainty["any"] == pytest.approx(
        0.25
    )


@pytest.mark.parametrize("one", TINY)
def test_nobody_and_a_single_reading_have_tables_of_the_same_kind_as_others(
    one: Performance,
) -> None:
    whole = read_progression(perform(("neutral", 3.0), ("sad", 3.0), (None, 1.0), ("happy", 3.0)))
    tiny = read_progression(one)
    for name, table in tiny.tables().items():
        pd.testing.assert_series_equal(table.dtypes, whole.tables()[name].dtypes)
    assert tiny.beats.empty and tiny.progressions.empty and tiny.shapes.best is None


def test_a_face_that_stays_neutral_has_no_changes_and_no_shape() -> None:
    found = read_progression(perform(("neutral", 10.0)))
    assert found.beats.empty and found.progressions.empty and found.changes.total == 0
    assert found.chord_shares["share"].tolist() == [1.0]
    assert "flat" in found.shapes.note
    assert found.dynamics["volatility"].max() == pytest.approx(0, abs=1e-6)
