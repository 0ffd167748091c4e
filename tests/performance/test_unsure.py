"""Where a performance is unsure: tests."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.export.segments import chord_segments, state_segments
from emotion_core.performance.progression import (
    Progression,
    ProgressionSettings,
    read_progression,
)
from emotion_core.performance.unsure import unsure_at, unsure_between
from emotion_core.performance.wording.progression import describe_progression
from emotion_core.render.figures.progression import draw_arcs, draw_chords
from emotion_core.render.figures.progression_parts import draw_stays, draw_transitions
from emotion_core.render.svg.progression import draw_arcs as draw_arcs_svg
from tests.performance.performances import nobody, perform

# no emotion of it leads clearly, as a face that the scene page calls unsure
UNCLEAR = {"angry": 0.3, "happy": 0.28, "surprise": 0.25}


@pytest.fixture
def unclear() -> Progression:
    still = ProgressionSettings(sigma=0)
    return read_progression(perform(("sad", 2.0), (UNCLEAR, 3.0), ("sad", 2.0)), still)


def test_what_lasts_is_unsure_once_half_of_its_readings_are() -> None:
    performance = perform(("sad", 2.0), ("happy", 2.0))
    faces = performance.faces
    faces.loc[faces["time"] < 1.0, "turn"] = 2.0
    faces.loc[faces["time"] >= 3.2, "sharpness"] = 0.0
    assert unsure_between(performance, [0.0, 2.0], [2.0, 4.0]).tolist() == ["turned away", ""]
    assert unsure_at(performance, np.array([0.5, 1.5, 3.5])).tolist() == [True, False, True]


def test_a_reason_that_few_of_the_unsure_readings_have_is_not_named() -> None:
    performance = perform(("sad", 4.0))
    performance.faces.loc[:90, "turn"] = 2.0
    performance.faces.loc[:5, "sharpness"] = 0.0
    assert unsure_between(performance, [0.0], [4.0]).tolist() == ["turned away"]


def test_a_chord_without_a_clear_lead_is_as_unsure_as_its_readings(unclear: Progression) -> None:
    assert unclear.chords["unsure"].tolist() == ["", "no clear lead", ""]
    assert unclear.states["unsure"].tolist() == ["", "no clear lead", ""]
    assert set(unclear.beats["unsure"]) == {"no clear lead"}
    chord = chord_segments(unclear)[1].text
    assert chord == "unsure, perhaps angry with happy and surprise (no clear lead)"
    assert state_segments(unclear)[1].text.startswith("unsure, perhaps angry 3")
    shares = unclear.chord_shares.set_index("chord")["unsure"]
    assert shares["sad"] == 0 and shares["angry+happy+surprise"] == 1


def test_changes_from_and_to_unsure_readings_are_counted(unclear: Progression) -> None:
    assert unclear.changes.unsure.sum() == unclear.changes.total == 2
    assert 6 <= unclear.clock.unsure.sum() <= 8 < unclear.clock.total


def test_words_say_which_chord_is_unsure(unclear: Progression) -> None:
    text = " ".join(describe_progression(unclear))
    assert "angry with happy and surprise (43%, unsure)" in text
    assert "(unsure: no clear lead)" in text


def test_figures_hatch_what_is_unsure(unclear: Progression) -> None:
    (veil,) = (trace for trace in draw_arcs(unclear).data if trace.name == "unsure")
    known = [x for x in veil.x if x == x]
    assert min(known) == pytest.approx(2.0, abs=0.1) and max(known) == pytest.approx(5.0, abs=0.1)
    bars = {bar.name: bar for bar in draw_chords(unclear).data if bar.type == "bar"}
    assert list(bars["angry"].marker.pattern.shape) == ["/"]
    assert list(bars["sad"].marker.pattern.shape) == ["", ""]
    stays = {trace.name: trace for trace in draw_stays(unclear).data}
    assert list(stays["angry"].marker.symbol) == ["circle-open"]
    assert ">unsure<" in draw_arcs_svg(unclear)
    sure = read_progression(perform(("sad", 2.0), ("happy", 2.0)))
    assert "unsure" not in [trace.name for trace in draw_arcs(sure).data]
    assert ">unsure<" not in draw_arcs_svg(sure)


def test_what_was_never_seen_has_no_percentage() -> None:
    changes = read_progression(perform(("sad", 2.0), ("happy", 2.0), ("fear", 2.0))).changes
    shown = {cell for row in draw_transitions(changes, "t").data[0].text for cell in row if cell}
    assert all(not cell.endswith("<br>0×") for cell in shown) and shown == {"75%<br>1×"}
    table = changes.to_frame()
    assert table["probability"].isna().equals(table["times"] == 0)


def test_nobody_is_not_unsure() -> None:
    found = read_progression(nobody())
    assert found.unsure == "" and found.arcs.empty
