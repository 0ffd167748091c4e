"""Lines of several texts that have the same words, also where one parts what another joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from emotion_core.sound.words.matching import match_lines

# Words of a line that must be the same; a line of one word is only found beside another one.
_FEWEST = 2
# Share of the words, of either line, that must be the same.
_LEAST = 0.6
# Share of the shorter of two lines from which they are about the same words at all.
_LINKED = 0.5


@dataclass(frozen=True, slots=True)
class _Said:
    """A line: its words where it is first found, and by text, the lines that are it."""

    words: tuple[str, ...]
    lines: Mapping[int, tuple[int, ...]]


def shared_lines(texts: Sequence[Sequence[Sequence[str]]]) -> list[Mapping[int, tuple[int, ...]]]:
    """The lines that at least two texts have.

    Each text is matched with all lines of those before it. Of a line that comes several times, as
    many are found as both texts have, in their order.

    Args:
        texts: by text, the words of each of its lines, normalized.

    Returns:
        By line, in the order of the first text that has it: by text, its lines that together are
        the line. They are several where one text parts what another has as one line.
    """
    known: list[_Said] = []
    for number, lines in enumerate(texts):
        found: dict[int, _Said] = {}
        joined: set[int] = set()
        taken: set[int] = set()
        for said, own in _matches(known, lines):
            found[said[0]] = _join([known[place] for place in said], number, own)
            joined.update(said[1:])
            taken.update(own)
        known = [found.get(place, one) for place, one in enumerate(known) if place not in joined]
        known += [
            _Said(tuple(words), {number: (place,)})
            for place, words in enumerate(lines)
            if words and place not in taken
        ]
    shared = [said.lines for said in known if len(said.lines) > 1]
    return sorted(shared, key=lambda lines: min((text, own[0]) for text, own in lines.items()))


def _join(said: Sequence[_Said], number: int, own: Sequence[int]) -> _Said:
    """Lines in a row as one, which another text has too."""
    words = tuple(word for one in said for word in one.words)
    lines = {
        text: tuple(line for one in said for line in one.lines[text]) for text in said[0].lines
    }
    return _Said(words, {**lines, number: tuple(own)})


def _matches(
    known: Sequence[_Said], lines: Sequence[Sequence[str]]
) -> list[tuple[list[int], list[int]]]:
    """Which known lines are which lines of another text, several where either parts them."""
    other = [word for line in lines for word in line]
    words = [said.words for said in known]
    if not other or not words:
        return []
    theirs = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    mine = np.repeat(np.arange(len(words)), [len(line) for line in words])
    places = match_lines(words, other, fewest=_FEWEST, least=_LEAST).places
    matched = places >= 0
    pairs = Counter(zip(mine[matched].tolist(), theirs[places[matched]].tolist(), strict=True))
    linked = {
        (one, line): count
        for (one, line), count in pairs.items()
        if count >= _LINKED * min(len(words[one]), len(lines[line]))
    }
    found = []
    for said, own in _connected(list(linked)):
        same = sum(linked.get((one, line), 0) for one in said for line in own)
        most = max(sum(len(words[one]) for one in said), sum(len(lines[line]) for line in own))
        # what is joined must be so in all texts that have it, with nothing between
        alike = len({frozenset(known[one].lines) for one in said}) == 1
        if same >= _LEAST * most and alike and _in_a_row(said) and _in_a_row(own):
            found.append((said, own))
    return found


def _in_a_row(places: Sequence[int]) -> bool:
    return places[-1] - places[0] == len(places) - 1


def _connected(pairs: Sequence[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """The connected parts of a graph between two kinds of lines, each in its order."""
    parts: list[tuple[set[int], set[int]]] = []
    for one, other in pairs:
        touching = [part for part in parts if one in part[0] or other in part[1]]
        parts = [part for part in parts if part not in touching]
        left = {one}.union(*(part[0] for part in touching))
        parts.append((left, {other}.union(*(part[1] for part in touching))))
    return [(sorted(left), sorted(right)) for left, right in parts]
