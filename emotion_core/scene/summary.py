"""A scene in a few sentences: how long, who is seen, what they play, and when most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, percent
from emotion_core.emotions.through_time import segments_of, smooth_readings
from emotion_core.emotions.uncertainty import (
    HARD_TO_SEE,
    UNCERTAINTY_REASONS,
    like_speech,
    uncertainty_of,
)
from emotion_core.scene.analysis import SceneAnalysis

MOMENT_DISTANCE = 1.0


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """One face through one shot.

    Attributes:
        track: its number.
        name: what it is called.
        start, end: first and last time in seconds.
        seconds: time in view.
        shares: mean probability of each emotion over its time in view, largest first.
        uncertain: share of its time in view in which it could not be read surely, 0 to 1.
    """

    track: int
    name: str
    start: float
    end: float
    seconds: float
    shares: tuple[tuple[str, float], ...]
    uncertain: float


@dataclass(frozen=True, slots=True)
class CharacterSummary:
    """One character through the scene; a track without a character is one of its own.

    Attributes:
        name: what the character is called.
        tracks: numbers of the tracks.
        start, end, seconds, shares, uncertain: as of a track, over all of them.
    """

    name: str
    tracks: tuple[int, ...]
    start: float
    end: float
    seconds: float
    shares: tuple[tuple[str, float], ...]
    uncertain: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which a face shows an emotion most clearly.

    Attributes:
        time: seconds.
        track: whose face.
        name: what the track is called.
        emotion: which emotion, never neutral.
        probability: its reading there, averaged over time by
            :func:`~emotion_core.emotions.through_time.smooth_readings`.
        uncertainty: why the reading is uncertain, names of
            :data:`~emotion_core.emotions.uncertainty.UNCERTAINTY_REASONS`.
    """

    time: float
    track: int
    name: str
    emotion: str
    probability: float
    uncertainty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneSummary:
    """What a student wants to know first.

    Attributes:
        duration: seconds.
        shots: number of shots.
        face_share: share of the time with at least one face in view, 0 to 1.
        uncertain: share of the time in view, of all faces together, in which a face could not be
            read surely, 0 to 1.
        uncertainty: the same share for each reason; a face may have several at a time.
        tracks: faces by time in view, longest first.
        characters: the same, clustered.
        moments: the strongest moments in the order of time.
    """

    duration: float
    shots: int
    face_share: float
    uncertain: float
    uncertainty: dict[str, float]
    tracks: tuple[TrackSummary, ...]
    characters: tuple[CharacterSummary, ...]
    moments: tuple[Moment, ...]


def summarize(analysis: SceneAnalysis, moments: int = 6) -> SceneSummary:
    """Sum up a scene.

    Args:
        analysis: the scene.
        moments: how many moments at most.
    """
    weights = frame_seconds(analysis)
    seen = analysis.frames["faces"].to_numpy() > 0
    total = float(weights.sum())
    flags = uncertainty_of(analysis.faces)
    uncertain = flags.any(axis=1).to_numpy()
    seconds = face_seconds(analysis)
    return SceneSummary(
        duration=analysis.info.duration,
        shots=len(analysis.shots),
        face_share=float(weights[seen].sum()) / total if total > 0 else 0.0,
        uncertain=_share_of_time(uncertain, seconds),
        uncertainty={
            name: _share_of_time(flags[name].to_numpy(), seconds) for name in UNCERTAINTY_REASONS
        },
        tracks=_summarize_tracks(analysis, seconds, uncertain),
        characters=_summarize_characters(analysis, seconds, uncertain),
        moments=strongest_moments(analysis, moments),
    )


def frame_seconds(analysis: SceneAnalysis) -> npt.NDArray[np.float64]:
    """How long each row of ``frames`` is on screen, in seconds, also at a variable rate."""
    times = analysis.frames["time"].to_numpy()
    step = analysis.parameters.every / analysis.info.fps
    ends = np.append(times[1:], max(analysis.info.duration, times[-1] + step) if len(times) else [])
    return np.asarray(ends - times)


def face_seconds(analysis: SceneAnalysis) -> npt.NDArray[np.float64]:
    """How long each row of ``faces`` is on screen, in seconds."""
    on_screen = pd.Series(frame_seconds(analysis), index=analysis.frames["frame"].to_numpy())
    return np.asarray(on_screen.loc[analysis.faces["frame"]], np.float64)


def _share_of_time(chosen: npt.NDArray[np.bool_], seconds: npt.NDArray[np.float64]) -> float:
    total = float(seconds.sum())
    return float(seconds[chosen].sum()) / total if total > 0 else 0.0


