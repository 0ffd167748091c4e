"""The words of region feedback on hand-made shares of masks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.regions import ALL_PARTS, PARTS, REGION_OF, face_regions, region_shares
from emotion_core.practice.exercises.exercise import Hold
from emotion_core.practice.feedback.feedback import FeedbackWriter, describe_region_feedback
from emotion_core.types import Attribution, FloatArray
from tests.faces.meshes import mesh_on

# What the regions of an upright face take of its crop, about; of each part, an even share.
AREAS = {
    "forehead": 0.09, "brows": 0.04, "eyes": 0.11, "nose": 0.05, "cheeks": 0.16, "mouth": 0.07,
    "chin": 0.04, "jaw": 0.06, "outside": 0.38,
}  # fmt: skip
NOTHING = np.zeros(0, np.float32)
SAD = Hold("sad", 0.8).target_at(0)


def reading(**shares: float) -> FloatArray:
    """A reading; what is left goes to the emotions that are not named."""
    others = [emotion for emotion in EMOTIONS if emotion not in shares]
    rest = (1 - sum(shares.values())) / len(others)
    return np.array([shares.get(emotion, rest) for emotion in EMOTIONS], np.float32)


def masks(**where: Mapping[str, float]) -> pd.DataFrame:
    """Shares of one face; what is left of a mask lies over the other parts by their size."""
    rows = []
    for emotion in EMOTIONS:
        named = where.get(emotion, {})
        others = sum(area for part, area in AREAS.items() if part not in named)
        for part, area in AREAS.items():
            share = named.get(part, (1 - sum(named.values())) * area / others)
            count = len(PARTS[part])
            rows += [(0, emotion, part, one, share / count, area / count) for one in PARTS[part]]
    return pd.DataFrame(rows, columns=["face", "emotion", "region", "part", "share", "area"])


def moved(table: pd.DataFrame, emotion: str, to: Mapping[str, float]) -> pd.DataFrame:
    """What a region has of a mask lies in these parts of it alone, by shares of the region."""
    table = table.copy()
    region = REGION_OF[next(iter(to))]
    own = (table["emotion"] == emotion) & (table["region"] == region)
    whole = table.loc[own, "share"].sum()
    table.loc[own, "share"] = table.loc[own, "part"].map(dict(to)).fillna(0.0) * whole
    return table


# sad in brows and eyes and hardly in the mouth, which neutral holds
UPPER = masks(
    sad={"brows": 0.4, "eyes": 0.3, "mouth": 0.01, "outside": 0.1},
    neutral={"mouth": 0.3, "cheeks": 0.3, "brows": 0.02, "outside": 0.2},
)


def test_the_parts_that_show_it_are_named_and_the_one_that_stays_neutral() -> None:
    text = describe_region_feedback(reading(sad=0.7, neutral=0.25), UPPER, NOTHING)
    assert text == "Sad shows in the brows and the eyes; the mouth stays neutral."


def test_a_part_does_not_stay_neutral_where_neutral_is_hardly_read() -> None:
    text = describe_region_feedback(reading(sad=0.9, neutral=0.05), UPPER, NOTHING)
    assert text == "Sad shows in the brows and the eyes; the mouth does not show it."


def test_towards_a_target_that_does_not_lead_it_is_reported_where_what_there_is_sits() -> None:
    table = masks(sad={"brows": 0.6, "mouth": 0.01}, neutral={"brows": 0.4})
    text = describe_region_feedback(reading(neutral=0.62, sad=0.3), table, SAD)
    assert text == (
        "Neutral leads with 62%. The little sad there is shows in the brows; "
        "the mouth does not show it."
    )


def test_where_in_a_region_it_sits_is_named() -> None:
    frown = moved(UPPER, "sad", {"between the brows": 0.7, "left inner brow": 0.3})
    text = describe_region_feedback(reading(sad=0.9), frown, NOTHING)
    assert text == "Sad shows between the brows and in the eyes; the mouth does not show it."
    inner = moved(frown, "sad", {"right inner brow": 0.4, "left inner brow": 0.5})
    both = moved(inner, "sad", {"left lower lid": 1})
    text = describe_region_feedback(reading(sad=0.9), both, NOTHING)
    assert text.startswith("Sad shows in the inner brows and the left lower lid;")


def test_the_part_that_is_named_does_not_waver() -> None:
    writer, text, alone = FeedbackWriter(), set(), set()
    for number in range(20):
        between = 0.5 + 0.06 * (-1) ** number
        rest = (1 - between) / 2
        table = moved(
            masks(sad={"brows": 0.5}),
            "sad",
            {"between the brows": between, "left outer brow": rest, "right outer brow": rest},
        )
        text.add(writer.update(reading(sad=0.9), table, NOTHING))
        alone.add(describe_region_feedback(reading(sad=0.9), table, NOTHING))
    assert len(text) == 1 and len(alone) == 2


def test_of_an_emotion_that_is_hardly_read_no_part_is_reported() -> None:
    text = describe_region_feedback(reading(neutral=0.8, sad=0.1), UPPER, SAD)
    assert text == "Neutral leads with 80%. There is too little sad to say where it shows."


def test_without_a_target_neutral_is_reported_with_what_comes_beside_it() -> None:
    text = describe_region_feedback(reading(neutral=0.6, sad=0.35), UPPER, NOTHING)
    assert text.startswith(
        "Neutral leads with 60%. The little sad there is shows in the brows and the"
    )
    assert (
        describe_region_feedback(reading(neutral=0.98), UPPER, NOTHING) == "Neutral leads with 98%."
    )


def test_where_neutral_is_asked_for_what_leads_instead_is_reported() -> None:
    rest = Hold("neutral").target_at(0)
    table = masks(happy={"mouth": 0.5, "cheeks": 0.3})
    text = describe_region_feedback(reading(happy=0.7, neutral=0.1), table, rest)
    assert text.startswith("The target is neutral, but happy leads with 70%.")
    assert describe_region_feedback(reading(neutral=0.98), table, rest) == "Neutral leads with 98%."


def test_a_reading_without_a_clear_lead_is_said_to_have_none() -> None:
    text = describe_region_feedback(reading(sad=0.37, fear=0.35, neutral=0.2), UPPER, NOTHING)
    assert text.startswith(
        "No emotion leads clearly; sad comes first with 37%. The little sad there is"
    )


def test_a_large_part_does_not_count_by_its_size_alone() -> None:
    # as a mask that is random: the cheeks have most of it
    text = describe_region_feedback(reading(sad=0.9), masks(), NOTHING)
    assert text == "Sad shows all over the face."


def test_a_mask_outside_of_the_face_is_said_to_be_no_part_of_it() -> None:
    table = masks(sad={"outside": 0.7, "brows": 0.2})
    text = describe_region_feedback(reading(sad=0.9), table, NOTHING)
    assert text == ("Most of the sad is read outside the face: check the light and the framing.")
    # less of it outside does not take from the brows
    within = masks(sad={"outside": 0.4, "brows": 0.5})
    assert describe_region_feedback(reading(sad=0.9), within, NOTHING).startswith(
        "Sad shows in the brows"
    )


def test_only_parts_by_which_an_emotion_is_shown_can_be_missed() -> None:
    table = masks(happy={"mouth": 0.4, "cheeks": 0.5, "brows": 0.0, "eyes": 0.1})
    text = describe_region_feedback(reading(happy=0.9), table, NOTHING)
    assert text == "Happy shows in the cheeks and the mouth."


@pytest.mark.parametrize("shares", [masks()[:0], masks().assign(share=np.nan)])
def test_without_parts_or_with_an_empty_mask_no_place_is_reported(shares: pd.DataFrame) -> None:
    text = describe_region_feedback(reading(sad=0.9), shares, SAD)
    assert text == "Where sad shows in the face could not be measured."


def test_the_words_fit_the_table_of_a_real_mask() -> None:
    regions = face_regions(mesh_on([[80, 90], [144, 90]]), 224)
    drawn = np.zeros((1, 7, 224, 224), np.float32)
    drawn[0, EMOTIONS.index("sad")] = regions["brows"]
    shares = region_shares(Attribution(drawn, EMOTIONS, "explainer"), [regions])
    text = describe_region_feedback(reading(sad=0.9), shares, NOTHING)
    assert text == "Sad shows in the brows; the mouth does not show it."
    assert list(shares["part"][: len(ALL_PARTS)]) == list(ALL_PARTS)


def test_the_feedback_says_the_same_of_one_look_as_of_the_like_again() -> None:
    writer, once = (
        FeedbackWriter(),
        describe_region_feedback(reading(sad=0.7, neutral=0.25), UPPER, SAD),
    )
    for _ in range(4):
        assert writer.update(reading(sad=0.7, neutral=0.25), UPPER, SAD) == once


def test_the_feedback_does_not_change_words_for_shares_that_waver_about_a_limit() -> None:
    rng, writer = np.random.default_rng(0), FeedbackWriter()
    text, alone = set(), set()
    for _ in range(30):
        # the share of the eyes wavers about what carries, and the reading about a clear lead
        eyes = 0.208 + rng.uniform(-0.02, 0.02)
        table = masks(sad={"brows": 0.4, "eyes": eyes, "mouth": 0.06, "outside": 0.1})
        face = reading(sad=0.4 + rng.uniform(-0.03, 0.03), neutral=0.3)
        text.add(writer.update(face, table, SAD))
        alone.add(describe_region_feedback(face, table, SAD))
    assert len(text) == 1
    assert any("clearly" in one for one in alone) and not all("clearly" in one for one in alone)
    assert any("eyes" in one for one in alone) and not all("eyes" in one for one in alone)


def test_one_odd_look_changes_no_word() -> None:
    writer, odd = (
        FeedbackWriter(),
        masks(sad={"cheeks": 0.5, "brows": 0.1, "eyes": 0.1, "mouth": 0.05}),
    )
    face = reading(sad=0.85, neutral=0.05)
    before = [writer.update(face, UPPER, SAD) for _ in range(3)][-1]
    assert writer.update(face, odd, SAD) == before
    assert writer.update(face, UPPER, SAD) == before


def test_the_feedback_follows_what_really_changes_within_its_looks() -> None:
    writer = FeedbackWriter()
    lower = masks(sad={"mouth": 0.6, "brows": 0.01, "eyes": 0.01})
    for _ in range(3):
        writer.update(reading(sad=0.9), UPPER, SAD)
    text = [writer.update(reading(sad=0.9), lower, SAD) for _ in range(3)]
    assert text[-1] == "Sad shows in the mouth; the brows do not show it."


def test_a_share_is_said_again_once_it_is_off_by_a_tenth() -> None:
    writer = FeedbackWriter(averaged=1)
    first = writer.update(reading(neutral=0.62, sad=0.05), UPPER, NOTHING)
    assert "62%" in first
    assert writer.update(reading(neutral=0.68, sad=0.05), UPPER, NOTHING) == first
    assert "75%" in writer.update(reading(neutral=0.75, sad=0.05), UPPER, NOTHING)


def test_a_mask_of_a_look_that_hardly_reads_the_emotion_hardly_counts() -> None:
    writer = FeedbackWriter()
    noise = masks(sad={"chin": 0.6, "brows": 0.01, "eyes": 0.01})
    writer.update(reading(neutral=0.97), noise, SAD)
    text = writer.update(reading(sad=0.9), UPPER, SAD)
    assert "chin" not in text and "the brows and the eyes" in text.lower()


def test_another_target_is_spoken_of_at_once() -> None:
    writer = FeedbackWriter()
    for _ in range(3):
        writer.update(reading(sad=0.9), UPPER, SAD)
    happy = Hold("happy").target_at(0)
    text = writer.update(reading(sad=0.9), UPPER, happy)
    assert text == "Sad leads with 90%. There is too little happy to say where it shows."


def test_a_look_without_parts_between_others_changes_no_word() -> None:
    writer = FeedbackWriter()
    before = writer.update(reading(sad=0.9), UPPER, SAD)
    assert writer.update(reading(sad=0.9), UPPER[:0], SAD) == before
