from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ComparisonError, LibraryError
from emotion_core.performance.arcs.arc import arc_of
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import LONGEST, Exercise, Hold, Mirror, Move
from emotion_core.practice.exercises.performances import target_performance
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.exercises.serialization import from_json, to_json
from tests.performance.made import make_performance, pure, wander, without_frames
from tests.performance.performances import nobody

SAD, NEUTRAL, HAPPY = (EMOTIONS.index(name) for name in ("sad", "neutral", "happy"))


def ana(seconds: float = 12.0) -> Performance:
    """Ana wanders for some seconds; she is away from 4 s to 6 s."""
    return without_frames(make_performance(wander(seconds, seed=1)), 100, 149)


EXERCISES: tuple[Exercise, ...] = (
    Hold("sad", 0.5, 8.0),
    Hold("neutral"),
    Move("neutral", "happy", 0.6, passage=3.0, rest=1.5),
    Mirror(tuple(pure("fear", 0.7)), "Fear in a still", 5.0),
    PlayAlong.of(ana(), 3, 7, 1.0, 11.0),
)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.title)
def test_a_target_is_a_distribution_within_the_exercise_and_nothing_around_it(
    exercise: Exercise,
) -> None:
    for time in np.linspace(0, exercise.seconds, 41):
        target = exercise.target_at(float(time))
        assert target.shape in ((7,), (0,)) and target.dtype == np.float32
        assert not len(target) or target.sum() == pytest.approx(1, abs=1e-5)
        assert exercise.prompt_at(float(time))
    for outside in (-0.01, exercise.seconds + 0.01):
        assert len(exercise.target_at(outside)) == 0
        assert exercise.prompt_at(outside) == ""
    assert len(exercise.target_at(0)) == len(exercise.target_at(exercise.seconds)) == 7


def test_half_of_an_emotion_is_held_beside_neutral() -> None:
    half = Hold("sad", 0.5)
    target = half.target_at(3.0)
    assert (target[SAD], target[NEUTRAL]) == (0.5, 0.5)
    assert (half.title, half.prompt_at(3.0)) == ("Hold sad, 50%", "hold sad")
    assert half.instruction == "Play sad so that it is read at 50%, and hold it for 10 s."


def test_neutral_is_held_wholly_whatever_the_strength() -> None:
    rest = Hold("neutral", 0.4)
    assert rest.target_at(0)[NEUTRAL] == 1
    assert rest.title == "Hold neutral"


def test_a_move_rests_goes_over_evenly_and_rests_again() -> None:
    move = Move("neutral", "happy", 0.8, passage=4.0, rest=2.0)
    assert move.seconds == 8
    assert [round(float(move.target_at(t)[HAPPY]), 3) for t in (0, 2, 3, 4, 6, 8)] == [
        0, 0, 0.2, 0.4, 0.8, 0.8,
    ]  # fmt: skip
    prompts = [move.prompt_at(t) for t in (1.0, 4.0, 7.0)]
    assert prompts == ["hold neutral", "neutral → happy", "hold happy"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Hold("bored"), "not one of the emotions"),
        (lambda: Hold("sad", 0.2), "target confidence must be 0.3 to 1"),
        (lambda: Hold("sad", float("nan")), "target confidence"),
        (lambda: Hold("sad", 0.8, 0.0), "more than 0 s"),
        (lambda: Hold("sad", 0.8, 121.0), "no more than 120 s"),
        (lambda: Move("sad", "sad"), "not sad twice"),
        (lambda: Move("sad", "happy", rest=0.0), "hold of a move"),
        (lambda: Move("sad", "happy", passage=100.0, rest=11.0), "A move must last"),
        (lambda: Mirror((1.0, 0.0)), "seven probabilities"),
        (lambda: Mirror((1.0,) * 7), "sum to 1"),
        (lambda: Mirror((float("nan"),) * 7), "sum to 1"),
        (lambda: PlayAlong.of(ana(), 1, 2, 5.0, 5.0), "more than 0 s"),
        (lambda: PlayAlong.of(ana(), 1, 2, 0.0, 500.0), "no more than 120 s"),
    ],
)
def test_what_cannot_be_played_is_refused_in_a_sentence(make: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()  # type: ignore[operator]


def test_a_reading_that_is_mirrored_may_come_as_an_array_and_is_equal_to_its_like() -> None:
    reading = np.array(pure("sad", 0.7), np.float32)
    assert Mirror(reading) == Mirror(reading.copy())  # type: ignore[arg-type]
    assert np.allclose(Mirror(reading).target_at(1.0), reading)  # type: ignore[arg-type]


def test_to_play_along_is_to_follow_the_smoothed_arc_from_its_part_of_the_clip() -> None:
    along = PlayAlong.of(ana(), 3, 7, 1.0, 11.0)
    whole = arc_of(ana())
    # away from the ends of the part, where the smoothing knows less than in the whole
    for time in (1.0, 1.55, 7.2):
        place = (time + 1.0) / whole.step
        low = int(place + 1e-9)
        expected = whole.values[low] + (place - low) * (whole.values[low + 1] - whole.values[low])
        assert np.allclose(along.target_at(time), expected, atol=0.02)
    assert (along.seconds, along.character, along.scene) == (10.0, "Ana", "Ana's scene")
    assert (along.scene_id, along.character_id) == (3, 7)


def test_nothing_is_asked_while_the_character_is_out_of_view() -> None:
    along = PlayAlong.of(ana(), 3, 7, 1.0, 11.0)
    assert len(along.target_at(4.0)) == 0
    assert along.prompt_at(4.0) == "out of view: rest"
    assert "rest where Ana is out of view" in along.instruction
    assert "rest" not in PlayAlong.of(ana(), 3, 7, 0.0, 3.0).instruction


def test_without_times_the_part_is_all_of_what_is_seen_up_to_the_limit() -> None:
    short = PlayAlong.of(make_performance([pure("sad")] * 50, start=2.0), 1, 2)
    assert (short.start, short.end) == (2.0, pytest.approx(4.0))
    long = PlayAlong.of(make_performance([pure("sad")] * 25 * 130), 1, 2)
    assert long.seconds == pytest.approx(LONGEST)
    moment = PlayAlong.of(make_performance([pure("sad")]), 1, 2)
    assert moment.target_at(0.0)[SAD] == 1


def test_who_is_never_seen_in_a_part_cannot_be_played_along_with() -> None:
    with pytest.raises(ComparisonError, match=r"Ana is never in view in .* 0:04.5 and 0:05.5"):
        PlayAlong.of(ana(), 1, 2, 4.5, 5.5)
    with pytest.raises(ComparisonError, match="Nobody is never in view"):
        PlayAlong.of(nobody(), 1, 2)
    with pytest.raises(ComparisonError, match="Ana is never in view"):
        PlayAlong.of(ana(), 1, 2, 60.0)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.title)
