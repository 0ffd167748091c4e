"""Where face and voice part: one of them is raised while the other is lowered.

Both are compared with what is usual for the same character while they speak: a voice by the voice
model, a face by its arousal in the circumplex of Russell and Mehrabian (1977). How unusual it is
comes from shuffling: the same voice beside the face of every other utterance of the character.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, VALENCE_AROUSAL
from emotion_core.emotions.uncertainty import HARD_TO_SEE, uncertainty_of

Values = npt.NDArray[np.float64]

# Probabilities from which a voice counts as raised, and below which as lowered.
RAISED, LOWERED = 0.7, 0.3
# What keeps a face from being read; that it speaks is why it is looked at here.
_HARD_TO_SEE = [reason for reason in HARD_TO_SEE if reason != "speaking"]
# Mean share of an emotion over an utterance from which the face shows it.
_SHOWN = 0.5
# Readings of the face that an utterance needs.
_FEWEST_READINGS = 5
# Utterances of a character from which on something can be called unusual.
_FEWEST_UTTERANCES = 8
# Chance from which a parting is what the character does anyhow.
_USUAL = 0.5
_LIVELY = ("angry", "fear", "surprise")


class Contrast(NamedTuple):
    """Face and voice part over an utterance.

    Attributes:
        start, end: seconds.
        character: who speaks.
        words: what face and voice do, for a sentence: "a smile on a lowered voice".
        chance: share of the character's other utterances whose face would part as much from this
            voice; NaN where they are too few to tell.
        sure: whether it is sure who speaks.
    """

    start: float
    end: float
    character: str
    words: str
    chance: float
    sure: bool


def contrasts_of(utterances: pd.DataFrame, faces: pd.DataFrame) -> list[Contrast]:
    """Utterances in which the face of who speaks parts from the voice, by time.

    Args:
        utterances: with ``start``, ``end``, ``character`` ("" where nobody in view speaks),
            ``verdict`` and ``raised`` (probability that the voice is raised against the character's
            own usual, NaN where it cannot be told).
        faces: of the analysis, with the names of characters.

    Returns:
        Those that part clearly and are not what the character does anyhow.
    """
    found = []
    for name, own in utterances[utterances["character"] != ""].groupby("character", sort=True):
        readings = faces[faces["character"].eq(name).fillna(False)]
        readings = readings[~uncertainty_of(readings)[_HARD_TO_SEE].any(axis=1)]
        spans = zip(own["start"], own["end"], strict=True)
        shown = np.array([_face(readings, start, end) for start, end in spans])
        lively = shown @ np.array([VALENCE_AROUSAL[emotion][1] for emotion in EMOTIONS])
        voice = own["raised"].to_numpy(np.float64)
        away = _parting(voice, lively)
        for place, row in enumerate(own.to_dict("records")):
            words = _words(shown[place], voice[place])
            if not words:
                continue
            chance = _chance(voice[place], away[place], np.delete(lively, place))
            if not chance > _USUAL:
                sure = row["verdict"] == "speaks"
                found.append(Contrast(row["start"], row["end"], str(name), words, chance, sure))
    return sorted(found, key=lambda one: one.start)


def _face(readings: pd.DataFrame, start: float, end: float) -> Values:
    """(7,) mean reading over a time; NaN where the face can hardly be seen."""
    here = readings[readings["time"].between(start, end)]
    if len(here) < _FEWEST_READINGS:
        return np.full(len(EMOTIONS), np.nan)
    mean: Values = here[list(EMOTIONS)].to_numpy(np.float64).mean(axis=0)
    return mean


def _parting(voice: Values, lively: Values) -> Values:
    """(n,) how far a voice and a face are apart, both around what is usual."""
    usual = np.nanmedian(lively) if np.isfinite(lively).any() else np.nan
    return np.asarray(np.abs((2 * voice - 1) - 2 * (lively - usual)))


def _chance(voice: float, away: float, others: Values) -> float:
    others = others[np.isfinite(others)]
    if len(others) + 1 < _FEWEST_UTTERANCES:
        return np.nan
    usual = float(np.median(others))
    as_far = np.abs((2 * voice - 1) - 2 * (others - usual)) >= away
    return float((1 + as_far.sum()) / (1 + len(others)))


def _words(face: Values, voice: float) -> str:
    """What parts, in words; "" where nothing does, or where it cannot be told."""
    if np.isnan(voice) or np.isnan(face).any():
        return ""
    share = dict(zip(EMOTIONS, face.tolist(), strict=True))
    lively = sum(share[name] for name in _LIVELY)
    if voice <= LOWERED:
        if share["happy"] >= _SHOWN:
            return "a smile on a lowered voice"
        if lively >= _SHOWN:
            leading = max(_LIVELY, key=lambda name: share[name])
            return f"a face that reads {leading} on a lowered voice"
    if voice >= RAISED:
        if share["neutral"] >= _SHOWN:
            return "a still face on a raised voice"
        if share["sad"] >= _SHOWN:
            return "a face that reads sad on a raised voice"
    return ""
