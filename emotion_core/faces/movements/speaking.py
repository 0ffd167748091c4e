"""Which faces speak, as far as a moving mouth tells without the sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.movements.segments import (
    Stroke,
    Values,
    known_runs,
    quick_runs,
    readings_per_second,
    strokes,
    unbroken,
)

# Least opening or closing that counts, in distances between the eyes.
SWING = 0.07
# A mouth that speaks opens and closes 2 to 7 times a second (Chandrasekaran et al. 2009, "The
# natural statistics of audiovisual speech"), and where vowels are held about once: a stroke, which
# is half of that, takes at most this many seconds.
_LONGEST_STROKE = 0.5
# Strokes one after the other that are speech: a smile that comes is one, a yawn two.
_FEWEST_STROKES = 3
# Seconds between runs of strokes that still belong to the same speech, and before and after it. A
# run of fewer strokes is speech beside a longer one: a vowel that is held parts them.
_PAUSE = 0.5
# Readings a second below which strokes cannot be told from each other.
_SLOWEST = 8.0


def speaking_of(faces: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows speak: the mouth opens and closes repeatedly around that time.

    At least three strokes of the mouth in a row, each of 7% of the distance between the eyes and
    done within 0.5 s; fewer of them belong to speech that is at most half a second away. Speech
    lasts from half a second before to half a second after. Who sings, chews or laughs looks the
    same; who mumbles is missed.

    Args:
        faces: with ``time``, ``track``, ``shot`` and ``mouth_opening``, of any number of tracks.

    Returns:
        (n,) bool, in the order of the rows; False where the mouth is unknown, and everywhere
        without the column or with fewer than 8 readings a second.
    """
    speaks = np.zeros(len(faces), np.bool_)
    if "mouth_opening" not in faces or readings_per_second(faces) < _SLOWEST:
        return speaks
    opening = faces["mouth_opening"].to_numpy(np.float64)
    time = faces["time"].to_numpy(np.float64)
    for rows in unbroken(faces):
        for run in known_runs(opening, rows):
            for start, end in _speech(opening[run], time[run]):
                speaks[run] |= (time[run] >= start) & (time[run] <= end)
    return speaks


def _speech(opening: Values, time: Values) -> list[tuple[float, float]]:
    """From when to when a mouth moves as in speech; these stretches may overlap."""
    found: list[list[list[Stroke]]] = []
    for run in quick_runs(strokes(opening, SWING), time, _LONGEST_STROKE):
        if found and time[run[0].start] - time[found[-1][-1][-1].end] <= _PAUSE:
            found[-1].append(run)
        else:
            found.append([run])
    return [
        (float(time[runs[0][0].start]) - _PAUSE, float(time[runs[-1][-1].end]) + _PAUSE)
        for runs in found
        if max(map(len, runs)) >= _FEWEST_STROKES
    ]
