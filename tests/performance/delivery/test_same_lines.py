"""How each of several performers says the same line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.delivery.line_list import LINE_COLUMNS
from emotion_core.performance.delivery.same_lines import SAME_LINE_COLUMNS, same_lines
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.same_lines import line_differences
from emotion_core.sound.words.lines import Lines
from tests.sound.delivered import deliver
from tests.sound.heard import make_sound

# start, end, speaker, text, strongest word
Said = tuple[float, float, str, str, str]
WHERE: Said = (1.0, 4.0, "Ana", "Where is she?", "Where")
SPOKEN = ((1.0, 4.0), (5.0, 9.0), (10.0, 11.0))


def scene(
    *said: Said, spoken: Sequence[tuple[float, float]] = SPOKEN, **voice: object
) -> SceneSound:
    """Ana speaks all utterances but the last; she is seen to speak them.

    Args:
        said: lines.
        spoken: utterances.
        voice: columns of the utterances, in place of those that are made up.
    """
    sound = make_sound(seconds=12.0, spoken=spoken)
    delivery = deliver(sound)
    lines = pd.DataFrame(
        [
            (start, end, who, text, "sad 62%", "", word, np.nan)
            for start, end, who, text, word in said
        ],
        columns=list(LINE_COLUMNS),
    )
    utterances = delivery.utterances.assign(**voice)
    return SceneSound(sound, Lines.of(()), replace(delivery, lines=lines, utterances=utterances))


def compared(*scenes: SceneSound) -> pd.DataFrame:
    return same_lines([(one, "Ana") for one in scenes])


def test_a_line_is_measured_in_each_performance() -> None:
    lower = scene((1.2, 3.0, "Ana", "Where is she", "she"), pitch_difference=-2.0, rate=5.0)
    table = compared(scene(WHERE), lower)
    assert list(table.columns) == list(SAME_LINE_COLUMNS)
    assert table["performance"].tolist() == [0, 1] and set(table["line"]) == {0}
    assert table["length"].tolist() == pytest.approx([3.0, 1.8])
    assert table["pitch"].tolist() == [2.0, -2.0] and table["pace"].tolist() == [1.0, 5.0]
    assert table["delivery"].tolist() == ["raised", "raised"]
    assert table["filled"].tolist() == pytest.approx([1.0, 0.6])
    assert table["stress"].tolist() == ["", "other"]
    assert table["face"].tolist() == ["sad 62%", "sad 62%"]


def test_a_line_that_fills_less_than_half_of_its_utterance_has_no_voice() -> None:
    table = compared(scene(WHERE), scene((5.5, 7.0, "Ana", "Where is she?", "")))
    own = table.iloc[1]
    assert own[["pace", "pitch", "pitch_range", "loudness", "filled"]].isna().all()
    assert own["delivery"] == "" and own["stress"] == ""
    assert own["length"] == pytest.approx(1.5)


def test_a_line_of_several_utterances_counts_all_of_them_by_their_length() -> None:
    spoken = ((1.0, 2.0), (2.5, 5.5), (10.0, 11.0))
    parted = scene(
        (0.8, 6.5, "Ana", "Where is she?", ""),
        spoken=spoken,
        pitch_difference=[4.0, 0.0, 9.0],
        delivery=["raised", "can't tell", "can't tell"],
    )
    own = compared(scene(WHERE), parted).iloc[1]
    assert own["pitch"] == pytest.approx(1.0)
    assert own["delivery"] == "can't tell"
    # subtitles stand longer than they are spoken
    assert (own["start"], own["end"]) == (1.0, 5.5)


def test_what_cannot_be_compared_with_the_usual_is_not() -> None:
    own = compared(scene(WHERE), scene(WHERE, raised=np.nan)).iloc[1]
    assert np.isnan(own["pitch"]) and np.isnan(own["loudness"]) and own["pace"] == 1.0


def test_over_music_pace_and_range_are_not_known() -> None:
    own = compared(scene(WHERE), scene(WHERE, music_below=10.0)).iloc[1]
    assert np.isnan(own["pace"]) and np.isnan(own["pitch_range"])


def test_who_is_seen_to_speak_has_the_line_and_else_who_is_written_to() -> None:
    off_screen = (10.0, 11.0, "ANA", "Where is she?", "")
    seen_to_be_anas = (1.0, 4.0, "Ben", "Where is she?", "")
    bens = (10.0, 11.0, "Ben", "Where is she?", "")
    table = compared(scene(seen_to_be_anas), scene(off_screen), scene(bens))
    assert table["performance"].tolist() == [0, 1]
    assert table["delivery"].tolist() == ["raised", ""], "nobody knows whose voice it is"
    same = scene(seen_to_be_anas)
    assert not len(same_lines([(same, "Ana"), (same, "Ben")])), "a line is of one of them"


def test_parts_of_a_line_are_one_line() -> None:
    parts = (1.0, 2.5, "Ana", "Where", ""), (2.5, 4.0, "Ana", "is she?", "she")
    table = compared(scene(WHERE), scene(*parts))
    assert table["text"].tolist() == ["Where is she?", "Where is she?"]
    assert table["length"].tolist() == [3.0, 3.0] and table["face"].iloc[1] == "sad 62%"


def test_nothing_is_the_same_where_there_are_no_lines() -> None:
    for table in (same_lines([]), compared(scene(), scene(WHERE)), compared(scene(), scene())):
        assert list(table.columns) == list(SAME_LINE_COLUMNS) and not len(table)


def test_what_differs_is_said_with_the_largest_first() -> None:
    later = (5.0, 9.0, "Ana", "I waited all night.", "")
    other = scene(
        (1.0, 3.2, "Ana", "Where is she?", "she"),
        later,
        pitch_difference=[5.0, 2.0, 0.0],
        raised=0.1,
        delivery=["lowered", "raised", "can't tell"],
    )
    (found,) = line_differences(compared(scene(WHERE, later), other), ["A", "B"])
    assert (found.line, found.first, found.performance, found.start) == (0, 0, 1, 1.0)
    assert found.words == (
        "B says it 0.8 s faster and 3 semitones higher than A (pitch against the own usual of "
        "each). The voice of B is lowered, that of A raised. The strongest word of B is “she”, "
        "that of A “Where”."
    )


def test_differences_that_are_small_or_not_known_are_not_said() -> None:
    near = scene((1.0, 3.8, "Ana", "Where is she?", "Where"), pitch_difference=4.0)
    unknown = scene(WHERE, raised=np.nan, delivery="can't tell")
    assert line_differences(compared(scene(WHERE), near, unknown), ["A", "B", "C"]) == []
