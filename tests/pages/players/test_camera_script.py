"""Age of the picture and the clock of exercises in the browser, run by Node where it is there."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from emotion_core.practice.exercises.exercise import Exercise, Hold, Move
from emotion_core.practice.live.run import COUNTDOWN, Plan, Run
from emotion_core.practice.live.view import schedule_message
from emotion_core.practice.movements.exercise import RaiseAndHold
from pages.players.camera.camera import script
from tests.pages.players.node import NODE, run_node

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")

MOVE = Move("sad", "happy", 1.0, passage=1.03, rest=1.0)


def ask(
    code: str,
    exercise: Exercise | None = MOVE,
    *,
    record: bool = False,
    scripts: tuple[str, ...] = ("schedule.js", "age.js"),
) -> Any:
    """What JavaScript ends with, ``schedule`` being that of a run that begins at 3 s."""
    run = Run(Plan(exercise, record), 0.0)
    schedule = schedule_message(run, lambda time: time)
    program = script(scripts)
    program += f"\nconst schedule = {json.dumps(schedule)};\n"
    program += f"console.log(JSON.stringify((() => {{ {code} }})()));"
    return run_node("--input-type=module", "-e", program)


def report(*shown: tuple[float, float | None], now: float) -> dict[str, Any]:
    """What is reported of pictures that were shown and taken at these times, in ms."""
    calls = "".join(
        f"age.shown({displayed}, {'undefined' if taken is None else taken}, {count});"
        for count, (displayed, taken) in enumerate(shown)
    )
    found: dict[str, Any] = ask(f"const age = new PictureAge(0); {calls} return age.report({now});")
    return found


def test_a_picture_grows_old_until_the_next_one_takes_its_place() -> None:
    found = report((100, 70), (140, 112), (260, 232), now=270)
    assert found["age"] == 28
    assert found["oldest"] == 260 - 112
    assert found["pictures"] == pytest.approx(3 / 0.27)


def test_pictures_that_came_while_the_page_was_at_work_are_not_missing_on_the_screen() -> None:
    code = "const age = new PictureAge(0); age.shown(100, 70, 1); age.shown(1060, 1030, 25);"
    found = ask(f"{code} return age.report(1060);")
    assert found == {"age": 30, "oldest": 30 + 40, "pictures": pytest.approx(25 / 1.06)}
    code = "const age = new PictureAge(0); age.shown(100, 70, 1); age.shown(1060, 1030, 2);"
    assert ask(f"{code} return age.report(1060);")["oldest"] == 990


def test_a_picture_that_still_stands_counts_though_no_other_has_come() -> None:
    assert report((100, 70), now=900)["oldest"] == 830


def test_a_picture_that_stands_on_is_counted_in_the_next_report_too() -> None:
    code = "const age = new PictureAge(0); age.shown(100, 70, 1); age.report(200);"
    found = ask(f"{code} return age.report(900);")
    assert found == {"age": None, "oldest": 830, "pictures": 0}


def test_a_page_that_nobody_sees_ages_no_picture() -> None:
    code = "const age = new PictureAge(0); age.shown(100, 70, 1); age.pause(150);"
    found = ask(f"{code} age.shown(9000, 8970, 2); return age.report(9010);")
    assert found["oldest"] == 40


def test_a_browser_that_does_not_say_when_pictures_were_taken_reports_no_age() -> None:
    found = report((100, None), (140, None), now=500)
    assert found["age"] is None and found["oldest"] is None
    assert found["pictures"] == pytest.approx(4)


def words(*reports: dict[str, Any], lowered: bool = False) -> str:
    flag = json.dumps({"lowered": lowered})
    return str(ask(f"return ageWords({json.dumps(reports)}, {flag});"))


def test_the_page_says_it_in_plain_words() -> None:
    reports = [
        {"age": age, "oldest": 2 * age, "pictures": 24, "readings": [150, 160], "seconds": 0.5}
        for age in (60, 62, 140)
    ]
    assert words(*reports) == (
        "The picture is 62 ms old, at most 280 ms. "
        "Your face is read 4 times a second, 160 ms after it was seen."
    )
    assert words(*reports, lowered=True).endswith(
        "To keep the picture new, fewer or smaller pictures are read."
    )


def test_the_page_says_what_it_does_not_know_and_what_does_not_come() -> None:
    unknown = {"age": None, "oldest": None, "pictures": 24, "readings": [], "seconds": 0.5}
    assert words(unknown) == (
        "This browser does not say how old the picture is. Your face is not being read."
    )
    rare = unknown | {"readings": [400], "seconds": 2}
    assert "read once a second, 400 ms" in words(rare)
    assert words(unknown | {"oldest": 900}).startswith("The picture is 900 ms old, at most 900 ms.")


@pytest.mark.parametrize("exercise", [MOVE, Hold("sad", 0.8, 0.25)])
def test_what_is_asked_at_a_moment_is_what_the_reading_of_that_moment_is_laid_on(
    exercise: Exercise,
) -> None:
    times = [*np.linspace(0, exercise.seconds, 37).tolist(), exercise.seconds]
    found = ask(f"return {times}.map((time) => targetAt(schedule, time));", exercise)
    expected = [exercise.target_at(time) for time in times]
    # a corner between two steps is cut
    np.testing.assert_allclose(found, expected, atol=0.03)


def test_before_it_begins_the_first_target_stands_and_after_the_end_the_last() -> None:
    found = ask("return [-2, 99].map((time) => targetAt(schedule, time));")
    np.testing.assert_allclose(found, [MOVE.target_at(0), MOVE.target_at(MOVE.seconds)], atol=1e-3)


def test_where_nothing_is_asked_for_a_while_there_is_no_target() -> None:
    gaps = "const gap = { targets: [[1000], [], [500]], step: 1, seconds: 2 };"
    found = ask(f"{gaps} return [0.2, 0.8, 1.2, 1.8].map((time) => targetAt(gap, time));")
    assert found == [[1], [], [], [0.5]]


def test_it_counts_three_two_one_and_then_begins() -> None:
    moments = [-COUNTDOWN - 0.2, -3, -2.5, -2, -1.1, -1, -0.01, 0, 5]
    assert ask(f"return {moments}.map(countdownAt);") == [3, 3, 3, 2, 2, 1, 1, None, None]


def test_it_says_what_to_do_and_how_long() -> None:
    moments = "[-1, 0, 1.5, 2.5, 9].map((time) => promptAt(schedule, time))"
    assert ask(f"return {moments};") == [
        "hold sad",
        "hold sad · 3 s left",
        "sad → happy · 2 s left",
        "hold happy · 1 s left",
        "hold happy · 0 s left",
    ]
    assert ask("return [-1, 1].map((t) => promptAt(schedule, t));", None) == [
        "recording starts",
        "",
    ]


def test_it_shows_that_it_records_and_for_how_long_only_while_it_does() -> None:
    moments = "[-1, 0, 1.5, 9, 65.9].map((time) => recordedAt(schedule, time))"
    assert ask(f"return {moments};", record=True) == ["", "0:00", "0:01", "", ""]
    assert ask(f"return {moments};") == [""] * 5
    assert ask(f"return {moments};", None, record=True) == ["", "0:00", "0:01", "0:09", "1:05"]


def test_the_still_of_a_moment_is_the_last_that_begins_before_it() -> None:
    assert ask('return [0, 1, 2.5].map((t) => newestOf([[1, "a"], [2, "b"]], t));') == [
        None,
        "a",
        "b",
    ]


def test_the_curve_of_a_movement_breaks_where_nothing_was_measured() -> None:
    raised = RaiseAndHold("inner_brows_up", 0.25)
    program = """
      globalThis.fitCanvas = () => lines;
      const calls = [];
      const lines = { beginPath: () => calls.push([]), stroke() {}, fillRect() {}, setLineDash() {},
        moveTo: (x, y) => calls.at(-1).push(["move", x, y]),
        lineTo: (x, y) => calls.at(-1).push(["line", x, y]) };
      const strip = new Strip({ clientWidth: 800, clientHeight: 100 }, []);
      strip.begin(schedule);
      const add = (ms, value) => strip.push(schedule.begins + ms, { shares: [], value });
      add(-100, 0.1);
      [0.25, 0.25, null, 0.25, 0.25].forEach((value, i) => add(2000 + 100 * i, value));
      add(4000, 0);
      strip.draw(schedule.begins + 4100, { text: "" });
      return calls;
    """
    asked, played = ask(program, raised, scripts=("schedule.js", "strip.js"))
    assert [call for call, _, _ in asked].count("move") == 1
    assert len(asked) == round(raised.seconds * 10) + 1
    assert [call for call, _, _ in played] == ["move", "line", "move", "line", "move"]
    assert [x for _, x, _ in played] == pytest.approx([200, 210, 230, 240, 400])
    top, bottom = played[0][2], played[-1][2]
    assert top < bottom == 98  # neutral is at the foot
