"""A progression in a few sentences."""

from __future__ import annotations

from emotion_core.emotions.labels import percent
from emotion_core.emotions.uncertainty import MOSTLY, UNCERTAINTY_REASONS, mark_unsure
from emotion_core.performance.progression import Progression
from emotion_core.text import format_time

# Chords with less than this share of the time are not worth a word.
_WORTH = 0.05


def describe_progression(progression: Progression) -> tuple[str, ...]:
    """What a face does from beginning to end, in one to three sentences of plain text.

    For example ``Ana is in view for 12.4 s: mostly neutral (62%), then sad with fear (20%) and
    happy (9%). Its leading emotion changes 5 times within a shot, about every 2.5 s, most often
    from neutral to sad. There are 2 beats, the largest at 0:04.2, from neutral to sad.``
    """
    if progression.seconds <= 0:
        return (f"{progression.name} has no readings in this scene.",)
    sentences = (
        _describe_chords(progression),
        _describe_changes(progression),
        _describe_beats(progression),
    )
    return tuple(sentence for sentence in sentences if sentence)


def describe_uncertainty(progression: Progression) -> str:
    """How much could not be read surely, and why, in a sentence; empty for nothing."""
    uncertainty = progression.uncertainty
    if round(100 * uncertainty["any"]) == 0:
        return ""
    parts = [
        f"{phrase} {percent(uncertainty[name])}"
        for name, phrase in UNCERTAINTY_REASONS.items()
        if round(100 * uncertainty[name]) > 0
    ]
    return f"{percent(uncertainty['any'])} of this time is unsure: {', '.join(parts)}."


def _describe_chords(progression: Progression) -> str:
    shares = progression.chord_shares
    rows = shares[["name", "share", "unsure"]].itertuples(index=False)
    words = [
        (share, f"{name} ({percent(share)}{', unsure' if unsure >= MOSTLY else ''})")
        for name, share, unsure in rows
    ]
    named = [text for share, text in words if share >= _WORTH][:3] or [words[0][1]]
    first = "mostly" if shares["share"][0] >= 0.5 else "most often"
    begin = f"{progression.name} is in view for {progression.seconds:.1f} s"
    if len(shares) == 1:
        return f"{begin}: {mark_unsure(shares['name'][0], progression.unsure)} all the time."
    others = ", then " + " and ".join(named[1:]) if len(named) > 1 else ""
    return f"{begin}: {first} {named[0]}{others}."


def _describe_changes(progression: Progression) -> str:
    changes = progression.changes
    if len(progression.chord_shares) == 1 and len(changes.emotions) == 1:
        return ""  # said already
    if len(changes.emotions) == 1:
        return f"{changes.emotions[0].capitalize()} leads all the time."
    if not changes.total:
        return "The leading emotion changes only across cuts and gaps."
    row, column = divmod(int(changes.counts.argmax()), len(changes.emotions))
    pair = f"from {changes.emotions[row]} to {changes.emotions[column]}"
    if changes.total == 1:
        return f"The leading emotion changes once, {pair}."
    often = "most often"
    if changes.counts.max() == 1:
        often, pair = "first", _first_change(progression)
    return (
        f"The leading emotion changes {changes.total} times within a shot, about every "
        f"{progression.seconds / changes.total:.1f} s, {often} {pair}."
    )


def _first_change(progression: Progression) -> str:
    states = progression.states
    place = int((states["stretch"].diff() == 0).to_numpy().argmax())
    return f"from {states['emotion'][place - 1]} to {states['emotion'][place]}"


def _describe_beats(progression: Progression) -> str:
    beats = progression.beats
    if beats.empty:
        return "There is no beat: no change within a shot is large and lasting enough."
    row = beats.iloc[int(beats["change"].to_numpy().argmax())]
    largest = f"at {format_time(row['time'])}, from {row['before']} to {row['after']}"
    largest += f" (unsure: {row['unsure']})" if row["unsure"] else ""
    if len(beats) == 1:
        return f"There is one beat, {largest}."
    return f"There are {len(beats)} beats, the largest {largest}."
