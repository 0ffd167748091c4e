from __future__ import annotations

import numpy as np

from emotion_core.performance.progression import read_progression
from emotion_core.performance.wording.progression import describe_progression, describe_uncertainty
from tests.performance.performances import Part, nobody, perform


def story(*parts: Part, cuts: tuple[float, ...] = ()) -> str:
    return " ".join(describe_progression(read_progression(perform(*parts, cuts=cuts))))


def test_a_performance_is_described_by_its_chords_changes_and_beats() -> None:
    text = story(("neutral", 6.0), ({"sad": 0.6, "fear": 0.3}, 2.0), ("neutral", 2.0))
    assert "Ana is in view for 10.0 s: mostly neutral (" in text and "sad with fear (" in text
    assert "changes 2 times within a shot, about every 5.0 s, first from neutral to sad." in text
    assert "There are 2 beats, the largest at 0:0" in text


def test_what_comes_often_is_reported_as_such() -> None:
    text = story(*[("sad", 2.0), ("happy", 2.0)] * 2)
    assert "most often from sad to happy" in text and "changes 3 times" in text
    assert ": mostly happy (" in text and "), then sad (" in text


def test_a_face_that_never_changes_is_described_in_plain_words() -> None:
    text = story(("neutral", 5.0))
    assert text == (
        "Ana is in view for 5.0 s: neutral all the time. "
        "There is no beat: no change within a shot is large and lasting enough."
    )


def test_what_changes_at_a_cut_is_not_said_as_a_change() -> None:
    text = story(("neutral", 5.0), ("sad", 5.0), cuts=(5.0,))
    assert "changes only across cuts and gaps." in text


def test_an_emotion_that_leads_through_several_chords_is_named() -> None:
    text = story(("sad", 3.0), ({"sad": 0.6, "fear": 0.3}, 3.0))
    assert "Sad leads all the time." in text


def test_nobody_is_reported_as_nobody() -> None:
    (text,) = describe_progression(read_progression(nobody()))
    assert text == "Nobody has no readings in this scene."


def test_unsure_readings_are_described_with_their_reasons_and_only_where_there_are_some() -> None:
    one = perform(("sad", 4.0))
    assert describe_uncertainty(read_progression(one)) == ""
    one.faces["turn"] = np.where(one.times < 1, 1.5, 0).astype("float32")
    text = describe_uncertainty(read_progression(one))
    assert text == "25% of this time is unsure: turned away 25%."
