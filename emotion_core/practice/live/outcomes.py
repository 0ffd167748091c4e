"""How an exercise went, or why that cannot be said."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_core.errors import ComparisonError
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.feedback.match import Match, match
from emotion_core.practice.movements.outcome import HeldOutcome, MirrorOutcome, movement_outcome
from emotion_core.practice.movements.playing import MovementPlaying


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an exercise of emotions went.

    Attributes:
        playing: what was played, and towards what.
        match: how it was met; ``None`` where no face was read.
        reason: why there is none.
    """

    playing: Playing
    match: Match | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MovementOutcome:
    """How an exercise of a movement went.

    Attributes:
        playing: what the face did, and what was asked.
        found: when and how far; ``None`` where the movement was not measured.
        reason: why there is none.
    """

    playing: MovementPlaying
    found: HeldOutcome | MirrorOutcome | None
    reason: str = ""


AnyOutcome = Outcome | MovementOutcome


def outcome_of(playing: Playing | MovementPlaying) -> AnyOutcome:
    """How an exercise went, or why that cannot be said."""
    if isinstance(playing, MovementPlaying):
        try:
            return MovementOutcome(playing, movement_outcome(playing))
        except ComparisonError as error:
            return MovementOutcome(playing, None, str(error))
    try:
        return Outcome(playing, match(playing))
    except ComparisonError as error:
        return Outcome(playing, None, str(error))
