from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.arcs.arc import arc_of, smooth
from emotion_core.performance.performance import performances_of
from tests.scene.scenes import FPS, make_scene

SAD, NEUTRAL, HAPPY = (EMOTIONS.index(name) for name in ("sad", "neutral", "happy"))


def test_a_performance_is_one_character_and_the_longest_in_view_comes_first() -> None:
    first, second = performances_of(make_scene())
    assert (first.name, len(first), second.name, len(second)) == ("Face 1", 50, "Face 2", 40)
    assert first.seconds == pytest.approx(2.0)


def test_tracks_of_one_name_are_one_performance() -> None:
    scene = make_scene()
    scene.faces["character"] = "Ana"
    (ana,) = performances_of(scene, "At the wedding")
    assert (ana.name, ana.scene, len(ana)) == ("Ana", "At the wedding", 90)
    assert ana.segments().max() == 1


def test_a_segment_ends_at_a_gap_a_cut_and_another_track() -> None:
    scene = make_scene({0: [(0, 9, "sad", 0.9), (12, 29, "sad", 0.9)]}, frames=30, cuts=(20,))
    (one,) = performances_of(scene)
    assert np.bincount(one.segments()).tolist() == [10, 8, 10]


def test_smoothing_keeps_sums_and_never_reaches_across_a_cut() -> None:
    runs = [(0, 24, "neutral", 0.9), (25, 49, "sad", 0.9)]
    (at_cut,) = performances_of(make_scene({0: runs}, frames=50, cuts=(25,)))
    (in_shot,) = performances_of(make_scene({0: runs}, frames=50, cuts=()))
    assert np.allclose(smooth(at_cut, 0.4), at_cut.probabilities)
    rounded = smooth(in_shot, 0.4)
    middle = (0.9 + 0.1 / 6) / 2
    assert middle - 0.1 < rounded[24, SAD] < middle < rounded[25, SAD] < middle + 0.1
    assert np.allclose(rounded.sum(axis=1), 1)


def test_smoothing_weighs_by_the_frames_own_times() -> None:
    (one,) = performances_of(make_scene({0: [(0, 2, "sad", 0.9)]}, frames=3, cuts=()))
    one.faces["time"] = [0.0, 0.1, 0.4]
    one.faces.loc[1, list(EMOTIONS)] = np.eye(7)[HAPPY]
    near, far = np.exp(-0.5 * np.array([0.1, 0.4]) ** 2 / 0.2**2)
    rest = 0.1 / 6  # of happy in the two frames that are read as sad
    expected = (near + rest * (1 + far)) / (1 + near + far)
    assert smooth(one, 0.2)[0, HAPPY] == pytest.approx(expected, abs=1e-6)


def test_an_arc_lies_on_a_regular_clock_and_is_empty_where_nobody_is_seen() -> None:
    scene = make_scene({0: [(0, 9, "sad", 0.9), (30, 49, "happy", 0.9)]}, frames=50, cuts=())
    arc = arc_of(performances_of(scene)[0], step=1 / FPS, sigma=0)
    assert np.allclose(np.diff(arc.times), 1 / FPS)
    assert len(arc) == 50
    assert arc.seen.tolist() == [True] * 10 + [False] * 20 + [True] * 20
    assert np.allclose(arc.values[arc.seen].sum(axis=1), 1)
    assert arc.values[[0, 49]].argmax(axis=1).tolist() == [SAD, HAPPY]
