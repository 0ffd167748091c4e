"""How good readings of voices are, with intervals over the speakers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.sound.voice.frames import Values
from emotion_core.stats import bootstrap_interval

_BINS = 10


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """Of n readings.

    Attributes:
        recall: mean over the classes of how many of a class are read rightly (balanced accuracy,
            macro recall).
        low, high: its 95% interval; speakers are drawn, not utterances.
        calibration_error: mean distance between how sure a reading is and how often it is right.
        readings: how many.
        told: share that is sure enough to be told, and how many of these are right.
        right: the second of the two; NaN for none.
    """

    recall: float
    low: float
    high: float
    calibration_error: float
    readings: int
    told: float
    right: float


def score_readings(
    probabilities: Values, truth: npt.NDArray[np.int64], speakers: npt.NDArray[np.str_], sure: float
) -> ReadingScore:
    """Score readings of which the truth is known.

    Args:
        probabilities: (n, classes), rows summing to 1.
        truth: (n,) number of the class.
        speakers: (n,) names.
        sure: least probability of the first class that is told.
    """
    if not len(truth):
        raise ValueError("there must be readings to score")
    read, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = read == truth
    _, speaker = np.unique(speakers, return_inverse=True)
    present = np.unique(truth)
    totals = np.zeros((speaker.max() + 1, len(present)))
    hits = np.zeros_like(totals)
    place = np.searchsorted(present, truth)
    np.add.at(totals, (speaker, place), 1)
    np.add.at(hits, (speaker, place), right)

    def recall(counts: Values) -> Values:
        # a class that no drawn speaker has is left out of that drawing
        with np.errstate(invalid="ignore"):
            return np.asarray(np.nanmean((counts @ hits) / (counts @ totals), axis=1))

    low, high = bootstrap_interval(recall, len(totals))
    told = confidence >= sure
    return ReadingScore(
        float(recall(np.ones((1, len(totals))))[0]),
        float(low),
        float(high),
        calibration_error(confidence, right),
        len(truth),
        float(told.mean()),
        float(right[told].mean()) if told.any() else float("nan"),
    )


def calibration_error(confidence: Values, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)
