"""The faces of a run with their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emotion_core.render.mask_grid import draw_mask_grid
from emotion_core.training.runs.masks import read_faces
from tests.training.runs.run_trees import make_run


def test_each_face_shows_the_mask_of_its_own_emotion_or_of_the_one_chosen(tmp_path: Path) -> None:
    faces = read_faces(make_run(tmp_path / "mine"))
    masks = np.zeros((9, 7, 8, 8), np.float32)
    masks[np.arange(9), faces.targets.argmax(axis=1)] = 1  # the one of its label shows all
    own, happy = (draw_mask_grid(faces, masks, name) for name in (None, "happy"))
    red = [image[100, 75 :: 150 + 8, 0].astype(int) for image in (own, happy)]
    blue = [image[100, 75 :: 150 + 8, 2].astype(int) for image in (own, happy)]
    warm = [list(r > b) for r, b in zip(red, blue, strict=True)]
    assert warm[0] == [True] * 7
    assert warm[1] == [False, False, False, True, False, False, False]


def test_faces_without_a_label_show_the_mask_that_shows_most(tmp_path: Path) -> None:
    faces = read_faces(make_run(tmp_path / "mine"))
    masks = np.zeros((9, 7, 8, 8), np.float32)
    masks[8, 5] = 1
    grid = draw_mask_grid(faces, masks, None)
    pixel = grid[grid.shape[0] // 2 + 90, 150 + 8 + 75]
    assert pixel[0] > pixel[2]
