"""What makes a reading doubtful."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS
from emotion_core.emotions.uncertainty import (
    BLURRED_BELOW,
    COVERED_BELOW,
    SEEN_COLUMNS,
    TINY_BELOW,
    TURNED_FROM,
    UNCERTAINTY_REASONS,
    VISIBLE_COLUMNS,
    ReadingConditions,
    describe_moment,
    describe_reading,
    like_speech,
    reasons,
    uncertainty_of,
    with_uncertainty,
)
from emotion_core.faces.mesh.points import VISIBLE_PARTS


def faces(**columns: list[float]) -> pd.DataFrame:
    """Faces that are read surely, but for what is said; 60 px wide and 70 px high."""
    count = max(map(len, columns.values()), default=1)
    sure = {"x1": 10.0, "y1": 10.0, "x2": 70.0, "y2": 80.0, "sharpness": 1.0, "turn": 0.0}
    sure |= dict.fromkeys(SEEN_COLUMNS[2:], np.nan)
    shares = dict.fromkeys(EMOTIONS, 0.05) | {"happy": 0.7}
    return pd.DataFrame({**sure, **shares, **columns}, index=range(count))


def test_a_large_sharp_face_to_the_front_with_a_clear_lead_is_not_unsure() -> None:
    assert not uncertainty_of(faces()).to_numpy().any()


def test_the_shorter_side_of_the_box_decides_what_is_tiny() -> None:
    table = faces(x2=[10 + TINY_BELOW - 1, 10 + TINY_BELOW, 70], y2=[80, 80, 10 + TINY_BELOW - 1])
    assert uncertainty_of(table)["tiny"].tolist() == [True, False, True]


def test_blur_and_turn_to_either_side_count_from_their_thresholds_on() -> None:
    blurred = uncertainty_of(faces(sharpness=[BLURRED_BELOW - 0.01, BLURRED_BELOW]))
    assert blurred["blurred"].tolist() == [True, False]
    turned = uncertainty_of(faces(turn=[TURNED_FROM, -TURNED_FROM, TURNED_FROM - 0.01]))
    assert turned["turned"].tolist() == [True, True, False]


def test_a_reading_without_a_clear_lead_is_unsure() -> None:
    happy = [CLEAR_LEAD - 0.01, CLEAR_LEAD]
    assert uncertainty_of(faces(happy=happy))["unsure"].tolist() == [True, False]


def test_what_cannot_be_said_is_no_doubt() -> None:
    table = faces(sharpness=[np.nan], turn=[np.nan])
    table[list(EMOTIONS)] = np.nan
    assert not uncertainty_of(table).to_numpy().any()


def test_one_reading_is_unsure_by_the_rule_for_tables() -> None:
    shares = np.full((2, 7), 0.1)
    shares[:, EMOTIONS.index("sad")] = [CLEAR_LEAD - 0.01, 0.9]
    visible = np.full((2, 5), np.nan)
    conditions = ReadingConditions(
        [TINY_BELOW - 1, TINY_BELOW], [0.5, np.nan], [-1.2, np.nan], visible, [0, 0], shares
    )
    assert conditions.reasons() == [("tiny", "turned", "unsure"), ()]


def test_a_part_that_readings_need_and_cannot_be_seen_is_a_cover_and_the_jaw_is_none() -> None:
    below = [COVERED_BELOW - 0.01, 1.0, COVERED_BELOW]
    assert uncertainty_of(faces(mouth_visible=below))["covered"].tolist() == [True, False, False]
    assert not uncertainty_of(faces(jaw_visible=[0.0]))["covered"].any()


def test_who_speaks_is_unsure_only_where_speech_looks_like_what_leads() -> None:
    table = faces(speaking=[1.0, 0.0, np.nan])
    assert uncertainty_of(table)["speaking"].tolist() == [True, False, False]
    sad = faces(speaking=[1.0], happy=[0.05], sad=[0.7])
    assert not uncertainty_of(sad)["speaking"].any()


def test_what_a_speaking_mouth_looks_like_is_surprise_and_joy() -> None:
    like = like_speech(faces(speaking=[1.0, 0.0, np.nan]))
    assert [name for name, is_so in zip(EMOTIONS, like[0], strict=True) if is_so] == [
        "happy",
        "surprise",
    ]
    assert not like[1:].any()


def test_the_columns_of_visibility_are_those_of_the_mesh() -> None:
    assert tuple(f"{part}_visible" for part in VISIBLE_PARTS) == VISIBLE_COLUMNS


def test_a_table_without_faces_has_no_uncertainty_and_all_columns() -> None:
    flags = uncertainty_of(faces().iloc[:0])
    assert list(flags.columns) == list(UNCERTAINTY_REASONS) and len(flags) == 0
    assert with_uncertainty(faces().iloc[:0])["doubt"].tolist() == []


def test_the_table_for_a_reader_says_why_it_is_unsure() -> None:
    table = faces(x2=[30.0, 70.0], sharpness=[0.01, 1.0])
    assert with_uncertainty(table)["doubt"].tolist() == ["tiny, blurred", ""]


@pytest.mark.parametrize(
    ("uncertainty", "words"),
    [
        ([], "sad 62%, with fear 21%"),
        (["tiny"], "unsure, perhaps sad 62% (too small)"),
        (["turned", "blurred"], "unsure, perhaps sad 62% (too blurred and turned away)"),
        (["unsure"], "unsure, sad 62% or fear 21% (no clear lead)"),
        (["unsure", "tiny"], "unsure, sad 62% or fear 21% (too small)"),
    ],
)
def test_an_unsure_reading_is_described_with_its_reason(uncertainty: list[str], words: str) -> None:
    shares = dict.fromkeys(EMOTIONS, 0.034) | {"sad": 0.62, "fear": 0.21}
    assert describe_reading(shares, uncertainty) == words


def test_a_moment_is_described_with_its_reason() -> None:
    assert describe_moment("sad", 0.62, ()) == "sad 62%"
    assert describe_moment("sad", 0.62, ("turned",)) == "unsure, perhaps sad 62% (turned away)"


def test_the_reasons_come_in_one_order_and_the_face_before_the_reading() -> None:
    assert reasons(["unsure", "turned", "tiny"]) == ["too small", "turned away"]
    assert reasons(["unsure"]) == ["no clear lead"]