def strongest_moments(analysis: SceneAnalysis, count: int) -> tuple[Moment, ...]:
    """The clearest readings of a scene other than neutral, apart in time and varied.

    Within each track, the probabilities are averaged over time, since one odd frame is not a moment
    (:func:`~emotion_core.emotions.through_time.smooth_readings`); then the
    largest value is taken again and again, each time leaving out what lies within
    :data:`MOMENT_DISTANCE` of a moment of the same face, and any emotion that the face has
    already given two moments for. Faces that are hard to see (tiny, blurred, turned away, covered)
    give moments only where no other face of the scene does, and a mouth that speaks gives none of
    what it may only look like.
    """
    order = np.argsort(analysis.faces["track"].to_numpy(), kind="stable")
    faces = analysis.faces.iloc[order]
    tracks, times = faces["track"].to_numpy(), faces["time"].to_numpy()
    hard = uncertainty_of(faces)[list(HARD_TO_SEE)].to_numpy()
    values = np.hstack([faces[list(EMOTIONS)].to_numpy(np.float64), hard.astype(np.float64)])
    # to a billionth, lest rounding choose between moments that are equal
    segments = segments_of(faces, analysis.parameters.every)
    means = smooth_readings(values, times, segments).round(9)
    means[:, : len(EMOTIONS)][like_speech(faces)] = 0
    smooth, hard_around = means[:, : len(EMOTIONS)], means[:, len(EMOTIONS) :]
    # a moment is as hard to see as its own frame, or as most of those around it
    hard = hard | (hard_around >= 0.5)
    expressive = np.delete(smooth, EMOTIONS.index("neutral"), axis=1)
    emotions = [name for name in EMOTIONS if name != "neutral"]
    best, which = expressive.max(axis=1, initial=0), expressive.argmax(axis=1)
    left = best >= smooth[:, EMOTIONS.index("neutral")]
    if (left & ~hard.any(axis=1)).any():
        left &= ~hard.any(axis=1)
    names = analysis.face_names()
    chosen: list[Moment] = []
    while len(chosen) < count and left.any():
        k = int(np.where(left, best, -1).argmax())
        own = int(tracks[k])
        uncertainty = [name for name, is_so in zip(HARD_TO_SEE, hard[k], strict=True) if is_so]
        uncertainty += ["unsure"] * bool(best[k] < CLEAR_LEAD)
        found = Moment(
            float(times[k]), own, names[own], emotions[which[k]], float(best[k]), tuple(uncertainty)
        )
        same = [one for one in chosen if (one.track, one.emotion) == (own, found.emotion)]
        left &= (tracks != own) | (
            (np.abs(times - times[k]) >= MOMENT_DISTANCE) & ((which != which[k]) | (not same))
        )
        chosen.append(found)
    return tuple(sorted(chosen, key=lambda moment: moment.time))


def _summarize_tracks(
    analysis: SceneAnalysis,
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> tuple[TrackSummary, ...]:
    names = analysis.face_names()
    tracks, group = np.unique(analysis.faces["track"].to_numpy(), return_inverse=True)
    found = [
        TrackSummary(track, names[track], **fields)
        for track, fields in zip(
            tracks.tolist(), _over_time(analysis, group, seconds, uncertain), strict=True
        )
    ]
    return tuple(sorted(found, key=lambda item: -item.seconds))


def _summarize_characters(
    analysis: SceneAnalysis,
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> tuple[CharacterSummary, ...]:
    tracks = analysis.faces["track"]
    group, names = pd.factorize(tracks.map(analysis.face_names()).to_numpy(object))
    own: list[list[int]] = [[] for _ in names]
    firsts = ~tracks.duplicated().to_numpy()
    for place, track in zip(group[firsts].tolist(), tracks[firsts].tolist(), strict=True):
        own[place].append(track)
    found = [
        CharacterSummary(str(name), tuple(sorted(numbers)), **fields)
        for name, numbers, fields in zip(
            names, own, _over_time(analysis, group, seconds, uncertain), strict=True
        )
    ]
    return tuple(sorted(found, key=lambda item: -item.seconds))


def _over_time(
    analysis: SceneAnalysis,
    group: npt.NDArray[np.intp],
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> list[dict[str, Any]]:
    """What is reported about each group of rows of ``faces``, which are in the order of time.

    Args:
        group: (n,) number of the group of each row, from 0 without a gap.
    """
    if not len(group):
        return []
    order = np.argsort(group, kind="stable")
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    last = np.append(first, len(group))[1:] - 1
    own, times = seconds[order], analysis.faces["time"].to_numpy()[order]
    shares = analysis.faces[list(EMOTIONS)].to_numpy(np.float64)[order]
    totals = np.add.reduceat(own, first)
    means = np.add.reduceat(shares * own[:, None], first) / totals[:, None]
    unsure = np.add.reduceat(own * uncertain[order], first)
    return [
        {
            "start": float(times[first[k]]),
            "end": float(times[last[k]] + own[last[k]]),
            "seconds": float(totals[k]),
            "shares": tuple((EMOTIONS[e], float(means[k, e])) for e in np.argsort(-means[k])),
            "uncertain": float(unsure[k] / totals[k]) if totals[k] > 0 else 0.0,
        }
        for k in range(len(first))
    ]


def describe_uncertainty(summary: SceneSummary) -> str:
    """How much could not be read surely, and why, in a sentence; empty for nothing.

    For example ``Of the time that faces are in view, 40% could not be read surely: too small
    30%, turned away 12%.``
    """
    if round(100 * summary.uncertain) == 0:
        return ""
    parts = [
        f"{phrase} {percent(summary.uncertainty[name])}"
        for name, phrase in UNCERTAINTY_REASONS.items()
        if round(100 * summary.uncertainty[name]) > 0
    ]
    share = percent(summary.uncertain)
    return f"{share} of the time in view is unsure: {', '.join(parts)}."
