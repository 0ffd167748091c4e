"""What a face does before the camera, against its neutral face, as it comes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from emotion_core.faces.mesh.points import VISIBLE_PARTS
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.practice.live.follower import FaceFollower
from emotion_core.practice.live.reader import LivePicture, LiveReader
from emotion_core.practice.movements.following import LiveMovements, LiveNeutral, MovementReading
from tests.practice.doubles import BOX, Finds, Moves, Reads, numbered, wait_until

# of the inner brows of the mean face, which stand 0.286 eye distances high
HEIGHT = 0.286
RATE = 12.0
MOUTH = list(VISIBLE_PARTS).index("mouth")


class Face:
    """A face that is looked at 12 times a second."""

    def __init__(self, neutral: LiveNeutral | None = None, rate: float = RATE) -> None:
        self.neutral = neutral or LiveNeutral()
        self.movements = LiveMovements(self.neutral)
        self.mesh, self.rate, self.time = Moves(), rate, 10.0

    def look(
        self, seconds: float, act: Callable[[float], None] = lambda _: None
    ) -> MovementReading:
        """Act for some seconds; gives the last reading."""
        image = numbered(90)
        for number in range(round(seconds * self.rate)):
            act(number / self.rate)
            self.time += 1 / self.rate
            face = SeenFace(image, np.array(BOX, np.float32))
            upright = turn_upright(self.mesh, [face])  # type: ignore[arg-type]
            reading = self.movements.add(self.time, image, upright)
        return reading

    def talk(self, time: float) -> None:
        """The mouth opens and closes four times a second."""
        self.mesh.mouth = 0.1 * (1 + np.sin(2 * np.pi * 4 * time))


def test_nothing_is_said_of_movements_before_the_neutral_face_is_known() -> None:
    reading = Face().look(1.5)
    assert reading.seen and not reading.neutral
    assert np.isnan(reading.raw).all() and np.isnan(reading.steady).all()


def test_two_calm_seconds_are_the_neutral_face_and_movements_are_measured_from_it() -> None:
    face = Face()
    face.mesh.inner_brows = 0.05  # whatever it looks like
    assert face.look(2.6).neutral
    face.mesh.inner_brows = 0.05 + 0.25 * (HEIGHT + 0.05)
    assert face.look(1.0).of("inner_brows_up") == pytest.approx(0.25, abs=0.01)


def test_what_lasts_for_a_tenth_of_a_second_is_measured_but_not_said() -> None:
    face = Face()
    face.look(3.0)
    face.mesh.inner_brows = 0.1
    flicker = face.look(0.1)
    assert np.nanmax(flicker.raw) > 0.3 and flicker.of("inner_brows_up") == 0


def test_a_face_that_moves_is_not_taken_for_neutral() -> None:
    face = Face()

    def restless(time: float) -> None:
        face.mesh.inner_brows = 0.1 * (time % 1 > 0.5)

    assert not face.look(6.0, restless).neutral
    assert face.look(3.0).neutral


def test_where_faces_are_read_rarely_more_time_is_needed_to_know_the_neutral_face() -> None:
    face = Face(rate=3.0)
    assert not face.look(3.0).neutral
    assert face.look(2.0).neutral


def test_what_the_user_calls_neutral_is_neutral_at_once_and_stays_so_with_the_next_camera() -> None:
    face = Face()
    face.look(2.6)
    face.mesh.inner_brows = 0.1
    assert face.look(1.0).of("inner_brows_up") > 0.3
    face.neutral.take_now()
    assert face.look(0.1).of("inner_brows_up") == pytest.approx(0, abs=0.01)

    later = Face(face.neutral)
    later.mesh.inner_brows = 0.1
    assert later.look(0.1).of("inner_brows_up") == pytest.approx(0, abs=0.01)


def test_a_mouth_behind_a_hand_is_not_measured_and_makes_no_neutral_face() -> None:
    face = Face()
    face.mesh.visibility[MOUTH] = 0.1
    reading = face.look(4.0)
    assert reading.hidden == ("mouth",) and not reading.neutral
    face.mesh.visibility[:] = 1
    face.look(3.0)
    face.mesh.visibility[MOUTH] = 0.1
    hidden = face.look(0.5)
    assert np.isnan(hidden.of("mouth_open")) and hidden.of("inner_brows_up") == 0
    face.mesh.visibility[:] = 1
    assert face.look(0.1).of("mouth_open") == pytest.approx(0, abs=0.01)


def test_a_mouth_that_opens_and_closes_repeatedly_speaks_and_one_that_opens_once_does_not() -> None:
    face = Face()
    face.look(3.0)

    def yawn(time: float) -> None:
        face.mesh.mouth = 0.3 * np.sin(np.pi * time / 1.5)

    assert not face.look(1.5, yawn).speaking
    assert face.look(1.5, face.talk).speaking
    face.mesh.mouth = 0.0
    assert not face.look(2.0).speaking


def test_where_faces_are_read_too_rarely_to_tell_nobody_speaks() -> None:
    face = Face(rate=6.0)
    assert not face.look(4.0, face.talk).speaking


def test_after_a_gap_movements_are_measured_anew_from_the_same_neutral_face() -> None:
    face = Face()
    face.look(3.0)
    face.mesh.inner_brows = 0.1
    face.look(0.5)
    face.mesh.inner_brows = 0.0
    face.time += 5.0
    reading = face.look(0.1)
    assert reading.neutral and reading.of("inner_brows_up") == pytest.approx(0, abs=0.01)


def test_a_speaking_mouth_makes_a_happy_reading_unsure_and_a_sad_one_not() -> None:
    reads, mesh, follower = Reads(happy=0.9), Moves(), FaceFollower()
    reader = LiveReader(reads, Finds(BOX), mesh, follower, 0.0)  # type: ignore[arg-type]
    reader.read_every = 0.0
    reader.start()
    seen = []
    for number in range(36):
        reads.shares = Reads(happy=0.9).shares if number < 24 else Reads(sad=0.9).shares
        mesh.mouth = 0.1 * (1 + np.sin(2 * np.pi * 4 * number / RATE))
        image, time = numbered(90), number / RATE
        reader.offer(LivePicture(image, number, time, follower.advance(number, time, image)))
        wait_until(lambda n=number: reader.reading is not None and reader.reading.index == n)  # type: ignore[misc]
        assert reader.reading is not None and not reader.error
        seen.append("speaking" in reader.reading.uncertainty)
    reader.close()
    assert not seen[0] and all(seen[14:24]) and not any(seen[24:])
    assert len(MOVEMENTS) == len(reader.reading.movements.raw)  # type: ignore[union-attr]