def test_an_exercise_comes_back_from_its_text(exercise: Exercise) -> None:
    found = from_json(
        to_json(exercise), lambda scene, who: ana() if (scene, who) == (3, 7) else None
    )
    assert found == exercise
    for time in (0.0, 1.0, exercise.seconds):
        assert np.array_equal(found.target_at(time), exercise.target_at(time))


def test_a_performance_that_is_gone_or_no_longer_seen_gives_no_exercise() -> None:
    text = to_json(PlayAlong.of(ana(), 3, 7, 9.0, 11.0))

    def unreadable(scene: int, who: int) -> Performance:
        raise LibraryError("The library cannot be reached.")

    assert from_json(text, lambda scene, who: None) is None
    assert from_json(text, lambda scene, who: ana(5.0)) is None
    assert from_json(text, unreadable) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"kind": "hold"}',
        '{"kind": "dance", "seconds": 3}',
        '{"kind": "hold", "emotion": "sad", "strength": 9, "seconds": 10}',
        '{"kind": "hold", "emotion": "bored", "strength": 0.8, "seconds": 10}',
        '{"kind": "hold", "emotion": "sad", "strength": 0.8, "seconds": NaN}',
        '{"kind": "hold", "emotion": "sad", "strength": 0.8, "seconds": 10, "beside": "fear"}',
        '{"kind": "mirror", "probabilities": [1], "title": "", "seconds": 3}',
        '{"kind": "play_along", "scene_id": "x", "character_id": 1, "start": 0, "end": 1}',
        '{"kind": "play_along", "scene_id": 1, "character_id": 1, "start": 5, "end": 1}',
    ],
)
def test_a_text_that_is_not_understood_gives_no_exercise(text: str) -> None:
    assert from_json(text, lambda scene, who: ana()) is None


def test_a_text_of_a_performance_names_it_and_does_not_hold_it() -> None:
    kept = json.loads(to_json(PlayAlong.of(ana(), 3, 7, 1.0, 11.0)))
    assert kept == {
        "kind": "play_along", "scene_id": 3, "character_id": 7, "start": 1.0, "end": 11.0,
    }  # fmt: skip


def test_the_target_of_a_hold_is_a_performance_on_a_regular_clock() -> None:
    target = target_performance(Hold("sad", 0.5, 8.0))
    assert (len(target), target.step, target.times[-1]) == (81, pytest.approx(0.1), 8.0)
    assert np.allclose(target.probabilities[:, [SAD, NEUTRAL]], 0.5)
    assert target.segments().max() == 0


def test_a_target_keeps_its_holes() -> None:
    along = PlayAlong.of(ana(), 3, 7, 1.0, 11.0)
    target = target_performance(along)
    assert target.times[0] == 0 and target.times[-1] <= along.seconds
    assert target.segments().max() == 1
    assert not ((target.times > 3.0) & (target.times < 4.99)).any()

    class Holed(Hold):
        def target_at(self, time: float) -> np.ndarray:  # type: ignore[type-arg]
            return np.zeros(0, np.float32) if 3 < time < 5 else Hold.target_at(self, time)

    holed = target_performance(Holed("sad", 0.5, 8.0))
    assert np.bincount(holed.segments()).tolist() == [31, 31]


def test_a_cut_of_the_clip_stays_a_cut_of_the_target() -> None:
    whole = make_performance([pure("sad")] * 50 + [pure("happy")] * 50)
    cut = replace(whole, faces=whole.faces.assign(shot=[0] * 50 + [1] * 50))
    assert target_performance(PlayAlong.of(cut, 1, 2)).segments().tolist() == [0] * 50 + [1] * 50
