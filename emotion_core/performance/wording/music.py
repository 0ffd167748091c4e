"""The music beneath a progression in a few sentences."""

from __future__ import annotations

import math

from emotion_core.emotions.labels import percent
from emotion_core.performance.over_music import OverMusic
from emotion_core.sound.music.progressions.coincidence import (
    FEWEST,
    ROTATIONS,
    WINDOW,
    Coincidence,
)
from emotion_core.text import count_of

_CAVEAT = (
    "Only sure changes count, within a shot and while music sounds. A cut can move both, and "
    "either may follow the other."
)


def describe_music(name: str, over: OverMusic) -> str:
    """How much music there is beneath a face, and how much of it can be named, in a sentence.

    Args:
        name: whose face.
        over: its progression over the music.
    """
    if not over.share:
        return f"No music was found while {name} is in view."
    heard = f"Music sounds for {percent(over.share)} of the time in which {name} is in view"
    if not over.sure:
        return f"{heard}, but Eme can't tell its chords."
    return f"{heard}. Its chord is sure for {percent(over.sure)} of that; else Eme can't tell."


def describe_coincidence(found: Coincidence) -> str:
    """Whether the face changes when the music does, in a sentence.

    Args:
        found: of its changes, within
            :data:`~emotion_core.sound.music.progressions.coincidence.WINDOW`.
    """
    if math.isnan(found.share):
        return (
            "Too few changes to say whether the face changes when the music does: "
            f"{count_of(found.face, 'change')} of the face (of at least {FEWEST}) and "
            f"{count_of(found.music, 'change')} of the music (of at least 1) can be compared."
        )
    return (
        f"Of {found.face} changes of the face, {percent(found.share)} come within {WINDOW:g} s of "
        f"a change of the music; by chance it would be {percent(found.expected)} "
        f"({_probability(found.p)})."
    )


def caveat_of(found: Coincidence) -> str:
    """What a coincidence does not say, and what its p is where it has one.

    Args:
        found: as of :func:`describe_coincidence`.
    """
    if math.isnan(found.share):
        return _CAVEAT
    return (
        f"p is how often at least as many would, of {ROTATIONS:,} tries in which all changes of "
        f"the face are moved by a random time. {_CAVEAT}"
    )


def _probability(p: float) -> str:
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
