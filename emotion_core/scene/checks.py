"""What a stored analysis must be before anything of it is used.

Analyses come out of archives and out of folders that a user names, and whoever wrote one may have
written anything: pages and figures make arrays as long as its times say. All limits are far beyond
what is read in a clip, so that whatever Eme has ever written passes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.checked_tables import LONGEST_TEXT
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.media.probe import LONGEST_CLIP
from emotion_core.scene.analysis import UNKNOWN_COLUMNS, AnalysisParameters, SceneAnalysis
from emotion_core.types import VideoInfo

MOST_SHOTS, MOST_TRACKS, MOST_WARNINGS = 1_000_000, 20_000, 10_000
_LARGEST_SIDE = 100_000  # px
_LARGEST_BOX = 1e6  # px; a box may reach out of the picture
_LARGEST_NUMBER = 2**31 - 1
_NEARLY = 0.01  # what single precision and old versions are off by at most, with room


def check_analysis(analysis: SceneAnalysis) -> None:
    """Check that an analysis can be one of a clip.

    Args:
        analysis: its tables have the dtypes that they must have.

    Raises:
        ValueError: a number is not finite or out of range, or the tables do not fit each other.
    """
    check_clip(analysis.info, analysis.parameters)
    texts = (analysis.clip.name, analysis.model.name, analysis.model.fingerprint)
    _require("names", all(len(text) <= LONGEST_TEXT for text in (*texts, *analysis.warnings)))
    _require("warnings", len(analysis.warnings) <= MOST_WARNINGS)
    _check_shots(analysis.shots)
    _check_frames(analysis.frames, analysis.info.duration)
    _check_faces(analysis.faces, analysis.frames)
    _check_readings(analysis.faces)


def check_clip(info: VideoInfo, parameters: AnalysisParameters) -> None:
    """Check what is said of a clip, and how it was read.

    Raises:
        ValueError: a number is not finite or out of range.
    """
    sides = (info.width, info.height)
    _require("the size", all(0 < side <= _LARGEST_SIDE for side in sides))
    _require("the rate", math.isfinite(info.fps) and info.fps > 0)
    _require("the length", 0 <= info.duration <= LONGEST_CLIP)
    _require("the number of frames", 0 <= (info.frame_count or 0) <= _LARGEST_NUMBER)
    _require("every", 1 <= parameters.every <= info.fps * LONGEST_CLIP)
    _require("the version", 0 <= parameters.version <= _LARGEST_NUMBER)
    _require("the embedder", len(parameters.embedder) <= LONGEST_TEXT)
    tracking = parameters.tracking
    numbers = (
        *(parameters.detect_interval, parameters.min_face, parameters.max_side),
        *(tracking.start_confidence, tracking.min_overlap, tracking.max_gap),
        *(tracking.min_sightings, tracking.count_confidence),
    )
    _require("the parameters", all(0 <= number <= _LARGEST_NUMBER for number in numbers))


def _check_shots(shots: Sequence[tuple[float, float]]) -> None:
    _require("the number of shots", len(shots) <= MOST_SHOTS)
    edges = np.array(shots, np.float64).reshape(-1, 2)
    _within("the shots", edges, 0, LONGEST_CLIP)
    _require("the shots", bool((np.diff(edges.ravel()) >= -_NEARLY).all()))


def _check_frames(frames: pd.DataFrame, duration: float) -> None:
    number, time, shot = (frames[name].to_numpy() for name in ("frame", "time", "shot"))
    _within("the frames", number, 0, _LARGEST_NUMBER)
    _require("the frames", bool((np.diff(number) > 0).all()))
    # a clip that says no length may be of any
    longest = min(1.5 * duration + 60, LONGEST_CLIP) if duration else LONGEST_CLIP
    _within("the times", time, 0, longest)
    _require("the times", bool((np.diff(time) >= 0).all()))
    _within("the shots", shot, 0, MOST_SHOTS)
    _require("the shots", bool((np.diff(shot) >= 0).all()))


def _check_faces(faces: pd.DataFrame, frames: pd.DataFrame) -> None:
    """That each face is in a frame that was read, at its time, and is counted there."""
    counts = frames["faces"].to_numpy().astype(np.int64)
    _within("the number of faces", counts, 0, len(faces))
    _require("the number of faces", int(counts.sum()) == len(faces))
    for name in ("frame", "time", "shot"):
        of_frames = np.repeat(frames[name].to_numpy(), counts)
        _require(f"the {name} of faces", np.array_equal(of_frames, faces[name].to_numpy()))
    track = faces["track"].to_numpy()
    _within("the tracks", track, 0, _LARGEST_NUMBER)
    _require("the number of tracks", len(pd.unique(track)) <= MOST_TRACKS)
    beside = np.repeat(counts > 1, counts)  # only where there are several can one be there twice
    several = faces["frame"].to_numpy()[beside].astype(np.int64) << 31 | track[beside]
    _require("the tracks", bool(pd.Index(several).is_unique))


def _check_readings(faces: pd.DataFrame) -> None:
    shares = faces[list(EMOTIONS)].to_numpy()
    _within("the probabilities", shares, -_NEARLY, 1 + _NEARLY)
    _within("the probabilities", shares.sum(axis=1), 1 - _NEARLY, 1 + _NEARLY)
    _within("the confidence", faces["confidence"].to_numpy(), -_NEARLY, 1 + _NEARLY)
    for name in ("valence", "arousal"):
        _within(f"the {name}", faces[name].to_numpy(), -1 - _NEARLY, 1 + _NEARLY)
    most = math.log2(len(EMOTIONS)) + _NEARLY
    _within("the entropy", faces["entropy"].to_numpy(), -_NEARLY, most)
    boxes = faces[["x1", "y1", "x2", "y2"]].to_numpy()
    _within("the boxes", boxes, -_LARGEST_BOX, _LARGEST_BOX)
    _require("the boxes", bool((boxes[:, 2:] >= boxes[:, :2]).all()))
    for name in UNKNOWN_COLUMNS:
        _require(f"the {name}", not np.isinf(faces[name].to_numpy()).any())


def _within(subject: str, values: npt.NDArray[Any], least: float, most: float) -> None:
    """That all of some numbers are in a range; NaN is in none."""
    if values.size:
        _require(subject, bool(values.min() >= least and values.max() <= most))


def _require(subject: str, holds: bool) -> None:
    if not holds:
        raise ValueError(f"{subject} cannot be those of a clip")
