"""How near a run came to what was asked, in words: never as a grade."""

from __future__ import annotations

import numpy as np

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, percent
from emotion_core.performance.comparison.divergence import LEAST
from emotion_core.practice.exercises.exercise import Exercise, Move
from emotion_core.practice.feedback.match import Match
from emotion_core.practice.feedback.mismatch import NEAR, Mismatch

# Of the time that was asked for, in view for less than this share is worth a word.
_SEEN = 0.9
# Nobody hears a passage that is off by less as early or late, in seconds.
_ON_TIME = 0.3
# A part of so many seconds is reported in whole ones.
_LONG = 1.5
# Two shares that differ by less are reported as alike.
_ALIKE = 0.1
# An emotion that is asked for with less is reported with its share: it is not to be played in full.
_IN_FULL = 0.6


def describe_match(match: Match, exercise: Exercise) -> str:
    """Two or three sentences: how far apart, where most, and how long or how late.

    They begin ``Aligned with the target, your mean distance is 0.31 (0 = the same, 1 = nothing in
    common).``

    Args:
        match: of the run.
        exercise: what was asked.
    """
    sentences = (
        _describe_distance(match),
        _describe_divergence(match),
        _describe_timing(match, exercise),
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _describe_distance(match: Match) -> str:
    begin = "Aligned with the target"
    if match.seconds_seen < _SEEN * match.asked:
        begin = f"Your face was read for {match.seconds_seen:.1f} of {match.asked:.1f} s. {begin}"
    if match.distance < 0.005:
        return f"{begin}, your reading is the same."
    return (
        f"{begin}, your mean distance is {match.distance:.2f} (0 = the same, 1 = nothing in "
        "common)."
    )


def _describe_divergence(match: Match) -> str:
    mismatch = match.mismatch
    if mismatch is None:
        return "" if match.distance < 0.005 else "No mismatch lasts long."
    where = "Throughout," if mismatch.whole else f"Largest mismatch, {_span(mismatch)}:"
    return f"{where} {_describe_mismatch(mismatch)}."


def _span(mismatch: Mismatch) -> str:
    begin, end = round(mismatch.start), round(mismatch.end)
    if mismatch.end - mismatch.start >= _LONG:
        return f"{begin} to {end} s"
    return f"{mismatch.start:.1f} to {mismatch.end:.1f} s"


def _describe_mismatch(mismatch: Mismatch) -> str:
    """For example ``you played neutral where sad was asked``."""
    played, asked = np.array(mismatch.played), np.array(mismatch.asked)
    second, first = (int(place) for place in np.argsort(played, kind="stable")[-2:])
    wanted = EMOTIONS.index(mismatch.asked_emotion)
    share = percent(asked[wanted])
    if first != wanted:
        what = EMOTIONS[first]
        if played[first] < CLEAR_LEAD:
            what = f"a mix of {EMOTIONS[first]} and {EMOTIONS[second]}"
        much = "" if asked[wanted] >= _IN_FULL else f" at {share}"
        return f"you played {what}, the target was {mismatch.asked_emotion}{much}"
    name = EMOTIONS[wanted]
    if abs(played[wanted] - asked[wanted]) >= _ALIKE:
        return f"{name} was read at {percent(played[wanted])}, the target was {share}"
    more = played - asked
    other = EMOTIONS[int(more.argmax())] if more.max() >= _ALIKE else "a little of several emotions"
    return f"{other} was read as well as {name}"


def _describe_timing(match: Match, exercise: Exercise) -> str:
    if match.held is not None and match.longest is not None:
        return _describe_held(match.held, match.longest, match.asked)
    if isinstance(exercise, Move):
        return _describe_latency(match.late, exercise)
    if match.moment_by_moment < LEAST:
        return ""
    # as the page Compare says it
    gained = match.moment_by_moment - match.distance
    larger = "timing" if gained > match.distance else "what is played"
    return (
        f"Without alignment the distance is {match.moment_by_moment:.2f}: {larger} accounts for "
        "most of the difference."
    )


def _describe_held(held: float, longest: float, asked: float) -> str:
    if held < 0.05:
        return f"You did not come close to the target (distance up to {NEAR})."
    text = f"You were close to the target (distance up to {NEAR}) for {held:.1f} of {asked:.1f} s"
    if longest < held - 0.05:
        return f"{text}, at most {longest:.1f} s without a break."
    return f"{text}."


def _describe_latency(late: float | None, move: Move) -> str:
    passage = f"from {move.first} to {move.second}"
    if late is None:
        return f"When you moved {passage} could not be measured."
    if abs(late) < _ON_TIME:
        return f"You moved {passage} on time."
    when = "later" if late > 0 else "earlier"
    return f"You moved {passage} {abs(late):.1f} s {when} than the target."
