"""From a clip to its tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import uncertainty_of
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.probe import probe
from emotion_core.progress import Progress, finish
from emotion_core.scene.analysis import FACE_DTYPES, AnalysisParameters, SceneAnalysis
from emotion_core.scene.analyzer import analyze_video
from emotion_core.scene.clips.store import identify
from emotion_core.types import EmotionScores, ImageArray
from tests.conftest import place
from tests.emotions.test_classifier import make_vit
from tests.media.clips import make_clip


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    folder = make_vit(tmp_path_factory.mktemp("model") / "vit")
    return EmotionClassifier.load(str(folder), folder.parent, "cpu")


def analyze(
    path: Path,
    classifier: EmotionClassifier,
    mesh: MeshReader | None = None,
    **parameters: float,
) -> SceneAnalysis:
    """Run to the end; its progress only grows."""
    steps: list[Progress] = []
    task = analyze_video(
        path,
        probe(path),
        identify(path),
        classifier,
        MTCNNDetector(),
        AnalysisParameters(**parameters),  # type: ignore[arg-type]
        mesh=mesh,
    )
    analysis = finish(task, steps.append)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].detail.startswith(f"{len(analysis.frames)} frames, ")
    return analysis


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory, portrait: ImageArray, classifier: EmotionClassifier
) -> SceneAnalysis:
    """Grey for 10 frames, then one face that moves for 20, a cut to two faces for 20."""

    def picture(index: int) -> ImageArray:
        if index < 10:
            return np.full((180, 320, 3), 60, np.uint8)
        if index < 30:
            return place(portrait, (320, 180), 60 + index, 0, 180)
        both = place(portrait[:, ::-1], (320, 180), 0, 0, 160)
        both[:, 160:] = place(portrait, (160, 180), 0, 10, 160)
        return 255 - (255 - both) // 2

    path = make_clip(
        tmp_path_factory.mktemp("clip") / "scene.mp4", n=50, size=(320, 180), picture=picture
    )
    return analyze(path, classifier)


def test_every_frame_has_a_row_and_every_face_its_reading(scene: SceneAnalysis) -> None:
    assert scene.frames["frame"].tolist() == list(range(50))
    assert dict(scene.faces.dtypes.astype(str)) == {**FACE_DTYPES}
    probabilities = scene.faces[list(EMOTIONS)].to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    assert scene.faces["entropy"].between(0, np.log2(7) + 1e-3).all()


def test_faces_say_how_well_they_are_seen(scene: SceneAnalysis) -> None:
    faces = scene.faces
    assert faces["sharpness"].gt(0.1).all() and faces["turn"].notna().all()
    mean = faces[faces["frame"] >= 30].groupby("track")["turn"].mean()
    # the second face is the mirrored picture of the third
    assert mean[1] == pytest.approx(-mean[2], abs=0.2) and abs(mean[2]) < 0.5
    assert not uncertainty_of(faces)[["blurred", "turned"]].to_numpy().any()


def test_a_frame_without_a_face_has_no_row(scene: SceneAnalysis) -> None:
    counts = scene.frames["faces"].tolist()
    assert counts == [0] * 10 + [1] * 20 + [2] * 20
    assert set(scene.faces["frame"]) == set(range(10, 50))


def test_tracks_end_at_the_cut(scene: SceneAnalysis) -> None:
    spans = scene.faces.groupby("track")["frame"].agg(["min", "max"])
    assert spans.to_numpy().tolist() == [[10, 29], [30, 49], [30, 49]]
    assert scene.face_names() == {0: "Face 1", 1: "Face 2", 2: "Face 3"}


def test_boxes_follow_the_face_and_say_where_they_are_interpolated(scene: SceneAnalysis) -> None:
    first = scene.faces[scene.faces["track"] == 0]
    middle = (first["x1"] + first["x2"]) / 2
    expected = 60 + first["frame"] + 220 / 512 * 180
    assert np.abs(middle - expected).max() < 8
    assert first["detected"].any() and not first["detected"].all()


def test_reading_every_third_frame_gives_every_third_row(
    tmp_path: Path, portrait: ImageArray, classifier: EmotionClassifier
) -> None:
    path = make_clip(
        tmp_path / "a.mp4",
        n=30,
        size=(240, 180),
        picture=lambda index: place(portrait, (240, 180), index, 0, 180),
    )
    analysis = analyze(path, classifier, every=3)
    assert analysis.frames["frame"].tolist() == list(range(0, 30, 3))
    assert analysis.faces["frame"].tolist() == list(range(0, 30, 3))


def test_large_pictures_are_shrunk_and_boxes_stay_those_of_the_clip(
    tmp_path: Path, portrait: ImageArray, classifier: EmotionClassifier
) -> None:
    path = make_clip(
        tmp_path / "a.mp4",
        n=2,
        size=(512, 512),
        picture=lambda _: portrait,
    )
    large, small = (analyze(path, classifier, max_side=side) for side in (512, 256))
    np.testing.assert_allclose(
        small.faces[["x1", "y1", "x2", "y2"]], large.faces[["x1", "y1", "x2", "y2"]], atol=10
    )


def test_a_still_picture_is_a_scene_of_one_frame(
    tmp_path: Path, portrait: ImageArray, classifier: EmotionClassifier
) -> None:
    import cv2

    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), portrait[:, :, ::-1])
    analysis = analyze(path, classifier)
    assert len(analysis.frames) == 1 and len(analysis.faces) == 1


def test_a_clip_without_a_face_gives_empty_tables_with_all_columns(
    tmp_path: Path, classifier: EmotionClassifier
) -> None:
    analysis = analyze(make_clip(tmp_path / "a.mp4", n=10), classifier)
    assert len(analysis.frames) == 10 and analysis.faces.empty
    assert list(analysis.faces.columns) == list(FACE_DTYPES)
    assert analysis.shots == ((0.0, pytest.approx(0.4)),)


def test_a_face_that_hardly_changes_is_read_less_often_where_that_is_asked_for(
    tmp_path: Path,
    portrait: ImageArray,
    classifier: EmotionClassifier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def picture(index: int) -> ImageArray:
        grain = np.random.default_rng(index).integers(0, 3, (180, 320, 1), np.uint8)
        light = 40 if index >= 12 else 0
        return place(portrait, (320, 180), 60, 0, 180) // 2 + grain + np.uint8(light)

    read: list[int] = []
    own = EmotionClassifier.classify

    def classify(self: EmotionClassifier, crops: Sequence[ImageArray]) -> EmotionScores:
        read.append(len(crops))
        return own(self, crops)

    monkeypatch.setattr(EmotionClassifier, "classify", classify)
    path = make_clip(tmp_path / "a.mp4", n=24, size=(320, 180), picture=picture)
    every = analyze(path, classifier)
    of_every = sum(read)
    read.clear()
    still = analyze(path, classifier, still_change=5.0)
    assert len(still.faces) == len(every.faces) == 24 and of_every >= 23
    assert sum(read) < of_every / 2
    columns = list(EMOTIONS)
    np.testing.assert_allclose(still.faces[columns], every.faces[columns], atol=0.05)
    # the address of a reading of every face is that of before there was a choice
    assert every.parameters.key() == AnalysisParameters().key() != still.parameters.key()
    with pytest.raises(ValueError, match="still_change"):
        AnalysisParameters(still_change=-1)
