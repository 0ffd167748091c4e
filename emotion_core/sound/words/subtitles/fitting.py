"""Whether subtitles belong to a clip: those of another cut, a trailer or another film do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.speech_spans import STEP
from emotion_core.text import count_of, format_time, number

Values = npt.NDArray[np.float64]

# Rates by which subtitles run too fast or too slow: film at 24, 23.976 and 25 pictures a second.
RATES = (1.0, 25 / 24, 24 / 25, 25 / 23.976, 23.976 / 25, 24 / 23.976, 23.976 / 24)
# A shift is offered from this correlation on, by this much more than as they are, and than any
# other shift that is a second or more away. See benchmarks/sound/subtitle_fit.py.
_SIMILAR = 0.4
_BETTER = 0.1
_CLEAR = 0.1
_APART = 1.0
# Where nearly nobody or nearly always somebody speaks, or a line is on, all shifts are alike.
_LEAST_SPEECH = 0.02
# Smaller shifts than this are how subtitles are made: they come on early and stay on.
_NOTICED = 0.5


@dataclass(frozen=True, slots=True)
class Fit:
    """How well subtitles lie on a clip.

    Attributes:
        correlation: of "a line is on" with the probability of speech, over the clip, from -1 to 1;
            NaN where that is not known.
        rate: by which the times of the lines are to be multiplied, 1 where they are right.
        shift: seconds that are to be added after that.
        best: correlation after both.
        sentence: what does not fit and what would; "" where nothing is wrong or known.
    """

    correlation: float
    rate: float
    shift: float
    best: float
    sentence: str


def check_fit(lines: Lines, duration: float, speech: pd.DataFrame | None = None) -> Fit:
    """Compare when lines are on with the length of a clip and with when somebody speaks.

    Args:
        lines: subtitles.
        duration: of the clip in s.
        speech: ``time, speech`` (s; probability) every 0.1 s; without it only the length counts.

    Returns:
        the best rate and shift, of all by which a line would lie in the clip. Where no shift is
        clearly better than the others, none.
    """
    spoken = lines.spoken
    starts, ends = spoken["start"].to_numpy(np.float64), spoken["end"].to_numpy(np.float64)
    beyond = _beyond(starts, duration)
    if speech is None or not len(starts) or duration < 2 * _APART:
        return Fit(float("nan"), 1.0, 0.0, float("nan"), beyond)
    heard = _on_grid(speech, duration)
    if not _LEAST_SPEECH <= (heard >= 0.5).mean() <= 1 - _LEAST_SPEECH:
        return Fit(float("nan"), 1.0, 0.0, float("nan"), beyond)
    trials = [_trial(starts * rate, ends * rate, heard) for rate in RATES]
    now = trials[0].now
    at = max(range(len(RATES)), key=lambda place: trials[place].best)
    # another rate must be better by far, since there are so many
    if trials[at].best < trials[0].best + _CLEAR:
        at = 0
    best = trials[at]
    found = best.best >= _SIMILAR and best.best >= best.second + _CLEAR
    moved = at != 0 or abs(best.shift) > _NOTICED
    if found and moved and best.best >= now + _BETTER:
        return Fit(now, RATES[at], best.shift, best.best, _offer(RATES[at], best.shift))
    if now < _SIMILAR and not beyond and best.best < _SIMILAR:
        beyond = (
            "The subtitles do not lie where somebody speaks, and no shift of them does: they may "
            "be of another cut or film."
        )
    return Fit(now, 1.0, 0.0, now, beyond)


def moved(lines: Lines, fit: Fit) -> Lines:
    """Lines with the rate and shift of a fit; those that would end before the clip have no time."""
    table, words = lines.table.copy(), lines.words.copy()
    for part in (table, words):
        for column in ("start", "end"):
            part[column] = part[column] * fit.rate + fit.shift
    gone = table["end"] <= 0
    table.loc[gone, ["start", "end"]] = np.nan
    words = words[~words["line"].isin(table.index[gone])].reset_index(drop=True)
    for part in (table, words):
        part["start"] = part["start"].clip(lower=0)
    notes = lines.warnings
    if gone.any():
        notes = (*notes, f"{count_of(int(gone.sum()), 'line')} would lie before the clip begins.")
    return replace(lines, table=table, words=words, warnings=notes)


def _beyond(starts: Values, duration: float) -> str:
    late = int((starts >= duration).sum())
    if not late:
        return ""
    return (
        f"{late} of {count_of(len(starts), 'line')} begin after the end of the clip at "
        f"{format_time(duration)}: the subtitles may be of a longer version."
    )


def _offer(rate: float, shift: float) -> str:
    how = f"{number(abs(shift), 1)} s {'later' if shift > 0 else 'earlier'}"
    if rate == 1:
        return f"The subtitles lie where somebody speaks if they come {how}."
    speed = f"{number(abs(1 / rate - 1) * 100, 1)}% {'faster' if rate < 1 else 'slower'}"
    return f"The subtitles lie where somebody speaks if they run {speed} and come {how}."


def _on_grid(speech: pd.DataFrame, duration: float) -> Values:
    """Probability of speech in each tenth of a second of the clip, 0 where there is no row."""
    heard = np.zeros(max(round(duration / STEP), 1))
    rows = np.floor(speech["time"].to_numpy(np.float64) / STEP + 0.5).astype(np.int64)
    inside = (rows >= 0) & (rows < len(heard))
    heard[rows[inside]] = np.nan_to_num(speech["speech"].to_numpy(np.float64)[inside])
    return heard


@dataclass(frozen=True, slots=True)
class _Trial:
    """Correlations of one rate: as it is, with the best shift, and with the best one elsewhere."""

    now: float
    shift: float
    best: float
    second: float


def _trial(starts: Values, ends: Values, heard: Values) -> _Trial:
    from scipy.signal import fftconvolve

    # the grid of the lines, with a clip without any of them on either side
    n = len(heard)
    size = int(np.ceil(min(ends.max(), 1e6) / STEP)) + 1
    edges = np.zeros(size + 1)
    np.add.at(edges, np.clip(np.rint(starts / STEP).astype(np.int64), 0, size), 1)
    np.add.at(edges, np.clip(np.rint(ends / STEP).astype(np.int64), 0, size), -1)
    shown = np.concatenate([np.zeros(n), (np.cumsum(edges[:-1]) > 0), np.zeros(n)])
    centred = heard - heard.mean()
    products = fftconvolve(shown, centred[::-1], mode="valid")
    sums = np.concatenate([[0.0], np.cumsum(shown)])
    on = (sums[n:] - sums[:-n]) / n
    spread = np.sqrt(np.maximum(on * (1 - on), 1e-12) * n * (centred**2).sum())
    usable = (on > _LEAST_SPEECH) & (on < 1 - _LEAST_SPEECH)
    values = np.where(usable, products / np.maximum(spread, 1e-9), 0.0)
    # window k begins at (k - n) tenths of a second on the clock of the lines
    shifts = (n - np.arange(len(values))) * STEP
    at = int(values.argmax())
    elsewhere = values[np.abs(shifts - shifts[at]) >= _APART]
    second = float(elsewhere.max(initial=-1.0))
    return _Trial(float(values[n]), float(shifts[at]), float(values[at]), second)
