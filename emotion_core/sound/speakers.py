"""Who speaks: the mouths in view beside the envelope of the sound.

While someone speaks, the opening of their mouth follows the envelope of their voice, up to 0.3 s
earlier (Chandrasekaran et al. 2009, "The natural statistics of audiovisual speech"). Mouths that
move for another reason, as in chewing or laughing, do not. How well a mouth follows is compared
with how well it follows other speech of the same clip, and with mouths that move as much at random:
that says how often so much likeness comes by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.uncertainty import TINY_BELOW
from emotion_core.faces.movements.segments import readings_per_second
from emotion_core.sound.waveform import WAVEFORM_RATE

Verdict = Literal["speaks", "likely", "off screen", "can't tell"]
Values = npt.NDArray[np.float64]

SPEAKER_DTYPES = {
    "start": "float64",
    "end": "float64",
    "track": "int32",
    "verdict": "string",
    "likeness": "float32",
    "chance": "float32",
    "lag": "float32",
}

_RATE = 25  # of both signals when they are compared, a second
# Hertz: syllables are in it, slow smiles and the trembling of the mesh are not.
_SYLLABLES = (1.0, 7.0)
_FILTER_PADDING = 15  # readings, fewer cannot be filtered
# By how much the sound may come after the mouth, in readings of 40 ms: in speech itself, and where
# a file has its sound out of step.
_LAGS = np.arange(-6, 11)
# Stretches with a mouth from which on the usual lag of a clip counts, and how near lags are to it.
_ENOUGH = 4
_NEAR = 2
# Readings between a stretch and the speech that says what comes by chance.
_APART = 20
# Seconds of speech in one shot below which likeness says nothing, and to which longer ones are cut:
# in more than this another may have answered.
_SHORTEST = 1.0
_LONGEST = 4.0
# Seconds of the mouth before and after, for the filter.
_MARGIN = 1.0
# Share of a stretch for which a mouth must be seen.
_SEEN = 0.7
# Readings a second below which syllables cannot be seen.
_SLOWEST = 12.0
_DRAWS = 400
# Of chance: at most this for "speaks"; a second face with less than the other competes with it.
_RARE = 0.05
_COMMON = 0.2
_OTHERWISE = 0.5
# Correlation, and by how much it must be above that of a second face.
_LIKE = 0.3
_AHEAD = 0.15
# Share of a stretch in which a mouth makes the strokes of speech, see ``faces.movements.speaking``.
_MOVES = 0.4
_STILL = 0.1


@dataclass(frozen=True, slots=True)
class _Mouth:
    """A face in view during a stretch of speech.

    Attributes:
        track: of the face.
        moves: share of the stretch in which it makes the strokes of speech, NaN where unknown.
        seen: share of the stretch in which it can be seen.
        likeness: (lags,) correlation with the envelope; none where it was not compared.
        random: (draws, lags) the same of mouths that move as much and as quickly, but at random.
        elsewhere: (draws, lags) the same with other speech; none where there is too little of it.
    """

    track: int
    moves: float
    seen: float
    likeness: Values
    random: Values
    elsewhere: Values

    @property
    def compared(self) -> bool:
        return len(self.random) > 0


class _Likeness(NamedTuple):
    """How well a mouth follows the sound, where lags are of a clip's own range."""

    track: int
    value: float
    chance: float
    lag: float


