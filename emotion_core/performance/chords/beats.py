"""Beats: the moments at which a performance turns into something else and stays there.

Actors call a beat the part of a scene with one intention, and its end the moment that changes
it. What is found here is only the outside of that: a lasting change of the reading.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.arcs.arc import arc_of, segments_on_clock
from emotion_core.performance.chords.chord import LEAD, SOUNDS, describe_chord
from emotion_core.performance.chords.runs import reading_ends
from emotion_core.performance.performance import Performance, Values
from emotion_core.performance.unsure import unsure_between

STEP = 0.1
# What a beat must save, in squared shares times seconds. A change by a distance of D between two
# parts of T seconds each saves D^2 T / 2, so that this is a change of half of the reading from one
# emotion to another (D^2 = 0.5) that holds for a second on either side.
PENALTY = 0.25
# Seconds from one beat or border to the next beat.
SHORTEST_BEAT = 1.0

_DTYPES = {
    "stretch": "int64",
    "time": "float64",
    "before": "string",
    "after": "string",
    **dict.fromkeys(("change", "play_from", "play_to"), "float64"),
    "unsure": "string",
}


def beats_of(
    performance: Performance,
    sigma: float = SMOOTHING,
    threshold: float = SOUNDS,
    penalty: float = PENALTY,
    shortest: float = SHORTEST_BEAT,
) -> pd.DataFrame:
    """Where the level of the reading changes for good, within each unbroken segment.

    The arcs of the seven emotions, on a clock of :data:`STEP` seconds, are cut into pieces of
    constant level such that the sum over the pieces of the squared distances to their means, plus
    ``penalty`` for each cut, is least. The search is PELT (Killick, Fearnhead and Eckley 2012,
    "Optimal detection of changepoints with a linear computational cost", J. American Statistical
    Association 107, 1590-1598) as in ruptures (Truong, Oudre and Vayatis 2020, "Selective review
    of offline change point detection methods", Signal Processing 167, 107299), with the linear
    kernel, which is that squared distance. A cut or a gap is a border (:func:`borders_of`) and no
    beat, however much changes there.

    Args:
        performance: the readings.
        sigma: of :func:`~emotion_core.performance.arcs.arc.smooth`, seconds.
        threshold: of :func:`~emotion_core.performance.chords.chord.sounding`; decides how the parts
            before and after are named.
        penalty: what a beat must save, in squared shares times seconds; more gives fewer beats.
        shortest: seconds that lie between beats at least.

    Returns:
        One row a beat, by time: ``stretch``, ``time`` in seconds of the clip, ``before`` and
        ``after`` (the mean readings of the parts that it divides, in words), ``change``, how much
        of the reading moves: half of the sum of absolute differences, 0 to 1, ``play_from`` and
        ``play_to``, :data:`~emotion_core.performance.chords.chord.LEAD` seconds around it, and
        ``unsure``, why the part before it or else the one after it is, in words.
    """
    arc = arc_of(performance, STEP, sigma)
    segments = segments_on_clock(performance, arc)
    rows, parts = [], []
    seen = np.flatnonzero(segments >= 0)
    for places in np.split(seen, np.flatnonzero(np.diff(segments[seen])) + 1):
        if not len(places):
            continue
        number, times, values = int(segments[places[0]]), arc.times[places], arc.values[places]
        edges = _change_points(values, penalty / STEP, max(round(shortest / STEP), 1))
        means = [part.mean(axis=0) for part in np.split(values, edges)]
        borders = times[[0, *edges, -1]] + STEP / 2 * np.array([-1] * (len(edges) + 1) + [1])
        for k, edge in enumerate(edges):
            before, after = (describe_chord(mean, threshold) for mean in means[k : k + 2])
            change = 0.5 * np.abs(means[k + 1] - means[k]).sum()
            time = times[edge] - STEP / 2
            around = max(time - LEAD, times[0]), min(time + LEAD, times[-1])
            rows.append((number, time, before, after, change, *around))
            parts.append(borders[k : k + 3])
    edges_of_parts = np.array(parts).reshape(-1, 3)
    first, second = (
        unsure_between(performance, edges_of_parts[:, k], edges_of_parts[:, k + 1]) for k in (0, 1)
    )
    table = pd.DataFrame(rows, columns=list(_DTYPES)[:-1])
    return table.assign(unsure=first.where(first != "", second)).astype(_DTYPES)


def borders_of(performance: Performance) -> pd.DataFrame:
    """Where one segment ends and the next begins.

    Returns:
        One row a border, by time: ``kind`` (``gap``: the character is not seen for a while;
        ``cut``: another shot begins; ``new track``: the face was lost and found again at once),
        ``start``, ``end`` and ``seconds``, which are 0 but for a gap.
    """
    faces, times = performance.faces, performance.times
    after = np.flatnonzero(np.diff(performance.segments())) + 1
    frames, shots = faces["frame"].to_numpy(), faces["shot"].to_numpy()
    missing = frames[after] - frames[after - 1] != performance.every
    kinds = np.where(missing, "gap", np.where(shots[after] != shots[after - 1], "cut", "new track"))
    end = times[after]
    start = np.where(missing, reading_ends(performance)[after - 1], end)
    return pd.DataFrame(
        {
            "kind": pd.Series(kinds.tolist(), dtype="string"),
            "start": start,
            "end": end,
            "seconds": end - start,
        }
    )


def _change_points(values: Values, penalty: float, shortest: int) -> list[int]:
    """Where new pieces begin; none where there is no room for two."""
    if len(values) < 2 * shortest:
        return []
    from ruptures import KernelCPD

    found = KernelCPD(kernel="linear", min_size=shortest).fit(values).predict(pen=penalty)
    return [int(edge) for edge in found[:-1]]
