"""What makes a reading unsure: one rule for pages, tables, summaries and videos.

The thresholds of size and blur are where the embedded model has lost five points of agreement,
as the mean of FER+ and wildfaces (their validation parts), by
``python -m benchmarks.doubtful_faces fer2013plus-valtest.zip wildfaces.zip --limit 700``.

The density of features, energy, a second model that knows no more and other views of the same face
find no more sure errors than the leading probability on faces of a source never seen, and are left
out (``python -m benchmarks.readings.unknown_faces``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS, describe, percent

# Pixels of the shorter side of a box, in the clip: 3.9 points are lost from 36 to 40, 6.1 from 32
# to 36, 16.2 below 24.
TINY_BELOW = 36.0
# Of :func:`emotion_core.faces.quality.sharpness`. Blurred by 2% of their side, faces lose 3.3
# points and have 0.11 in the median; by 2.5%, 6.2 points and 0.07. Of 1,400 unblurred ones one has
# less.
BLURRED_BELOW = 0.08
# Of :func:`emotion_core.faces.quality.turn`: the nose stands under or beyond the farther eye, so
# that half of the face is hidden. This is geometry, not a measured loss: of the 4,602 faces whose
# turn is known in the two sets, 63 are turned so far, too few to show a loss below nine points.
TURNED_FROM = 1.0

# Share of a part that can be seen. Of readings behind painted covers that are wrong with at least
# 60%, none of 41 (FER+) and 2.7% of 255 (wildfaces) carry no doubt, where the cover hides a part
# that readings need; of right readings of bare faces 6.8% and 3.0% carry one, of any kind. Chosen
# on every second face; on the others it is none, 0.8%, 9.4% and 3.5% (``python -m
# benchmarks.covered_faces FILES --covers-only --limit 260``). Covers that hide nothing, as clear
# glasses and a text beside the mouth, are not marked: with them 18.2% and 26.1% carry no doubt.
# All this by version 3 of the embedded model, which was surer than it is since version 5.
COVERED_BELOW = 0.92
# What a mouth that speaks looks like.
_LIKE_SPEECH = ("happy", "surprise")
# Columns of the faces table on which parts of a face can be seen, those that readings need, and all
# that say how a face could be seen.
VISIBLE_COLUMNS = ("brows_visible", "eyes_visible", "nose_visible", "mouth_visible", "jaw_visible")
_NEEDED = ("brows_visible", "eyes_visible", "nose_visible", "mouth_visible")
SEEN_COLUMNS = ("sharpness", "turn", *VISIBLE_COLUMNS, "speaking")

# Each reason and its words, in the order in which they are named.
UNCERTAINTY_REASONS = {
    "tiny": "too small",
    "blurred": "too blurred",
    "turned": "turned away",
    "covered": "partly covered",
    "speaking": "speaking",
    "unsure": "no clear lead",
}
# Several readings are unsure together from this share of unsure ones on.
MOSTLY = 0.5
# Those that lie in the picture and not in the reading.
HARD_TO_SEE = ("tiny", "blurred", "turned", "covered", "speaking")


@dataclass(frozen=True, slots=True)
class ReadingConditions:
    """How n faces could be seen, and what was read in them; NaN stands for what is not known.

    Attributes:
        side: (n,) px, the shorter side of the box in the clip.
        sharpness, turn: (n,) as in :mod:`emotion_core.faces.quality`.
        visible: (n, 5) in [0, 1], the parts of :data:`VISIBLE_COLUMNS`.
        speaking: (n,) 1 where the face speaks, 0 where it does not.
        probabilities: (n, 7) of the emotions.
    """

    side: npt.ArrayLike
    sharpness: npt.ArrayLike
    turn: npt.ArrayLike
    visible: npt.ArrayLike
    speaking: npt.ArrayLike
    probabilities: npt.ArrayLike

    def flags(self) -> npt.NDArray[np.bool_]:
        """What makes each reading unsure; what is not known is no reason.

        ``tiny``: the box is smaller than :data:`TINY_BELOW`. ``blurred``: the sharpness is below
        :data:`BLURRED_BELOW`. ``turned``: the face is turned by :data:`TURNED_FROM` or more.
        ``covered``: a part that readings need is visible by less than :data:`COVERED_BELOW`. A tilt
        is no reason: upright again, faces lose 1 to 3 points by it. ``speaking``: the mouth speaks,
        and what leads is of those that a speaking mouth looks like. ``unsure``: no emotion leads
        with :data:`~emotion_core.emotions.labels.CLEAR_LEAD`.

        Returns:
            (n, 6) in the order of :data:`UNCERTAINTY_REASONS`.
        """
        shares = np.asarray(self.probabilities)
        leads = np.isin(shares.argmax(axis=1), [EMOTIONS.index(name) for name in _LIKE_SPEECH])
        needed = [VISIBLE_COLUMNS.index(name) for name in _NEEDED]
        flags = (
            np.less(self.side, TINY_BELOW),
            np.less(self.sharpness, BLURRED_BELOW),
            np.greater_equal(np.abs(self.turn), TURNED_FROM),
            np.less(np.asarray(self.visible)[:, needed], COVERED_BELOW).any(axis=1),
            np.greater(self.speaking, 0.5) & leads,
            shares.max(axis=1) < CLEAR_LEAD,
        )
        return np.stack(flags, axis=-1)

    def reasons(self) -> list[tuple[str, ...]]:
        """Of each reading the names of what makes it unsure."""
        names = np.array(list(UNCERTAINTY_REASONS))
        return [tuple(names[row].tolist()) for row in self.flags()]


def uncertainty_of(faces: pd.DataFrame) -> pd.DataFrame:
    """What makes the readings of a table unsure, see :meth:`ReadingConditions.flags`.

    Args:
        faces: the ``faces`` table of an analysis, n rows; of its columns the boxes, the emotions
            and :data:`SEEN_COLUMNS`.

    Returns:
        (n, 6) booleans with the columns :data:`UNCERTAINTY_REASONS` and the index of ``faces``.
    """
    conditions = ReadingConditions(
        np.minimum(faces["x2"] - faces["x1"], faces["y2"] - faces["y1"]),
        faces["sharpness"],
        faces["turn"],
        faces[list(VISIBLE_COLUMNS)],
        faces["speaking"],
        faces[list(EMOTIONS)],
    )
    return pd.DataFrame(conditions.flags(), faces.index, list(UNCERTAINTY_REASONS))


def like_speech(faces: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which emotions of each reading a mouth that speaks may only look like.

    Args:
        faces: as for :func:`uncertainty_of`.

    Returns:
        (n, 7) in the order of the emotions.
    """
    speaks = faces["speaking"].to_numpy() > 0.5
    return np.asarray(speaks[:, None] & np.isin(EMOTIONS, _LIKE_SPEECH))


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
