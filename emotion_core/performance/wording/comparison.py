"""A comparison in a student's words."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.performance.comparison.alignment import Alignment
from emotion_core.performance.comparison.comparison import ComparedPair, Comparison
from emotion_core.performance.comparison.differences import Difference
from emotion_core.performance.comparison.divergence import LEAST

_SAID = 3
_POINT = 0.01  # a smaller difference of shares is not worth a word
# Changes of complexity and movement in a word, more and less.
_WORDS = {
    "whole": ("more varied overall", "less varied overall"),
    "blend": ("more mixed at single moments", "less mixed at single moments"),
    "change": ("varied more through change", "varied less through change"),
    "movement": ("moving more", "stiller"),
}


def describe_pair(comparison: Comparison, pair: ComparedPair) -> str:
    """How a performance differs from the reference, in two or three sentences."""
    name = comparison.titles[pair.other]
    return f"{describe_similarity(pair.alignment)} {describe_differences(pair.differences, name)}"


def describe_similarity(alignment: Alignment) -> str:
    """How far two performances are alike along their path."""
    alike = float((alignment.distances < LEAST).mean())
    if alignment.distance < 0.005:
        return "Once aligned, the two readings are the same."
    return (
        f"Once aligned, they are similar for {percent(alike)} of the time; mean distance "
        f"{alignment.distance:.2f} (0 = the same, 1 = nothing in common)."
    )


def describe_differences(differences: Sequence[Difference], name: str) -> str:
    """What is clearly higher or lower, largest first.

    ``In B, mean confidence is 12 points higher for happy
    (8 to 17).``

    Args:
        differences: of one performance or group from the reference.
        name: what to call it.
    """
    ordered = sorted((one for one in differences if one.measure in EMOTIONS), key=_size)[::-1]
    if reason := next((one.reason for one in differences if one.reason), ""):
        named = " and ".join(describe_points(one) for one in ordered[:2] if _size(one) >= _POINT)
        levels = named or "about the same for each emotion"
        return f"In {name}, mean confidence is {levels}, without an interval. {reason}"
    clear = [one for one in differences if one.clear]
    shares = [one for one in ordered if one.clear and _size(one) >= _POINT]
    phrases = [f"{describe_points(one)} {_interval(one)}" for one in shares[:_SAID]]
    words = [_WORDS[one.measure][one.difference < 0] for one in clear if one.measure in _WORDS]
    if not phrases and not words:
        return f"{name} shows no clear difference: every interval includes zero."
    levels = f"In {name}, mean confidence is {', '.join(phrases)}." if phrases else ""
    ways = f"{'It' if phrases else name} is {', '.join(words)}." if words else ""
    return f"{levels} {ways}".strip()


def describe_points(one: Difference) -> str:
    """For example ``12 points higher for happy``: of the mean probability, not of a feeling."""
    points = round(100 * abs(one.difference))
    return (
        f"{points} point{'s' * (points != 1)} {'higher' if one.difference > 0 else 'lower'} "
        f"for {one.measure}"
    )


def describe_alignment_gain(alignment: Alignment) -> str:
    """What alignment gained over the common clock."""
    gained = alignment.unaligned - alignment.distance
    return (
        f"Without alignment the mean distance is {alignment.unaligned:.2f}, with it "
        f"{alignment.distance:.2f}: "
        f"{'timing' if gained > alignment.distance else 'what is played'} accounts for most of "
        "the difference."
    )


def _interval(one: Difference) -> str:
    ends = sorted((round(100 * abs(one.low)), round(100 * abs(one.high))))
    return f"({ends[0]} to {ends[1]})"


def _size(one: Difference) -> float:
    return abs(one.difference)


def describe_chords(comparison: Comparison) -> str:
    """Which chords all performances share, and which only one has."""
    chords = comparison.chords
    common = chords[chords["common"]]
    shared = list(dict.fromkeys(common.sort_values("share", ascending=False)["chord"]))
    names = common.drop_duplicates("chord").set_index("chord")["name"]
    sentences = [
        f"Shared chords: {'; '.join(names[chord] for chord in shared[:_SAID])}."
        if shared
        else "No chord is shared by all."
    ]
    counts = chords.groupby("chord")["performance"].nunique()
    for number, title in enumerate(comparison.titles):
        own = chords[(chords["performance"] == number) & (chords["chord"].map(counts) == 1)]
        if len(own):
            sentences.append(f"Only in {title}: {'; '.join(own['name'].head(_SAID))}.")
    return " ".join(sentences)
