"""Where in the face several performances are read, each at a few moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.tracks import explain_moments, leading_shares
from emotion_core.faces.detection import FaceDetector
from emotion_core.progress import Task, part


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


def explain_performances(
    each: Sequence[FaceMoments], detector: FaceDetector
) -> Task[tuple[pd.DataFrame, ...]]:
    """Look at one face after the other.

    Args:
        each: the faces.
        detector: finds the landmarks.

    Returns:
        :func:`~emotion_core.explanation.tracks.leading_shares` of each.

    Raises:
        MediaError: a clip cannot be read.
    """
    total, done = sum(len(one.rows) for one in each), 0
    found = []
    for one in each:
        task = explain_moments(one.clip, one.rows, detector, one.classifier, one.method)
        explained = yield from part(task, done / total, (done + len(one.rows)) / total)
        found.append(leading_shares(explained))
        done += len(one.rows)
    return tuple(found)
