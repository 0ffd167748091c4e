"""The pure functions of the player's script, run by Node where it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import describe_reading
from pages.players.scene.encoding import encode_scene
from pages.players.scene.player import ASSETS
from tests.pages.players.node import NODE, run_node
from tests.pages.players.scene_tables import SHOTS, SIZE, faces_table, frames_table, long_scene

MODULES = ("decode.js", "data.js", "parts.js", "reading.js", "overlay.js", "lanes.js")
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")

# Answers as the app's server does, and can be told to fail.
SERVER = """
const asked = [];
let broken = false;
globalThis.fetch = async (url, { headers }) => {
  const [from, to] = headers.Range.match(/[0-9]+/g).map(Number);
  asked.push(from);
  if (broken) return { ok: false, statusText: "gone" };
  const own = new Uint8Array(body.subarray(from, to + 1));
  return { ok: true, status: 206, arrayBuffer: async () => own.buffer };
};
const parts = () => new Parts(head, "/media/body.bin", () => {});
"""


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """``ask(expression, **scene)`` evaluates JavaScript about a scene.

    There, ``scene`` is the first part of its readings, which is all of a small one, ``head`` what
    is known of it at once, and ``parts()`` fetches the others from a server that counts.
    """

    def run(expression: str, **changes: Any) -> Any:
        tables: dict[str, Any] = {
            "faces": faces_table(),
            "frames": frames_table(),
            "shots": SHOTS,
            "duration": 4.0,
            "video_size": SIZE,
            "names": {},
        }
        scene = encode_scene(**{**tables, **changes})
        (tmp_path / "head.bin").write_bytes(scene.head)
        (tmp_path / "body.bin").write_bytes(scene.body)
        source = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in MODULES)
        script = tmp_path / "script.mjs"
        script.write_text(
            f"import {{ readFileSync }} from 'node:fs';\n{source}\n"
            "const [file, body] = process.argv.slice(2).map((name) => readFileSync(name));\n"
            # One byte further on, since the page's message need not be aligned either.
            "const shifted = new Uint8Array(file.length + 1); shifted.set(file, 1);\n"
            "const head = decodeScene(shifted.subarray(1), 0);\n"
            "const end = head.partOffset[1];\n"
            "const scene = end ? decodeReadings(head, new Uint8Array(body.subarray(0, end)))"
            " : readingsOf(head, NO_READINGS);\n"
            f"{SERVER}\nconst answer = JSON.stringify({expression});\n"
            "process.stdout.write(answer, () => process.exit());",
            encoding="utf-8",
        )
        return run_node(str(script), str(tmp_path / "head.bin"), str(tmp_path / "body.bin"))

    return run


def test_the_browser_reads_what_python_wrote(ask: Any) -> None:
    faces = faces_table()
    wanted = faces[(faces["track"] == 1) & (faces["frame"] == 12)].iloc[0]
    row = "rowOfTrack(scene, 1, 12)"
    probabilities, box = ask(f"[probabilitiesOf(scene, {row}), boxOf(scene, {row})]")
    np.testing.assert_allclose(probabilities, wanted[list(EMOTIONS)].astype(float), atol=1e-4)
    found = np.array(box) * [*SIZE, *SIZE]
    np.testing.assert_allclose(found, wanted[["x1", "y1", "x2", "y2"]].astype(float), atol=0.05)


def test_faces_in_view_follow_time_gaps_and_cuts(ask: Any) -> None:
    tracks = "(t) => rowsAt(scene, t).map((row) => scene.tracks[scene.rowTrack[row]])"
    moments = [0.1, 0.5, 1.0, 1.3, 1.999, 2.0, 3.7]
    assert ask(f"{json.dumps(moments)}.map({tracks})") == [[0], [0, 1], [1], [0, 1], [2], [2], []]


def test_a_reading_is_not_held_over_a_cut(ask: Any) -> None:
    faces, frames = faces_table(), frames_table()
    sparse = {
        "faces": faces[faces["frame"] % 8 == 0],
        "frames": frames[frames["frame"] % 8 == 0],
    }
    # Frame 48 is the last one read before the cut at 2.0 s (frame 50), frame 56 the next.
    assert ask("[1.95, 1.99, 2.01, 2.2, 2.25].map((t) => frameAt(scene, t))", **sparse) == [
        6,
        6,
        -1,
        -1,
        7,
    ]


def test_means_of_pixels_keep_their_sum_and_leave_gaps_empty(ask: Any) -> None:
    mean, count = ask(
        "(({ mean, count }) => [Array.from(mean), Array.from(count)])"
        "(laneColumns([scene], scene.lanes[0], { start: 0, end: 4 }, 20))"
    )
    assert [n > 0 for n in count] == [True] * 4 + [False] * 2 + [True] * 4 + [False] * 10
    assert sum(count) == 40
    sums = np.array(mean).reshape(20, len(EMOTIONS)).sum(axis=1)
    np.testing.assert_allclose(sums[np.array(count) > 0], 1, atol=1e-3)


def test_frames_wider_than_a_pixel_fill_their_pixels_but_no_gap(ask: Any) -> None:
    runs = ask("runsOf(laneColumns([scene], scene.lanes[0], { start: 0, end: 4 }, 400).count)")
    assert len(runs) == 2
    # 0 to 0.8 s and 1.2 to 2 s at 100 px a second
    np.testing.assert_allclose(runs, [[0, 80], [120, 200]], atol=1)


LONG = long_scene(600)


def test_readings_are_fetched_where_they_are_shown_and_are_those_of_the_frame(ask: Any) -> None:
    faces = LONG["faces"]
    starts = ask("Array.from(head.partStart)", **LONG)
    moments = [0.0, 123.44, starts[1] - 0.04, starts[1], starts[1] + 0.02, starts[-1] + 3]
    found = ask(
        f"await (async () => {{ const all = parts(), found = [];"
        f" for (const time of {json.dumps(moments)}) {{"
        "   const table = await all.load(time); const [row] = rowsAt(table, time);"
        "   found.push([all.at(time) === table, probabilitiesOf(table, row), boxOf(table, row)]); }"
        " return [found, asked.length]; })()",
        **LONG,
    )
    for time, (same, shares, box) in zip(moments, found[0], strict=True):
        row = faces[faces["time"] <= time + 0.004].iloc[-1]
        np.testing.assert_allclose(shares, row[list(EMOTIONS)].astype(float), atol=1e-4)
        assert box[0] * SIZE[0] == pytest.approx(row["x1"], abs=0.05)
        assert same
    assert found[1] == len({sum(start <= time + 0.004 for start in starts) for time in moments})


def test_a_view_is_drawn_from_the_overview_until_all_its_readings_are_there(ask: Any) -> None:
    before, after = ask(
        "await (async () => { const all = parts(), view = { start: 0, end: 600 };"
        " const before = all.within(view) === undefined;"
        " while (!all.within(view)) await Promise.all(all.waiting.values());"
        " return [before, all.within(view).length === head.partStart.length]; })()",
        **LONG,
    )
    assert before and after


def test_the_overview_shows_what_the_readings_show_and_the_same_gaps(ask: Any) -> None:
    coarse, fine = ask(
        "await (async () => { const all = parts(), view = { start: 0, end: 600 };"
        " while (!all.within(view)) await Promise.all(all.waiting.values());"
        " const columns = (tables) => laneColumns(tables, head.lanes[0], view, 600);"
        " return [[head.overview], all.within(view)].map(columns)"
        "   .map(({ mean, count }) => [Array.from(mean), Array.from(count)]); })()",
        **{**LONG, "names": dict.fromkeys(range(60), "Angelica")},
    )
    assert coarse[1] == fine[1]
    assert [n == 0 for n in fine[1]] == [second % 10 == 9 for second in range(600)]
    np.testing.assert_allclose(coarse[0], fine[0], atol=0.003)


def test_frame_by_frame_leads_over_the_border_of_a_part(ask: Any) -> None:
    forth, back, before_first = ask(
        "await (async () => { const all = parts(); await all.load(0);"
        " const last = all.loaded.get(0).frameTime.at(-1), first = head.partStart[1];"
        " await all.load(first);"
        " return [all.neighbour(last, 1) - first, all.neighbour(first, -1) - last,"
        "   all.neighbour(0, -1)]; })()",
        **LONG,
    )
    assert (forth, back, before_first) == (0, 0, 0)


def test_readings_that_cannot_be_had_are_never_no_face_in_view(ask: Any) -> None:
    loading, gone, table, back = ask(
        "await (async () => { const all = parts(); all.at(1); const loading = all.word;"
        " await all.load(1); broken = true; const table = await all.load(300);"
        " const gone = all.word;"
        " const known = all.at(300) === undefined; broken = false; all.failed = -Infinity;"
        " await all.load(300); return [loading, gone, known && table.rowFrame.length,"
        "   all.at(300).rowFrame.length]; })()",
        **LONG,
    )
    assert loading == "Loading the readings …"
    assert gone.startswith("The readings cannot be loaded now.")
    assert table == 0 and back > 0


def test_a_browser_keeps_a_bounded_number_of_parts(ask: Any) -> None:
    kept = ask(
        "(() => { const all = parts(), bytes = new Uint8Array(body.subarray(0, end));"
        " for (let i = 0; i < 500; i += 1) all.keep(i, bytes);"
        " return [all.loaded.size === PARTS_KEPT, all.loaded.has(499)]; })()",
    )
    assert kept == [True, True]


def test_a_view_of_more_parts_than_are_kept_is_drawn_from_the_overview(ask: Any) -> None:
    found, asked = ask(
        "(() => { const all = parts(), count = PARTS_KEPT + 1;"
        " all.scene = { ...head, partStart: Float32Array.from({ length: count }, (_, i) => i) };"
        " return [all.within({ start: 0, end: count }) ?? null, all.waiting.size]; })()",
    )
    assert found is None
    assert asked == 0, "they would push one another out, and be fetched for ever"


@pytest.mark.parametrize(("step", "count"), [(0.6006, 1400), (2.5, 4001), (8193.3 / 3999, 4000)])
def test_the_overview_holds_every_reading_up_to_the_last(ask: Any, step: float, count: int) -> None:
    times = np.linspace(0, step * (count - 1), count)
    faces = pd.concat([faces_table().iloc[:1]] * count, ignore_index=True)
    faces = faces.assign(frame=np.arange(count), time=times)
    end = float(times[-1])
    columns = ask(
        f"Array.from(laneColumns([head.overview], head.lanes[0],"
        f" {{ start: 0, end: {end + step} }}, 100).count)",
        faces=faces,
        frames=faces[["frame", "time"]],
        duration=end,
        shots=[(0.0, end)],
    )
    assert sum(columns) == count and min(columns) > 0


def test_tracks_of_one_name_share_a_line_unless_they_meet(ask: Any) -> None:
    names = {0: "Angelica", 1: "Angelica", 2: "Angelica"}
    assert ask("scene.lanes.map((lane) => lane.tracks)", names=names) == [[0, 2], [1]]
    assert ask("scene.lanes.map((lane) => lane.name)") == ["Face 1", "Face 2", "Face 3"]


def test_an_empty_scene_has_no_lines_and_no_rows(ask: Any) -> None:
    empty = {"faces": faces_table().iloc[:0]}
    assert ask("[scene.lanes, rowsAt(scene, 1), fullestLane(scene.lanes)]", **empty) == [[], [], -1]
    nothing = {**empty, "frames": frames_table().iloc[:0], "shots": []}
    assert ask("[frameAt(scene, 0), rowsAt(scene, 1)]", **nothing) == [-1, []]


SAD = [0.03, 0.02, 0.21, 0.02, 0.05, 0.62, 0.05]
MIXED = [0.3, 0.28, 0.1, 0.1, 0.1, 0.06, 0.06]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("probabilities", "uncertainty"),
    [
        (SAD, []),
        ([0.02, 0.02, 0.02, 0.9, 0.02, 0.01, 0.01], []),
        (SAD, ["tiny"]),
        (SAD, ["blurred", "turned"]),
        (MIXED, ["unsure"]),
        (MIXED, ["turned", "unsure"]),
    ],
)
def test_a_reading_is_described_as_unsure_as_on_the_page(
    ask: Any, probabilities: list[float], uncertainty: list[str]
) -> None:
    chosen = f"scene.reasons.filter((reason) => {uncertainty}.includes(reason.name))"
    found = ask(f"describe(scene.labels, {probabilities}, {chosen})")
    assert plain(found) == describe_reading(
        dict(zip(EMOTIONS, probabilities, strict=True)), uncertainty
    )


def test_the_label_of_a_box_gives_one_reason_in_place_of_an_unsure_reading(ask: Any) -> None:
    labels = ask(
        "[[], scene.reasons.slice(0, 2), scene.reasons.slice(-1)]"
        f".map((reasons) => boxLabel('Face 1', scene.labels, {SAD}, reasons))"
    )
    assert [plain(label) for label in labels] == [
        "Face 1 · sad 62%",
        "Face 1 · unsure: too small",
        "Face 1 · unsure: no clear lead",
    ]


def test_rows_know_why_they_are_unsure_and_lines_their_unsure_segmentes(ask: Any) -> None:
    faces = faces_table()
    faces[list(EMOTIONS)] = np.eye(7)[3]
    found = ask(
        "[69, 70].map((frame) => reasonsOf(scene, rowOfTrack(scene, 2, frame)).map((d) => d.name))",
        faces=faces,
    )
    assert found == [[], ["turned"]]
    # frames 50 to 89, turned from 70 on, on columns of two frames each
    columns = "laneColumns([scene], scene.lanes[2], { start: 0, end: 4 }, 50)"
    assert ask(f"unsureRuns({columns})", faces=faces) == [[35, 45]]
    # and on four columns a frame, most of which hold no frame of their own
    fine = "laneColumns([scene], scene.lanes[2], { start: 2, end: 4 }, 200)"
    np.testing.assert_allclose(ask(f"unsureRuns({fine})", faces=faces), [[80, 160]], atol=1)


def test_sentences_name_the_prominent_face_first_and_count_the_rest(ask: Any) -> None:
    assert ask("sentences(scene, [], undefined)") == ["No face in view"]
    found = ask("sentences(scene, rowsAt(scene, 0.5), rowsAt(scene, 0.5)[1], 1)")
    assert found[0].startswith("Face 2: ")
    assert found[1:] == ["and one more face"]


def test_clocks_carry_their_unit_and_do_not_show_sixty_seconds(ask: Any) -> None:
    found = ask(
        "[clock(7.34, { duration: 9 }), clock(59.97, { duration: 90 }),"
        " clock(3727.3, { duration: 7200 }), clock(65, { tenths: false, duration: 90 })]"
    )
    assert found == ["7.3 s", "1:00.0", "1:02:07.3", "1:05"]


def test_the_picture_is_found_inside_its_bars(ask: Any) -> None:
    contain, cover = ask(
        "[pictureRect(800, 600, 640, 360, 'contain'), pictureRect(800, 600, 640, 360, 'cover')]"
    )
    assert contain == {"x": 0, "y": 75, "width": 800, "height": 450}
    assert cover["height"] == 600
    assert cover["x"] == pytest.approx(-133.33, abs=0.01)


def test_zoom_stays_inside_the_clip(ask: Any) -> None:
    whole = "{ start: 0, end: 4 }"
    assert ask(f"zoomed({whole}, 0.5, 4, 4, 1)") == {"start": 2, "end": 4}
    assert ask("zoomed({ start: 2, end: 4 }, 100, 3, 4, 1)") == {"start": 0, "end": 4}
    assert ask(f"zoomed({whole}, 0.01, 0, 4, 1)") == {"start": 0, "end": 1}
