"""Shapes: how near the course of valence comes to the six basic arcs of stories.

Reagan, Mitchell, Kiley, Danforth and Dodds (2016), "The emotional arcs of stories are dominated by
six basic shapes", EPJ Data Science 5:31, found that the happiness of the words of 1,327 stories,
from the first page to the last, mostly follows one of six courses. Their modes, from a singular
value decomposition, look like one, two and three half waves; here they are those waves.

They had whole stories told in words; here are seconds of one face. A likeness is a way to talk
about a scene, not a finding about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.performance.performance import Values

# name -> half waves, sign of the first, and what Reagan et al. call it
SHAPES = {
    "rise": (1, -1, "rags to riches"),
    "fall": (1, 1, "tragedy"),
    "fall-rise": (2, 1, "man in a hole"),
    "rise-fall": (2, -1, "Icarus"),
    "rise-fall-rise": (3, -1, "Cinderella"),
    "fall-rise-fall": (3, 1, "Oedipus"),
}
POINTS = 100
# Valence that strays less than this from its mean (standard deviation) is flat: a twentieth of
# the way from the middle of the scale to its end.
FLAT = 0.05
# A shape is named where it explains at least half of the ups and downs.
EXPLAINS = 0.5
# Less than this has no course to speak of: seconds, and the share of the parts that are seen.
LEAST_SECONDS = 3.0
LEAST_SEEN = 0.25


@dataclass(frozen=True, slots=True)
class Shapes:
    """How near a course comes to each of the six shapes.

    Attributes:
        table: six rows, the nearest first: ``shape``, ``title``, ``correlation`` (-1 to 1),
            ``explained`` (share of the variance that the shape accounts for, 0 to 1; 0 where it
            runs against the course), ``distance`` (root mean square between the two, both
            z-scored, 0 to 2). NaN where the course has no shape.
        best: the shape that may be named, or ``None``.
        note: why none is named, a sentence; empty where one is.
        spread: standard deviation of the course, NaN of an empty one.
        curve: a row for each part of the time: ``time`` (s), ``value`` (NaN where not seen), and
            ``shape``, the nearest one drawn over the course (NaN without one).
    """

    table: pd.DataFrame
    best: str | None
    note: str
    spread: float
    curve: pd.DataFrame


def shape_values(shape: str, positions: Values) -> Values:
    """A shape at positions from 0 (beginning) to 1 (end): sign * cos(half waves * pi * x).

    Args:
        shape: one of :data:`SHAPES`.
        positions: (n,).
    """
    waves, sign, _ = SHAPES[shape]
    return np.asarray(sign * np.cos(waves * np.pi * positions))


def compare_shapes(times: Values, values: Values) -> Shapes:
    """Lay the six shapes over a course.

    The time from first to last is divided into :data:`POINTS` equal parts, or as many as there
    are points, and the course is the mean of each. Parts in which nothing is seen are left out, of
    the shapes as well, and not filled in. Both are z-scored. The distance then is
    sqrt(2 (1 - r)), r their correlation.

    Args:
        times: (n,) seconds, on a regular clock.
        values: (n,) such as valence; NaN where the character is not seen.
    """
    curve = _resample(times, values)
    seen = curve["value"].notna().to_numpy()
    course = curve["value"].to_numpy()[seen]
    positions = (np.arange(len(curve)) + 0.5) / max(len(curve), 1)
    spread = float(course.std()) if len(course) else float("nan")
    note = _why_none(times, course, len(curve))
    rows = []
    for shape, (_, _, title) in SHAPES.items():
        wave = shape_values(shape, positions)[seen]
        r = float("nan") if note else min(float(np.corrcoef(course, wave)[0, 1]), 1.0)
        rows.append((shape, title, r, np.clip(r, 0, 1) ** 2, np.sqrt(2 * (1 - r))))
    columns = ["shape", "title", "correlation", "explained", "distance"]
    table = pd.DataFrame(rows, columns=columns).astype({"shape": "string", "title": "string"})
    if note:
        return Shapes(table, None, note, spread, curve)
    table = table.sort_values("distance", kind="stable", ignore_index=True)
    nearest = str(table["shape"][0])
    curve["shape"] = _fitted(course, shape_values(nearest, positions), seen)
    if table["explained"][0] < EXPLAINS:
        note = "None of the six shapes explains half of the variation."
        return Shapes(table, None, note, spread, curve)
    return Shapes(table, nearest, "", spread, curve)


def _resample(times: Values, values: Values) -> pd.DataFrame:
    """The means of equal parts of the time, NaN where nothing is seen."""
    parts = min(POINTS, len(times))
    if not parts:
        return pd.DataFrame({"time": [], "value": [], "shape": []}, dtype="float64")
    length = max(times[-1] - times[0], 1e-9)
    seen = ~np.isnan(values)
    place = np.minimum((parts * (times - times[0]) / length).astype(np.int64), parts - 1)[seen]
    counts = np.bincount(place, minlength=parts)
    sums = np.bincount(place, weights=values[seen], minlength=parts)
    means = np.divide(sums, counts, out=np.full(parts, np.nan), where=counts > 0)
    middles = times[0] + (np.arange(parts) + 0.5) / parts * length
    return pd.DataFrame({"time": middles, "value": means, "shape": np.nan})


def _why_none(times: Values, course: Values, parts: int) -> str:
    # each point of the clock stands for the time up to the next one
    if len(times) < 2 or times[-1] - times[0] + times[1] - times[0] < LEAST_SECONDS - 1e-9:
        return f"The performance is under {LEAST_SECONDS:.0f} s, too short to have a shape."
    if len(course) < LEAST_SEEN * parts:
        return "The face is out of view for too much of the time."
    if course.std() < FLAT:
        return "Valence stays about the same, and a flat line has no shape."
    return ""


def _fitted(course: Values, shape: Values, seen: npt.NDArray[np.bool_]) -> Values:
    """A shape with the mean of what is seen of a course, as large as fits best (least squares)."""
    centred = shape - shape[seen].mean()
    size = float(centred[seen] @ (course - course.mean()) / (centred[seen] @ centred[seen]))
    return np.asarray(course.mean() + size * centred)
