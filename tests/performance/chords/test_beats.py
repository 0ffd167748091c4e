from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.chords.beats import beats_of, borders_of
from tests.performance.performances import nobody, perform


def test_a_lasting_change_is_a_beat_with_what_was_before_and_after() -> None:
    one = perform(("neutral", 3.0), ({"sad": 0.5, "fear": 0.4}, 4.0), ("happy", 3.0))
    table = beats_of(one)
    assert np.allclose(table["time"], [3.0, 7.0], atol=0.1)
    assert table["before"].tolist() == ["neutral", "sad with fear"]
    assert table["after"].tolist() == ["sad with fear", "happy"]


def test_how_much_changes_is_the_share_that_moves() -> None:
    one = perform(({"sad": 1.0}, 3.0), ({"sad": 0.4, "happy": 0.6}, 3.0))
    assert beats_of(one, sigma=0)["change"].tolist() == pytest.approx([0.6], abs=0.02)


def test_a_change_counts_from_the_documented_size_on() -> None:
    # half of the reading, for a second on either side: 0.5^2 * 2 * 1 / 2 = 0.25
    one = perform(({"sad": 1.0}, 1.0), ({"sad": 0.5, "happy": 0.5}, 1.0))
    assert len(beats_of(one, sigma=0, penalty=0.24)) == 1
    assert beats_of(one, sigma=0, penalty=0.26).empty


def test_a_passing_flicker_is_no_beat() -> None:
    assert beats_of(perform(("neutral", 4.0), ("surprise", 0.3), ("neutral", 4.0))).empty


def test_a_beat_comes_no_sooner_after_another_or_a_border_than_asked() -> None:
    one = perform(("neutral", 3.0), ("happy", 0.6), ("sad", 3.0), cuts=(2.5,))
    times = beats_of(one, shortest=1.0)["time"].to_numpy()
    assert (np.diff(np.concatenate([[2.5], times, [6.6]])) >= 1.0 - 1e-9).all()


def test_a_cut_and_a_gap_are_borders_and_no_beats() -> None:
    one = perform(("neutral", 3.0), ("sad", 3.0), (None, 2.0), ("happy", 3.0), cuts=(3.0,))
    assert beats_of(one).empty
    table = borders_of(one)
    assert table["kind"].tolist() == ["cut", "gap"]
    assert np.allclose(table[["start", "end", "seconds"]], [[3, 3, 0], [6, 8, 2]])


def test_a_change_of_the_track_alone_is_a_border_of_its_own_kind() -> None:
    one = perform(("sad", 2.0))
    one.faces.loc[25:, "track"] = 1
    assert borders_of(one)["kind"].tolist() == ["new track"]


def test_beats_after_a_gap_are_described_in_seconds_of_the_clip() -> None:
    one = perform((None, 5.0), ("sad", 2.0), (None, 1.0), ("sad", 2.0), ("happy", 2.0))
    assert np.allclose(beats_of(one)["time"], [10.0], atol=0.1)
    assert beats_of(one)["stretch"].tolist() == [1]


def test_what_is_short_or_nobody_has_no_beats() -> None:
    for one in (nobody(), perform(("sad", 0.04)), perform(("sad", 0.9), ("happy", 0.9))):
        assert beats_of(one).empty
        assert borders_of(one).empty
