"""What an archive holds or has brought, in words."""

from __future__ import annotations

from emotion_core.text import count_of


def describe_counts(films: int, scenes: int, said_lines: int, kind: str = "") -> str:
    """For example ``2 films, 3 scenes and 1 saved line``; no lines are not worth a word.

    Args:
        films, scenes: how many.
        said_lines: how many lines that somebody has said and kept.
        kind: what all of them are, as "new".
    """
    what = f"{kind} " if kind else ""
    counts = [count_of(films, f"{what}film"), count_of(scenes, f"{what}scene")]
    if said_lines:
        counts.append(count_of(said_lines, f"{what}saved line"))
    return f"{', '.join(counts[:-1])} and {counts[-1]}"


def describe_damaged_lines(count: int) -> str:
    """Of lines that were left out of an archive."""
    return f"{count_of(count, 'saved line')} of your voice left out: the files are damaged."


def describe_left_out(count: int) -> str:
    """Of takes that an archive has and that did not come along."""
    return f"{count_of(count, 'take')} left out: takes are private."
