"""The masks of one face through its time in view."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import CHANCE, EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.explanation.found_faces import FoundFace, attribute_faces
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.moments import find_at_moments
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.regions import FaceRegions, face_regions, region_shares
from emotion_core.files import whole_file
from emotion_core.progress import Progress, Task, finish
from emotion_core.types import FloatArray, ImageArray

MOMENTS = 24
# Columns of the table of shares, as they are kept.
_SHARES = {"face": np.int64, "emotion": str, "region": str, "share": np.float64, "area": np.float64}
# Side in pixels of the faces and masks that are kept.
STRIP_SIDE = 112


@dataclass(frozen=True, slots=True)
class TrackExplanation:
    """A face at n moments.

    Attributes:
        times: (n,) s.
        faces: (n, 112, 112, 3) uint8 RGB.
        masks: (n, 7, 112, 112) float32 in [0, 1].
        probabilities: (n, 7).
        shares: :func:`~emotion_core.faces.regions.region_shares`, ``face`` being the moment;
            moments at which the parts of the face could not be located are missing.
    """

    times: FloatArray
    faces: ImageArray
    masks: FloatArray
    probabilities: FloatArray
    shares: pd.DataFrame


def explain_moments(
    clip: Path,
    moments: pd.DataFrame,
    detector: FaceDetector,
    classifier: EmotionClassifier,
    method: AttributionMethod,
) -> Task[TrackExplanation]:
    """Look at a face at some moments, one after the other.

    Args:
        clip: the clip.
        moments: rows of the ``faces`` table, one face each, ascending in time.
        detector: finds the landmarks.
        classifier: what reads.
        method: made for this classifier.

    Raises:
        MediaError: the clip cannot be read.
    """
    faces, masks, probabilities, shares = [], [], [], []
    for number, face in enumerate(
        find_at_moments(clip, moments, detector, classifier.preprocessing.size)
    ):
        found = finish(attribute_faces([face], method))
        regions = regions_of(face, found.masks.shape[-1])
        if regions is not None:
            shares.append(region_shares(found, [regions]).assign(face=number))
        faces.append(resize_face(face.shown, STRIP_SIDE))
        masks.append([_resize(mask) for mask in found.masks[0]])
        probabilities.append(classifier.classify([face.crop]).probabilities[0])
        yield Progress(number + 1, len(moments))
    empty = pd.DataFrame(columns=list(_SHARES))
    return TrackExplanation(
        moments["time"].to_numpy(np.float32),
        np.array(faces, np.uint8).reshape(-1, STRIP_SIDE, STRIP_SIDE, 3),
        np.array(masks, np.float32).reshape(-1, len(EMOTIONS), STRIP_SIDE, STRIP_SIDE),
        np.array(probabilities, np.float32).reshape(-1, len(EMOTIONS)),
        pd.concat(shares, ignore_index=True) if shares else empty,
    )


def save_explanation(explanation: TrackExplanation, path: Path) -> None:
    """Write a face at some moments as one file, its masks in half precision.

    Raises:
        OutputError: that cannot be done.
    """
    shares: dict[str, Any] = {
        f"shares.{name}": explanation.shares[name].to_numpy().astype(dtype)
        for name, dtype in _SHARES.items()
    }
    with whole_file(path) as work, work.open("wb") as file:
        np.savez_compressed(
            file,
            times=explanation.times,
            faces=explanation.faces,
            masks=explanation.masks.astype(np.float16),
            probabilities=explanation.probabilities,
            **shares,
        )


def load_explanation(path: Path) -> TrackExplanation | None:
    """What :func:`save_explanation` has written; ``None`` where it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return TrackExplanation(
                stored["times"],
                stored["faces"],
                stored["masks"].astype(np.float32),
                stored["probabilities"],
                pd.DataFrame({name: stored[f"shares.{name}"] for name in _SHARES}),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def regions_of(face: FoundFace, size: int) -> FaceRegions | None:
    """The parts of a face at a size in px; ``None`` where they cannot be located."""
    if face.landmarks is None:
        return None
    scale = size / face.shown.shape[0]
    try:
        # pixel 0 has its middle at 0.5
        return face_regions((face.landmarks + 0.5) * scale - 0.5, size)
    except ValueError:
        return None  # the points fall into one


def mean_shares(track: TrackExplanation, least: float = CHANCE) -> pd.DataFrame:
    """Mean share of each mask in each part, over the moments at which its emotion is read.

    Args:
        track: the face at some moments.
        least: an emotion counts at the moments at which it has more than this probability.

    Returns:
        One row for each emotion and region: ``emotion``, ``region``, ``share`` (mean),
        ``low`` and ``high`` (between which two thirds of the moments lie), ``area`` (mean) and
        ``moments`` (how many).
    """
    shares = track.shares.dropna(subset="share")
    columns = [EMOTIONS.index(emotion) for emotion in shares["emotion"]]
    read = track.probabilities[shares["face"].to_numpy(int), columns] > least
    return _mean_by(shares[read], ["emotion", "region"])


def leading_shares(track: TrackExplanation) -> pd.DataFrame:
    """Mean share of each part of the face in the mask of the emotion that leads, over the moments.

    Returns:
        One row for each region: ``region``, ``share`` (mean), ``low`` and ``high`` (between which
        two thirds of the moments lie), ``area`` (mean) and ``moments`` (how many). Empty where the
        parts of the face could not be located at any moment.
    """
    shares = track.shares.dropna(subset="share")
    leads = np.array(EMOTIONS)[track.probabilities[shares["face"].to_numpy(int)].argmax(axis=1)]
    return _mean_by(shares[shares["emotion"].to_numpy(str) == leads], ["region"])


def _mean_by(shares: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    grouped = shares.groupby(columns, sort=False)
    return grouped.agg(
        share=("share", "mean"),
        low=("share", lambda own: own.quantile(1 / 6)),
        high=("share", lambda own: own.quantile(5 / 6)),
        area=("area", "mean"),
        moments=("share", "size"),
    ).reset_index()


def _resize(mask: FloatArray) -> FloatArray:
    return np.asarray(cv2.resize(mask, (STRIP_SIDE,) * 2, interpolation=cv2.INTER_AREA), np.float32)
