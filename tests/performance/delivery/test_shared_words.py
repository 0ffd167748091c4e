"""Lines that several texts have."""

from __future__ import annotations

from emotion_core.performance.delivery.shared_words import shared_lines
from emotion_core.sound.words.normalization import words_of


def shared(*texts: str) -> list[dict[int, tuple[int, ...]]]:
    """Of texts whose lines have a stroke between them."""
    said = [[words_of(line) for line in text.split("|")] for text in texts]
    return [dict(lines) for lines in shared_lines(said)]


def test_lines_with_the_same_words_are_found_whatever_the_case_and_the_marks() -> None:
    found = shared("Where is she?|I waited all night.", "I WAITED, all night!|Who knows?")
    assert found == [{0: (1,), 1: (0,)}]


def test_small_differences_do_no_harm_and_large_ones_do() -> None:
    assert shared("I waited for you all night", "I waited all night") == [{0: (0,), 1: (0,)}]
    assert shared("I waited for you all night", "I waited in vain at the old station") == []
    longer = "I waited all night and then I went home to my mother and my father"
    assert shared("I waited all night", longer) == []


def test_a_line_that_comes_twice_is_found_in_order() -> None:
    twice = "Where is she?|Nobody knows a thing.|Where is she?"
    assert shared(twice, twice) == [{0: (k,), 1: (k,)} for k in range(3)]
    assert len(shared(twice, "Where is she?")) == 1


def test_a_line_that_another_text_parts_is_one_line() -> None:
    whole, parted = "I told you once. Get out of here.", "I told you once.|Get out of here."
    assert shared(whole, parted) == [{0: (0,), 1: (0, 1)}]
    assert shared(parted, whole) == [{0: (0, 1), 1: (0,)}]
    assert shared(parted, whole, parted) == [{0: (0, 1), 1: (0,), 2: (0, 1)}]


def test_lines_that_the_first_text_lacks_are_found_in_the_others() -> None:
    found = shared("Where is she?", "Get out of here.", "Where is she?|Get out of here!")
    assert found == [{0: (0,), 2: (0,)}, {1: (0,), 2: (1,)}]


def test_a_lone_word_is_no_line_but_beside_another_it_is() -> None:
    assert shared("No.|Where is she?", "Never mind.|No.") == []
    assert shared("No.|Where is she?", "No.|Where is she?") == [{0: (k,), 1: (k,)} for k in (0, 1)]


def test_texts_without_words_share_nothing() -> None:
    assert shared("", "Where is she?", "...") == []
    assert shared_lines([]) == []
