"""Faces that never move."""

from __future__ import annotations

import numpy as np

from emotion_core.scene.still_faces import _spread, still_tracks
from tests.scene.scenes import make_scene


def test_a_face_that_neither_moves_nor_reads_otherwise_may_be_a_picture() -> None:
    faces = make_scene({0: [(0, 99, "sad", 0.8)], 1: [(0, 99, "happy", 0.7)]}).faces
    swaying = faces["track"] == 1
    faces.loc[swaying, ["x1", "x2"]] += np.float32(2 * np.sin(np.arange(100)))[:, None]
    assert still_tracks(faces) == {0}


def test_a_face_that_plays_or_is_seen_but_shortly_is_no_picture() -> None:
    plays = [(0, 49, "sad", 0.8), (50, 99, "happy", 0.8)]
    assert still_tracks(make_scene({0: plays, 1: [(0, 30, "sad", 0.8)]}).faces) == frozenset()


def test_no_faces_are_no_pictures() -> None:
    assert still_tracks(make_scene({}).faces) == frozenset()


def test_the_spread_is_between_percentiles_as_numpy_has_them() -> None:
    rng = np.random.default_rng(0)
    for count in (1, 2, 3, 20, 21, 500):
        values = rng.normal(0, 9, (count, 4))
        low, high = np.percentile(values, [5, 95], axis=0)
        np.testing.assert_allclose(_spread(values), high - low, atol=1e-12)
