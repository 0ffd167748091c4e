"""Readings relative to the face of a character at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, valence_arousal
from emotion_core.performance.performance import Performance
from emotion_core.performance.resting import (
    CONCENTRATION,
    NEUTRAL_READS,
    RELATIVE_COLUMNS,
    RestingReading,
    describe_resting,
    relative_performance,
    relative_table,
    resting_of,
)
from emotion_core.scene.analysis import FACE_DTYPES
from emotion_core.stats import entropy
from tests.performance.moving import move, mover, still
from tests.performance.performances import Part, nobody, perform
from tests.scene.scenes import make_scene

DROOPS = {"neutral": 0.45, "sad": 0.45}
SAD = EMOTIONS.index("sad")
WANTED = np.array([NEUTRAL_READS[name] for name in EMOTIONS])
WANTED = WANTED / WANTED.sum()


def drooping(*more: Part) -> Performance:
    """A face that droops at rest for six seconds and then lifts its brows in what it plays."""
    one = perform((DROOPS, 6.0), *more)
    return move(one, {"inner_brow": np.where(one.times >= 6, 0.1, 0.0)})


def test_a_face_at_rest_reads_as_neutral_faces_do_after_a_long_rest() -> None:
    shares = np.array([0.02, 0.01, 0.01, 0.02, 0.3, 0.62, 0.02])
    once, long = (
        RestingReading(shares, 10, spans).relative(shares[None])[0] for spans in (1, 10_000)
    )
    assert long == pytest.approx(WANTED, abs=1e-3)
    # after a single reading, part of the way
    assert shares[SAD] > once[SAD] > long[SAD]


def test_the_ratio_of_the_odds_is_that_of_the_formula() -> None:
    shares, spans = np.full(7, 1 / 7), 5
    relative = RestingReading(shares, 60, spans).relative(np.full((1, 7), 1 / 7))[0]
    shrunk = (spans * shares + CONCENTRATION * WANTED) / (spans + CONCENTRATION)
    odds = (WANTED / shrunk)[0] / (WANTED / shrunk)[SAD]
    assert relative[0] / relative[SAD] == pytest.approx(odds)
    assert relative.sum() == pytest.approx(1)


def test_no_emotion_is_multiplied_without_bound_and_a_zero_stays_finite() -> None:
    shares = np.eye(7)[SAD]
    resting = RestingReading(shares, 50, 20)
    assert resting.ratios().max() <= 1 + 20 / CONCENTRATION + 1e-9
    assert np.isfinite(resting.relative(np.eye(7))).all()


def test_a_face_that_droops_is_neutral_relative_to_its_rest_and_angry_where_it_is() -> None:
    one = drooping(("angry", 2.0))
    relative = relative_performance(one)
    assert relative is not None and relative.relative and relative.name == "Ana (relative)"
    shares = relative.faces[list(EMOTIONS)]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    assert (shares[one.times < 6].idxmax(axis=1) == "neutral").all()
    assert (shares[one.times >= 6].idxmax(axis=1) == "angry").all()
    # what is derived follows
    valence, arousal = valence_arousal(shares.to_numpy())
    assert relative.faces["valence"].to_numpy() == pytest.approx(valence)
    assert relative.faces["arousal"].to_numpy() == pytest.approx(arousal)
    assert relative.faces["entropy"].to_numpy() == pytest.approx(
        entropy(shares.to_numpy()), abs=1e-5
    )


def test_readings_while_the_face_moves_or_speaks_are_no_rest() -> None:
    one = drooping(("angry", 2.0))
    found = resting_of(one)
    assert found.rows == 150 and found.spans == 12
    assert found.shares is not None and found.shares[SAD] == pytest.approx(0.45, abs=1e-6)
    one.faces.loc[one.times < 1, "speaking"] = 1.0
    assert resting_of(one).rows == 125


def test_the_moment_that_a_user_names_is_the_resting_face() -> None:
    one = perform((DROOPS, 4.0), ("sad", 4.0))
    still = move(one, {})
    assert resting_of(replace(still, neutral_time=6.0)).shares[SAD] == pytest.approx(0.94, abs=1e-6)
    named = resting_of(replace(still, neutral_time=2.0))
    assert named.rows == 7 and named.spans <= 2 and named.time == 2.0
    assert describe_resting(named).startswith("The resting face at 0:02.0 reads")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (perform(("neutral", 2.0)), "before Eme measured movements"),
        (mover(0.3), "too briefly"),
        (move(perform(("happy", 4.0)), {}), "happy 94%, which may be played"),
        (replace(mover(2.0), neutral_time=99.0), "cannot be seen well enough at 1:39.0"),
    ],
)
def test_without_a_face_at_rest_nothing_is_offered_and_it_is_said_why(
    one: Performance, words: str
) -> None:
    found = resting_of(one)
    assert not found.known and words in describe_resting(found)
    assert relative_performance(one) is None
    with pytest.raises(ValueError, match="nothing is known"):
        found.ratios()


def test_a_face_that_never_stops_moving_has_no_rest() -> None:
    one = perform(("neutral", 4.0))
    one = move(one, {"inner_brow": 0.2 * np.sin(9 * one.times), "jaw": 0.3 * np.sin(7 * one.times)})
    assert "at rest" in resting_of(one).lacking


def test_doubt_stays_with_the_reading_as_it_was_read() -> None:
    mixed = {"neutral": 0.37, "sad": 0.35, "angry": 0.2}
    one = perform((mixed, 6.0), ("angry", 2.0))
    one = move(one, {"inner_brow": np.where(one.times >= 6, 0.1, 0.0)})
    relative = relative_performance(one)
    assert relative is not None
    assert (relative.faces["neutral"][:150] > CLEAR_LEAD).all()
    pd.testing.assert_frame_equal(relative.doubts(), one.doubts())
    assert one.doubts()["unsure"][:150].all()


def test_a_table_of_a_scene_has_a_row_for_each_reading_and_none_for_who_never_rests() -> None:
    scene = make_scene({0: [(0, 99, "neutral", 0.5)], 1: [(0, 99, "happy", 0.9)]}, cuts=())
    faces = still(scene.faces)[list(FACE_DTYPES)].astype(FACE_DTYPES)
    table = relative_table(replace(scene, faces=faces))
    assert tuple(table.columns) == RELATIVE_COLUMNS and table.index.equals(faces.index)
    assert table[faces["track"] == 1].isna().all(axis=None)
    own = table[faces["track"] == 0]["relative_neutral"].to_numpy()
    assert own == pytest.approx(own[0]) and own[0] > 0.7
    assert relative_table(make_scene({})).empty and not resting_of(nobody()).known
