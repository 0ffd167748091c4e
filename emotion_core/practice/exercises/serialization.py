"""An exercise as text that is kept, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from emotion_core.errors import EmotionCoreError
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import Exercise, Hold, Mirror, Move
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.movements.exercise import MirrorMovement, RaiseAndHold

LoadPerformance = Callable[[int, int], Performance | None]


class _Text(BaseModel):
    # a field that this version does not know may change what is asked
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _HoldText(_Text):
    kind: Literal["hold"] = "hold"
    emotion: str
    strength: float
    seconds: float


class _MoveText(_Text):
    kind: Literal["move"] = "move"
    first: str
    second: str
    strength: float
    passage: float
    rest: float


class _MirrorText(_Text):
    kind: Literal["mirror"] = "mirror"
    probabilities: tuple[float, ...]
    title: str
    seconds: float


class _PlayAlongText(_Text):
    kind: Literal["play_along"] = "play_along"
    scene_id: int
    character_id: int
    start: float
    end: float


class _RaiseText(_Text):
    kind: Literal["raise"] = "raise"
    movement: str
    size: float
    rise: float
    hold: float
    release: float
    rest: float


class _MirrorMovementText(_Text):
    kind: Literal["mirror_movement"] = "mirror_movement"
    movement: str
    scene_id: int
    character_id: int
    start: float
    end: float


_AnyText = _HoldText | _MoveText | _MirrorText | _PlayAlongText | _RaiseText | _MirrorMovementText
_TEXTS: TypeAdapter[_AnyText] = TypeAdapter(Annotated[_AnyText, Field(discriminator="kind")])


def to_json(exercise: Exercise) -> str:
    """An exercise as text; of a performance only where it is in the library.

    Raises:
        TypeError: it is none of these kinds.
    """
    return _to_text(exercise).model_dump_json()


def from_json(text: str, load_performance: LoadPerformance) -> Exercise | None:
    """The exercise that was written, or ``None`` where it cannot be made again.

    That is: the text is damaged or from a version that knows other exercises, or the performance
    is gone from the library or no longer in view in that part.

    Args:
        text: of :func:`to_json`.
        load_performance: the performance of a scene's id and a character's id, or ``None``.
    """
    try:
        return _to_exercise(_TEXTS.validate_json(text), load_performance)
    except (ValueError, EmotionCoreError):  # what pydantic raises is a ValueError
        return None


def _to_text(exercise: Exercise) -> _AnyText:
    match exercise:
        case Hold(emotion, strength, seconds):
            return _HoldText(emotion=emotion, strength=strength, seconds=seconds)
        case Move(first, second, strength, passage, rest):
            return _MoveText(
                first=first, second=second, strength=strength, passage=passage, rest=rest
            )
        case Mirror(probabilities, title, seconds):
            return _MirrorText(probabilities=probabilities, title=title, seconds=seconds)
        case PlayAlong():
            return _PlayAlongText(
                scene_id=exercise.scene_id,
                character_id=exercise.character_id,
                start=exercise.start,
                end=exercise.end,
            )
        case RaiseAndHold(movement, size, rise, hold, release, rest):
            return _RaiseText(
                movement=movement, size=size, rise=rise, hold=hold, release=release, rest=rest
            )
        case MirrorMovement():
            return _MirrorMovementText(
                movement=exercise.movement,
                scene_id=exercise.scene_id,
                character_id=exercise.character_id,
                start=exercise.start,
                end=exercise.end,
            )
        case _:
            raise TypeError(f"{type(exercise).__name__} cannot be saved as an exercise")


def _to_exercise(text: _AnyText, load_performance: LoadPerformance) -> Exercise | None:
    match text:
        case _HoldText():
            return Hold(text.emotion, text.strength, text.seconds)
        case _MoveText():
            return Move(text.first, text.second, text.strength, text.passage, text.rest)
        case _MirrorText():
            return Mirror(text.probabilities, text.title, text.seconds)
        case _RaiseText():
            return RaiseAndHold(
                text.movement, text.size, text.rise, text.hold, text.release, text.rest
            )
        case _PlayAlongText() | _MirrorMovementText():
            performance = load_performance(text.scene_id, text.character_id)
            if performance is None:
                return None
            part = (text.scene_id, text.character_id, text.start, text.end)
            if isinstance(text, _PlayAlongText):
                return PlayAlong.of(performance, *part)
            return MirrorMovement.of(performance, *part, text.movement)
