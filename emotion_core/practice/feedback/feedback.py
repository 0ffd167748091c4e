"""Feedback on a face: which regions show an emotion and which do not."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.explanation.wording import describe_parts, describe_places
from emotion_core.practice.feedback.regions import (
    FoundRegions,
    RegionFeedback,
    find_region_feedback,
)
from emotion_core.types import FloatArray

# Readings that are averaged: at one per second, a change shows after two.
AVERAGED = 3
# A probability is updated once it is off by this much.
_STALE = 0.1
_PLURAL = ("brows", "eyes", "cheeks")


class FeedbackWriter:
    """Words that follow a face without flickering.

    Readings are averaged, and a sentence stays until what it says has clearly changed. Make a new
    writer for each run.

    Args:
        averaged: how many of the last readings are averaged.
    """

    def __init__(self, averaged: int = AVERAGED) -> None:
        self._readings: deque[tuple[FloatArray, pd.DataFrame]] = deque(maxlen=averaged)
        self._last: RegionFeedback | None = None
        self._sentence = ""

    def update(self, probabilities: FloatArray, shares: pd.DataFrame, target: FloatArray) -> str:
        """Add a reading, and return what to say now.

        Args:
            probabilities, shares, target: as for
                :func:`~emotion_core.practice.feedback.regions.find_region_feedback`.
        """
        self._readings.append((np.asarray(probabilities, np.float32), shares))
        readings = np.stack([reading for reading, _ in self._readings])
        mean = np.asarray(readings.mean(axis=0), np.float32)
        found = find_region_feedback(mean, _mean_shares(self._readings), target, self._last)
        stale = self._last is None or abs(found.lead_share - self._last.lead_share) >= _STALE
        if found != self._last or stale:
            self._last, self._sentence = found, describe_feedback(found)
        return self._sentence


def describe_region_feedback(
    probabilities: FloatArray, shares: pd.DataFrame, target: FloatArray
) -> str:
    """One snapshot in words, see :mod:`~emotion_core.practice.feedback.regions`."""
    return describe_feedback(find_region_feedback(probabilities, shares, target))


def describe_feedback(found: RegionFeedback) -> str:
    """What was found in one or two short sentences.

    ``The brows and the eyes carry the sad; the mouth stays neutral.`` Or ``Neutral leads with 62%.
    What sad there is sits in the brows; the mouth does not join in.``
    """
    emotion = found.emotion
    leads = found.lead == emotion and found.clear
    sentences = [] if leads and found.asked in ("", emotion) else [_describe_lead(found)]
    if found.read:
        sentences.append(_describe_parts(found, leads))
    elif found.asked == emotion != "neutral":
        sentences.append(f"There is too little {emotion} to say where it shows.")
    return " ".join(sentences)


def _describe_lead(found: RegionFeedback) -> str:
    share = percent(found.lead_share)
    if not found.clear:
        return f"No emotion leads clearly; {found.lead} comes first with {share}."
    if found.asked == "neutral" and found.lead != "neutral":
        return f"The target is neutral, but {found.lead} leads with {share}."
    return f"{found.lead.capitalize()} leads with {share}."


def _describe_parts(found: RegionFeedback, leads: bool) -> str:
    emotion = found.emotion
    if found.parts is None:
        return f"Where {emotion} shows in the face could not be measured."
    if found.parts.outside:
        return f"Most of the {emotion} is read outside the face: check the light and the framing."
    others = _describe_others(found.parts)
    if not found.parts.showing:
        return f"{emotion.capitalize()} shows all over the face{others}."
    places = describe_places(found.parts.focus)
    if leads:
        return f"{emotion.capitalize()} shows {places}{others}."
    return f"The little {emotion} there is shows {places}{others}."


def _describe_others(found: FoundRegions) -> str:
    text = ""
    if found.neutral:
        text += f"; {describe_parts(found.neutral)} {_verb(found.neutral, 'stay')} neutral"
    if found.idle:
        text += f"; {describe_parts(found.idle)} {_verb(found.idle, 'do')} not show it"
    return text


def _verb(parts: Sequence[str], plural: str) -> str:
    if len(parts) > 1 or parts[0] in _PLURAL:
        return plural
    return {"stay": "stays", "do": "does"}[plural]


def _mean_shares(averaged: Sequence[tuple[FloatArray, pd.DataFrame]]) -> pd.DataFrame:
    """Mean of each share over some looks, weighed by how much of its emotion each one reads.

    A mask of an emotion that is hardly read says hardly anything.
    """
    tables = [
        shares.assign(weight=shares["emotion"].map(dict(zip(EMOTIONS, reading, strict=True))))
        for reading, shares in averaged
        if len(shares)
    ]
    if not tables:
        return pd.DataFrame(columns=["emotion", "region", "part", "share", "area"])
    table = pd.concat(tables, ignore_index=True).dropna(subset="share")
    for column in ("share", "area"):
        table[column] *= table["weight"]
    sums = table.groupby(["emotion", "region", "part"], sort=False)[
        ["share", "area", "weight"]
    ].sum()
    means = sums[["share", "area"]].div(sums["weight"].where(sums["weight"] > 0), axis=0)
    return means.reset_index()
