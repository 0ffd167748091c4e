"""Where in the face several performances are read, each at a few moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.tracks import explain_moments, leading_shares
from emotion_core.faces.detection import FaceDetector


@dataclass(frozen=True, slots=True)
class FaceMoments:
    """A face at some moments, and what looks at it.

    Attributes:
        clip: where it is seen.
        rows: of the ``faces`` table, one a moment, ascending in time.
        classifier: what has read the clip.
        method: made for this classifier.
    """

    clip: Path
    rows: pd.DataFrame
    classifier: EmotionClassifier
    method: AttributionMethod


@dataclass(frozen=True, slots=True)
class SeveralStep:
    """How far the look is, ``time`` of ``duration`` moments; the last step has the result:
    :func:`~emotion_core.explanation.tracks.leading_shares` of each."""

    time: float
    duration: float
    result: tuple[pd.DataFrame, ...] | None = None


def explain_performances(
    each: Sequence[FaceMoments], detector: FaceDetector
) -> Iterator[SeveralStep]:
    """Look at one face after the other.

    Args:
        each: the faces.
        detector: finds the landmarks.

    Raises:
        MediaError: a clip cannot be read.
    """
    total, done = sum(len(one.rows) for one in each), 0
    found = []
    for one in each:
        for step in explain_moments(one.clip, one.rows, detector, one.classifier, one.method):
            yield SeveralStep(done + step.time, total)
            if step.result is not None:
                found.append(leading_shares(step.result))
        done += len(one.rows)
    yield SeveralStep(total, total, tuple(found))
