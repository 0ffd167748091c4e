"""How somebody says a line beside its model, in a student's words; never how well."""

from __future__ import annotations

import numpy as np

from emotion_core.performance.delivery.line_beside import (
    FEWEST_UTTERANCES,
    MODEL,
    OWN,
    LineBeside,
    PitchGap,
)
from emotion_core.performance.wording.same_lines import line_differences
from emotion_core.text import count_of, number

LINE_CAVEAT = (
    "Differences are not mistakes: the model is one way to say the line. Loudness is drawn "
    "against the mean of each line, since microphones and browsers set their own level."
)
# Seconds. Goldman-Eisler 1968, "Psycholinguistics: Experiments in Spontaneous Speech": shorter gaps
# belong to how sounds are formed, and are no pauses.
PAUSE = 0.25
# Seconds below which there is no pause at all.
_NONE = 0.1
_MOST_PAUSES = 3


def describe_beside(beside: LineBeside) -> list[str]:
    """What differs, in sentences, the measures of the whole line first; empty where nothing does.

    Args:
        beside: whose own title is :data:`~emotion_core.performance.wording.same_lines.YOU`.
    """
    return [
        *(one.words for one in line_differences(beside.table, beside.titles)),
        *_pauses(beside),
    ]


def _pauses(beside: LineBeside) -> list[str]:
    """Of each pause that differs: ``You pause 0.4 s before “home”, Ana does not``."""
    both = [beside.words[beside.words["performance"] == place] for place in (MODEL, OWN)]
    if not beside.by_words:
        return []
    model, own = (one["pause"].to_numpy(np.float64) for one in both)
    away = np.abs(own - model)
    order = [int(place) for place in np.argsort(-np.nan_to_num(away)) if away[place] >= PAUSE]
    who, words = beside.titles[MODEL], both[MODEL]["word"].tolist()
    return [
        _pause(who, str(words[place]), model[place], own[place])
        for place in sorted(order[:_MOST_PAUSES])
    ]


def _pause(who: str, word: str, model: float, own: float) -> str:
    if model < _NONE:
        return f"You pause {number(own, 1)} s before “{word}”, {who} does not."
    if own < _NONE:
        return f"{_begin(who)} pauses {number(model, 1)} s before “{word}”, you do not."
    return f"You pause {number(own, 1)} s before “{word}”, {who} {number(model, 1)} s."


def _begin(who: str) -> str:
    """A name at the beginning of a sentence."""
    return who[:1].upper() + who[1:]


def describe_unknown(beside: LineBeside) -> list[str]:
    """What is not known, and why."""
    found = []
    for place, whose in ((MODEL, f"{_begin(beside.titles[MODEL])}'s"), (OWN, "Your")):
        gap = beside.pitch_gaps[place]
        if gap == PitchGap.NO_SPEECH:
            found.append(f"{whose} pitch: can't tell. No speech was found in the line.")
        elif gap == PitchGap.MUSIC:
            found.append(f"{whose} pitch: can't tell. Music is heard with the line, or may be.")
        elif gap == PitchGap.LITTLE_VOICE:
            found.append(
                f"{whose} pitch: can't tell. Too little of the line is voiced: it is whispered, "
                "very short, or noise lies over it."
            )
    if not beside.by_words:
        whole = (
            ""
            if (beside.words["performance"] == OWN).any()
            else " All that you say in the recording is taken as the line."
        )
        found.append(
            f"When {_whose_words(beside)} each word: can't tell. Words are found in English only, "
            "three of them at least, and not below noise or music. So only the beginning and the "
            f"end of the line are aligned, and pauses are not compared.{whole}"
        )
    return found


def _whose_words(beside: LineBeside) -> str:
    """Whose words have no times, with the verb."""
    known = [bool((beside.words["performance"] == place).any()) for place in (MODEL, OWN)]
    who = beside.titles[MODEL]
    if known[MODEL]:
        return "you say"
    return f"{who} says" if known[OWN] else f"{who} and you say"


def describe_usual(beside: LineBeside, own_utterances: int) -> str:
    """What the pitch is against.

    Args:
        own_utterances: of which the own usual pitch is the median, or would be.
    """
    if beside.against_usual:
        return (
            "Pitch is against the own usual of each: of the model in this scene, and of you in "
            f"{count_of(own_utterances, 'utterance')}, in this recording and in your saved takes "
            "of lines, which are taken for one speaker (the median)."
        )
    sentence = "Pitch is drawn against the median of each line. "
    if own_utterances < FEWEST_UTTERANCES:
        return sentence + (
            f"Your usual pitch is known from {FEWEST_UTTERANCES} utterances on, in this recording "
            f"and in your saved takes of lines; so far there are {own_utterances}."
        )
    return sentence + (
        f"The usual pitch of {beside.titles[MODEL]} is not known in this scene: the utterances are "
        "too few, or nobody is seen to speak them."
    )
