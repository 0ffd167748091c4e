"""Which parts of a face carry an emotion, as far as masks can say.

The masks are those of the trained explainer (Stalder et al. 2022, "What You See is What You
Classify", :mod:`emotion_core.explanation.methods.mask_explainer`): they show by which parts the
classifier
reads an emotion, so this says what it uses and not what a muscle does. Three things
follow. The mask of an emotion means something only where that emotion is read, with more than a
seventh; the explainer was trained to leave the others empty. A large part holds much of any mask,
so that shares are taken relative to its size: a part *carries* an emotion where it has clearly more
of the mask than of the face. And what lies outside of the face is no part of it: shares are taken
within the face, and where most of a mask lies outside, nothing is reported about parts at all.

A part *stays neutral* where the mask of neutral holds clearly more of it than its size, and that
of the emotion hardly anything; it *does not show it* where only the latter is so. Either is said
only of parts by which the emotion is usually shown: a smile needs no brows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from emotion_core.emotions.labels import CHANCE, CLEAR_LEAD, EMOTIONS
from emotion_core.explanation.shares import focus_of
from emotion_core.faces.regions import REGIONS, by_region
from emotion_core.practice.feedback.mismatch import asked_emotions
from emotion_core.types import FloatArray

# A part carries where its share of the mask is so many times its share of the face, and greater by
# so much. Set by eye on faces of the clips: nearly each mask then has a part that carries, and few
# more than three.
CARRIES_LIFT, CARRIES_MORE = 1.3, 0.05
# A part has no part in it where the mask has half of what it would have by its size, or less.
IDLE_LIFT = 0.5
# Share of a mask from which on most of it lies outside of the face.
MOSTLY_OUTSIDE = 0.5
MOST_NAMED = 2
# The parts by which an emotion is usually shown, as far as they are distinguished here: after the
# prototypes of Ekman, Friesen and Hager 2002, "Facial Action Coding System: Investigator's Guide".
SHOWN_BY = {
    "angry": ("brows", "eyes", "mouth"),
    "disgust": ("nose", "mouth"),
    "fear": ("brows", "eyes", "mouth"),
    "happy": ("eyes", "mouth"),
    "neutral": (),
    "sad": ("brows", "mouth"),
    "surprise": ("brows", "eyes", "mouth"),
}
# How far beyond its limit a share, or a lift, must go to change what was reported before.
_SLACK, _LIFT_SLACK = 0.03, 0.2

_NEUTRAL = EMOTIONS.index("neutral")


@dataclass(frozen=True, slots=True)
class FoundRegions:
    """Where in a face an emotion sits; regions from top to bottom.

    Attributes:
        outside: whether most of its mask lies outside of the face; then no part is named.
        showing: regions that carry it, at most :data:`MOST_NAMED`.
        neutral: regions that stay neutral.
        idle: regions that do not join in.
        focus: of each region in ``showing`` the part in which most of it sits, see
            :func:`~emotion_core.explanation.shares.focus_of`.
    """

    outside: bool = False
    showing: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionFeedback:
    """What is to be reported about a face; two are equal where the same would be said.

    Attributes:
        lead, lead_share: the emotion that leads, and its probability.
        clear: whether it leads clearly, see :data:`~emotion_core.emotions.labels.CLEAR_LEAD`.
        asked: the emotion that is asked for; empty without a target.
        emotion: whose parts are named: the one that is asked for; the one that leads where neutral
            is asked for or nothing is; where neutral leads, the strongest other.
        read: whether enough of it is read to say anything.
        parts: where it sits; ``None`` where it is not read, its mask is empty, or the parts of the
            face are not known.
    """

    lead: str
    lead_share: float = field(compare=False)
    clear: bool
    asked: str
    emotion: str
    read: bool
    parts: FoundRegions | None


def find_region_feedback(
    probabilities: FloatArray,
    shares: pd.DataFrame,
    target: FloatArray,
    before: RegionFeedback | None = None,
) -> RegionFeedback:
    """Which parts of a face carry what is asked for, or what leads.

    Args:
        probabilities: (7,) reading of the face.
        shares: :func:`~emotion_core.faces.regions.region_shares` of this face, with the columns
            ``emotion``, ``region``, ``part``, ``share`` and ``area``; empty where its parts are not
            known.
        target: (7,), or zero-length where nothing is asked.
        before: what was reported last; it holds until something goes clearly beyond its limit.
    """
    lead = _lead(probabilities, before)
    lead_share = float(probabilities[EMOTIONS.index(lead)])
    asked = EMOTIONS[int(asked_emotions(target[None])[0])] if len(target) else ""
    emotion = _described_emotion(probabilities, lead, asked, before)
    same_lead = before is not None and before.lead == lead
    same = before if before is not None and before.emotion == emotion else None
    read = emotion != "neutral" and _beyond(
        float(probabilities[EMOTIONS.index(emotion)]), CHANCE, _SLACK, same.read if same else None
    )
    neutral_read = float(probabilities[_NEUTRAL]) > CHANCE
    return RegionFeedback(
        lead=lead,
        lead_share=lead_share,
        clear=_beyond(
            lead_share, CLEAR_LEAD, _SLACK, before.clear if before and same_lead else None
        ),
        asked=asked,
        emotion=emotion,
        read=read,
        parts=_find_parts(shares, emotion, neutral_read, same.parts if same else None)
        if read
        else None,
    )


def _find_parts(
    shares: pd.DataFrame, emotion: str, neutral_read: bool, before: FoundRegions | None
) -> FoundRegions | None:
    """Where an emotion sits.

    Args:
        shares: as for :func:`find_region_feedback`.
        emotion: which.
        neutral_read: whether enough of neutral is read for its mask to mean something.
        before: what was reported last of this emotion.
    """
    mask = _Mask.of(shares, emotion)
    if mask is None:
        return None
    outside = _beyond(mask.outside, MOSTLY_OUTSIDE, _SLACK, before.outside if before else None)
    if outside:
        return FoundRegions(outside=True)
    if before is not None and before.outside:
        before = None
    rest = _Mask.of(shares, "neutral") if neutral_read else None
    neutral, idle = _not_showing(mask, rest, emotion, before)
    showing = _showing(mask, before)
    said = {} if before is None else dict(zip(before.showing, before.focus, strict=True))
    own = shares[shares["emotion"] == emotion]
    focus = tuple(
        focus_of(own[own["region"] == region], said.get(region, "")) for region in showing
    )
    return FoundRegions(False, showing, neutral, idle, focus)


@dataclass(frozen=True, slots=True)
class _Mask:
    """Where a mask lies within the face.

    Attributes:
        share, area: of each region but the outside, in the mask and in the face; sum to 1 each.
        outside: share of the mask that lies outside.
    """

    share: dict[str, float]
    area: dict[str, float]
    outside: float

    @classmethod
    def of(cls, shares: pd.DataFrame, emotion: str) -> _Mask | None:
        """``None`` for an empty mask, and where the parts are not known."""
        parts = shares[shares["emotion"] == emotion].dropna(subset="share")
        own = by_region(parts).set_index("region")
        face = own.drop(index="outside", errors="ignore")
        share, area = float(face["share"].sum()), float(face["area"].sum())
        if area <= 0 or len(own) == 0:
            return None
        inside = face["share"] / share if share > 0 else face["share"]
        return cls(
            {str(part): float(value) for part, value in inside.items()},
            {str(part): float(value) for part, value in (face["area"] / area).items()},
            1 - share,
        )

    def lift(self, part: str) -> float:
        """How many times its size a part has of the mask; 1 for a part that is not there."""
        area = self.area.get(part, 0.0)
        return self.share[part] / area if area > 0 else 1.0

    def more(self, part: str) -> float:
        """By how much a part has more of the mask than of the face."""
        return self.share.get(part, 0.0) - self.area.get(part, 0.0)


def _beyond(value: float, limit: float, slack: float, was: bool | None) -> bool:
    """Whether a value reaches a limit; clearly so where the answer was another before."""
    if was is None:
        return value >= limit
    return value >= (limit - slack if was else limit + slack)


def _lead(probabilities: FloatArray, before: RegionFeedback | None) -> str:
    first = EMOTIONS[int(probabilities.argmax())]
    if before is None:
        return first
    ahead = probabilities.max() - probabilities[EMOTIONS.index(before.lead)]
    return first if ahead > _SLACK else before.lead


def _described_emotion(
    probabilities: FloatArray, lead: str, asked: str, before: RegionFeedback | None
) -> str:
    if asked not in ("", "neutral"):
        return asked
    if lead != "neutral":
        return lead
    others = probabilities.copy()
    others[_NEUTRAL] = 0
    if before is not None and before.emotion != "neutral":
        others[EMOTIONS.index(before.emotion)] += _SLACK
    return EMOTIONS[int(others.argmax())]


def _showing(mask: _Mask, before: FoundRegions | None) -> tuple[str, ...]:
    """The parts with most beyond their size, at most :data:`MOST_NAMED`."""
    found: dict[str, float] = {}
    for part in mask.share:
        was = None if before is None else part in before.showing
        if _beyond(mask.lift(part), CARRIES_LIFT, _LIFT_SLACK, was) and _beyond(
            mask.more(part), CARRIES_MORE, _SLACK, was
        ):
            found[part] = mask.more(part) + (_SLACK if was else 0)
    most = sorted(found, key=lambda part: -found[part])[:MOST_NAMED]
    return tuple(part for part in REGIONS if part in most)


def _not_showing(
    mask: _Mask, rest: _Mask | None, emotion: str, before: FoundRegions | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts that stay neutral, and those that do not join in.

    Args:
        mask: of the emotion.
        rest: of neutral; ``None`` where neutral is not read.
        emotion: which.
        before: what was reported last of this emotion.
    """
    neutral: list[str] = []
    idle: list[str] = []
    for part in SHOWN_BY[emotion]:
        was = None if before is None else part in before.neutral + before.idle
        # -lift, as it must not be more than its limit
        if not _beyond(-mask.lift(part), -IDLE_LIFT, _LIFT_SLACK, was):
            continue
        rested = None if before is None else part in before.neutral
        rests = rest is not None and _beyond(rest.lift(part), CARRIES_LIFT, _LIFT_SLACK, rested)
        (neutral if rests else idle).append(part)
    return tuple(neutral), tuple(idle)
