"""Lines in order, searched, and at a time."""

from __future__ import annotations

import pandas as pd
import pytest

from emotion_core.sound.words.lines import Line, Lines, Word, find_lines
from emotion_core.sound.words.normalization import shown_words, words_of

NAN = float("nan")


def make_lines() -> Lines:
    return Lines.of(
        [
            Line(4.0, 6.0, "'Wag mo'ng gawin 'yan, Señor Peña!", "ANA"),
            Line(NAN, NAN, "Nobody hears me."),
            Line(1.0, 3.0, "I was SINGING, wasn’t I?", "Ben"),
            Line(2.0, 5.0, "どこにいたの？心配していたのよ。"),
        ],
        [Word(0, 5.0, 5.5, "gawin"), Word(2, 1.0, 1.2, "I"), Word(0, 4.0, 4.5, "Wag")],
    )


def test_lines_are_ordered_by_time_those_without_one_last_and_words_follow_their_lines() -> None:
    lines = make_lines()
    assert lines.table["start"].tolist()[:3] == [1.0, 2.0, 4.0]
    assert lines.table["text"].tolist()[3] == "Nobody hears me."
    assert lines.words[["line", "word"]].to_numpy().tolist() == [[0, "I"], [2, "Wag"], [2, "gawin"]]


@pytest.mark.parametrize(
    ("query", "starts"),
    [
        ("singing", [1.0]),
        ("i sing", [1.0]),
        ("wasnt", [1.0]),
        ("WASN'T ben", [1.0]),
        ("pena wag", [4.0]),
        ("señor ANA", [4.0]),
        ("mong yan", [4.0]),
        ("inging", []),
        ("心配", [2.0]),
        ("singing pena", []),
        ("", []),
        ("?!", []),
    ],
)
def test_search_finds_lines_with_all_words_whatever_case_accents_and_order(
    query: str, starts: list[float]
) -> None:
    assert find_lines(make_lines(), query)["start"].tolist() == starts


def test_no_lines_are_an_empty_table_of_the_same_columns() -> None:
    none = Lines.of([])
    assert len(none) == 0 and none.spoken.empty and find_lines(none, "a").empty
    assert none.table.dtypes.equals(make_lines().table.dtypes)


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Lines\.table must have the columns start, end"):
        Lines(pd.DataFrame({"start": [0.0]}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t—stop, café!", ["don't", "stop", "cafe"]),
        ("Mahal kita, ñ at Ñ; 'di ba?", ["mahal", "kita", "n", "at", "n", "di", "ba"]),
        ("ÉCOUTE l'été", ["ecoute", "l'ete"]),
        ("Straße İstanbul", ["strasse", "istanbul"]),
        ("한국어 हिन्दी", ["한국어", "ह", "न", "द"]),
        ("... ♪", []),
    ],
)
def test_words_are_compared_without_case_accents_and_marks(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert len(shown_words(text)) == len(words)
