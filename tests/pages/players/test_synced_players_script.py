"""The clocks of clips that play in step, run by Node where it is installed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pages.players.synced.players import ASSETS
from tests.pages.players.node import NODE, run_node

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")

# The second clip runs 20% slower, waits from 2 to 3 s of the first, then runs at its speed.
MAP = {"reference": [1.0, 2.0, 3.0, 5.0], "own": [0.5, 1.7, 1.7, 3.7]}
DURATION = 4.5


def ask(expression: str) -> Any:
    """What JavaScript makes of an expression of ``map`` and the functions of clock.js."""
    source = (ASSETS / "clock.js").read_text(encoding="utf-8")
    script = f"{source}\nconst map = {json.dumps(MAP)};\nconsole.log(JSON.stringify({expression}))"
    return run_node("--input-type=module", "-e", script)


def own_times(*moments: float) -> list[float]:
    found: list[float] = ask(f"{list(moments)}.map((t) => ownTime(map, t, {DURATION}))")
    return found


def test_between_the_points_of_an_alignment_time_runs_evenly() -> None:
    assert own_times(1.0, 1.5, 2.0, 2.4, 3.0, 4.0) == pytest.approx([0.5, 1.1, 1.7, 1.7, 1.7, 2.7])


def test_beyond_an_alignment_clips_run_alike_and_wait_at_their_ends() -> None:
    assert own_times(0.8, 0.1, 5.5, 9.0) == pytest.approx([0.3, 0.0, 4.2, DURATION - 0.03])


def test_the_way_back_gives_the_first_moment_of_a_wait() -> None:
    found = ask("[0.3, 1.1, 1.7, 2.7, 4.2].map((t) => referenceTime(map, t))")
    assert found == pytest.approx([0.8, 1.5, 2.0, 4.0, 5.5])


def test_an_alignment_of_one_point_shifts_a_clip() -> None:
    found = ask("[0, 2].map((t) => ownTime({ reference: [1], own: [3] }, t, 9))")
    assert found == pytest.approx([2, 4])


def test_where_the_reference_stands_still_the_other_leaps() -> None:
    leap = "{ reference: [0, 1, 1, 2], own: [0, 1, 3, 4] }"
    assert ask(f"[1, 1.5].map((t) => ownTime({leap}, t, 9))") == pytest.approx([1, 3.5])
    assert ask(f"[2, 3].map((t) => referenceTime({leap}, t))") == pytest.approx([1, 1])


def test_speed_is_that_of_the_alignment_around_a_moment() -> None:
    found = ask(f"[1.5, 2.5, 4, 9].map((t) => speedAt(map, t, {DURATION}))")
    assert found == pytest.approx([1.2, 0, 1, 0])


@pytest.mark.parametrize(
    ("situation", "decision"),
    [
        ({"target": 5, "actual": 5, "speed": 1.2}, {"action": "run", "rate": 1.2}),
        ({"target": 5.1, "actual": 5, "speed": 1}, {"action": "run", "rate": 1.15}),
        ({"target": 5, "actual": 5.1, "speed": 1}, {"action": "run", "rate": 0.85}),
        ({"target": 5, "actual": 5, "speed": 1.2, "pace": 0.5}, {"action": "run", "rate": 0.6}),
        ({"target": 5.2, "actual": 5, "speed": 3}, {"action": "run", "rate": 2}),
        # a wait in the alignment: it first comes up to its place and then stands
        ({"target": 5.1, "actual": 5, "speed": 0}, {"action": "run", "rate": 0.5}),
        ({"target": 5, "actual": 5, "speed": 0}, {"action": "hold"}),
        ({"target": 5.05, "actual": 5, "speed": 0.2, "held": True}, {"action": "hold"}),
        ({"target": 5.1, "actual": 5, "speed": 0.2, "held": True}, {"action": "run", "rate": 0.5}),
        # far off: it is moved, but not again and again
        ({"target": 5.4, "actual": 5, "speed": 1}, {"action": "jump"}),
        ({"target": 5, "actual": 5.4, "speed": 1}, {"action": "jump"}),
        (
            {"target": 5.4, "actual": 5, "speed": 1, "mayJump": False},
            {"action": "run", "rate": 1.6},
        ),
        ({"target": 5, "actual": 5.4, "speed": 1, "mayJump": False}, {"action": "hold"}),
    ],
)
def test_a_clip_is_driven_to_its_place(
    situation: dict[str, float], decision: dict[str, Any]
) -> None:
    found = ask(f"steer({json.dumps(situation)})")
    assert found["action"] == decision["action"]
    assert found.get("rate") == pytest.approx(decision.get("rate"))


def test_a_clip_that_is_behind_comes_to_its_place_and_stays_there() -> None:
    simulated = """(() => {
      let held = false;
      let actual = 0;
      const off = [];
      for (let t = 1; t < 5; t += 0.1) {
        const target = ownTime(map, t, 9);
        const decision = steer({ target, actual, speed: speedAt(map, t, 9), held });
        if (decision.action === "jump") actual = target;
        held = decision.action === "hold";
        actual += 0.1 * (decision.rate ?? 0);
        off.push(Math.abs(ownTime(map, t + 0.1, 9) - actual));
      }
      return Math.max(...off.slice(5));
    })()"""
    assert ask(simulated) < 0.15
