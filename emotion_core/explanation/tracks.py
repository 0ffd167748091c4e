"""The masks of one face through its time in view."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from emotion_core.faces.regions import (
    FaceRegions,
    by_region,
    face_regions,
    region_shares,
    scale_points,
)
from emotion_core.files import whole_file
from emotion_core.progress import Progress, Task, finish
from emotion_core.types import FloatArray, ImageArray

if TYPE_CHECKING:  # it needs torch, and pages that only show what was explained do not
    from emotion_core.faces.mesh.mesh import MeshReader

MOMENTS = 24
# Columns of the table of shares, as they are kept.
_SHARES = {
    "face": np.int64,
    "emotion": str,
    "region": str,
    "part": str,
    "share": np.float64,
    "area": np.float64,
}
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
            moments at which the parts of the face could not be located are missing. Without names
            of parts where only whole regions are known, see :attr:`has_parts`.
    """

    times: FloatArray
    faces: ImageArray
    masks: FloatArray
    probabilities: FloatArray
    shares: pd.DataFrame

    @property
    def has_parts(self) -> bool:
        """Whether regions are divided into parts; earlier versions kept whole regions."""
        return bool(self.shares["part"].ne("").all())

    def by_region(self) -> TrackExplanation:
        """The same with shares of whole regions, without ``part``."""
        return replace(self, shares=by_region(self.shares))


def explain_moments(
    clip: Path,
    moments: pd.DataFrame,
    detector: FaceDetector,
    mesh: MeshReader,
    classifier: EmotionClassifier,
    method: AttributionMethod,
) -> Task[TrackExplanation]:
    """Look at a face at some moments, one after the other.

    Args:
        clip: the clip.
        moments: rows of the ``faces`` table, one face each, ascending in time.
        detector: finds the landmarks.
        mesh: reads the shape of the face.
        classifier: what reads.
        method: made for this classifier.

    Raises:
        MediaError: the clip cannot be read.
    """
    faces, masks, probabilities, shares = [], [], [], []
    for number, face in enumerate(
        find_at_moments(clip, moments, detector, mesh, classifier.preprocessing.size)
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
                _load_shares(stored),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _load_shares(stored: Mapping[str, Any]) -> pd.DataFrame:
    known = [name for name in _SHARES if name != "part" or "shares.part" in stored]
    shares = pd.DataFrame({name: stored[f"shares.{name}"] for name in known})
    return shares if "part" in shares else shares.assign(part="")[list(_SHARES)]


def regions_of(face: FoundFace, size: int) -> FaceRegions | None:
    """The parts of a face at a size in px; ``None`` where they cannot be located."""
    if face.mesh is None:
        return None
    try:
        return face_regions(scale_points(face.mesh, size / face.shown.shape[0]), size)
    except ValueError:
        return None  # the points fall into one


def mean_shares(track: TrackExplanation, least: float = CHANCE) -> pd.DataFrame:
    """Mean share of each mask in each part, over the moments at which its emotion is read.

    Args:
        track: the face at some moments.
        least: an emotion counts at the moments at which it has more than this probability.

    Returns:
        One row for each emotion and part: ``emotion``, ``region``, ``part``, ``share`` (mean),
        ``low`` and ``high`` (between which two thirds of the moments lie), ``area`` (mean) and
        ``moments`` (how many). Of :meth:`TrackExplanation.by_region`, one for each emotion and
        region.
    """
    shares = track.shares.dropna(subset="share")
    columns = [EMOTIONS.index(emotion) for emotion in shares["emotion"]]
    read = track.probabilities[shares["face"].to_numpy(int), columns] > least
    return _mean_by(shares[read], ["emotion", "region", "part"])


def leading_shares(track: TrackExplanation) -> pd.DataFrame:
    """Mean share of each part of the face in the mask of the emotion that leads, over the moments.

    Returns:
        One row for each part, as :func:`mean_shares` has them but without ``emotion``. Empty where
        the parts of the face could not be located at any moment.
    """
    shares = track.shares.dropna(subset="share")
    leads = np.array(EMOTIONS)[track.probabilities[shares["face"].to_numpy(int)].argmax(axis=1)]
    return _mean_by(shares[shares["emotion"].to_numpy(str) == leads], ["region", "part"])


def _mean_by(shares: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    # those of whole regions have no parts
    grouped = shares.groupby([name for name in columns if name in shares], sort=False)
    return grouped.agg(
        share=("share", "mean"),
        low=("share", lambda own: own.quantile(1 / 6)),
        high=("share", lambda own: own.quantile(5 / 6)),
        area=("area", "mean"),
        moments=("share", "size"),
    ).reset_index()


def _resize(mask: FloatArray) -> FloatArray:
    return np.asarray(cv2.resize(mask, (STRIP_SIDE,) * 2, interpolation=cv2.INTER_AREA), np.float32)
