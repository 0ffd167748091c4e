"""What is to be played: a target reading at each moment of a clock that starts at 0 s.

A target is what a reading would have to be to be at no distance. It is asked for and not promised:
a classifier may not give any face all of one emotion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from emotion_core.emotions.labels import EMOTIONS, describe, percent
from emotion_core.types import FloatArray

# An exercise longer than this is no longer one breath, and what is kept of a run stays small.
LONGEST = 120.0
# Less of an emotion beside neutral can hardly be distinguished from a face at rest.
WEAKEST = 0.3
# The target where nothing is asked.
NOTHING = np.zeros(0, np.float32)


class Exercise(Protocol):
    """Something to play towards."""

    @property
    def seconds(self) -> float:
        """Length."""
        ...

    @property
    def title(self) -> str:
        """What to call it: ``Hold sad, 80%``."""
        ...

    @property
    def instruction(self) -> str:
        """What to do, in a sentence, before it begins."""
        ...

    def target_at(self, time: float) -> FloatArray:
        """What is asked at a time in seconds.

        Returns:
            (7,) probabilities in the order of :data:`~emotion_core.emotions.labels.EMOTIONS`,
            summing to 1; zero-length where nothing is asked, as before 0 s and after the end, and
            throughout an exercise of movements.
        """
        ...

    def prompt_at(self, time: float) -> str:
        """A few words for the screen; empty before 0 s and after the end."""
        ...


@dataclass(frozen=True, slots=True)
class Hold:
    """One emotion, held; what it leaves is neutral, so that half of it is an exercise, too.

    Attributes:
        emotion: one of the seven.
        strength: its share, 0.3 to 1; of neutral it has no meaning.
        seconds: length.
    """

    emotion: str
    strength: float = 0.8
    seconds: float = 10.0

    def __post_init__(self) -> None:
        _check_emotion(self.emotion)
        _check_strength(self.strength)
        check_seconds("A hold", self.seconds)

    @property
    def title(self) -> str:
        """For example ``Hold sad, 80%``."""
        if self.emotion == "neutral":
            return "Hold neutral"
        return f"Hold {self.emotion}, {percent(self.strength)}"

    @property
    def instruction(self) -> str:
        """For example ``Play sad so that it is read at 80%, and hold it for 10 s.``."""
        if self.emotion == "neutral":
            return f"Rest your face in neutral for {_seconds(self.seconds)}."
        level = f"so that it is read at {percent(self.strength)}"
        return f"Play {self.emotion} {level}, and hold it for {_seconds(self.seconds)}."

    def target_at(self, time: float) -> FloatArray:
        """The same all the time."""
        return _pose(self.emotion, self.strength) if 0 <= time <= self.seconds else NOTHING

    def prompt_at(self, time: float) -> str:
        """For example ``hold sad``."""
        return f"hold {self.emotion}" if 0 <= time <= self.seconds else ""


@dataclass(frozen=True, slots=True)
class Move:
    """From one emotion to another, linearly in the probabilities, with a rest on either side.

    Attributes:
        first, second: two different ones of the seven; either may be neutral.
        strength: share of each but neutral, 0.3 to 1; what it leaves is neutral.
        passage: seconds from leaving the first to being at the second.
        rest: seconds for which the first is held before, and the second after.
    """

    first: str
    second: str
    strength: float = 0.8
    passage: float = 4.0
    rest: float = 2.0

    def __post_init__(self) -> None:
        _check_emotion(self.first)
        _check_emotion(self.second)
        if self.first == self.second:
            raise ValueError(f"A move needs two different emotions, not {self.first} twice.")
        _check_strength(self.strength)
        check_seconds("The transition of a move", self.passage)
        check_seconds("The hold of a move", self.rest)
        check_seconds("A move", self.seconds)

    @property
    def seconds(self) -> float:
        """Both rests and the passage."""
        return self.passage + 2 * self.rest

    @property
    def title(self) -> str:
        """For example ``From sad to happy in 4 s``."""
        return f"From {self.first} to {self.second} in {_seconds(self.passage)}"

    @property
    def instruction(self) -> str:
        """What to do, first to last."""
        return (
            f"Hold {self.first} for {_seconds(self.rest)}, move evenly to {self.second} in "
            f"{_seconds(self.passage)}, and hold it."
        )

    def target_at(self, time: float) -> FloatArray:
        """The first, what lies between the two, or the second."""
        if not 0 <= time <= self.seconds:
            return NOTHING
        way = np.float32(np.clip((time - self.rest) / self.passage, 0, 1))
        begin, end = _pose(self.first, self.strength), _pose(self.second, self.strength)
        return np.asarray((1 - way) * begin + way * end, np.float32)

    def prompt_at(self, time: float) -> str:
        """In turn ``hold sad``, ``sad → happy`` and ``hold happy``."""
        if not 0 <= time <= self.seconds:
            return ""
        if time < self.rest:
            return f"hold {self.first}"
        if time < self.rest + self.passage:
            return f"{self.first} → {self.second}"
        return f"hold {self.second}"


@dataclass(frozen=True, slots=True)
class Mirror:
    """The reading of a still, to be taken on and held.

    Attributes:
        probabilities: 7 of them, in the order of
            :data:`~emotion_core.emotions.labels.EMOTIONS`; any sequence is kept as a tuple.
        title: what to call it.
        seconds: length.
    """

    probabilities: tuple[float, ...]
    title: str = "Mirror a still"
    seconds: float = 10.0

    def __post_init__(self) -> None:
        shares = np.asarray(self.probabilities, np.float64)
        if shares.shape != (len(EMOTIONS),):
            raise ValueError(f"A mirror exercise needs seven probabilities, not {shares.shape}.")
        # written so that NaN, which no comparison holds for, is refused as well
        if not (shares.min() >= 0 and abs(shares.sum() - 1) <= 1e-3):
            raise ValueError("The probabilities of a still must be at least 0 and sum to 1.")
        check_seconds("A mirror", self.seconds)
        object.__setattr__(self, "probabilities", tuple(map(float, shares)))

    @property
    def instruction(self) -> str:
        """What to match, with its reading, and for how long."""
        reading = describe(dict(zip(EMOTIONS, self.probabilities, strict=True)))
        return (
            f"Match the expression in the picture ({reading}) and hold it for "
            f"{_seconds(self.seconds)}."
        )

    def target_at(self, time: float) -> FloatArray:
        """The same all the time."""
        inside = 0 <= time <= self.seconds
        return np.array(self.probabilities, np.float32) if inside else NOTHING

    def prompt_at(self, time: float) -> str:
        """Always ``mirror the still``, until the end."""
        return "mirror the still" if 0 <= time <= self.seconds else ""


def _pose(emotion: str, strength: float) -> FloatArray:
    """(7,) an emotion beside neutral."""
    target = np.zeros(len(EMOTIONS), np.float32)
    target[EMOTIONS.index("neutral")] = 1 - strength
    target[EMOTIONS.index(emotion)] = 1 if emotion == "neutral" else strength
    return target


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s"


def _check_emotion(emotion: str) -> None:
    if emotion not in EMOTIONS:
        raise ValueError(f"{emotion!r} is not one of the emotions {', '.join(EMOTIONS)}.")


def _check_strength(strength: float) -> None:
    if not WEAKEST <= strength <= 1:
        raise ValueError(f"The target confidence must be {WEAKEST} to 1, but is {strength}.")


def check_seconds(name: str, seconds: float) -> None:
    """Raise ``ValueError`` unless something lasts longer than 0 s and at most :data:`LONGEST`."""
    # a part that was cut to the limit may be longer by what a sum loses
    if not 0 < seconds <= LONGEST + 1e-6:
        raise ValueError(
            f"{name} must last more than 0 s and no more than {LONGEST:.0f} s, not {seconds:.3g} s."
        )
