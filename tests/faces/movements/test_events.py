from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.faces.movements.events import (
    EVENT_KINDS,
    FaceEvent,
    blink_rate,
    countable,
    find_events,
)
from tests.faces.movements.rows import bump, rows

LIDS = ("right_lid_opening", "left_lid_opening")
BROWS = ("right_inner_brow", "left_inner_brow", "right_outer_brow", "left_outer_brow")


def blinking(
    seconds: float, starts: list[float], rate: float = 25.0, long: float = 0.2
) -> pd.DataFrame:
    faces = rows(seconds, rate)
    time = faces["time"].to_numpy()
    for name in LIDS:
        for start in starts:
            faces[name] -= bump(time, start, start + long, 0.14)
    return faces


def of(kind: str, faces: pd.DataFrame) -> list[FaceEvent]:
    return [event for event in find_events(faces) if event.kind == kind]


def test_blinks_are_counted_with_their_times() -> None:
    starts = [1.0, 3.5, 4.2, 8.0]
    found = of("blink", blinking(10, starts))
    assert len(found) == len(starts)
    for event, start in zip(found, starts, strict=True):
        assert event.start == pytest.approx(start, abs=0.08)
        assert 0.1 <= event.duration <= 0.3


def test_eyes_that_stay_closed_or_look_down_do_not_blink() -> None:
    assert not of("blink", blinking(10, [3.0], long=1.5))


def test_a_still_face_does_nothing() -> None:
    noise = np.random.default_rng(0)
    faces = rows(20)
    for name in (*LIDS, *BROWS):
        faces[name] += noise.normal(0, 0.004, len(faces))
    for name in ("head_nod", "head_turn"):
        faces[name] += noise.normal(0, 0.5, len(faces))
    assert find_events(faces) == ()


def test_a_mesh_that_trembles_claims_nothing() -> None:
    noise = np.random.default_rng(0)
    faces = rows(20)
    for name in ("head_nod", "head_turn"):
        faces[name] += noise.normal(0, 4, len(faces))
    assert find_events(faces) == ()


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_faces_read_too_seldom_have_no_events_of_a_kind(kind: str) -> None:
    rate = EVENT_KINDS[kind].rate
    assert countable(kind, rows(2, rate)) and not countable(kind, rows(2, 0.8 * rate))


def test_fewer_readings_claim_fewer_events() -> None:
    every = blinking(30, [1.0 + 2.5 * k for k in range(11)])
    counts = [len(of("blink", every.iloc[::n])) for n in (1, 2, 3)]
    assert counts[0] == 11 and counts[0] >= counts[1] and counts[2] == 0
    assert blink_rate(every.iloc[::3]) is None


def test_the_rate_of_blinks_is_of_the_time_in_view() -> None:
    faces = blinking(20, [2.0, 6.0, 10.0, 14.0])
    assert blink_rate(faces) == pytest.approx(12)
    half = faces[faces["time"] < 12]
    assert blink_rate(half) == pytest.approx(15)
    assert blink_rate(faces[faces["time"] < 9]) is None
    hidden = faces.copy()
    hidden.loc[hidden["time"] >= 12, list(LIDS)] = np.nan
    assert blink_rate(hidden) == pytest.approx(15)


@pytest.mark.parametrize("column", ["track", "shot"])
def test_nothing_is_counted_across_a_cut(column: str) -> None:
    faces = blinking(6, [3.0])
    assert len(of("blink", faces)) == 1
    faces[column] = (faces["time"] >= 3.1).astype(int)
    assert not of("blink", faces)


def test_nothing_is_counted_across_a_gap() -> None:
    faces = blinking(6, [3.0])
    assert not of("blink", faces[~faces["time"].between(3.06, 3.16)])
    hidden = faces.copy()
    hidden.loc[hidden["time"].between(3.06, 3.16), list(LIDS)] = np.nan
    assert not of("blink", hidden)


def test_uneven_times_are_no_gaps() -> None:
    faces = rows(12)
    faces["time"] += np.random.default_rng(0).uniform(-0.012, 0.012, len(faces))
    time = faces["time"].to_numpy()
    for name in LIDS:
        faces[name] -= bump(time, 3, 3.24, 0.14) + bump(time, 7, 7.24, 0.14)
    assert len(of("blink", faces)) == 2


def test_tiny_faces_and_profiles_claim_nothing() -> None:
    faces = blinking(6, [3.0])
    assert len(of("blink", faces.assign(x1=0.0, x2=80.0))) == 1
    assert not of("blink", faces.assign(x1=0.0, x2=30.0))
    assert not of("blink", faces.assign(head_turn=70.0))


def test_nods_shakes_and_drops_are_told_apart() -> None:
    faces = rows(12)
    time = faces["time"].to_numpy()
    faces["head_nod"] += bump(time, 1.0, 1.5, 9) + bump(time, 1.6, 2.1, 9)
    faces["head_turn"] += np.where((time > 4) & (time < 6), 12 * np.sin(4 * np.pi * (time - 4)), 0)
    faces["head_nod"] += 20 / (1 + np.exp(-(time - 8) / 0.08))
    found = find_events(faces)
    assert [event.kind for event in found] == ["nod", "nod", "shake", "head_drop"]
    nod, _, shake, drop = found
    assert nod.start == pytest.approx(1.0, abs=0.1) and nod.end == pytest.approx(1.5, abs=0.15)
    assert shake.start == pytest.approx(4.1, abs=0.2) and shake.end == pytest.approx(5.9, abs=0.2)
    assert drop.start < 8 < drop.end


def test_a_head_that_comes_up_again_at_once_does_not_drop() -> None:
    faces = rows(6)
    faces["head_nod"] += bump(faces["time"].to_numpy(), 2, 2.9, 20)
    assert [event.kind for event in find_events(faces)] == ["nod"]


def test_a_slow_turn_is_no_shake_and_a_slow_bow_no_nod() -> None:
    faces = rows(12)
    time = faces["time"].to_numpy()
    faces["head_turn"] += 15 * np.sin(np.pi * time / 3)
    faces["head_nod"] += bump(time, 2, 8, 20)
    assert find_events(faces) == ()


def test_a_brow_flash_is_a_short_rise() -> None:
    faces = rows(12)
    time = faces["time"].to_numpy()
    for name in BROWS:
        faces[name] += bump(time, 2, 2.5, 0.1) + bump(time, 5, 9, 0.1)
    found = find_events(faces)
    assert [event.kind for event in found] == ["brow_flash"]
    assert found[0].start == pytest.approx(2, abs=0.1)


def test_columns_that_are_missing_are_unknown() -> None:
    faces = blinking(12, [3.0]).drop(columns=["right_lid_opening", "head_turn"])
    assert find_events(faces) == () and blink_rate(faces) is None
    assert find_events(rows(1).iloc[:0]) == ()
