from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.faces.identity.track_embeddings import (
    VIEW_INTERVAL,
    TrackEmbeddingCollector,
    TrackEmbeddings,
    view_weights,
)
from emotion_core.faces.tracking.tracker import TrackedFaces
from emotion_core.types import ImageArray
from tests.faces.embedders import ColorEmbedder

FRONTAL = np.array([[40, 40], [80, 40], [60, 60], [45, 80], [75, 80]], np.float32)


def faces(*tracks: int, side: float = 120, detected: bool = True) -> TrackedFaces:
    """Faces side by side, each as large as a cell of the picture."""
    boxes = [[120 * t, 0, 120 * t + side, side] for t in tracks]
    return TrackedFaces(
        np.array(tracks, np.int32),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.ones(len(tracks), np.float32),
        np.full(len(tracks), detected),
        np.repeat(FRONTAL[None], len(tracks), axis=0),
    )


def picture(*colors: tuple[int, int, int]) -> ImageArray:
    return np.concatenate([np.full((120, 120, 3), c, np.uint8) for c in colors], axis=1)


def test_each_track_gets_one_embedding_of_what_was_seen_of_it() -> None:
    looks = TrackEmbeddingCollector(ColorEmbedder())
    looks.add(picture((200, 0, 0), (0, 200, 0)), 0.0, faces(0, 1))
    looks.add(picture((200, 0, 0), (0, 0, 200)), 1.0, faces(0, 1))
    found, changes = looks.finish()
    assert changes == ()
    assert found.track.tolist() == [0, 1] and found.embedder == "colours"
    assert np.allclose(found.vectors, [[1, 0, 0], [0, 0.5**0.5, 0.5**0.5]])
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1)
    assert found.weights.tolist() == [2, 2]


def test_a_portrait_is_the_best_look_at_a_face() -> None:
    looks = TrackEmbeddingCollector(ColorEmbedder())
    looks.add(picture((0, 0, 200)), 0.0, faces(0, side=40))
    looks.add(picture((200, 0, 0)), 1.0, faces(0, side=100))
    looks.add(picture((0, 200, 0)), 2.0, faces(0, side=60))
    (portrait,) = looks.finish()[0].portraits
    shown = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert shown is not None and shown.shape == (100, 100, 3)
    assert np.abs(shown.mean(axis=(0, 1)) - [200, 0, 0]).max() < 4


def test_a_track_is_looked_at_now_and_then_and_only_where_it_was_found() -> None:
    embedder = ColorEmbedder()
    looks = TrackEmbeddingCollector(embedder)
    for k in range(26):
        looks.add(picture((200, 0, 0)), k * 0.04, faces(0, detected=k % 5 == 0))
    looks.finish()
    assert sum(embedder.batches) == 1 + int(1.0 / VIEW_INTERVAL + 1e-6)


def test_what_waits_does_not_grow_with_the_clip() -> None:
    embedder = ColorEmbedder()
    looks = TrackEmbeddingCollector(embedder)
    for k in range(200):
        looks.add(picture((200, 0, 0), (0, 200, 0)), float(k), faces(0, 1))
    assert sum(embedder.batches) >= 400 - 16
    assert max(embedder.batches) <= 17


def test_a_track_whose_face_changes_is_two() -> None:
    looks = TrackEmbeddingCollector(ColorEmbedder())
    for k in range(8):
        one = (200, 0, 0) if k < 4 else (0, 200, 0)
        looks.add(picture(one, (0, 0, 200)), float(k), faces(0, 1))
    found, changes = looks.finish()
    assert [(one.track, one.time, one.number) for one in changes] == [(0, 3.5, 2)]
    assert found.track.tolist() == [0, 1, 2] and found.weights.tolist() == [4, 8, 4]
    assert np.allclose(found.vectors, np.eye(3)[[0, 2, 1]])
    assert len(set(found.portraits)) == 3


def test_a_single_odd_look_is_no_other_face() -> None:
    looks = TrackEmbeddingCollector(ColorEmbedder())
    for k in range(8):
        looks.add(picture((0, 200, 0) if k in (3, 7) else (200, 0, 0)), float(k), faces(0))
    found, changes = looks.finish()
    assert changes == () and found.weights.tolist() == [8]


def test_a_face_that_is_hardly_seen_parts_no_track() -> None:
    looks = TrackEmbeddingCollector(ColorEmbedder())
    for k in range(8):
        looks.add(picture((200, 0, 0) if k < 4 else (0, 200, 0)), float(k), faces(0, side=30))
    assert looks.finish()[1] == ()


def test_small_faces_and_those_turned_away_count_less() -> None:
    turned = FRONTAL.copy()
    turned[2, 0] = 80  # the nose under the right eye
    both = faces(0, 1)
    both = TrackedFaces(
        both.track, both.xyxy, both.confidence, both.detected, np.stack([FRONTAL, turned])
    )
    assert view_weights(both) == pytest.approx([1, np.exp(-1)])
    assert view_weights(faces(0, side=28)) == pytest.approx([0.25])


def test_nothing_seen_is_no_embedding() -> None:
    found, _ = TrackEmbeddingCollector(ColorEmbedder()).finish()
    assert len(found) == 0 and found.embedder == ""


def test_embeddings_must_fit_their_tracks() -> None:
    with pytest.raises(ValueError, match="2 tracks"):
        TrackEmbeddings(
            np.zeros(2, np.int32), np.zeros((1, 4), np.float32), np.zeros(2, np.float32), (b"",)
        )
