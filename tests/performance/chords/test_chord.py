from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.chords.chord import (
    chord_shares,
    chords_of,
    emotions_in,
    examples_of,
    progressions_of,
    sounding,
)
from emotion_core.performance.performance import Performance
from tests.performance.performances import nobody, perform

SAD_FEAR = {"sad": 0.5, "fear": 0.4}
FEAR_SAD = {"sad": 0.4, "fear": 0.5}


def chords(one: Performance) -> list[str]:
    return chords_of(one, sigma=0)["name"].tolist()


def test_a_chord_is_what_sounds_together_named_by_the_strongest_first() -> None:
    one = perform(("neutral", 1.0), (FEAR_SAD, 1.0), ({"angry": 0.4, "sad": 0.3, "fear": 0.25}, 1))
    assert chords(one) == ["neutral", "fear with sad", "angry with sad and fear"]
    table = chords_of(one, sigma=0)
    assert table["chord"].tolist() == ["neutral", "fear+sad", "angry+fear+sad"]
    assert table["symbol"].tolist() == ["Ne", "Fe+Sa", "An+Sa+Fe"]
    assert table.loc[1, "fear"] == pytest.approx(0.5, abs=1e-6)
    assert emotions_in("angry+fear+sad") == ("angry", "fear", "sad")


def test_a_chord_stays_the_same_when_its_notes_are_turned_round() -> None:
    one = perform((SAD_FEAR, 1.0), (FEAR_SAD, 2.0))
    assert chords(one) == ["fear with sad"]


def test_the_leading_emotion_always_sounds_and_never_more_than_three_do() -> None:
    even = np.full((1, 7), 1 / 7)
    even[0, [2, 3]] += [0.01, -0.01]
    assert sounding(even, 0.2).tolist() == [1 << 2]
    crowded = np.array([[0.24, 0.0, 0.24, 0.0, 0.0, 0.26, 0.26]])
    assert sounding(crowded, 0.2).tolist() == [(1 << 0) + (1 << 5) + (1 << 6)]


def test_a_threshold_decides_what_sounds() -> None:
    one = perform(({"sad": 0.6, "fear": 0.3}, 1.0))
    assert chords_of(one, threshold=0.35)["name"].tolist() == ["sad"]
    assert chords_of(one, threshold=0.25)["name"].tolist() == ["sad with fear"]


def test_chords_are_ranked_by_their_time_in_view() -> None:
    one = perform((SAD_FEAR, 1.0), ("neutral", 2.0), (FEAR_SAD, 3.0), (None, 5.0), ("happy", 2.0))
    shares = chord_shares(chords_of(one, sigma=0))
    assert shares["name"].tolist() == ["fear with sad", "happy", "neutral"]
    assert shares["times"].tolist() == [2, 1, 1]
    assert np.allclose(shares["seconds"], [4, 2, 2]) and np.allclose(
        shares["share"], [0.5, 0.25, 0.25]
    )


def test_progressions_are_counted_with_their_places() -> None:
    # A B A B A: AB and BA twice, ABA twice (overlapping), BAB once, ABAB and BABA once
    one = perform(*[("sad", 2.0), ("happy", 3.0)] * 2, ("sad", 2.0))
    found = chords_of(one, sigma=0)
    examples = examples_of(found)
    table = progressions_of(found, examples).set_index("name")["times"]
    assert table.to_dict() == {
        "sad → happy → sad": 2,
        "sad → happy": 2,
        "happy → sad": 2,
        "sad → happy → sad → happy": 1,
        "happy → sad → happy → sad": 1,
        "happy → sad → happy": 1,
    }
    assert table.index[0] == "sad → happy → sad"  # of as frequent ones the longest
    own = examples[examples["progression"] == "sad > happy > sad"]
    assert np.allclose(own[["start", "end"]], [[0, 7], [5, 12]])
    # a second before the first change, and a second after the last one
    assert np.allclose(own[["play_from", "play_to"]], [[1, 6], [6, 11]])


def test_a_cut_or_a_gap_ends_a_progression() -> None:
    parts = [("sad", 1.0), ("happy", 1.0), (None, 1.0), ("fear", 1.0), ("angry", 1.0)]
    examples = examples_of(chords_of(perform(*parts, cuts=(1.0,)), sigma=0))
    assert examples["progression"].tolist() == ["fear > angry"]


def test_a_face_that_holds_one_expression_has_a_chord_and_no_progression() -> None:
    found = chords_of(perform(("neutral", 5.0)))
    assert found["name"].tolist() == ["neutral"]
    assert progressions_of(found, examples_of(found)).empty


def test_nobody_has_no_chords() -> None:
    found = chords_of(nobody())
    assert found.empty and list(found)[-7:] == list(EMOTIONS)
    assert chord_shares(found).empty
    assert progressions_of(found, examples_of(found)).empty
