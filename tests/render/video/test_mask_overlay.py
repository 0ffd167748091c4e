"""Masks over the faces of the annotated video."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.render.video.mask_overlay import MaskOverlay
from emotion_core.types import FloatArray, Frame, ImageArray
from tests.training.explainers import load_vit, make_explainer, make_network

SAD = np.eye(7, dtype=np.float32)[EMOTIONS.index("sad")]
NOT_READ = np.zeros(0, np.float32)
GREY = 100


def face(
    xyxy: tuple[float, float, float, float] = (20.0, 20.0, 60.0, 60.0),
    uncertainty: tuple[str, ...] = (),
    probabilities: FloatArray = SAD,
    seen: bool = True,
    angle: float = 0.0,
) -> FaceReading:
    left, top, right, bottom = xyxy
    crop = UprightSquare((left + right - 1) / 2, (top + bottom - 1) / 2, right - left, angle)
    return FaceReading(0, "Face 1", xyxy, seen, probabilities, 0, uncertainty, crop)


def grey_frames(count: int, side: int = 80) -> Iterator[Frame]:
    for index in range(count):
        yield Frame(np.full((side, side, 3), GREY, np.uint8), index, index / 25)


@pytest.fixture
def explainer(tmp_path: Path) -> MaskExplainer:
    classifier = load_vit(tmp_path / "vit")
    return MaskExplainer(classifier, *make_network(classifier))


def changed(frame: Frame) -> np.ndarray:  # type: ignore[type-arg]
    return (frame.image != GREY).any(axis=2)


def draw(
    explainer: MaskExplainer,
    count: int,
    faces_at: Callable[[int], list[FaceReading]],
    every: int = 1,
    width: int = 80,
) -> list[Frame]:
    return list(MaskOverlay(explainer, every).draw(grey_frames(count), faces_at, width))


def test_every_face_is_coloured_and_nothing_else(explainer: MaskExplainer) -> None:
    frames = draw(explainer, 20, lambda index: [face()] if index != 7 else [])
    assert [frame.index for frame in frames] == list(range(20)), "all frames, in order"
    for frame in frames:
        inside = np.zeros((80, 80), bool)
        inside[20:60, 20:60] = frame.index != 7
        np.testing.assert_array_equal(changed(frame), inside)


@pytest.mark.parametrize(
    "uncertain",
    [
        face(uncertainty=("turned",)),
        face(uncertainty=("unsure",)),
        face(seen=False),
        face(probabilities=NOT_READ),
    ],
)
def test_a_face_that_is_read_as_unsure_or_not_at_all_is_left_as_it_is(
    explainer: MaskExplainer, uncertain: FaceReading
) -> None:
    assert not any(changed(frame).any() for frame in draw(explainer, 3, lambda _: [uncertain]))


@pytest.mark.parametrize("xyxy", [(-20.0, -20.0, 20.0, 20.0), (70.0, 70.0, 120.0, 120.0)])
def test_a_face_at_the_edge_is_coloured_as_far_as_it_is_in_the_picture(
    explainer: MaskExplainer, xyxy: tuple[float, float, float, float]
) -> None:
    (frame,) = draw(explainer, 1, lambda _: [face(xyxy)])
    left, top, right, bottom = (int(min(max(value, 0), 80)) for value in xyxy)
    assert changed(frame)[top:bottom, left:right].all()


def test_boxes_are_those_of_the_clip_where_frames_come_smaller(explainer: MaskExplainer) -> None:
    (frame,) = draw(explainer, 1, lambda _: [face((40.0, 40.0, 120.0, 120.0))], width=160)
    assert changed(frame)[20:60, 20:60].all() and changed(frame).sum() == 40 * 40


def test_of_a_tilted_face_the_square_is_coloured_in_which_it_was_read(
    explainer: MaskExplainer,
) -> None:
    (frame,) = draw(explainer, 1, lambda _: [face(angle=np.pi / 4)])
    coloured = changed(frame)
    assert coloured.sum() == pytest.approx(40 * 40, rel=0.03)
    assert coloured[39, 39] and coloured[39, 13] and not coloured[22, 22]


def test_faces_are_looked_at_in_batches_and_masks_of_every_nth_frame_are_held(
    explainer: MaskExplainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    real = explainer.attribute

    def note(images: Sequence[ImageArray], targets: Sequence[int]) -> object:
        looks.append(len(images))
        return real(images, targets)

    monkeypatch.setattr(explainer, "attribute", note)
    frames = draw(explainer, 40, lambda _: [face()], every=5)
    assert sum(looks) == 8 and len(looks) == 3, "of 40 frames, 16 held at a time"
    assert all(changed(frame).any() for frame in frames)


def test_frames_are_given_on_before_all_have_come(explainer: MaskExplainer) -> None:
    taken: list[int] = []

    def stream() -> Iterator[Frame]:
        for frame in grey_frames(100):
            taken.append(frame.index)
            yield frame

    next(MaskOverlay(explainer).draw(stream(), lambda _: [face()], 80))
    assert len(taken) <= 16


def test_a_model_without_an_explainer_is_reported_in_one_sentence(tmp_path: Path) -> None:
    classifier = load_vit(tmp_path / "vit")
    with pytest.raises(
        ModelError,
        match=r"^.* has no trained explainer, so the video can only be made without masks\.$",
    ):
        MaskOverlay.load(classifier, [tmp_path])
    folder = make_explainer(classifier, tmp_path / "explainer")
    assert MaskOverlay.load(classifier, [folder]).caption
