"""When and how far a movement went, in words: never as a grade."""

from __future__ import annotations

from emotion_core.emotions.labels import percent
from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.practice.movements.exercise import MovementExercise, RaiseAndHold
from emotion_core.practice.movements.outcome import (
    Difference,
    HeldOutcome,
    MirrorOutcome,
    tolerance,
)
from emotion_core.practice.movements.wording import how_far

# Looks a second below which times are coarse.
COARSE_BELOW = 5.0
# Measured for less than this share of the time is worth a word.
_MEASURED = 0.9
# Nobody sees a lag that is smaller, in seconds.
_IN_TIME = 0.1
# How much further or less far somebody goes before it is worth a word.
_FURTHER, _LESS_FAR = 1.33, 0.75


def describe_movement_outcome(
    outcome: HeldOutcome | MirrorOutcome, exercise: MovementExercise
) -> str:
    """Some sentences: how soon, how long, how far, and how exact these times are.

    Args:
        outcome: of the run.
        exercise: what was asked.
    """
    if isinstance(outcome, HeldOutcome):
        assert isinstance(exercise, RaiseAndHold)
        sentences = _held(outcome, exercise)
    else:
        sentences = _mirrored(outcome, exercise.movement)
    if outcome.measured < _MEASURED:
        seen = f"The movement was measured {percent(outcome.measured)} of the time."
        sentences.insert(0, seen)
    if outcome.rate < COARSE_BELOW:
        sentences.append(
            f"Your face was read only {outcome.rate:.1f} times a second, so these times are "
            f"coarse, to about {1 / max(outcome.rate, 0.1):.1f} s."
        )
    return " ".join(sentences)


def describe_briefly(outcome: HeldOutcome | MirrorOutcome, exercise: MovementExercise) -> str:
    """The same in a few words: ``held for 2.4 of 3.0 s`` or ``0.3 s behind``."""
    if isinstance(outcome, HeldOutcome):
        assert isinstance(exercise, RaiseAndHold)
        if outcome.reached is None:
            return "target not reached"
        return f"held for {outcome.held:.1f} of {exercise.hold:.1f} s"
    return _when(outcome) or "too different to measure a lag"


def _held(outcome: HeldOutcome, exercise: RaiseAndHold) -> list[str]:
    name = exercise.movement
    target = how_far(name, exercise.size)
    sentences = []
    if outcome.before >= MOVEMENTS[name].clear:  # never of NaN
        sentences.append(
            f"Your face was not at rest before the start ({how_far(name, outcome.before)})."
        )
    if outcome.reached is None:
        most = _how_far_if_clear(name, outcome.largest)
        return [*sentences, f"You did not reach the target ({target}): {most} at most."]
    sentences.append(
        f"You reached the target ({target}) after {outcome.reached:.1f} s; "
        f"asked was {exercise.rise:.1f} s."
    )
    held = f"You held it ({_range(exercise)}) for {outcome.held:.1f} of {exercise.hold:.1f} s"
    off = [
        f"{seconds:.1f} s {where}"
        for seconds, where in ((outcome.below, "below"), (outcome.beyond, "beyond"))
        if seconds >= _IN_TIME
    ]
    sentences.append(f"{held}, with {' and '.join(off)}." if off else f"{held}.")
    return [*sentences, _released(outcome.released, exercise)]


def _released(released: float | None, exercise: RaiseAndHold) -> str:
    if released is None:
        return "You had not released it at the end."
    if released < 0:
        return f"You had released it {-released:.1f} s before the hold was over."
    return f"You released it within {released:.1f} s; asked was {exercise.release:.1f} s."


def _mirrored(outcome: MirrorOutcome, name: str) -> list[str]:
    when = _when(outcome)
    sentences = [
        f"You were {when}."
        if when
        else "How far you were behind cannot be said: the two curves are too different."
    ]
    much = outcome.largest / outcome.asked if outcome.asked else 1.0
    if not _LESS_FAR <= much <= _FURTHER:
        word = "smaller" if much < 1 else "larger"
        sentences.append(
            f"Your movement was {word}: {_how_far_if_clear(name, outcome.largest)} at most, the "
            f"target was {how_far(name, outcome.asked)}."
        )
    lead = "With the lag taken out, the" if outcome.lag else "The"
    if outcome.differences:
        parts = "; ".join(_difference(part, name) for part in outcome.differences)
        noun = "difference" if len(outcome.differences) == 1 else "differences"
        sentences.append(f"{lead} largest {noun}: {parts}.")
    else:
        sentences.append(f"{lead} movements do not differ clearly for long.")
    return sentences


def _when(outcome: MirrorOutcome) -> str:
    if outcome.lag is None:
        return ""
    if abs(outcome.lag) <= _IN_TIME:
        return "in time"
    return f"{abs(outcome.lag):.1f} s {'behind' if outcome.lag > 0 else 'ahead'}"


def _difference(part: Difference, name: str) -> str:
    played, asked = (_how_far_if_clear(name, value) for value in (part.played, part.asked))
    return f"from {part.start:.1f} to {part.end:.1f} s {played}, where the target was {asked}"


def _how_far_if_clear(name: str, value: float) -> str:
    return how_far(name, value) if abs(value) >= MOVEMENTS[name].clear else "no clear movement"


def _range(exercise: RaiseAndHold) -> str:
    """Between which values it counts as held, in figures."""
    near = tolerance(exercise)
    low, high = exercise.size - near, exercise.size + near
    if MOVEMENTS[exercise.movement].kind == "degrees":
        return f"{low:.0f}° to {high:.0f}°"
    return f"{100 * low:.0f} to {100 * high:.0f}%"
