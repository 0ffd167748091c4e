"""Takes before the camera: what is recorded, kept, and left of them."""

from __future__ import annotations

import pytest

from emotion_core.errors import LibraryError
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.live import outcomes
from emotion_core.practice.live import session as room
from emotion_core.practice.live.run import Plan
from tests.practice.doubles import (
    wait_until,
)
from tests.practice.theatre import HOLD, SIZE, Theatre


def test_a_take_is_as_long_as_its_exercise_and_is_kept_with_its_file(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    (take,), (video,) = theatre.shelf.takes, theatre.shelf.videos
    assert theatre.shelf.exercises == [HOLD]
    assert take.duration == pytest.approx(HOLD.seconds, abs=0.01)
    assert take.frames == 10
    assert (video.width, video.height) == SIZE
    assert video.duration == pytest.approx(HOLD.seconds, abs=0.01)
    assert not take.path.exists() and not take.path.parent.exists()
    assert theatre.left() == []
    assert theatre.live_session.state().outcome is not None


def test_a_take_without_a_microphone_has_no_sound(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    assert not theatre.shelf.takes[0].has_sound
    assert not theatre.shelf.videos[0].has_audio


def test_a_take_with_a_microphone_has_sound_of_its_length(theatre: Theatre) -> None:
    theatre.live_session.begin(Plan(HOLD, record=True))
    theatre.play(5.0, sound=True)
    theatre.settle()
    take = theatre.shelf.takes[0]
    assert take.has_sound and theatre.shelf.videos[0].has_audio
    assert take.dropped == 0
    assert take.duration == pytest.approx(HOLD.seconds, abs=0.05)


def test_a_microphone_that_comes_in_the_middle_of_a_take_is_heard_from_there(
    theatre: Theatre,
) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(0.5)
    theatre.play(1.5, sound=True)
    theatre.settle()
    assert theatre.shelf.takes[0].has_sound and theatre.shelf.videos[0].has_audio
    assert theatre.shelf.takes[0].duration == pytest.approx(HOLD.seconds, abs=0.05)


def test_a_microphone_that_is_off_by_then_is_not_in_the_take(theatre: Theatre) -> None:
    theatre.play(0.5, sound=True)
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    assert not theatre.shelf.videos[0].has_audio


def test_a_take_goes_on_where_the_pictures_change_their_size(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=True))
    for number in range(20):
        theatre.picture(SIZE if number < 5 else (160, 150))
    theatre.settle()
    assert theatre.shelf.takes[0].frames == 10
    assert (theatre.shelf.videos[0].width, theatre.shelf.videos[0].height) == SIZE


def test_a_free_take_lasts_until_it_is_stopped_and_has_no_exercise(theatre: Theatre) -> None:
    theatre.begin(Plan(None, record=True))
    theatre.play(2.0)
    assert theatre.shelf.takes == []
    theatre.live_session.stop()
    theatre.settle()
    assert theatre.shelf.exercises == [None]
    assert theatre.shelf.takes[0].duration == pytest.approx(2.0, abs=0.11)
    assert theatre.live_session.state().outcome is None
    assert theatre.left() == []


def test_a_free_take_ends_by_itself_when_it_is_as_long_as_a_take_may_become(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST_TAKE", 1.0)
    theatre.begin(Plan(None, record=True))
    theatre.play(1.5)
    theatre.settle()
    assert theatre.live_session.state().run is None
    assert theatre.shelf.takes[0].duration == pytest.approx(1.0, abs=0.11)


def test_nothing_is_stored_in_free_play(theatre: Theatre) -> None:
    theatre.play(2.0, sound=True)
    theatre.begin(Plan(None, record=False))
    theatre.play(1.0, sound=True)
    assert theatre.left() == []
    theatre.live_session.stop()
    theatre.settle()
    assert theatre.shelf.takes == []


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (LibraryError("The library is full."), "The library is full."),
        (RuntimeError("boom"), "The take could not be saved. The log of the app says why."),
    ],
)
def test_a_take_that_cannot_be_kept_is_reported_in_a_sentence_and_leaves_nothing(
    theatre: Theatre, failure: Exception, text: str
) -> None:
    theatre.shelf.error = failure
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    state = theatre.live_session.state()
    assert state.error == text
    assert state.outcome is not None and state.outcome.match is not None
    assert theatre.left() == []
    theatre.live_session.begin(Plan(HOLD, record=True))
    assert theatre.live_session.state().error == ""


def test_a_take_is_kept_though_its_exercise_cannot_be_compared(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(playing: Playing) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(outcomes, "match", fail)
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    assert len(theatre.shelf.takes) == 1
    assert theatre.left() == []
    assert theatre.live_session.state().error.startswith(
        "How the exercise went could not be measured"
    )


def test_the_picture_goes_on_where_no_take_can_be_begun(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(prefix: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "TemporaryFolder", full)
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(0.5)
    state = theatre.live_session.state()
    assert state.error == "The take cannot be recorded: No space left on device."
    assert state.run is None
    assert theatre.picture() is not None


def test_pictures_go_on_and_a_run_may_begin_while_a_take_is_being_kept(theatre: Theatre) -> None:
    theatre.shelf.open.clear()
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    wait_until(lambda: len(theatre.shelf.takes) == 1)
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    wait_until(lambda: len(theatre.shelf.takes) == 2)
    assert theatre.live_session.state().keeping
    assert len(theatre.left()) == 2
    theatre.shelf.open.set()
    theatre.settle()
    assert theatre.left() == []


def test_a_take_shows_the_face_before_the_camera_and_nothing_that_is_drawn(
    theatre: Theatre,
) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(2.0)
    theatre.settle()
    darkest, brightest = theatre.shelf.range
    assert 45 <= darkest <= brightest <= 55
