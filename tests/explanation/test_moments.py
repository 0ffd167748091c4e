"""A face of a scene, found again at its moment, and through its time in view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS
from emotion_core.explanation.found_faces import find_in_picture
from emotion_core.explanation.methods.baselines import CentredGaussian
from emotion_core.explanation.moments import (
    even_moments,
    find_at_moment,
    find_landmarks,
    nearest_row,
    uncertainty_at,
)
from emotion_core.explanation.tracks import (
    TrackExplanation,
    explain_moments,
    leading_shares,
    load_explanation,
    mean_shares,
    regions_of,
    save_explanation,
)
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.progress import Progress, finish
from emotion_core.scene.analysis import MESH_COLUMNS
from emotion_core.types import FaceDetections, ImageArray
from tests.conftest import place
from tests.faces.meshes import MeanMeshes
from tests.media.clips import make_clip, read_mark
from tests.training.explainers import load_vit

BOX = np.array([171, 64, 277, 208], np.float32)  # of the portrait's face


class Blind(FaceDetector):
    """A detector that finds nothing."""

    def detect(self, image: ImageArray) -> FaceDetections:
        return FaceDetections.empty()


def make_rows(times: np.ndarray, box: np.ndarray) -> pd.DataFrame:  # type: ignore[type-arg]
    frames = np.rint(times * 25).astype(int)
    table = pd.DataFrame({"frame": frames, "time": times, "track": 3})
    # as of an analysis before there were meshes
    table[list(MESH_COLUMNS)] = np.nan
    return table.assign(**dict(zip(("x1", "y1", "x2", "y2"), box, strict=True)))


def test_the_picture_of_the_moment_is_cut_and_no_other(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=60, size=(64, 64))
    rows = make_rows(np.arange(60) / 25, np.array([0, 0, 64, 64]))
    for frame in (0, 17, 59):
        face = find_at_moment(clip, nearest_row(rows, frame / 25 + 0.01), Blind(), MeanMeshes(), 64)
        assert read_mark(face.crop) == frame == face.frame and face.track == 3
        assert face.shown.shape == (224, 224, 3) and face.landmarks is None


def test_landmarks_are_found_in_the_box_and_only_of_its_own_face(portrait: ImageArray) -> None:
    detector = MTCNNDetector()
    points = find_landmarks(portrait, BOX, detector)
    assert points is not None
    whole = detector.detect(portrait)
    assert whole.landmarks is not None
    assert np.abs(points - whole.landmarks[0]).max() < 6
    beside = BOX + np.array([120, 0, 120, 0], np.float32)
    assert find_landmarks(portrait, beside, detector) is None
    assert find_landmarks(portrait, BOX + 2000, detector) is None, "outside of the picture"


def test_the_faces_of_a_picture_know_their_parts(portrait: ImageArray) -> None:
    (face,) = find_in_picture(portrait, MTCNNDetector(), MeanMeshes(), 112)
    regions = regions_of(face, 112)
    assert regions is not None and face.landmarks is not None
    for point, part in enumerate(("right eyeball", "left eyeball", "nose tip")):
        x, y = np.rint(face.landmarks[point] / 2).astype(int)
        assert regions[part][y, x] > 0.5, part
    (bare,) = find_in_picture(portrait, MTCNNDetector(), None, 112)
    assert regions_of(bare, 112) is None, "its mesh was not asked for"


def test_a_face_on_its_side_is_shown_as_it_was_read(tmp_path: Path, portrait: ImageArray) -> None:
    upright = place(portrait, (256, 256), 0, 0, 256)
    lying = np.ascontiguousarray(np.rot90(upright))  # its top to the left
    clip = make_clip(tmp_path / "clip.mp4", n=4, size=(256, 256), picture=lambda i: lying)
    x1, y1, x2, y2 = BOX / 2
    rows = make_rows(np.arange(4) / 25, np.array([y1, 255 - x2, y2, 255 - x1]))
    side = max(x2 - x1, y2 - y1)
    square = UprightSquare((x1 + x2) / 2, (y1 + y2) / 2, float(side), 0.0)
    rows = rows.assign(crop_x=square.y, crop_y=255 - square.x, crop_side=side, crop_angle=-90.0)
    rows[list(VISIBLE_COLUMNS)] = 1.0
    face = find_at_moment(clip, rows.iloc[1], Blind(), MeanMeshes(), 64)
    expected = square.cut(upright, 64).astype(float)
    assert np.abs(face.crop - expected).mean() < 8
    assert face.mesh is not None, "one was read there"
    assert uncertainty_at(face, np.eye(7, dtype=np.float32)[0]) == []


def test_the_parts_of_a_face_upside_down_are_where_they_are(portrait: ImageArray) -> None:
    picture = np.ascontiguousarray(portrait[::-1, ::-1])
    height, width = portrait.shape[:2]
    (face,) = find_in_picture(picture, MTCNNDetector(), MeanMeshes(), 112)
    assert face.landmarks is not None
    left_eye, right_eye = face.landmarks[:2]
    assert left_eye[0] < right_eye[0] and left_eye[1] < face.landmarks[3][1], "turned upright"
    regions = regions_of(face, 224)
    assert regions is not None
    for part, (x, y) in (("right eyeball", left_eye), ("left eyeball", right_eye)):
        assert regions[part][round(float(y)), round(float(x))] > 0.5
    box = np.array([width, height, width, height], np.float32) - BOX[[2, 3, 0, 1]]
    points = find_landmarks(picture, box, MTCNNDetector())
    upright = find_landmarks(portrait, BOX, MTCNNDetector())
    assert points is not None and upright is not None
    assert np.abs(np.array([width, height]) - points - upright).max() < 8


def test_moments_are_spread_evenly_and_come_once() -> None:
    rows = make_rows(np.array([0, 0.1, 0.2, 1.9, 2.0]), BOX)
    assert list(even_moments(rows, 3)["time"]) == [0, 0.2, 2.0]
    assert len(even_moments(rows, 24)) == 5
    assert len(even_moments(rows[:0], 24)) == 0


def test_a_face_is_looked_at_through_its_time_with_progress(
    tmp_path: Path, portrait: ImageArray
) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4",
        n=20,
        size=(256, 256),
        picture=lambda i: place(portrait, (256, 256), 0, 0, 256),
    )
    rows = make_rows(np.arange(20) / 25, BOX / 2)
    classifier = load_vit(tmp_path / "vit")
    method = CentredGaussian(classifier)
    steps: list[Progress] = []
    track = finish(
        explain_moments(
            clip, even_moments(rows, 4), MTCNNDetector(), MeanMeshes(), classifier, method
        ),
        steps.append,
    )
    assert steps == [Progress(done, 4) for done in (1, 2, 3, 4)]
    assert track.faces.shape == (4, 112, 112, 3) and track.masks.shape == (4, 7, 112, 112)
    assert set(track.shares["face"]) == {0, 1, 2, 3}
    means = mean_shares(track, least=0)
    assert means["share"].sum() == pytest.approx(7, abs=1e-3) and set(means["moments"]) == {4}
    assert (means["high"] - means["low"]).max() < 0.04, "the face stands still"


def test_an_emotion_counts_only_at_the_moments_at_which_it_is_read() -> None:
    shares = pd.DataFrame(
        [
            (k, "sad", "mouth", "upper lip", share, 0.1)
            for k, share in enumerate((0.2, 0.4, 0.9, np.nan))
        ],
        columns=["face", "emotion", "region", "part", "share", "area"],
    )
    probabilities = np.zeros((4, 7), np.float32)
    probabilities[:, EMOTIONS.index("sad")] = 0.5, 0.5, 0.1, 0.5
    nothing = np.zeros(0, np.float32)
    pictures = np.zeros(0, np.uint8)
    means = mean_shares(TrackExplanation(nothing, pictures, nothing, probabilities, shares))
    assert means["share"].item() == pytest.approx(0.3) and means["moments"].item() == 2


def test_a_track_whose_parts_cannot_be_located_still_has_its_masks(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=5, size=(64, 64))
    classifier = load_vit(tmp_path / "vit")
    rows = make_rows(np.arange(5) / 25, np.array([0, 0, 64, 64]))
    track = finish(
        explain_moments(
            clip,
            even_moments(rows, 2),
            Blind(),
            MeanMeshes(),
            classifier,
            CentredGaussian(classifier),
        )
    )
    assert len(track.masks) == 2 and mean_shares(track).empty


def test_the_leading_mask_of_each_moment_counts_and_no_other() -> None:
    happy, sad = np.eye(7)[[EMOTIONS.index("happy"), EMOTIONS.index("sad")]]
    shares = pd.DataFrame(
        [
            (face, emotion, "mouth", "upper lip", share, 0.1)
            for face, emotion, share in (
                *((0, "happy", 0.2), (0, "sad", 0.9)),
                *((1, "happy", 0.8), (1, "sad", 0.4)),
            )
        ],
        columns=["face", "emotion", "region", "part", "share", "area"],
    )
    none = np.zeros((0, 112, 112, 3), np.uint8)
    masks = np.zeros((0, 7, 112, 112), np.float32)
    track = TrackExplanation(np.zeros(2), none, masks, np.stack([happy, sad]), shares)
    (row,) = leading_shares(track).itertuples()
    assert (row.region, row.moments) == ("mouth", 2) and row.share == pytest.approx(0.3)


def test_what_was_explained_is_kept_as_it_was(tmp_path: Path, portrait: ImageArray) -> None:
    picture = lambda _: place(portrait, (256, 256), 0, 0, 256)  # noqa: E731
    clip = make_clip(tmp_path / "clip.mp4", n=8, size=(256, 256), picture=picture)
    classifier = load_vit(tmp_path / "vit")
    rows = make_rows(np.arange(8) / 25, BOX / 2).iloc[:2]
    method = CentredGaussian(classifier)
    task = explain_moments(clip, rows, MTCNNDetector(), MeanMeshes(), classifier, method)
    found = finish(task)
    for track in (found, replace(found, shares=found.shares.iloc[:0])):
        save_explanation(track, tmp_path / "a.npz")
        loaded = load_explanation(tmp_path / "a.npz")
        assert loaded is not None
        pd.testing.assert_frame_equal(loaded.shares, track.shares, check_dtype=False)
        np.testing.assert_allclose(loaded.masks, track.masks, atol=5e-4)
        for name in ("times", "faces", "probabilities"):
            np.testing.assert_array_equal(getattr(loaded, name), getattr(track, name))
        if len(track.shares):
            pd.testing.assert_frame_equal(leading_shares(loaded), leading_shares(track))
    save_explanation(found, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as stored:
        older = {name: stored[name] for name in stored.files if name != "shares.part"}
    np.savez_compressed(tmp_path / "older.npz", **older)
    kept = load_explanation(tmp_path / "older.npz")
    assert kept is not None and not kept.has_parts and found.has_parts
    np.testing.assert_array_equal(kept.masks, loaded.masks)
    (tmp_path / "a.npz").write_bytes(b"PK")
    assert load_explanation(tmp_path / "a.npz") is None
