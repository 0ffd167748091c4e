"""Stills of faces at moments of a clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emotion_core.scene.stills import face_pictures
from tests.media.clips import make_clip
from tests.scene.scenes import FPS, make_scene


def test_each_still_is_of_its_own_moment_and_track_in_the_order_asked_for(tmp_path: Path) -> None:
    # the picture grows lighter from frame to frame
    clip = make_clip(
        tmp_path / "clip.mp4",
        100,
        FPS,
        (160, 96),
        picture=lambda index: np.full((96, 160, 3), 2 * index, np.uint8),
    )
    scene = make_scene()
    stills = face_pictures(clip, scene.faces, [(3.0, 1), (0.4, 0), (9.0, 0)], size=32)
    assert [still.shape for still in stills] == [(32, 32, 3)] * 3
    found = [float(still[16, 16].mean()) for still in stills]
    # frames 75 and 10, and the last reading of the first face, frame 49
    np.testing.assert_allclose(found, [150, 20, 98], atol=4)
