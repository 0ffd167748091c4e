"""What a face does, in words of a coach, and why that cannot be said."""

from __future__ import annotations

import numpy as np

from emotion_core.faces.movements.movements import MOVEMENTS, Movement, amount, describe
from emotion_core.practice.movements.following import MovementReading

# Degrees from which the far side of a face is no longer seen as the near one is.
_AWAY = 30.0
# Who practises sees a mirror, and the picture is that of the camera: sides are their own.
_OWN_SIDES = (
    ("the right of the picture", "your left"),
    ("the left of the picture", "your right"),
    ("anticlockwise", "to your right shoulder"),
    ("clockwise", "to your left shoulder"),
)


# Who reads the screen looks down, or aside.
_OF_READERS = ("gaze_side", "lids_lowered")


def clear_movements(reading: MovementReading, most: int = 3) -> list[Movement]:
    """The movements that are clear, the largest first, each beside how large it may become.

    Where the eyes look is left out: they read what is said here.

    Args:
        reading: of one moment.
        most: how many are given.
    """
    values = [abs(reading.of(name)) for name in MOVEMENTS]
    sizes = {
        movement.name: value / movement.full
        for movement, value in zip(MOVEMENTS.values(), values, strict=True)
        if value >= movement.clear and movement.name not in _OF_READERS  # never of NaN
    }
    largest = sorted(sizes, key=lambda name: -sizes[name])[:most]
    return [MOVEMENTS[name] for name in largest]


def describe_own(name: str, value: float) -> str:
    """One value as :func:`~emotion_core.faces.movements.movements.describe` has it.

    But sides are those of whoever practises: ``The head turns 12° to your left.``

    Args:
        name: of a movement.
        value: in its unit; NaN if unknown.
    """
    return _own(describe(name, value))


def how_far(name: str, value: float) -> str:
    """One value without what moves: ``a quarter``, ``12° to your left``, ``a sixth of its width``.

    Args:
        name: of a movement.
        value: in its unit.
    """
    movement = MOVEMENTS[name]
    words = movement.opposite if value < 0 else movement.sentence
    return _own(amount(name, value) + words.partition("{much}")[2])


def _own(text: str) -> str:
    for of_picture, own in _OWN_SIDES:
        text = text.replace(of_picture, own)
    return text


def why_not_measured(reading: MovementReading) -> str:
    """What keeps movements, or some of them, from being measured; empty for nothing.

    Args:
        reading: of one moment.
    """
    if not reading.seen:
        return "Your face cannot be seen well enough to measure its movements."
    if not reading.neutral:
        text = (
            "Movements are measured from your neutral face. Rest your face for two seconds and "
            "look into the camera, or press the button."
        )
        return f"{text} {_hidden(reading.hidden)}" if reading.hidden else text
    if reading.hidden:
        return _hidden(reading.hidden)
    if abs(reading.turn) > _AWAY:
        return "You are turned away: the far side of your face is not measured."
    if not np.isfinite(reading.raw).any():
        return "Your neutral face was not seen well enough. Set it again."
    return ""


def _hidden(parts: tuple[str, ...]) -> str:
    return f"Partly covered ({', '.join(parts)}): movements there are not measured."
