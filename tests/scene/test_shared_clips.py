"""Clips beside the project, one of each kind, are read to their end with the built-in model."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.scene.summary import summarize
from emotion_core.settings import load_settings
from tests.scene.test_analyzer import analyze


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    settings = load_settings()
    return EmotionClassifier.load(settings.model, settings.models_dir, "cpu")


@pytest.mark.parametrize(
    ("name", "frames", "shots"),
    [
        ("chaplin.mp4", 241, 1),
        ("fer_test.mp4", 115, 1),
        ("lp_driving_d0.mp4", 78, 1),
        ("pyfeat_face_noface.mov", 169, 2),
        ("pyfeat_single_face.mp4", 72, 1),
        ("short_hamilton_clip.mp4", 275, 4),
    ],
)
def test_a_clip_is_read_to_its_end(
    clips: Path, classifier: EmotionClassifier, name: str, frames: int, shots: int
) -> None:
    analysis = analyze(clips / name, classifier)
    assert len(analysis.frames) == frames and len(analysis.shots) == shots
    assert analysis.warnings == ()
    uncertainty = summarize(analysis).uncertainty
    if name == "chaplin.mp4":
        assert uncertainty["tiny"] > 0.9
    elif name == "short_hamilton_clip.mp4":
        assert uncertainty["turned"] > 0.3 and 0 < uncertainty["blurred"] < 0.2
    else:  # a large, sharp face to the front
        assert uncertainty["tiny"] == uncertainty["blurred"] == uncertainty["turned"] == 0
    if name == "pyfeat_face_noface.mov":
        # the face is there until the cut, and then a title without one
        assert analysis.faces["time"].max() < 2.45
        assert 0.3 < summarize(analysis).face_share < 0.45
    elif name == "short_hamilton_clip.mp4":
        assert analysis.frames["faces"].max() >= 4  # the audience in the last shot
    elif name != "chaplin.mp4":
        assert summarize(analysis).face_share == pytest.approx(1.0)
        assert analysis.faces["track"].nunique() == 1
