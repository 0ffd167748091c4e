"""Faces of listeners that change while another speaks."""

from __future__ import annotations

import pandas as pd

from emotion_core.performance.delivery.reactions import reactions_of
from tests.performance.delivery.reading_rows import rows


def utterance(character: str = "Ana", verdict: str = "speaks") -> pd.DataFrame:
    return pd.DataFrame(
        {"start": [2.0], "end": [5.0], "character": [character], "verdict": [verdict]}
    )


def listener(shares: dict[str, float], speaking: float = 0.0) -> pd.DataFrame:
    """Ben, neutral until the middle of the line."""
    return pd.concat(
        [
            rows("Ben", 0.0, 3.0, {}, track=1),
            rows("Ben", 3.0, 6.0, shares, track=1, speaking=speaking),
        ],
        ignore_index=True,
    )


def speaker() -> pd.DataFrame:
    return pd.concat([rows("Ana", 0.0, 3.0, {}), rows("Ana", 3.0, 6.0, {"angry": 0.9})])


def test_a_listener_whose_face_changes_reacts_and_the_speaker_does_not() -> None:
    faces = pd.concat([speaker(), listener({"sad": 0.8})], ignore_index=True)
    (found,) = reactions_of(utterance(), faces)
    assert (found.character, found.speaker, found.emotion) == ("Ben", "Ana", "sad")
    assert 3.0 <= found.time <= 5.7
    assert found.before < 0.05 and found.after > 0.7


def test_a_face_that_stays_as_it_is_does_not_react() -> None:
    assert reactions_of(utterance(), listener({})) == []
    assert reactions_of(utterance(), rows("Ben", 0.0, 6.0, {"sad": 0.8}, track=1)) == []


def test_a_small_change_and_one_that_does_not_lead_are_none() -> None:
    assert reactions_of(utterance(), listener({"sad": 0.2})) == []


def test_a_voice_off_screen_has_listeners_too() -> None:
    (found,) = reactions_of(utterance("", "off screen"), listener({"fear": 0.9}))
    assert (found.speaker, found.emotion) == ("", "fear")


def test_where_it_cannot_be_told_who_speaks_nobody_listens() -> None:
    assert reactions_of(utterance("", "can't tell"), listener({"fear": 0.9})) == []


def test_a_mouth_that_moves_may_speak_and_is_no_silent_reaction() -> None:
    assert reactions_of(utterance(), listener({"happy": 0.9}, speaking=1.0)) == []


def test_a_face_that_comes_into_view_has_nothing_to_be_compared_with() -> None:
    assert reactions_of(utterance(), rows("Ben", 2.5, 6.0, {"sad": 0.8}, track=1)) == []
