"""A scene in a few sentences: how long, who is seen, what they play, and when most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, percent
from emotion_core.emotions.uncertainty import HARD_TO_SEE, UNCERTAINTY_REASONS, uncertainty_of
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
        probability: mean over :data:`MOMENT_SECONDS` around ``time``.
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

    Within each track the probabilities are averaged over :data:`MOMENT_SECONDS`; then the
    largest value is taken again and again, each time leaving out what lies within
    :data:`MOMENT_DISTANCE` of a moment of the same face, and any emotion that the face has
    already given two moments for. Faces that are hard to see (tiny, blurred, turned away) give
    moments only where no other face of the scene does.
    """
    candidates = _expressive_moments(analysis)
    candidates.sort(key=lambda moment: -moment.probability)
    plain = [moment for moment in candidates if not set(moment.uncertainty) & set(HARD_TO_SEE)]
    chosen: list[Moment] = []
    for moment in plain or candidates:
        same_face = [other for other in chosen if other.track == moment.track]
        if any(abs(other.time - moment.time) < MOMENT_DISTANCE for other in same_face):
            continue
        if sum(other.emotion == moment.emotion for other in same_face) >= 2:
            continue
        chosen.append(moment)
        if len(chosen) == count:
            break
    return tuple(sorted(chosen, key=lambda moment: moment.time))


def _expressive_moments(analysis: SceneAnalysis) -> list[Moment]:
    """Every row at which the smoothed reading of a face leads with another than neutral."""
    names = analysis.face_names()
    flags = uncertainty_of(analysis.faces)
    found: list[Moment] = []
    for track, rows in analysis.faces.groupby("track", sort=True):
        number = int(str(track))
        smooth = _rolling_means(rows, rows[list(EMOTIONS)])
        own = flags.loc[rows.index, list(HARD_TO_SEE)]
        # a moment is as hard to see as its own frame, or as most of those around it
        hard = own.to_numpy() | (_rolling_means(rows, own.astype(float)).to_numpy() >= 0.5)
        expressive = smooth.drop(columns="neutral")
        best = expressive.max(axis=1).to_numpy()
        which = expressive.columns[expressive.to_numpy().argmax(axis=1)]
        times = rows["time"].to_numpy()
        for k in np.flatnonzero(best >= smooth["neutral"].to_numpy()):
            uncertainty = [name for name, is_so in zip(HARD_TO_SEE, hard[k], strict=True) if is_so]
            uncertainty += ["unsure"] * bool(best[k] < CLEAR_LEAD)
            found.append(
                Moment(
                    float(times[k]),
                    number,
                    names[number],
                    str(which[k]),
                    float(best[k]),
                    tuple(uncertainty),
                )
            )
    return found


def _rolling_means(rows: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Means of values of a track over a centred window of time."""
    clocked = values.set_axis(pd.to_timedelta(rows["time"], unit="s"), axis=0)
    return clocked.rolling(pd.Timedelta(seconds=MOMENT_SECONDS), center=True).mean()


def _summarize_tracks(
    analysis: SceneAnalysis,
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> tuple[TrackSummary, ...]:
    names = analysis.face_names()
    found = [
        TrackSummary(
            int(str(track)),
            names[int(str(track))],
            **_over_time(analysis, np.asarray(places), seconds, uncertain),
        )
        for track, places in analysis.faces.groupby("track", sort=True).indices.items()
    ]
    return tuple(sorted(found, key=lambda item: -item.seconds))


def _summarize_characters(
    analysis: SceneAnalysis,
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> tuple[CharacterSummary, ...]:
    names = analysis.faces["track"].map(analysis.face_names()).to_numpy(object)
    tracks = analysis.faces["track"].to_numpy()
    found = []
    for name in dict.fromkeys(names):
        places = np.flatnonzero(names == name)
        own = tuple(np.unique(tracks[places]).tolist())
        fields = _over_time(analysis, places, seconds, uncertain)
        found.append(CharacterSummary(str(name), own, **fields))
    return tuple(sorted(found, key=lambda item: -item.seconds))


def _over_time(
    analysis: SceneAnalysis,
    places: npt.NDArray[np.intp],
    seconds: npt.NDArray[np.float64],
    uncertain: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    """What is reported about some rows of ``faces`` together, in the order of time."""
    rows, own = analysis.faces.iloc[places], seconds[places]
    means = np.average(rows[list(EMOTIONS)].to_numpy(), axis=0, weights=own)
    return {
        "start": float(rows["time"].iloc[0]),
        "end": float(rows["time"].iloc[-1] + own[-1]),
        "seconds": float(own.sum()),
        "shares": tuple((EMOTIONS[k], float(means[k])) for k in np.argsort(-means)),
        "uncertain": _share_of_time(uncertain[places], own),
    }


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
