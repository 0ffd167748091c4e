from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.chords.runs import find_runs
from emotion_core.performance.chords.states import states_of
from tests.performance.performances import nobody, perform
from tests.scene.scenes import FPS


def test_a_state_is_a_leading_emotion_with_its_time_and_mean_share() -> None:
    states = states_of(perform(("neutral", 1.0), ("sad", 2.0)), sigma=0)
    assert states["emotion"].tolist() == ["neutral", "sad"]
    assert np.allclose(states[["start", "end", "seconds"]], [[0, 1, 1], [1, 3, 2]])
    assert np.allclose(states["share"], 0.94, atol=1e-6)


def test_a_cut_and_a_gap_part_what_is_the_same_before_and_after() -> None:
    one = perform(("sad", 2.0), (None, 1.0), ("sad", 1.0), cuts=(1.0,))
    states = states_of(one)
    assert np.allclose(states[["stretch", "start", "end"]], [[0, 0, 1], [1, 1, 2], [2, 3, 4]])


def test_a_flicker_between_two_others_is_shared_by_them() -> None:
    one = perform(("neutral", 1.0), ("fear", 0.24), ("sad", 2.0))
    states = states_of(one, sigma=0)
    assert states["emotion"].tolist() == ["neutral", "sad"]
    assert np.allclose(states[["start", "end"]], [[0, 1.12], [1.12, 3.24]])


def test_a_flicker_at_the_edge_of_a_segment_joins_its_only_neighbour() -> None:
    first = states_of(perform(("fear", 0.2), ("sad", 2.0)), sigma=0)
    last = states_of(perform(("sad", 2.0), ("fear", 0.2)), sigma=0)
    for states in (first, last):
        assert states["emotion"].tolist() == ["sad"]
        assert np.allclose(states[["start", "end"]], [[0, 2.2]])


def test_what_a_flicker_had_parted_is_one_again() -> None:
    one = perform(("sad", 1.0), ("fear", 0.2), ("sad", 1.0))
    assert np.allclose(states_of(one, sigma=0)[["start", "end"]], [[0, 2.2]])
    assert len(states_of(one, sigma=0, shortest=0)) == 3


def test_a_segment_shorter_than_a_flicker_still_has_its_state() -> None:
    states = states_of(perform(("sad", 1.0), ("happy", 0.2), ("sad", 1.0), cuts=(1.0, 1.2)))
    assert states["emotion"].tolist() == ["sad", "happy", "sad"]


@pytest.mark.parametrize("shortest", [0.0, 0.3, 5.0])
def test_runs_cover_every_reading_once_whatever_is_joined(shortest: float) -> None:
    random = np.random.default_rng(0)
    parts = [(None if k == 7 else "sad", seconds) for k, seconds in enumerate([1.0] * 12)]
    one = perform(*parts, cuts=(2.52, 9.0))
    labels = random.integers(0, 3, len(one))
    runs = find_runs(one, labels, shortest)
    rows = np.concatenate([np.arange(a, b) for a, b in runs[["first", "last"]].to_numpy()])
    assert rows.tolist() == list(range(len(one)))
    assert runs["seconds"].sum() == pytest.approx(one.seconds)
    inside = runs["stretch"].diff() == 0
    assert (runs["label"].diff()[inside] != 0).all()
    assert (runs["seconds"] >= shortest - 1e-9).all() or runs["stretch"].is_unique


def test_a_state_lasts_until_the_next_reading_at_a_variable_rate() -> None:
    one = perform(("sad", 3 / FPS), ("happy", 1 / FPS))
    one.faces["time"] = [0.0, 0.5, 0.6, 2.0]
    states = states_of(one, sigma=0)
    assert np.allclose(states[["start", "end"]], [[0, 2.04]])
    assert np.allclose(states_of(one, 0, 0)[["start", "end"]], [[0, 2.0], [2.0, 2.04]])


def test_nobody_has_no_states_and_one_reading_has_one() -> None:
    assert states_of(nobody()).empty
    assert states_of(nobody())["emotion"].dtype == "string"
    states = states_of(perform(("sad", 1 / FPS)))
    assert states["seconds"].tolist() == pytest.approx([1 / FPS])
