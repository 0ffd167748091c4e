"""The benchmark of the attribution methods: what it measures, on a network that is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.attribution import COLUMNS, build_methods, measure_method, to_matrix, to_table
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.methods import METHODS
from emotion_core.training.data import FaceSet
from tests.explanation.classifiers import SIDE, PixelModel, patch_of, quarters, wrap


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    """One picture of each emotion, white where the network sees it."""
    images = [
        np.repeat(255 * patch_of(k)[:, :, None].astype(np.uint8), 3, axis=2) for k in range(7)
    ]
    return FaceSet(images, np.eye(7, dtype=np.float32), [str(k) for k in range(7)], {})


def test_a_method_that_sees_beats_one_that_knows_nothing(faces: FaceSet) -> None:
    classifier = wrap(PixelModel(quarters()))
    builders = build_methods(["occlusion", "gaussian"], classifier, rise_masks=10)
    seeing, blind = (measure_method(b, classifier, faces, 2) for b in builders.values())
    assert set(seeing.figures) == set(COLUMNS) and seeing.count == 7
    assert seeing.figures["ratio"].value > 1.2 > 1.01 > blind.figures["ratio"].value
    assert seeing.figures["deletion"].value < blind.figures["deletion"].value
    assert blind.figures["all"].value == pytest.approx(1)
    assert seeing.milliseconds > blind.milliseconds > 0
    table = to_table([seeing, blind], reference=100.0)
    assert table.count("\n") == 3 and "| gaussian |" in table
    lines = to_matrix(seeing.specificity).splitlines()
    assert len(lines) == 8 and lines[1].startswith(EMOTIONS[0])


def test_methods_that_cannot_look_into_a_network_are_left_out_unless_asked_for() -> None:
    classifier = wrap(PixelModel(quarters()), SIDE)
    assert set(build_methods(None, classifier, 10)) == set(METHODS) - {"grad-cam", "rollout"}
    with pytest.raises(ModelError):
        build_methods(["rollout"], classifier, 10)
