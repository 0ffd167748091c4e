"""Words of lines found in other text."""

from __future__ import annotations

import itertools
import random

import numpy as np

from emotion_core.sound.words import matching
from emotion_core.sound.words.matching import match_lines

LINES = [
    ["you", "asked", "me", "to", "come", "so", "here", "i", "am"],
    ["no"],
    ["where", "have", "you", "been", "all", "this", "time"],
    ["the", "money", "was", "under", "the", "floor", "of", "the", "kitchen"],
    ["i", "have", "never", "seen", "any", "money", "in", "this", "house"],
]
FLAT = list(itertools.chain.from_iterable(LINES))


def find(lines: list[list[str]], other: list[str]) -> matching.Match:
    return match_lines(lines, other, fewest=3, least=0.5)


def test_the_same_words_are_found_in_their_places() -> None:
    match = find(LINES, FLAT)
    assert match.places.tolist() == list(range(len(FLAT)))
    assert match.share.tolist() == [1.0] * 5


def test_other_words_are_not_found_though_some_are_the_same() -> None:
    other = [
        "the",
        "weather",
        "in",
        "the",
        "mountains",
        "was",
        "bad",
        "and",
        "so",
        "we",
        "have",
        "been",
        "here",
        "all",
        "of",
        "the",
        "day",
    ]
    assert not find(LINES, other * 3).found.any()


def test_lines_that_were_moved_are_found_where_they_went() -> None:
    moved = [*LINES[3], *LINES[0], *LINES[4], *LINES[2]]
    match = find(LINES, moved)
    assert match.share.tolist() == [1.0, 0.0, 1.0, 1.0, 1.0]
    assert match.places[: len(LINES[0])].tolist() == list(range(9, 18))


def test_a_missing_line_and_words_between_do_no_harm() -> None:
    other = [*LINES[0], "oh", "well", *LINES[2][:3], "really", *LINES[2][3:], *LINES[4]]
    assert find(LINES, other).share.tolist() == [1.0, 0.0, 1.0, 0.0, 1.0]


def test_a_short_line_counts_only_beside_another_that_was_found() -> None:
    assert find(LINES, FLAT).found[1] == 1
    apart = ["no", *["word"] * 20, *LINES[0], *LINES[2]]
    assert find(LINES, apart).found[1] == 0


def test_unknown_words_are_not_looked_for_and_do_not_count() -> None:
    known = [[word != "money" for word in line] for line in LINES]
    match = match_lines(LINES, FLAT, fewest=3, least=0.5, known=known)
    assert match.share.tolist() == [1.0] * 5
    assert (match.places == -1).sum() == 2


def test_nothing_is_found_in_nothing() -> None:
    assert not find(LINES, []).found.any()
    assert find([], FLAT).places.shape == (0,)
    assert find([[], []], FLAT).share.tolist() == [0.0, 0.0]


def test_the_pairs_are_the_heaviest_that_there_are() -> None:
    chance = random.Random(0)
    for _ in range(200):
        mine, theirs = (
            [chance.choice("abcde") for _ in range(chance.randint(1, 12))] for _ in range(2)
        )
        ids, others = matching._numbers(mine, theirs)
        weights = matching._weights(others, ids)
        gains = [matching._gains(ids, others, row, weights) for row in range(len(mine))]
        best = np.zeros((len(mine) + 1, len(theirs) + 1))
        for row, column in itertools.product(range(len(mine)), range(len(theirs))):
            pair = best[row, column] + gains[row][column]
            around = max(best[row, column + 1], best[row + 1, column])
            best[row + 1, column + 1] = max(pair, around)
        pairs = matching._common(ids, others, weights)
        assert all(mine[row] == theirs[column] for row, column in pairs)
        assert np.isclose(sum(gains[row][column] for row, column in pairs), best[-1, -1])
