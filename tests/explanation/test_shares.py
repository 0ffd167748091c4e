"""In which part of a region a mask sits, in words and as a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from emotion_core.explanation.shares import focus_of, table_of_parts
from emotion_core.explanation.wording import describe_parts, describe_places, describe_shares
from emotion_core.faces.regions import ALL_PARTS, PARTS, REGION_OF

AREA = 1 / len(ALL_PARTS)


def mask(emotion: str = "sad", **held: Mapping[str, float]) -> pd.DataFrame:
    """A mask with these shares of parts, all as large as each other; what is left lies outside."""
    shares = {part: share for own in held.values() for part, share in own.items()}
    shares["outside"] = 1 - sum(shares.values())
    return pd.DataFrame(
        [(emotion, REGION_OF[part], part, shares.get(part, 0.0), AREA) for part in ALL_PARTS],
        columns=["emotion", "region", "part", "share", "area"],
    )


def focus(region: str, before: str = "", **shares: float) -> str:
    held = {part.replace("_", " "): share for part, share in shares.items()}
    table = mask(own=held)
    return focus_of(table[table["region"] == region], before)


def test_a_region_is_named_by_the_part_that_holds_most_of_its_share() -> None:
    assert focus("brows", between_the_brows=0.3, left_inner_brow=0.1) == "between the brows"
    assert focus("cheeks", left_cheek=0.3, right_cheek=0.05) == "left cheek"


def test_both_sides_are_named_together() -> None:
    both = focus("brows", right_inner_brow=0.2, left_inner_brow=0.15, between_the_brows=0.05)
    assert both == "inner brows"
    folds = focus("cheeks", right_nasolabial_fold=0.2, left_nasolabial_fold=0.2)
    assert folds == "nasolabial folds"


def test_a_region_whose_share_is_spread_or_empty_keeps_its_own_name() -> None:
    assert focus("brows", **{part.replace(" ", "_"): 0.1 for part in PARTS["brows"]}) == "brows"
    assert focus("cheeks", right_cheek=0.3, left_cheek=0.3) == "cheeks"
    assert focus("forehead", forehead=0.3) == "forehead" and focus("nose") == "nose"


def test_what_was_named_before_holds_until_something_else_is_clear() -> None:
    for right, alone, after_both, after_right in (
        (0.30, "right cheek", "right cheek", "right cheek"),
        (0.24, "right cheek", "cheeks", "right cheek"),
        (0.21, "cheeks", "cheeks", "right cheek"),
        (0.15, "cheeks", "cheeks", "cheeks"),
    ):
        shares = {"right_cheek": right, "left_cheek": 0.3 - right}
        assert focus("cheeks", **shares) == alone
        assert focus("cheeks", "cheeks", **shares) == after_both
        assert focus("cheeks", "right cheek", **shares) == after_right


def test_the_sentences_of_actors_are_said() -> None:
    table = mask(
        brows={"between the brows": 0.3, "left inner brow": 0.05},
        cheeks={"left cheek": 0.15, "right cheek": 0.13},
    )
    assert describe_shares(table, "sad") == (
        "sad: 37% outside the face, 35% brows (most between the brows), 28% cheeks"
    )
    one = mask(cheeks={"left cheek": 0.9})
    assert describe_shares(one, "sad") == "sad: 90% cheeks (most in the left cheek)"
    assert describe_shares(one.assign(share=np.nan), "sad") == "sad: nothing is marked"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("brows",), "in the brows"),
        (("between the brows",), "between the brows"),
        (("between the brows", "left cheek"), "between the brows and in the left cheek"),
        (("lower lids", "chin"), "in the lower lids and the chin"),
    ],
)
def test_places_are_said_as_one_speaks(parts: tuple[str, ...], said: str) -> None:
    assert describe_places(parts) == said


def test_what_lies_between_the_brows_is_an_area() -> None:
    assert describe_parts(["between the brows", "chin"]) == (
        "the chin and the area between the brows"
    )


def test_what_an_earlier_version_kept_is_described_by_regions() -> None:
    table = mask(brows={"between the brows": 0.6}).assign(part="")
    assert describe_shares(table, "sad") == "sad: 60% brows, 40% outside the face"


def test_the_table_has_each_region_before_its_parts() -> None:
    table = pd.concat(
        [mask(brows={"between the brows": 0.5}), mask("fear", eyes={"left eyeball": 1.0})]
    )
    found = table_of_parts(table, ["fear", "sad"])
    assert list(found.columns) == ["size", "fear", "sad"]
    assert list(found.index[:3]) == [
        ("forehead", "forehead"),
        ("brows", "all"),
        ("brows", "right outer brow"),
    ]
    assert found.loc[("brows", "all"), "sad"] == found.loc[("brows", "between the brows"), "sad"]
    assert found.loc[("eyes", "all"), "fear"] == 1
    assert len(found) == len(ALL_PARTS) + sum(len(parts) > 1 for parts in PARTS.values())
