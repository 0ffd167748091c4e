"""Movements that are asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emotion_core.errors import ComparisonError
from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.practice.exercises.serialization import from_json, to_json
from emotion_core.practice.movements.exercise import (
    ASKED,
    MirrorMovement,
    RaiseAndHold,
    clear_movements_in,
)
from tests.performance.made import make_performance, pure, without_frames
from tests.practice.movements.movers import mover

RAISE = RaiseAndHold("inner_brows_up", 0.25, rise=1.0, hold=3.0, release=0.5, rest=1.5)


def wave(time: float) -> float:
    """At rest at first, then up and down each two seconds."""
    return 0.3 * np.sin(np.pi * time / 2) ** 2 if time > 6 else 0.0


ANA = mover(wave, 10.0)


def test_a_movement_is_at_rest_goes_up_evenly_is_held_and_released() -> None:
    times = (0.0, 1.5, 2.0, 2.5, 5.4, 5.75, 6.0, 7.5)
    values = [0.0, 0.0, 0.125, 0.25, 0.25, 0.125, 0.0, 0.0]
    assert [RAISE.value_at(time) for time in times] == pytest.approx(values)
    assert RAISE.seconds == 7.5
    prompts = [RAISE.prompt_at(time) for time in (0.5, 2.0, 4.0, 5.7, 7.0)]
    assert prompts == ["rest", "lift the inner brows", "hold", "release", "rest"]
    for outside in (-0.01, 7.51):
        assert np.isnan(RAISE.value_at(outside)) and RAISE.prompt_at(outside) == ""


def test_what_is_asked_is_said_in_words_of_a_coach() -> None:
    assert RAISE.title == "Lift the inner brows by a quarter"
    assert RAISE.instruction == (
        "Rest your face for 1.5 s. Lift the inner brows by a quarter within 1 s, hold it for 3 s, "
        "and release it within 0.5 s."
    )
    assert RaiseAndHold("head_nod", 12).title == "Lower the chin by 12°"
    assert RaiseAndHold("head_turn", 20).title == "Turn the head by 20° to your left"
    assert RaiseAndHold("mouth_open", 0.33).title == "Open the mouth by a third of its width"


@pytest.mark.parametrize("name", ASKED)
def test_each_movement_can_be_asked_for_as_far_as_it_is_clear(name: str) -> None:
    for size in (MOVEMENTS[name].clear, MOVEMENTS[name].full):
        exercise = RaiseAndHold(name, size)
        assert exercise.value_at(exercise.holds + 1) == size
        assert len(exercise.target_at(2.0)) == 0  # no emotion is asked


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"movement": "ears_back"}, "not one of the movements"),
        ({"movement": "gaze_side"}, "not one of the movements"),
        ({"size": 0.01}, "asked for from 0.06 to 0.35"),
        ({"size": float("nan")}, "asked for from 0.06 to 0.35"),
        ({"hold": 0.0}, "hold of a movement must last more than 0 s"),
        ({"hold": 119.0}, "A movement must last"),
    ],
)
def test_a_movement_that_cannot_be_asked_for_is_refused_in_a_sentence(
    given: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        replace(RAISE, **given)  # type: ignore[arg-type]


def test_a_movement_of_a_character_is_measured_from_their_neutral_face() -> None:
    mirror = MirrorMovement.of(ANA, 3, 7, 6.0, 10.0, "inner_brows_up")
    assert mirror.seconds == 4.0
    assert mirror.value_at(1.0) == pytest.approx(0.3, abs=0.01)
    assert mirror.value_at(2.0) == pytest.approx(0.0, abs=0.01)
    assert mirror.prompt_at(1.0) == "lift the inner brows"
    assert mirror.title == "Mirror Ana in Ana's scene: inner brows up"
    assert mirror.instruction == "Lift the inner brows when Ana does, and as far."


def test_nothing_is_asked_while_the_character_is_out_of_view() -> None:
    mirror = MirrorMovement.of(without_frames(ANA, 170, 199), 3, 7, 6.0, 10.0, "inner_brows_up")
    assert np.isnan(mirror.value_at(1.5)) and mirror.prompt_at(1.5) == "out of view: rest"
    assert np.isfinite(mirror.value_at(3.0))


def test_a_movement_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(ComparisonError, match=r"no clear movement .* 0:00.* inner brows up"):
        MirrorMovement.of(ANA, 3, 7, 0.0, 3.0, "inner_brows_up")
    earlier = make_performance([pure("neutral")] * 100)
    with pytest.raises(ComparisonError, match=r"were not measured\. Analyze the scene again"):
        MirrorMovement.of(earlier, 3, 7, 0.0, 3.0, "inner_brows_up")
    covered = replace(ANA, faces=ANA.faces.assign(mouth_opening=np.nan))
    with pytest.raises(ComparisonError, match="not seen well enough"):
        MirrorMovement.of(covered, 3, 7, 6.0, 10.0, "mouth_open")


def test_the_movements_that_a_part_shows_are_found_the_largest_first() -> None:
    height = ANA.faces["right_inner_brow"].to_numpy()
    both = replace(ANA, faces=ANA.faces.assign(jaw=0.3 + (height - 0.3) / 3))
    assert clear_movements_in(both, 6.0, 10.0) == ("inner_brows_up", "jaw_drop")
    with pytest.raises(ComparisonError, match="Ana makes no clear movement in"):
        clear_movements_in(both, 0.0, 5.0)


@pytest.mark.parametrize(
    "exercise",
    [RAISE, MirrorMovement.of(ANA, 3, 7, 6.0, 10.0, "inner_brows_up")],
    ids=lambda one: one.title,
)
def test_an_exercise_of_a_movement_comes_back_from_its_text(
    exercise: RaiseAndHold | MirrorMovement,
) -> None:
    found = from_json(to_json(exercise), lambda scene, who: ANA if (scene, who) == (3, 7) else None)
    assert found == exercise
    assert found.value_at(1.7) == exercise.value_at(1.7)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "raise", "movement": "ears_back", "size": 0.2, "rise": 1, "hold": 1, '
        '"release": 1, "rest": 1}',
        '{"kind": "raise", "movement": "pucker", "size": 9, "rise": 1, "hold": 1, '
        '"release": 1, "rest": 1}',
        '{"kind": "mirror_movement", "movement": "pucker", "scene_id": 3, "character_id": 7, '
        '"start": 6, "end": 10}',
    ],
)
def test_a_text_that_can_no_longer_be_asked_gives_no_exercise(text: str) -> None:
    assert from_json(text, lambda scene, who: ANA) is None
