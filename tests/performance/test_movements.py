"""Movements of a character: from which neutral face, where they are told, when they are clear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.clear_movements import (
    clear_movements,
    event_summary,
    movement_summary,
)
from emotion_core.performance.movements import (
    NOT_READ,
    events_table,
    movements_of,
    movements_read,
    movements_table,
)
from emotion_core.performance.wording.movements import describe_movements, describe_neutral
from tests.performance.moving import move, mover
from tests.performance.performances import nobody, perform

FPS = 25


def test_a_movement_is_a_share_of_the_estimated_neutral_face() -> None:
    one = mover(inner_brow=(2.0, 3.0, 0.1))
    found = movements_of(one)
    brows = found.values["inner_brows_up"].to_numpy()
    assert brows[: 2 * FPS] == pytest.approx(0) and brows[2 * FPS : 3 * FPS] == pytest.approx(0.25)
    assert found.known and found.neutral.time is None
    assert "estimated" in describe_neutral(found)


def test_a_named_neutral_face_is_what_movements_are_measured_from() -> None:
    one = replace(mover(inner_brow=(2.0, 3.0, 0.1)), neutral_time=2.5)
    found = movements_of(one)
    assert found.values["inner_brows_up"].max() == pytest.approx(0)
    # inner and outer brows count; the inner ones are down by a fifth
    assert found.values["brows_lowered"][0] == pytest.approx(0.1, abs=1e-6)
    assert describe_neutral(found) == "Neutral face: chosen at 0:02.5."


def test_what_cannot_be_seen_at_the_named_moment_is_estimated() -> None:
    one = mover()
    hidden = one.times > 2
    one.faces.loc[hidden & (one.times < 3), ["right_inner_brow", "left_inner_brow"]] = np.nan
    found = movements_of(replace(one, neutral_time=2.5))
    assert found.neutral.values["right_inner_brow"] == pytest.approx(0.4)
    # nobody is in view then at all
    assert movements_of(replace(one, neutral_time=99.0)).values["mouth_open"].notna().all()


@pytest.mark.parametrize(
    ("column", "value", "head"),
    [("sharpness", 0.01, False), ("x2", 30.0, False),
     ("turn", 1.2, True)],
)  # fmt: skip
def test_nothing_is_told_of_a_face_that_is_hard_to_see(
    column: str, value: float, head: bool
) -> None:
    one = mover(inner_brow=(2.0, 3.0, 0.1), head_nod=(2.0, 3.0, 20.0))
    one.faces.loc[one.times >= 2.0, column] = value
    found = movements_of(one)
    late = one.times >= 2.0
    assert found.values["inner_brows_up"][late].isna().all()
    assert found.values["inner_brows_up"][~late].notna().all()
    assert found.values["head_nod"][late].notna().all() == head


def test_a_covered_part_is_not_told_and_the_rest_is() -> None:
    one = mover(inner_brow=(2.0, 3.0, 0.1))
    one.faces.loc[one.times >= 5, ["right_inner_brow", "left_inner_brow"]] = np.nan
    one.faces.loc[one.times >= 7, "eyes_visible"] = 0.7
    found = movements_of(one)
    assert found.values["lids_wide"][one.times >= 7].isna().all()
    assert found.values["lids_wide"][one.times < 7].notna().all()
    assert found.values["inner_brows_up"][one.times >= 5].isna().all()
    assert found.values["mouth_open"].notna().all()


def test_earlier_readings_say_that_they_know_nothing() -> None:
    early = perform(("neutral", 2.0))
    found = movements_of(early)
    assert not movements_read(early.faces) and not found.known and not found.events
    assert describe_movements(early, found) == (NOT_READ,)
    assert clear_movements(early, found).empty and describe_neutral(found) == ""
    assert movement_summary(early, found)["size"].isna().all()
    assert event_summary(early, found)["times"].isna().all()
    assert movements_of(nobody()).values.empty and movements_read(nobody().faces)
    assert clear_movements(nobody(), movements_of(nobody())).empty


def test_clear_movements_last_and_are_as_large_as_they_are_played() -> None:
    one = mover(inner_brow=(2.0, 3.0, 0.1), head_nod=(5.0, 6.0, -12.0))
    clear = clear_movements(one, movements_of(one))
    brows = clear[clear["movement"] == "inner_brows_up"].iloc[0]
    assert (brows["start"], brows["end"]) == pytest.approx((2.0, 3.0))
    assert brows["size"] == pytest.approx(0.25) and 2.0 <= brows["peak_time"] < 3.0
    head = clear[clear["movement"] == "head_nod"].iloc[0]
    assert head["size"] == pytest.approx(-12) and head["seconds"] == pytest.approx(1.0)
    summary = movement_summary(one, movements_of(one))
    head_rows = summary[summary["movement"] == "head_nod"].set_index("direction")
    assert head_rows["times"].to_dict() == {1: 0, -1: 1}
    raised = head_rows.loc[-1]
    assert raised["size"] == pytest.approx(12) and raised["unit"] == "degrees"
    assert raised["share"] == pytest.approx(0.1) and raised["per_minute"] == pytest.approx(6)


def test_a_tremble_is_no_movement_and_none_lasts_across_a_cut() -> None:
    one = mover(inner_brow=(2.0, 2.08, 0.1))
    assert clear_movements(one, movements_of(one)).empty
    cut = perform(("neutral", 10.0), cuts=(3.0,))
    amount = np.where((cut.times >= 2) & (cut.times < 4), 0.1, 0.0)
    moving = move(cut, {"inner_brow": amount})
    clear = clear_movements(moving, movements_of(moving))
    brows = clear[clear["movement"] == "inner_brows_up"]
    assert brows[["start", "end"]].to_numpy().tolist() == [
        pytest.approx([2, 3]), pytest.approx([3, 4]),
    ]  # fmt: skip


def test_nods_are_told_and_not_of_a_face_that_is_too_small() -> None:
    one = mover(seconds=12.0)
    nod = 10 * np.sin(np.pi * one.times / 0.8) ** 2 * (one.times >= 6.4)
    nodding = move(one, {"head_nod": nod})
    found = movements_of(nodding)
    nods = event_summary(nodding, found).set_index("event").loc["nod"]
    assert nods["times"] >= 4 and nods["per_minute"] == pytest.approx(nods["times"] * 5)
    assert set(events_table(nodding, found)["event"]) == {"nod"}
    nodding.faces["x2"] = 20.0
    assert not movements_of(nodding).events


def test_words_name_what_is_done_most_in_its_direction() -> None:
    one = mover(inner_brow=(2.0, 6.0, 0.14), head_nod=(5.0, 9.0, -12.0))
    first, second, *_ = describe_movements(one, movements_of(one))
    assert first == "The inner brows rise by a third (once, 40% of the time)."
    assert second == "The head rises by 12° (once, 40% of the time)."


def test_the_table_has_a_row_a_reading_and_a_column_a_movement() -> None:
    one = mover(mouth_opening=(1.0, 2.0, 0.4))
    table = movements_table(one, movements_of(one))
    assert list(table.columns[:5]) == ["frame", "time", "shot", "track", "character"]
    assert list(table.columns[5:]) == list(MOVEMENTS) and len(table) == len(one)
    assert table["mouth_open"].max() == pytest.approx(0.5) and set(table["character"]) == {"Ana"}


def test_a_nod_counts_also_after_the_head_was_still_for_long() -> None:
    one = mover(seconds=12.0)
    tremble = 0.4 * np.random.default_rng(1).normal(size=len(one))
    tremble[10] = -1.5  # the lowest point lies far from the nod
    nod = 10 * np.sin(np.pi * (one.times - 8) / 0.8) ** 2
    nod = np.where((one.times >= 8) & (one.times < 8.8), nod, 0.0)
    nodding = move(one, {"head_nod": tremble + nod})
    (found,) = (each for each in movements_of(nodding).events if each.kind == "nod")
    assert 7.9 <= found.start <= 8.3 and 8.5 <= found.end <= 8.9
