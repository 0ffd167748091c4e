"""Reading the face before the camera: the newest picture, one face, one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.tilt import tilts
from emotion_core.practice.live import reader as reading
from emotion_core.practice.live.follower import FaceFollower
from emotion_core.practice.live.reader import (
    MIN_FACE,
    LivePicture,
    LiveReader,
    LiveReading,
)
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from tests.practice.doubles import (
    BOX,
    Finds,
    Reads,
    middle,
    numbered,
    shares,
    threads_named,
    wait_until,
)

LARGER = (0.0, 0.0, 90.0, 290.0)
NOW = 0.0  # readings are not smoothed


class Camera:
    """Shows pictures to a reader and waits until they are read."""

    def __init__(
        self, classifier: Any, detector: Any, smoothing: float = NOW, mesh: Any = None
    ) -> None:
        self.follower = FaceFollower()
        self.reader = LiveReader(classifier, detector, mesh or classifier, self.follower, smoothing)
        self.index = -1

    def show(self, time: float, image: ImageArray | None = None) -> None:
        self.index += 1
        image = numbered(self.index) if image is None else image
        place = self.follower.advance(self.index, time, image)
        self.reader.offer(LivePicture(image, self.index, time, place))

    def read(self, time: float, image: ImageArray | None = None) -> LiveReading:
        self.show(time, image)
        wait_until(lambda: self.newest == self.index or bool(self.reader.error))
        assert self.reader.reading is not None
        return self.reader.reading

    @property
    def newest(self) -> int:
        return -1 if self.reader.reading is None else self.reader.reading.index


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READ_EVERY", 0.0)


@pytest.fixture
def finds() -> Finds:
    return Finds(BOX)


@pytest.fixture
def reads() -> Reads:
    return Reads(sad=0.8)


@pytest.fixture
def camera(reads: Reads, finds: Finds) -> Iterator[Camera]:
    camera = Camera(reads, finds)
    camera.reader.start()
    yield camera
    reads.open.set()
    camera.reader.close()


def test_a_picture_is_read_where_the_face_is(camera: Camera, reads: Reads) -> None:
    read = camera.read(5.0)
    np.testing.assert_allclose(read.probabilities, reads.shares, atol=1e-6)
    assert (read.index, read.time, read.faces) == (0, 5.0, 1)
    assert reads.middles == [middle(BOX)]


def test_only_the_newest_picture_is_read(camera: Camera, reads: Reads, finds: Finds) -> None:
    reads.open.clear()
    camera.show(0.0)
    assert reads.asked.wait(20)
    for number in range(1, 6):
        camera.show(float(number))
    reads.open.set()
    wait_until(lambda: camera.newest == 5)
    assert finds.images == [0, 5]
    assert len(reads.middles) == 2


def test_the_detector_rests_between_its_looks_and_the_reader_does_not(
    camera: Camera, finds: Finds, reads: Reads
) -> None:
    for number in range(10):
        camera.read(number / 10)
    assert len(reads.middles) == 10
    assert finds.images == [0, 3, 6, 9]


def test_nothing_is_read_where_no_face_is(camera: Camera, finds: Finds, reads: Reads) -> None:
    finds.boxes = []
    read = camera.read(0.0)
    assert len(read.probabilities) == len(read.raw) == 0
    assert read.faces == 0
    assert reads.middles == []
    assert camera.reader.look is None


def test_the_largest_of_several_faces_is_read(camera: Camera, finds: Finds, reads: Reads) -> None:
    finds.boxes = [BOX, LARGER]
    assert camera.read(0.0).faces == 2
    assert reads.middles == [middle(LARGER)]


def test_a_face_that_is_hardly_one_is_not_begun_with(camera: Camera, finds: Finds) -> None:
    finds.confidence = 0.7
    assert len(camera.read(0.0).probabilities) == 0
    finds.confidence = 0.95
    assert len(camera.read(0.1).probabilities) == 7
    finds.confidence = 0.7  # but resumed
    assert len(camera.read(5.0).probabilities) == 7


def test_a_larger_face_that_passes_by_does_not_take_the_box(
    camera: Camera, finds: Finds, reads: Reads
) -> None:
    camera.read(0.0)
    finds.boxes = [LARGER, BOX]
    for number in range(1, 8):
        assert camera.read(number * 0.4).faces == 2
    assert reads.middles == [middle(BOX)] * 8


def test_a_face_that_is_gone_is_given_up_after_half_a_second(camera: Camera, finds: Finds) -> None:
    camera.read(0.0)
    finds.boxes = []
    seen = {time: len(camera.read(time).probabilities) for time in (0.2, 0.4, 0.5, 0.51, 0.6)}
    assert seen == {0.2: 7, 0.4: 7, 0.5: 7, 0.51: 0, 0.6: 0}
    assert camera.follower.advance(99, 0.7, numbered(0)) is None


def test_a_face_behind_a_hand_for_a_moment_is_the_same_face(
    camera: Camera, finds: Finds, reads: Reads
) -> None:
    camera.read(0.0)
    finds.boxes = []
    camera.read(0.4)
    finds.boxes = [LARGER, BOX]
    camera.read(0.5)
    assert reads.middles == [middle(BOX)] * 3


def test_the_other_face_is_read_once_the_first_is_gone(
    camera: Camera, finds: Finds, reads: Reads
) -> None:
    camera.read(0.0)
    finds.boxes = [LARGER]
    for time in (0.3, 0.6, 0.7):
        camera.read(time)
    assert reads.middles == [middle(BOX), middle(BOX), middle(LARGER)]


def test_readings_are_smoothed_and_said_as_they_were_read(finds: Finds, reads: Reads) -> None:
    camera = Camera(reads, finds, smoothing=0.3)
    camera.reader.start()
    camera.read(0.0)
    before, reads.shares = reads.shares, shares(happy=1.0)
    read = camera.read(0.3)
    camera.reader.close()
    np.testing.assert_allclose(read.raw, reads.shares, atol=1e-6)
    kept = np.exp(-1)
    expected = kept * before + (1 - kept) * reads.shares
    np.testing.assert_allclose(read.probabilities, expected, atol=1e-5)


def test_nothing_of_one_face_is_carried_over_to_the_next(finds: Finds, reads: Reads) -> None:
    camera = Camera(reads, finds, smoothing=1.0)
    camera.reader.start()
    camera.read(0.0)
    finds.boxes = []
    for time in (0.4, 0.55):
        camera.read(time)
    finds.boxes, reads.shares = [LARGER], shares(happy=1.0)
    read = camera.read(0.6)
    camera.reader.close()
    np.testing.assert_allclose(read.probabilities, reads.shares, atol=1e-6)


def test_smoothing_can_be_switched_off_on_the_way(finds: Finds, reads: Reads) -> None:
    camera = Camera(reads, finds, smoothing=1.0)
    camera.reader.start()
    camera.read(0.0)
    camera.reader.smooth_over(0.0)
    reads.shares = shares(happy=1.0)
    read = camera.read(0.1)
    camera.reader.close()
    np.testing.assert_allclose(read.probabilities, reads.shares, atol=1e-6)


def test_a_clock_that_jumps_back_does_not_keep_a_lost_face(camera: Camera, finds: Finds) -> None:
    camera.read(1000.0)
    finds.boxes = []
    assert len(camera.read(3.0).probabilities) == 0


def test_a_small_face_without_a_clear_lead_is_read_as_unsures(
    camera: Camera, finds: Finds, reads: Reads
) -> None:
    finds.boxes = [(10.0, 10.0, 40.0, 60.0)]
    reads.shares = shares(sad=0.3, fear=0.33)
    assert camera.read(0.0).uncertainty == ("tiny", "unsure")


def test_a_look_of_the_detector_is_kept_for_the_feedback(camera: Camera, reads: Reads) -> None:
    camera.read(0.0)
    wait_until(lambda: camera.reader.look is not None)
    look = camera.reader.look
    camera.read(0.1)  # the detector rests
    assert camera.reader.look is look is not None
    assert look.time == 0.0
    np.testing.assert_array_equal(look.place.xyxy, BOX)


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (ModelError("The model is gone."), "The model is gone."),
        (
            RuntimeError("bad shapes"),
            "Eme has stopped reading your face because of an error. "
            "The log of the app has the details.",
        ),
    ],
)
def test_a_model_that_fails_is_reported_in_a_sentence_and_nothing_is_shown_as_read(
    camera: Camera, reads: Reads, failure: Exception, text: str
) -> None:
    camera.read(0.0)
    reads.error = failure
    camera.show(0.1)
    wait_until(lambda: camera.reader.reading is None)
    assert camera.reader.error == text
    camera.show(0.2)  # and pictures may still come


def test_the_thread_is_over_once_the_reader_is_closed(reads: Reads, finds: Finds) -> None:
    camera = Camera(reads, finds)
    camera.reader.start()
    camera.read(0.0)
    assert len(threads_named("eme-reader")) == 1
    camera.reader.close()
    assert not threads_named("eme-reader")


def test_a_reader_can_be_closed_before_the_first_picture_and_twice(
    reads: Reads, finds: Finds
) -> None:
    camera = Camera(reads, finds)
    camera.reader.close()
    camera.reader.start()
    camera.reader.close()
    camera.reader.close()
    camera.show(0.0)
    assert not threads_named("eme-reader")
    assert reads.middles == []


def test_a_reader_can_be_closed_from_two_threads_while_it_reads(
    camera: Camera, reads: Reads
) -> None:
    reads.open.clear()
    camera.show(0.0)
    assert reads.asked.wait(20)
    over: list[bool] = []

    def close() -> None:
        camera.reader.close()
        over.append(not threads_named("eme-reader"))

    closing = [threading.Thread(target=close) for _ in range(2)]
    for thread in closing:
        thread.start()
    reads.open.set()
    for thread in closing:
        thread.join(20)
    assert over == [True, True]


def test_the_portrait_is_read_live_as_it_is_in_a_scene(portrait: ImageArray) -> None:
    settings = load_settings()
    classifier = EmotionClassifier.load(settings.model, settings.models_dir, "cpu")
    detector = MTCNNDetector(MIN_FACE)
    mesh = load_mesh_reader(DEFAULT_MESH, settings.models_dir)
    found = MTCNNDetector().detect(portrait)
    face = SeenFace(portrait, found.xyxy[0], found.landmarks[0])
    (square,) = turn_upright(mesh, [face]).squares
    crop = square.cut(portrait, classifier.preprocessing.size)
    expected = classifier.classify([crop]).probabilities[0]

    camera = Camera(classifier, detector, 0.3, mesh)
    camera.reader.start()
    for number in range(4):
        read = camera.read(number * 0.1, portrait)
    camera.reader.close()
    assert EMOTIONS[read.probabilities.argmax()] == EMOTIONS[expected.argmax()]
    np.testing.assert_allclose(read.probabilities, expected, atol=0.1)
    assert read.uncertainty == ()


@pytest.mark.parametrize("quarters", [1, 2])
def test_a_face_that_lies_or_hangs_is_followed_live(portrait: ImageArray, quarters: int) -> None:
    picture = np.ascontiguousarray(np.rot90(portrait, quarters))
    settings = load_settings()
    classifier = EmotionClassifier.load(settings.model, settings.models_dir, "cpu")
    mesh = load_mesh_reader(DEFAULT_MESH, settings.models_dir)
    camera = Camera(classifier, MTCNNDetector(MIN_FACE), 0.3, mesh)
    camera.reader.start()
    for number in range(4):
        read = camera.read(number * 0.4, picture)  # each is looked at by the detector
        assert len(read.probabilities) and read.faces == 1
    camera.reader.close()
    assert camera.reader.look is not None
    angle = float(np.degrees(tilts(camera.reader.look.place.landmarks[None])[0]))
    assert abs((angle + 90 * quarters + 180) % 360 - 180) < 15
