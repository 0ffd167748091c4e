"""A scene in a few sentences: how long, who is seen, what they play, and when most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.scene.analysis import SceneAnalysis

# A moment is read over this many seconds: one odd frame is not a moment.
MOMENT_SECONDS = 0.4
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
    """

    track: int
    name: str
    start: float
    end: float
    seconds: float
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which a face shows an emotion most clearly.

    Attributes:
        time: seconds.
        track: whose face.
        name: what the track is called.
        emotion: which emotion, never neutral.
        probability: mean over :data:`MOMENT_SECONDS` around ``time``.
    """

    time: float
    track: int
    name: str
    emotion: str
    probability: float


@dataclass(frozen=True, slots=True)
class SceneSummary:
    """What a student wants to know first.

    Attributes:
        duration: seconds.
        shots: number of shots.
        face_share: share of the time with at least one readable face, 0 to 1.
        tracks: faces by time in view, longest first.
        moments: the strongest moments in the order of time.
    """

    duration: float
    shots: int
    face_share: float
    tracks: tuple[TrackSummary, ...]
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
    return SceneSummary(
        duration=analysis.info.duration,
        shots=len(analysis.shots),
        face_share=float(weights[seen].sum()) / total if total > 0 else 0.0,
        tracks=_summarize_tracks(analysis, weights),
        moments=strongest_moments(analysis, moments),
    )


def frame_seconds(analysis: SceneAnalysis) -> npt.NDArray[np.float64]:
    """How long each row of ``frames`` is on screen, in seconds, also at a variable rate."""
    times = analysis.frames["time"].to_numpy()
    step = analysis.parameters.every / analysis.info.fps
    ends = np.append(times[1:], max(analysis.info.duration, times[-1] + step) if len(times) else [])
    return np.asarray(ends - times)


def strongest_moments(analysis: SceneAnalysis, count: int) -> tuple[Moment, ...]:
    """The clearest readings of a scene other than neutral, apart in time and varied.

    Within each track the probabilities are averaged over :data:`MOMENT_SECONDS`; then the
    largest value is taken again and again, each time leaving out what lies within
    :data:`MOMENT_DISTANCE` of a moment of the same face, and any emotion that the face has
    already given two moments for.
    """
    names = analysis.face_names()
    candidates: list[Moment] = []
    for track, rows in analysis.faces.groupby("track", sort=True):
        smooth = _rolling_means(rows)
        expressive = smooth.drop(columns="neutral")
        best = expressive.max(axis=1).to_numpy()
        which = expressive.columns[expressive.to_numpy().argmax(axis=1)]
        leads = best >= smooth["neutral"].to_numpy()
        for time, value, emotion, lead in zip(rows["time"], best, which, leads, strict=True):
            if lead:
                number = int(str(track))
                candidates.append(
                    Moment(float(time), number, names[number], str(emotion), float(value))
                )
    candidates.sort(key=lambda moment: -moment.probability)
    chosen: list[Moment] = []
    for moment in candidates:
        same_face = [other for other in chosen if other.track == moment.track]
        if any(abs(other.time - moment.time) < MOMENT_DISTANCE for other in same_face):
            continue
        if sum(other.emotion == moment.emotion for other in same_face) >= 2:
            continue
        chosen.append(moment)
        if len(chosen) == count:
            break
    return tuple(sorted(chosen, key=lambda moment: moment.time))


def _rolling_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Means of the seven probabilities of a track over a centred window of time."""
    clocked = rows[list(EMOTIONS)].set_axis(pd.to_timedelta(rows["time"], unit="s"), axis=0)
    return clocked.rolling(pd.Timedelta(seconds=MOMENT_SECONDS), center=True).mean()


def _summarize_tracks(
    analysis: SceneAnalysis, weights: npt.NDArray[np.float64]
) -> tuple[TrackSummary, ...]:
    names = analysis.face_names()
    on_screen = pd.Series(weights, index=analysis.frames["frame"].to_numpy())
    found: list[TrackSummary] = []
    for track, rows in analysis.faces.groupby("track", sort=True):
        seconds = on_screen.loc[rows["frame"]].to_numpy()
        means = np.average(rows[list(EMOTIONS)].to_numpy(), axis=0, weights=seconds)
        order = np.argsort(-means)
        number = int(str(track))
        found.append(
            TrackSummary(
                track=number,
                name=names[number],
                start=float(rows["time"].iloc[0]),
                end=float(rows["time"].iloc[-1] + seconds[-1]),
                seconds=float(seconds.sum()),
                shares=tuple((EMOTIONS[k], float(means[k])) for k in order),
            )
        )
    return tuple(sorted(found, key=lambda item: -item.seconds))


def format_time(seconds: float) -> str:
    """A time in a clip as players show it: ``1:04.2``, from an hour on ``1:01:04.2``."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}" if hours else f"{minutes}"
    return (f"{hours}:" if hours else "") + f"{clock}:{rest // 10:02d}.{rest % 10}"
