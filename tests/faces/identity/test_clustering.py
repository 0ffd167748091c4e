from __future__ import annotations

import numpy as np

from emotion_core.faces.identity.clustering import (
    KnownCharacters,
    cluster_tracks,
    on_screen_together,
)
from emotion_core.types import FloatArray
from tests.scene.scenes import make_scene

NOBODY_TOGETHER = np.zeros((4, 4), bool)


def directions(*degrees: float) -> FloatArray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_near_tracks_are_one_character_and_numbers_follow_the_first_of_each() -> None:
    found = cluster_tracks(directions(90, 0, 5, 85), NOBODY_TOGETHER, 0.8)
    assert found.tolist() == [0, 1, 1, 0]


def test_two_tracks_on_screen_together_are_never_joined_not_even_by_a_third() -> None:
    together = NOBODY_TOGETHER.copy()
    together[1, 2] = together[2, 1] = True
    found = cluster_tracks(directions(0, 1, 2, 3), together, 0.5)
    assert found[1] != found[2]
    assert len(set(found.tolist())) == 2


def test_the_mean_over_all_pairs_decides_and_not_the_nearest_pair() -> None:
    # neighbours are 30 degrees apart, but the chain as a whole is not one person
    found = cluster_tracks(directions(0, 30, 60, 90), NOBODY_TOGETHER, np.cos(np.radians(45)))
    assert found.tolist() == [0, 0, 1, 1]


def test_what_the_user_has_fixed_stays_however_near_the_others_are() -> None:
    known = KnownCharacters(np.zeros((2, 2), np.float32), np.zeros(2, np.int64))
    fixed = np.array([0, 1, -1, -1])
    found = cluster_tracks(directions(0, 1, 0, 90), NOBODY_TOGETHER, 0.8, fixed=fixed, known=known)
    assert found.tolist() == [0, 1, 0, 2]


def test_tracks_join_the_known_character_that_they_are_like() -> None:
    known = KnownCharacters(3 * directions(0, 90), np.array([3, 3]))
    found = cluster_tracks(directions(88, 45, 3), np.zeros((3, 3), bool), 0.8, known=known)
    assert found.tolist() == [1, 2, 0]


def test_a_track_that_nothing_is_known_of_stays_alone() -> None:
    vectors = directions(0, 0, 0, 0)
    vectors[2] = 0
    assert cluster_tracks(vectors, NOBODY_TOGETHER, 0.5).tolist() == [0, 0, 1, 0]


def test_no_track_gives_no_character() -> None:
    nothing = np.zeros((0, 0), np.float32)
    assert cluster_tracks(nothing, np.zeros((0, 0), bool), 0.5).tolist() == []
    known = KnownCharacters(directions(0), np.array([1]))
    assert cluster_tracks(nothing, np.zeros((0, 0), bool), 0.5, known=known).tolist() == []


def test_tracks_that_share_a_frame_are_on_screen_together() -> None:
    runs = [(0, 9, "sad", 0.9)]
    scene = make_scene({0: runs, 1: [(9, 20, "sad", 0.9)], 2: [(21, 30, "sad", 0.9)]}, 40)
    together = on_screen_together(scene.faces, np.array([2, 0, 1, 7]))
    expected = np.diag([True, True, True, False])
    expected[1, 2] = expected[2, 1] = True
    assert (together == expected).all()
