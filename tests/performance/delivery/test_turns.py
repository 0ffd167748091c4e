"""Who of the characters speaks, and how much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.delivery.turns import (
    overlaps,
    speakers_of,
    speaking_with_sound,
    speech_shares,
)


def turns(*rows: tuple[float, float, int, str, str]) -> pd.DataFrame:
    """Start, end, track, verdict and character of each."""
    return pd.DataFrame(list(rows), columns=["start", "end", "track", "verdict", "character"])


SCENE = turns(
    (0.0, 3.0, 0, "speaks", "Ana"),
    (3.0, 4.0, 0, "likely", "Ana"),
    (5.0, 7.0, -1, "off screen", ""),
    (8.0, 10.0, 1, "likely", "Ben"),
    (10.0, 11.0, -1, "can't tell", ""),
)


def utterances(*spans: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(list(spans), columns=["start", "end"])


def test_an_utterance_is_of_whoever_has_most_of_it() -> None:
    found = speakers_of(utterances((0, 4), (5, 7), (8, 10)), SCENE)
    assert found["character"].tolist() == ["Ana", "", "Ben"]
    assert found["verdict"].tolist() == ["speaks", "off screen", "likely"]


def test_an_utterance_that_two_share_is_of_neither() -> None:
    halves = turns((0, 2, 0, "speaks", "Ana"), (2, 4, 1, "speaks", "Ben"))
    assert speakers_of(utterances((0, 4)), halves).iloc[0].tolist() == ["", "can't tell"]


def test_an_utterance_without_a_turn_cannot_be_told() -> None:
    assert speakers_of(utterances((20, 21)), SCENE).iloc[0].tolist() == ["", "can't tell"]
    assert list(speakers_of(utterances(), SCENE).columns) == ["character", "verdict"]


def test_shares_are_of_all_speech_and_say_what_is_sure() -> None:
    found = speech_shares(SCENE).set_index("character")
    assert found.index.tolist() == ["Ana", "Ben", "Off screen", "Can't tell"]
    assert found["share"].sum() == pytest.approx(1)
    assert found.loc["Ana", ["seconds", "sure"]].tolist() == [4.0, 3.0]
    assert found.loc["Ben", "sure"] == 0


def test_hidden_characters_have_a_share_without_a_name() -> None:
    hidden = speech_shares(SCENE.assign(character=["Ana", "Ana", "", "", ""]))
    assert hidden["character"].tolist() == ["Ana", "Hidden characters", "Off screen", "Can't tell"]
    assert hidden["share"].sum() == pytest.approx(1)


def test_nobody_speaks_where_there_is_no_speech() -> None:
    assert len(speech_shares(SCENE[:0])) == 0


def faces() -> pd.DataFrame:
    """Two mouths that move all the time, one reading a second."""
    time = np.arange(0, 12, 1.0)
    rows = [pd.DataFrame({"time": time, "track": track, "speaking": 1.0}) for track in (0, 1)]
    return pd.concat(rows, ignore_index=True)


def test_a_mouth_that_the_voice_follows_speaks_and_the_others_do_not() -> None:
    table = faces()
    found = pd.Series(speaking_with_sound(table, SCENE))
    during = table["time"] < 3
    assert (found[during & table["track"].eq(0)] == 1).all()
    assert (found[during & table["track"].eq(1)] == 0).all()


def test_a_mouth_that_moves_in_silence_does_not_speak() -> None:
    table = faces()
    found = pd.Series(speaking_with_sound(table, SCENE))
    assert (found[table["time"].between(11, 12)] == 0).all()


def test_where_it_cannot_be_told_what_the_mouth_says_stays_and_the_unknown_too() -> None:
    table = faces()
    table.loc[table["track"].eq(1), "speaking"] = np.nan
    found = pd.Series(speaking_with_sound(table, SCENE))
    unclear = table["time"].eq(10) & table["track"].eq(0)
    assert (found[unclear] == 1).all()
    assert found[table["track"].eq(1)].isna().all()


def test_overlaps_are_in_seconds_and_never_negative() -> None:
    assert overlaps(utterances((0, 2), (3, 5)), 1, 4).tolist() == [1.0, 1.0]
    assert overlaps(utterances((0, 2)), 5, 6).tolist() == [0.0]
