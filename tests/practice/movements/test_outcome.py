"""How soon, how long and how far a movement went, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from emotion_core.errors import ComparisonError
from emotion_core.practice.movements.exercise import MirrorMovement, RaiseAndHold
from emotion_core.practice.movements.outcome import (
    HeldOutcome,
    MirrorOutcome,
    movement_outcome,
)
from emotion_core.practice.movements.outcome_wording import (
    describe_briefly,
    describe_movement_outcome,
)
from emotion_core.practice.movements.playing import movement_playing_of, table_of_movement
from tests.practice.movements.movers import Act, do, mover

NAME = "inner_brows_up"
RAISE = RaiseAndHold(NAME, 0.25, rise=1.0, hold=3.0, release=1.0, rest=1.5)


def wave(time: float) -> float:
    """One large rise and a small one: a curve that fits onto itself at one place only."""
    large = 0.3 * np.exp(-(((time - 6.0) / 0.5) ** 2))
    return float(large + 0.15 * np.exp(-(((time - 8.5) / 0.3) ** 2)))


MIRROR = MirrorMovement.of(mover(wave, 12.0), 3, 7, 4.0, 11.0, NAME)


def raised(after: float, until: float, size: float = 0.25) -> Act:
    """Up from rest in a fifth of a second, ``after`` seconds; down again at ``until``."""
    return lambda time: float(np.interp(time, (after, after + 0.2, until, until + 0.2),
                                        (0, size, size, 0)))  # fmt: skip


def held(act: Act, rate: float = 12.0, noise: float = 0.0) -> HeldOutcome:
    outcome = movement_outcome(do(RAISE, act, rate, noise))
    assert isinstance(outcome, HeldOutcome)
    return outcome


def mirrored(act: Act, rate: float = 12.0, noise: float = 0.0) -> MirrorOutcome:
    outcome = movement_outcome(do(MIRROR, act, rate, noise))
    assert isinstance(outcome, MirrorOutcome)
    return outcome


def own(time: float) -> float:
    """What is asked by the mirror, on its own clock."""
    return wave(time + 4.0)


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_who_does_what_is_asked_reaches_holds_and_releases_it_as_asked(noise: float) -> None:
    outcome = held(RAISE.value_at, noise=noise)
    assert outcome.reached == pytest.approx(0.8, abs=0.15)  # four fifths of the way
    assert outcome.held == pytest.approx(3.0, abs=0.15)
    assert outcome.released == pytest.approx(0.75, abs=0.15)
    assert (outcome.below, outcome.beyond) == pytest.approx((0, 0), abs=0.1)
    assert outcome.largest == pytest.approx(0.25, abs=0.02)
    assert outcome.before == pytest.approx(0, abs=0.02) and outcome.measured > 0.95


@pytest.mark.parametrize(("late", "early"), [(0.3, 0.0), (1.2, 0.0), (0.0, 1.0)])
def test_times_are_measured_from_what_was_asked(late: float, early: float) -> None:
    outcome = held(raised(1.5 + late, 5.5 - early))
    assert outcome.reached == pytest.approx(late + 0.16, abs=0.12)
    assert outcome.released == pytest.approx(0.15 - early, abs=0.12)
    assert outcome.held == pytest.approx(3.0 - max(late - 0.8, 0) - early, abs=0.15)


@pytest.mark.parametrize(("size", "where"), [(0.4, "beyond"), (0.15, "below")])
def test_more_and_less_than_asked_is_said_to_be_so(size: float, where: str) -> None:
    outcome = held(raised(1.6, 5.6, size))
    assert getattr(outcome, where) == pytest.approx(3.0, abs=0.1) and outcome.held == 0
    assert outcome.largest == pytest.approx(size, abs=0.02)


def test_who_never_gets_there_is_told_how_far_they_got() -> None:
    outcome = held(raised(1.6, 5.6, 0.1))
    assert outcome.reached is outcome.released is None
    text = describe_movement_outcome(outcome, RAISE)
    assert text == "You did not reach the target (a quarter): a tenth at most."
    assert describe_briefly(outcome, RAISE) == "target not reached"
    still = describe_movement_outcome(held(lambda _: 0.0), RAISE)
    assert still.endswith("no clear movement at most.")


def test_who_holds_on_or_begins_too_early_is_told_so() -> None:
    text = describe_movement_outcome(held(lambda _: 0.25), RAISE)
    assert "Your face was not at rest before the start (a quarter)." in text
    assert "You had not released it at the end." in text
    assert "after 0.0 s" in text


def test_an_outcome_is_said_in_times_and_sizes_and_is_no_grade() -> None:
    text = describe_movement_outcome(held(raised(2.0, 5.0)), RAISE)
    assert text.startswith("You reached the target (a quarter) after 0.7 s; asked was 1.0 s. ")
    assert re.search(r"held it \(20 to 30%\) for 2\.[56] of 3\.0 s, with 0\.[45] s below\.", text)
    assert re.search(r"You had released it 0\.[34] s before the hold was over\.", text)
    for word in ("grade", "score", "well done", "good", "%."):
        assert word not in text
    assert describe_briefly(held(raised(2.0, 5.0)), RAISE) in text.replace(
        "You held it (20 to 30%)", "held"
    )


@pytest.mark.parametrize("make", [held, mirrored])
def test_where_a_face_is_read_rarely_times_are_said_to_be_coarse(
    make: Callable[[Act, float], HeldOutcome | MirrorOutcome],
) -> None:
    exercise = RAISE if make is held else MIRROR
    act = RAISE.value_at if make is held else own
    assert "coarse" not in describe_movement_outcome(make(act, 6.0), exercise)
    text = describe_movement_outcome(make(act, 3.0), exercise)
    assert "read only 3." in text or "read only 2.9" in text
    assert text.endswith("coarse, to about 0.3 s.")


def test_a_movement_that_was_not_measured_has_no_outcome_and_one_with_a_hole_says_so() -> None:
    with pytest.raises(ComparisonError, match="not measured during the exercise: inner brows up"):
        held(lambda _: float("nan"))
    outcome = held(lambda time: RAISE.value_at(time) if time < 4.5 else float("nan"))
    assert outcome.measured == pytest.approx(4.6 / 8, abs=0.05)
    assert "The movement was measured 5" in describe_movement_outcome(outcome, RAISE)


@pytest.mark.parametrize("lag", [-0.4, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_lag_is_measured_and_taken_out_before_differences_are_named(
    lag: float, noise: float
) -> None:
    outcome = mirrored(lambda time: own(time - lag), noise=noise)
    assert outcome.lag == pytest.approx(lag, abs=0.11)
    assert outcome.differences == ()
    word = "in time" if lag == 0 else f"{abs(lag):.1f} s {'behind' if lag > 0 else 'ahead'}"
    if not noise:
        assert describe_briefly(outcome, MIRROR) == word
        assert f"You were {word}." in describe_movement_outcome(outcome, MIRROR)


def test_half_as_large_a_movement_is_said_to_be_smaller_with_both_sizes() -> None:
    outcome = mirrored(lambda time: own(time) / 2)
    assert outcome.lag == pytest.approx(0, abs=0.06)
    text = describe_movement_outcome(outcome, MIRROR)
    assert "Your movement was smaller: " in text


def test_where_it_differed_is_said_with_when_and_how_far() -> None:
    def extra(time: float) -> float:
        return own(time) + (0.15 if 5.5 < time < 6.5 else 0.0)

    outcome = mirrored(extra)
    (difference,) = outcome.differences
    assert (difference.start, difference.end) == pytest.approx((5.5, 6.5), abs=0.12)
    assert difference.played == pytest.approx(0.15, abs=0.05)
    text = describe_movement_outcome(outcome, MIRROR)
    assert " an eighth, where the target was no clear movement" in text


def test_of_another_movement_no_lag_is_said() -> None:
    outcome = mirrored(lambda time: 0.3 - own(time))
    assert outcome.lag is None
    assert "cannot be said" in describe_movement_outcome(outcome, MIRROR)
    assert mirrored(lambda _: 0.0).lag is None


def test_of_a_face_that_is_held_or_that_comes_much_too_late_no_lag_is_said() -> None:
    assert mirrored(lambda _: 0.3, noise=0.01).lag is None
    assert mirrored(lambda time: own(time - 2.5)).lag is None


def test_a_take_is_measured_from_the_rest_with_which_it_begins() -> None:
    # up for most of the take: its median would be no rest
    exercise = RaiseAndHold(NAME, 0.25, rise=0.5, hold=10.0, release=0.5, rest=1.0)
    outcome = movement_outcome(movement_playing_of(mover(exercise.value_at, 13.0), exercise))
    assert isinstance(outcome, HeldOutcome)
    assert outcome.held == pytest.approx(10.0, abs=0.1)


def test_the_table_has_what_was_done_beside_what_was_asked_and_holes() -> None:
    playing = do(RAISE, lambda time: RAISE.value_at(time) if not 3 < time < 5 else float("nan"))
    table = table_of_movement(playing)
    assert list(table) == ["time", "played", "asked"] and table["time"].is_monotonic_increasing
    assert np.allclose(table["asked"], [RAISE.value_at(time) for time in table["time"]])
    hole = table[table["time"].between(3.2, 4.8)]
    assert len(hole) > 10 and hole["played"].isna().all()