def find_speakers(
    faces: pd.DataFrame,
    shots: Iterable[tuple[float, float]],
    waveform: pd.DataFrame,
    spoken: Iterable[tuple[float, float]],
) -> pd.DataFrame:
    """Who speaks when.

    Args:
        faces: of an analysis, with ``mouth_opening`` and ``speaking``; tiny ones are not looked at.
        shots: start and end of each.
        waveform: see :class:`~emotion_core.sound.waveform.WaveformReader`.
        spoken: start and end of stretches of speech, in order.

    Returns:
        A row for each stretch of speech within a shot: ``start``, ``end``; ``track`` of who speaks,
        -1 for nobody in view; ``verdict``: "speaks" where the mouth follows the sound better than
        chance and better than all others, "likely" where it alone moves, "off screen" where all
        mouths in view are still, or nobody is in view, and "can't tell"; ``likeness`` (correlation
        of its mouth with the envelope), ``chance`` (how often as much comes by chance) and ``lag``
        (s, by which the sound follows) where a mouth was compared, else NaN. Dtypes
        :data:`SPEAKER_DTYPES`.
    """
    stretches = list(_stretches(shots, list(spoken)))
    envelope = _Envelope(waveform, stretches)
    known = "mouth_opening" in faces and readings_per_second(faces) >= _SLOWEST
    found = []
    for number, stretch in enumerate(stretches):
        near = faces[faces["time"].between(stretch[0] - _MARGIN, stretch[1] + _MARGIN)]
        near = near[near["shot"].isin(near["shot"][near["time"].between(*stretch)].mode())]
        found.append(
            [
                _mouth(int(str(track)), own, stretch, envelope, number, known)
                for track, own in near.groupby("track", sort=True)
                if own["time"].between(*stretch).any()
            ]
        )
    lags = _usual_lags(found)
    rows = [
        (*stretch, *_judged(mouths, lags)) for stretch, mouths in zip(stretches, found, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(SPEAKER_DTYPES)).astype(SPEAKER_DTYPES)


def _usual_lags(found: list[list[_Mouth]]) -> npt.NDArray[np.int64]:
    """Places of the lags that are likely: sound is out of step alike all through a clip.

    All are where no lag is better than with other speech.
    """
    compared = [[one for one in mouths if one.compared] for mouths in found]
    compared = [mouths for mouths in compared if mouths]
    places = np.arange(len(_LAGS))
    if len(compared) < _ENOUGH:
        return places
    curve = np.mean([np.max([one.likeness for one in mouths], axis=0) for mouths in compared], 0)
    others = np.mean([np.max([one.random for one in mouths], axis=0) for mouths in compared], 0)
    if (others.max(axis=1) >= curve.max()).mean() > _RARE:
        return places
    middle = int(curve.argmax())
    return places[max(middle - _NEAR, 0) : middle + _NEAR + 1]


def _stretches(
    shots: Iterable[tuple[float, float]], spoken: list[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """Speech, parted at cuts and in pieces that are not too long."""
    cuts = sorted({edge for shot in shots for edge in shot})
    for start, end in spoken:
        edges = [start, *(cut for cut in cuts if start + 0.2 < cut < end - 0.2), end]
        for begin, stop in pairwise(edges):
            pieces = max(int(np.ceil((stop - begin) / _LONGEST)), 1)
            yield from pairwise(np.linspace(begin, stop, pieces + 1).tolist())


class _Envelope:
    """The envelope of the sound, and how alike a mouth is to it by chance.

    Args:
        waveform: of the clip.
        stretches: of speech.
    """

    def __init__(self, waveform: pd.DataFrame, stretches: list[tuple[float, float]]) -> None:
        level = waveform["envelope"].to_numpy(np.float64)
        # nearer to loudness than decibels are, in which pauses would outweigh all syllables
        loud = 10 ** (level / 40)
        step = WAVEFORM_RATE // _RATE
        whole = len(loud) // step * step
        self._signal = _band(loud[:whole].reshape(-1, step).mean(axis=1))
        places = [np.arange(*self._span(one)) for one in stretches]
        self._speech = np.concatenate([np.zeros(0, np.int64), *places])
        self._begin = np.cumsum([0, *(len(one) for one in places)])

    def _span(self, stretch: tuple[float, float]) -> tuple[int, int]:
        first, last = (min(round(edge * _RATE), len(self._signal)) for edge in stretch)
        return first, last

    def at(self, start: float, count: int) -> Values:
        """(lags, count) of the envelope from a second on, later by each lag."""
        first = round(start * _RATE) + _LAGS[:, None] + np.arange(count)
        found: Values = self._signal[first.clip(0, len(self._signal) - 1)]
        return found

    def elsewhere(self, number: int, count: int) -> Values:
        """(draws, lags, count) of other speech of the clip; no draws where there is too little.

        Args:
            number: of the stretch that they are compared with.
            count: how long.
        """
        room = len(self._speech) - 2 * _APART
        if room < count:
            return np.zeros((0, len(_LAGS), count))
        draws = np.random.default_rng(number).integers(0, room, _DRAWS)
        # in a circle, and not where the stretch itself lies
        starts = self._begin[number] + _APART + draws
        places = starts[:, None, None] + _LAGS[:, None] + np.arange(count)
        found: Values = self._signal[self._speech[places % len(self._speech)]]
        return found


def _mouth(
    track: int,
    rows: pd.DataFrame,
    stretch: tuple[float, float],
    envelope: _Envelope,
    number: int,
    known: bool,
) -> _Mouth:
    """Compare the mouth of a track with the sound; ``rows`` reach beyond the stretch."""
    inside = rows[rows["time"].between(*stretch)]
    opening = rows["mouth_opening"] if known else pd.Series(np.nan, rows.index)
    side = np.minimum(rows["x2"] - rows["x1"], rows["y2"] - rows["y1"])
    opening = opening.where(side >= TINY_BELOW)
    seen = opening.notna()
    share = float(seen[inside.index].mean()) * _covered(inside["time"], stretch)
    moves = float(inside["speaking"].fillna(0).mean()) if known else np.nan
    count = round((stretch[1] - stretch[0]) * _RATE)
    nothing = np.zeros((0, len(_LAGS)))
    if count < _SHORTEST * _RATE:  # too short to see a mouth move, or stay still
        return _Mouth(track, moves, 0.0, nothing, nothing, nothing)
    if not known or share < _SEEN:
        return _Mouth(track, moves, share, nothing, nothing, nothing)
    margin = round(_MARGIN * _RATE)
    grid = stretch[0] + np.arange(-margin, count + margin) / _RATE
    signal = _band(np.interp(grid, rows["time"][seen], opening[seen]))[margin : margin + count]
    likeness = _likeness(signal, envelope.at(stretch[0], count))
    elsewhere = _likeness(signal, envelope.elsewhere(number, count))
    random = _likeness(_surrogates(signal, number), envelope.at(stretch[0], count)[:, None]).T
    return _Mouth(track, moves, share, likeness, random, elsewhere)


def _surrogates(signal: Values, number: int) -> Values:
    """(draws, count) signals of the same spectrum with random phases (Theiler et al. 1992)."""
    spectrum = np.abs(np.fft.rfft(signal))
    turns = np.random.default_rng(number).uniform(0, 2 * np.pi, (_DRAWS, len(spectrum)))
    found: Values = np.fft.irfft(spectrum * np.exp(1j * turns), len(signal))
    return found


def _covered(times: pd.Series, stretch: tuple[float, float]) -> float:
    """Share of a stretch from the first to the last of some moments."""
    return float(min((times.max() - times.min() + 0.1) / (stretch[1] - stretch[0]), 1.0))


def _likeness(mouth: Values, sound: Values) -> Values:
    """Correlation of (..., count) with (..., count); 0 where one of them does not move."""
    mouth = mouth - mouth.mean(axis=-1, keepdims=True)
    sound = sound - sound.mean(axis=-1, keepdims=True)
    scale = np.linalg.norm(mouth, axis=-1) * np.linalg.norm(sound, axis=-1)
    shared = (mouth * sound).sum(axis=-1)
    found: Values = np.divide(shared, scale, out=np.zeros_like(shared), where=scale > 1e-9)
    return found


def _band(signal: Values) -> Values:
    """What of a signal is as quick as syllables."""
    from scipy.signal import butter, sosfiltfilt

    if len(signal) <= _FILTER_PADDING:
        return signal - signal.mean() if len(signal) else signal
    syllables = butter(2, _SYLLABLES, "bandpass", fs=_RATE, output="sos")
    found: Values = sosfiltfilt(syllables, signal)
    return found


def _at_best(mouth: _Mouth, lags: npt.NDArray[np.int64]) -> _Likeness:
    best = int(lags[mouth.likeness[lags].argmax()])
    value = float(mouth.likeness[best])
    chance = 0.0
    for draws in (mouth.random, mouth.elsewhere):
        if len(draws):
            as_like = int((draws[:, lags].max(axis=1) >= value).sum())
            chance = max(chance, (1 + as_like) / (1 + len(draws)))
    return _Likeness(mouth.track, value, chance, float(_LAGS[best]) / _RATE)


def _judged(
    mouths: list[_Mouth], lags: npt.NDArray[np.int64]
) -> tuple[int, Verdict, float, float, float]:
    """Track, verdict, likeness, chance and lag."""
    likenesses = {one.track: _at_best(one, lags) for one in mouths if one.compared}
    moving = {one.track: one.moves for one in mouths if not one.moves <= _STILL}
    all_seen = all(one.seen >= _SEEN for one in mouths)
    if likenesses:
        best, *others = sorted(likenesses.values(), key=lambda one: -one.value)
        second = max((one.value for one in others if one.chance < _COMMON), default=-1.0)
        clear = best.value >= _LIKE and best.value - second >= _AHEAD
        # of many mouths one is more often alike by chance (Bonferroni)
        rare = best.chance * len(likenesses) <= _RARE
        if clear and rare and best.track in moving:
            return best.track, "speaks", best.value, best.chance, best.lag
    nothing = np.nan, np.nan, np.nan
    if all_seen and len(moving) == 1:
        ((track, share),) = moving.items()
        measured = likenesses.get(track, _Likeness(track, *nothing))
        # a mouth that moves quite otherwise than the sound chews, laughs or answers in silence
        if share >= _MOVES and not measured.chance > _OTHERWISE:
            return track, "likely", measured.value, measured.chance, measured.lag
    if all_seen and not moving:
        return -1, "off screen", *nothing
    return -1, "can't tell", *nothing
