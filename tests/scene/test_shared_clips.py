"""Clips beside the project, one of each kind, are read to their end with the built-in model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.found_faces import find_in_picture
from emotion_core.explanation.moments import uncertainty_at
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, MeshReader, load_mesh_reader
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.pictures import read_picture
from emotion_core.scene.summary import summarize
from emotion_core.settings import load_settings
from tests.scene.test_analyzer import analyze


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    settings = load_settings()
    return EmotionClassifier.load(settings.model, settings.models_dir, "cpu")


@pytest.fixture(scope="module")
def mesh() -> MeshReader:
    return load_mesh_reader(DEFAULT_MESH, load_settings().models_dir)


@pytest.mark.parametrize(
    ("name", "frames", "shots"),
    [
        pytest.param("chaplin.mp4", 241, 1, marks=pytest.mark.long),
        pytest.param("fer_test.mp4", 115, 1, marks=pytest.mark.long),
        ("lp_driving_d0.mp4", 78, 1),
        ("pyfeat_face_noface.mov", 169, 2),
        pytest.param("pyfeat_single_face.mp4", 72, 1, marks=pytest.mark.long),
        ("short_hamilton_clip.mp4", 275, 4),
    ],
)
def test_a_clip_is_read_to_its_end(
    clips: Path,
    classifier: EmotionClassifier,
    mesh: MeshReader,
    name: str,
    frames: int,
    shots: int,
) -> None:
    analysis = analyze(clips / name, classifier, mesh)
    assert len(analysis.frames) == frames and len(analysis.shots) == shots
    assert analysis.warnings == ()
    faces, uncertainty = analysis.faces, summarize(analysis).uncertainty
    if name == "chaplin.mp4":
        small = np.minimum(faces["x2"] - faces["x1"], faces["y2"] - faces["y1"]) < 40
        assert small.mean() > 0.9 and uncertainty["tiny"] > 0.3
    elif name == "short_hamilton_clip.mp4":
        assert uncertainty["turned"] > 0.3 and 0 < uncertainty["blurred"] < 0.2
    else:  # a large, sharp face to the front
        assert uncertainty["tiny"] == uncertainty["blurred"] == uncertainty["turned"] == 0
    if name == "pyfeat_face_noface.mov":
        # the face is there until the cut, and then a title without one
        assert faces["time"].max() < 2.45
        assert 0.3 < summarize(analysis).face_share < 0.45
    elif name == "short_hamilton_clip.mp4":
        assert analysis.frames["faces"].max() >= 4  # the audience in the last shot
        assert uncertainty["speaking"] > 0.1
        rapping = set(faces.loc[faces["speaking"] == 1, "track"])
        assert rapping and not rapping & {m.track for m in summarize(analysis).moments}
    elif name != "chaplin.mp4":
        assert summarize(analysis).face_share == pytest.approx(1.0)
        assert faces["track"].nunique() == 1


@pytest.mark.parametrize("name", ["lying90.mp4", "lying90b.mp4", "upside.mp4"])
def test_a_face_that_lies_or_hangs_upside_down_is_read_as_it_is_upright(
    cases: Path, classifier: EmotionClassifier, mesh: MeshReader, name: str
) -> None:
    analysis = analyze(cases / "lying-and-upside-down" / name, classifier, mesh)
    faces = analysis.faces
    assert analysis.frames["faces"].tolist() == [1] * len(analysis.frames)
    leads = faces[list(EMOTIONS)].idxmax(axis=1)
    if name == "lying90b.mp4":  # she winks with a smile, and does nothing else
        assert set(leads) == {"happy", "neutral"}
        assert (leads[faces["time"].between(0.25, 0.55)] == "happy").all()
        assert faces["neutral"].median() > 0.5
    else:
        assert (leads == "happy").all()


@pytest.mark.parametrize("name", ["occ_angry.jpg", "occ_happy.jpg"])
def test_a_face_behind_a_hand_a_mask_or_dark_glasses_is_unsure(
    cases: Path, classifier: EmotionClassifier, mesh: MeshReader, name: str
) -> None:
    image = read_picture(cases / "covered-faces" / name)
    faces = find_in_picture(image, MTCNNDetector(), mesh, classifier.preprocessing.size)
    shares = classifier.classify([face.crop for face in faces]).probabilities
    why = [uncertainty_at(face, own) for face, own in zip(faces, shares, strict=True)]
    # from left to right: bare, a text below the mouth, a text over it, a mask, dark glasses
    assert ["covered" in reasons for reasons in why] == [False, False, True, True, True]
