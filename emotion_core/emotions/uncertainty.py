"""What makes a reading unsure: one rule for pages, tables, summaries and videos.

The thresholds of size and blur are where the embedded model has lost five points of agreement,
as the mean of FER+ and wildfaces (their validation parts), by
``python -m benchmarks.doubtful_faces fer2013plus-valtest.zip wildfaces.zip``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, describe, percent

# Pixels of the shorter side of a box, in the clip: 3.9 points are lost from 40 to 48, 5.5 from 36
# to 40, 11.2 from 24 to 28.
TINY_BELOW = 40.0
# Of :func:`emotion_core.faces.quality.sharpness`. Blurred by 2% of their side, faces lose 4.2
# points and have 0.12 in the median; by 2.5%, 7.0 points and 0.07. Of the unblurred
# ones not one in a thousand has less.
BLURRED_BELOW = 0.1
# Of :func:`emotion_core.faces.quality.turn`: the nose stands under or beyond the farther eye, so
# that half of the face is hidden. This is geometry, not a measured loss: of the 4,602 faces whose
# turn is known in the two sets, 63 are turned so far, too few to show a loss below nine points.
TURNED_FROM = 1.0

# Each reason and its words, in the order in which they are named.
UNCERTAINTY_REASONS = {
    "tiny": "too small",
    "blurred": "too blurred",
    "turned": "turned away",
    "unsure": "no clear lead",
}
# Several readings are unsure together from this share of unsure ones on.
MOSTLY = 0.5
# Those that lie in the picture and not in the reading.
HARD_TO_SEE = ("tiny", "blurred", "turned")


def uncertainty_flags(
    sides: npt.ArrayLike, sharpness: npt.ArrayLike, turn: npt.ArrayLike, lead: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """What makes each of n readings unsure.

    ``tiny``: the shorter side of the box is below :data:`TINY_BELOW`. ``blurred``: the sharpness
    is below :data:`BLURRED_BELOW`. ``turned``: the face is turned by :data:`TURNED_FROM` or more.
    ``unsure``: no emotion leads with :data:`~emotion_core.emotions.labels.CLEAR_LEAD`. What
    is unknown (NaN) is no reason.

    Args:
        sides: (n,) px.
        sharpness, turn: (n,) as in :mod:`emotion_core.faces.quality`.
        lead: (n,) probability of the leading emotion.

    Returns:
        (n, 4) in the order of :data:`UNCERTAINTY_REASONS`.
    """
    flags = (
        np.less(sides, TINY_BELOW),
        np.less(sharpness, BLURRED_BELOW),
        np.greater_equal(np.abs(turn), TURNED_FROM),
        np.less(lead, CLEAR_LEAD),
    )
    return np.stack(flags, axis=-1)


def uncertainty_of(faces: pd.DataFrame) -> pd.DataFrame:
    """:func:`uncertainty_flags` of the readings of a table.

    Args:
        faces: the ``faces`` table of an analysis, n rows.

    Returns:
        (n, 4) booleans with the columns :data:`UNCERTAINTY_REASONS` and the index of ``faces``.
    """
    sides = np.minimum(faces["x2"] - faces["x1"], faces["y2"] - faces["y1"])
    lead = faces[list(EMOTIONS)].max(axis=1)
    flags = uncertainty_flags(sides, faces["sharpness"], faces["turn"], lead)
    return pd.DataFrame(flags, faces.index, list(UNCERTAINTY_REASONS))


def with_uncertainty(faces: pd.DataFrame) -> pd.DataFrame:
    """The table with a last column ``doubt``, in words: ``tiny, blurred``; empty for none."""
    flags = uncertainty_of(faces).to_numpy()
    # few of the combinations occur, and each is put into words once
    number = flags @ (1 << np.arange(len(UNCERTAINTY_REASONS)))
    found, place = np.unique(number, return_inverse=True)
    names = list(UNCERTAINTY_REASONS)
    words = [", ".join(name for k, name in enumerate(names) if one >> k & 1) for one in found]
    return faces.assign(doubt=pd.Series(words, dtype="string").take(place).set_axis(faces.index))


def reasons(uncertainty: Collection[str]) -> list[str]:
    """Why a reading is unsure, in words: ``too small``, ``turned away``.

    Args:
        uncertainty: at least one of :data:`UNCERTAINTY_REASONS`. If the face is hard to see, the
            lack of a clear lead is not named.
    """
    seen = [UNCERTAINTY_REASONS[name] for name in HARD_TO_SEE if name in uncertainty]
    return seen or [UNCERTAINTY_REASONS["unsure"]]


def why_unsure(flags: pd.DataFrame) -> str:
    """Whether and why a reading, or the greater part of several, is unsure.

    The one rule for everything that sums readings up: chords, beats, averages, captions.

    Args:
        flags: :func:`uncertainty_of` the n readings.

    Returns:
        ``too small and turned away``, with the reasons that half of the unsure readings have;
        empty where less than half of the readings are unsure, and for none.
    """
    return why_unsure_between(flags, [0], [len(flags)])[0]


def why_unsure_between(
    flags: pd.DataFrame, firsts: npt.ArrayLike, ends: npt.ArrayLike
) -> list[str]:
    """:func:`why_unsure` of several runs of readings at once.

    Args:
        flags: :func:`uncertainty_of` n readings.
        firsts, ends: (k,) where in them each run begins, and where it has ended.
    """
    firsts, ends = np.asarray(firsts, np.int64), np.asarray(ends, np.int64)
    single = flags.to_numpy(bool)
    counted = np.column_stack([single.any(axis=1), single]).astype(np.int64)
    sums = np.vstack([np.zeros((1, counted.shape[1]), np.int64), counted.cumsum(axis=0)])
    runs = sums[np.maximum(ends, firsts)] - sums[firsts]
    unsure, each = runs[:, 0], runs[:, 1:]
    mostly = (unsure > 0) & (unsure >= MOSTLY * (ends - firsts))
    named = (2 * each >= unsure[:, None]) | (each == each.max(axis=1, keepdims=True, initial=0))
    known: dict[bytes, str] = {}
    words = []
    for is_so, row in zip(mostly, named, strict=True):
        key = row.tobytes()
        if is_so and key not in known:
            known[key] = " and ".join(reasons([str(name) for name in flags.columns[row]]))
        words.append(known[key] if is_so else "")
    return words


def mark_unsure(text: str, reason: str) -> str:
    """What is read, with why it is unsure: ``unsure, perhaps sad (too small)``.

    Args:
        text: what is read.
        reason: :func:`why_unsure`; the text stays as it is without one.
    """
    return f"unsure, perhaps {text} ({reason})" if reason else text


def describe_reading(shares: Mapping[str, float], uncertainty: Collection[str]) -> str:
    """A reading of one moment in words, with why it is unsure.

    ``sad 62%, with fear 21%``; or, for an unsure one, ``unsure, perhaps sad 62% (too
    small)`` or ``unsure, angry 30% or sad 28% (no clear lead)``.

    Args:
        shares: probability of each emotion.
        uncertainty: some of :data:`UNCERTAINTY_REASONS`; none for a reading that is sure.
    """
    if not uncertainty:
        return describe(shares)
    first, second = sorted(shares, key=lambda name: -shares[name])[:2]
    text = f"perhaps {first} {percent(shares[first])}"
    if "unsure" in uncertainty:
        text = f"{first} {percent(shares[first])} or {second} {percent(shares[second])}"
    return f"unsure, {text} ({' and '.join(reasons(uncertainty))})"


def describe_moment(emotion: str, share: float, uncertainty: Collection[str]) -> str:
    """One emotion at one moment: ``sad 62%`` or ``unsure, perhaps sad 62% (too small)``."""
    reason = " and ".join(reasons(uncertainty)) if uncertainty else ""
    return mark_unsure(f"{emotion} {percent(share)}", reason)
