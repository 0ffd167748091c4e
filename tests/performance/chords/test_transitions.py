from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.chords.states import states_of
from emotion_core.performance.chords.transitions import (
    clock_transitions_of,
    entropy_rate,
    stationary_distribution,
    transitions_of,
)
from tests.performance.performances import Part, nobody, perform


def played(*parts: Part, cuts: tuple[float, ...] = ()) -> pd.DataFrame:
    return states_of(perform(*parts, cuts=cuts), sigma=0)


def test_transitions_are_counted_between_neighbours() -> None:
    # fear sad fear sad happy fear: emotions in the order fear, happy, sad
    words = ("fear", "sad", "fear", "sad", "happy", "fear")
    chain = transitions_of(played(*[(word, 1.0) for word in words]), alpha=1)
    assert chain.emotions == ("fear", "happy", "sad")
    assert chain.counts.tolist() == [[0, 0, 2], [1, 0, 0], [1, 1, 0]]
    assert chain.total == 5
    # (c + 1) / (row + 1 * 2), and no emotion after itself
    expected = [[np.nan, 1 / 4, 3 / 4], [2 / 3, np.nan, 1 / 3], [2 / 4, 2 / 4, np.nan]]
    assert np.allclose(chain.matrix, expected, equal_nan=True)


def test_a_cut_and_a_gap_are_no_transition() -> None:
    parts: list[Part] = [("sad", 1.0), ("happy", 1.0), (None, 1.0), ("fear", 1.0), ("sad", 1.0)]
    chain = transitions_of(played(*parts, cuts=(1.0,)))
    assert chain.emotions == ("fear", "happy", "sad")
    assert chain.counts.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_an_emotion_that_is_never_left_is_as_likely_followed_by_any_other() -> None:
    chain = transitions_of(played(("fear", 1.0), ("sad", 1.0), ("happy", 1.0)))
    assert np.allclose(chain.matrix[1], [0.5, np.nan, 0.5], equal_nan=True)
    assert np.allclose(chain.stationary.sum(), 1)


def test_the_entropy_rate_of_a_two_state_chain_is_that_of_the_textbook() -> None:
    # pi = (2/3, 1/3); H(0.1) = 0.4690, H(0.2) = 0.7219; 2/3 * 0.4690 + 1/3 * 0.7219
    matrix = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert np.allclose(stationary_distribution(matrix), [2 / 3, 1 / 3])
    assert entropy_rate(matrix) == pytest.approx(0.55330, abs=1e-5)


def test_the_entropy_rate_is_0_for_a_round_and_1_for_a_free_choice_of_two() -> None:
    assert entropy_rate(np.roll(np.eye(3), 1, axis=1)) == pytest.approx(0)
    assert entropy_rate((1 - np.eye(3)) / 2) == pytest.approx(1)


def test_two_emotions_take_turns_and_nothing_is_left_to_foretell() -> None:
    chain = transitions_of(played(("sad", 1.0), ("happy", 1.0), ("sad", 1.0)))
    assert np.allclose(chain.matrix, [[np.nan, 1], [1, np.nan]], equal_nan=True)
    assert chain.entropy_rate == pytest.approx(0)


def test_on_a_clock_an_emotion_may_follow_itself() -> None:
    # ticks at 0, 0.5, 1, 1.5, 2, 2.5: sad sad sad sad happy happy
    chain = clock_transitions_of(played(("sad", 2.0), ("happy", 1.0)), step=0.5, alpha=1)
    assert chain.emotions == ("happy", "sad")
    assert chain.counts.tolist() == [[1, 0], [1, 3]]
    assert np.allclose(chain.matrix, [[2 / 3, 1 / 3], [2 / 6, 4 / 6]])


def test_the_clock_begins_anew_with_each_segment() -> None:
    states = played(("sad", 0.5), ("happy", 0.5), cuts=(0.5,))
    assert clock_transitions_of(states, step=0.25).counts.tolist() == [[1, 0], [0, 1]]


def test_a_face_that_holds_one_emotion_is_foresaid_on_a_clock_and_has_no_changes() -> None:
    states = played(("neutral", 3.0))
    assert np.isnan(transitions_of(states).entropy_rate)
    assert clock_transitions_of(states).entropy_rate == 0


def test_without_a_transition_smoothing_does_not_make_one_up() -> None:
    states = played(("sad", 1.0), ("happy", 1.0), ("fear", 1.0), cuts=(1.0, 2.0))
    chain = transitions_of(states)
    assert chain.total == 0 and np.isnan(chain.matrix).all() and np.isnan(chain.entropy_rate)


def test_the_table_lists_every_pair() -> None:
    table = transitions_of(played(("sad", 1.0), ("happy", 1.0))).to_frame()
    assert table["from"].tolist() == ["happy", "happy", "sad", "sad"]
    assert table["times"].tolist() == [0, 0, 1, 0]


def test_nobody_has_no_transitions() -> None:
    for chain in (transitions_of(states_of(nobody())), clock_transitions_of(states_of(nobody()))):
        assert chain.emotions == () and chain.total == 0 and chain.to_frame().empty
