from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ComparisonError
from emotion_core.performance.comparison import tables
from emotion_core.performance.comparison.comparison import (
    Comparison,
    ComparisonSettings,
    compare,
)
from emotion_core.performance.comparison.differences import Difference
from emotion_core.performance.performance import Performance
from emotion_core.performance.wording.comparison import (
    describe_alignment_gain,
    describe_chords,
    describe_differences,
    describe_pair,
)
from tests.performance.made import make_performance, play_slower, pure, wander

QUICK = ComparisonSettings(replicates=200)


def ana() -> Performance:
    return make_performance(wander(20, seed=1), name="Ana")


def bo() -> Performance:
    return make_performance(wander(24, seed=2, fps=30), fps=30, name="Bo")


@pytest.fixture(scope="module")
def three() -> Comparison:
    slower = make_performance(play_slower(wander(20, seed=1), 1.2), name="Ana")
    return compare([ana(), slower, bo()], QUICK)


def test_takes_and_films_of_different_rates_are_compared_with_the_first(three: Comparison) -> None:
    assert three.titles == ("Ana in Ana's scene", "Ana in Ana's scene (2)", "Bo in Bo's scene")
    assert [pair.other for pair in three.pairs] == [1, 2]
    slower, other = three.pairs
    assert slower.alignment.distance < 0.03 < 0.2 < other.alignment.distance
    assert three.distances.distances[0, 1] == slower.alignment.distance
    assert three.distances.distances[1, 2] > 0.2
    assert not slower.divergences and other.divergences


def test_too_few_too_many_and_nobody_in_view_are_refused_in_a_sentence() -> None:
    for count in (0, 1, 7):
        with pytest.raises(ComparisonError, match=f"2 to 6 performances, not {count}"):
            compare([ana()] * count, QUICK)
    with pytest.raises(ComparisonError, match="Bo is never in view"):
        compare([ana(), make_performance(np.zeros((0, 7)), name="Bo")], QUICK)


def test_different_models_and_unsure_readings_are_noted() -> None:
    uncertain = bo()
    uncertain.faces["turn"] = 1.5
    found = compare([ana(), uncertain], QUICK, models=["one", "other"])
    assert "read by different models" in found.notes[0]
    assert any(note.startswith("Bo in Bo's scene: 100%") for note in found.notes)
    sure = make_performance([pure("sad", 0.9)] * 300)
    assert compare([sure, sure], QUICK, models=["one", "one"]).notes == ()


def test_a_coarser_clock_is_noted() -> None:
    found = compare([ana(), bo()], replace(QUICK, most_points=100))
    assert any("0.24 s instead of 0.10 s" in note for note in found.notes)


def test_chords_are_in_common_where_all_have_them() -> None:
    one = make_performance([pure("sad")] * 50 + [pure("happy")] * 50, name="Ana")
    two = make_performance([pure("sad")] * 75 + [pure("fear")] * 25, name="Bo")
    found = compare([one, two], QUICK)
    rows = found.chords.set_index(["title", "chord"])
    assert rows["common"].to_dict() == {
        ("Ana in Ana's scene", "sad"): True,
        ("Ana in Ana's scene", "happy"): False,
        ("Bo in Bo's scene", "sad"): True,
        ("Bo in Bo's scene", "fear"): False,
    }
    assert rows.loc[("Bo in Bo's scene", "sad"), "share"] == pytest.approx(0.75, abs=0.05)
    assert describe_chords(found) == (
        "Shared chords: sad. Only in Ana in Ana's scene: happy. Only in Bo in Bo's scene: fear."
    )


def test_tables_have_a_row_for_each_finding_with_its_unit(three: Comparison) -> None:
    measures, differences = tables.measures_table(three), tables.differences_table(three)
    assert len(measures) == 3 * 11 and len(differences) == 2 * 11
    assert set(measures["unit"]) == {
        "probability",
        "bits",
        "share of the reading per second",
    }
    first = differences.iloc[0]
    assert first["difference"] == pytest.approx(first["second"] - first["first"])
    assert len(tables.divergences_table(three)) == len(three.pairs[1].divergences)
    assert len(tables.distances_table(three)) == 3
    paths = tables.paths_table(three)
    assert len(paths) == sum(len(pair.alignment.path) for pair in three.pairs)
    assert list(tables.arcs_table(three))[2:] == list(EMOTIONS)


def test_a_comparison_with_itself_is_described_in_words() -> None:
    found = compare([ana(), ana()], QUICK)
    text = describe_pair(found, found.pairs[0])
    assert text.startswith("Once aligned, the two readings are the same.")
    assert "Ana in Ana's scene (2) shows no clear difference" in text


def test_clear_differences_are_described_largest_first_with_their_intervals() -> None:
    found = [
        Difference("happy", 0.3, 0.42, 0.12, 0.08, 0.17),
        Difference("sad", 0.5, 0.2, -0.3, -0.4, -0.2),
        Difference("fear", 0.1, 0.12, 0.02, -0.1, 0.14),
        Difference("movement", 0.5, 0.2, -0.3, -0.4, -0.2),
    ]
    assert describe_differences(found, "Bo") == (
        "In Bo, mean confidence is 30 points lower for sad (20 to 40), "
        "12 points higher for happy (8 to 17). It is stiller."
    )


def test_without_an_interval_the_largest_differences_are_reported_with_the_reason() -> None:
    nan = float("nan")
    found = [Difference("sad", 0.5, 0.2, -0.3, nan, nan, "Only 4.0 s in view: ...")]
    assert describe_differences(found, "Bo") == (
        "In Bo, mean confidence is 30 points lower for sad, without an interval. "
        "Only 4.0 s in view: ..."
    )


def test_what_alignment_gains_is_reported(three: Comparison) -> None:
    assert "timing accounts for most" in describe_alignment_gain(three.pairs[0].alignment)
    assert "what is played accounts for most" in describe_alignment_gain(three.pairs[1].alignment)
