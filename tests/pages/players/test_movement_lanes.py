"""Lanes of movements: what Python sends, and what the browser makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.movements.movements import MOVEMENTS, describe
from emotion_core.performance.resting import relative_scene
from pages.players.scene.encoding import encode_scene
from pages.players.scene.movements import UNSEEN, encode_movements, quantized
from pages.players.scene.player import ASSETS, NeutralWish, to_wish
from tests.pages.players.node import NODE, run_node
from tests.pages.players.scene_tables import SHOTS, SIZE, faces_table, frames_table, long_scene
from tests.performance.moving import still

MODULES = ("decode.js", "data.js", "parts.js", "reading.js", "lanes.js", "movements.js")
NAMES = {0: "Ana", 1: "Ben", 2: "Ana"}


def moving_faces() -> pd.DataFrame:
    """Ana's inner brows are up by a quarter in her last track, Ben's mouth is covered."""
    faces = faces_table()
    boxes = faces[["x1", "y1", "x2", "y2"]].copy()
    faces = still(faces)
    faces[boxes.columns] = boxes
    faces["turn"] = 0.0
    late, ben = faces["track"] == 2, faces["track"] == 1
    for side in ("right_inner_brow", "left_inner_brow"):
        faces.loc[late & (faces["frame"] >= 70), side] += 0.1
    faces.loc[ben, ["mouth_opening", "mouth_width"]] = np.nan
    return faces


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """``ask(expression, **changes)`` evaluates JavaScript about movements, served part by part."""

    def run(expression: str, **changes: Any) -> Any:
        faces, frames = changes.get("faces", moving_faces()), changes.get("frames", frames_table())
        names, neutral = changes.get("names", NAMES), changes.get("neutral_times", {})
        duration, shots = changes.get("duration", 4.0), changes.get("shots", SHOTS)
        scene = encode_scene(faces, frames, shots, duration, SIZE, names)
        moves = encode_movements(faces, frames, names, neutral)
        assert moves is not None
        (tmp_path / "head.bin").write_bytes(scene.head)
        (tmp_path / "body.bin").write_bytes(moves.body)
        (tmp_path / "moves.json").write_text(json.dumps({**moves.head, "url": "/m"}))
        source = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in MODULES)
        script = tmp_path / "script.mjs"
        script.write_text(
            f"import {{ readFileSync }} from 'node:fs';\n{source}\n"
            "const [file, body, words] = process.argv.slice(2).map((n) => readFileSync(n));\n"
            "const scene = decodeScene(new Uint8Array(file), 0);\n"
            "const asked = [];\n"
            "globalThis.fetch = async (url, { headers }) => {\n"
            "  const [from, to] = headers.Range.match(/[0-9]+/g).map(Number);\n"
            "  asked.push(from);\n"
            "  const own = new Uint8Array(body.subarray(from, to + 1));\n"
            "  return { ok: true, status: 206, arrayBuffer: async () => own.buffer };\n};\n"
            "const head = JSON.parse(words);\n"
            "const moves = new Movements(scene, head, () => {});\n"
            "const lane = (name) => scene.lanes.find((each) => each.name === name);\n"
            "const kind = (name) => head.kinds.findIndex((each) => each.name === name);\n"
            "const ready = async (time) => { await moves.overview.load(0); "
            "await moves.parts.load(time); };\n"
            f"const answer = JSON.stringify(await ({expression})());\n"
            "process.stdout.write(answer, () => process.exit());",
            encoding="utf-8",
        )
        return run_node(
            str(script), *(str(tmp_path / n) for n in ("head.bin", "body.bin", "moves.json"))
        )

    return run


needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")


@needs_node
def test_the_browser_says_what_each_movement_is_at_a_moment(ask: Any) -> None:
    late, ben, gap = ask(
        "async () => { await ready(3); const say = (name, time, move) => { "
        "const all = moves.at(lane(name), time); "
        "return all === undefined ? 'away' : "
        "describeMove(head, head.kinds[kind(move)], all[kind(move)]); };"
        "return [say('Ana', 3.0, 'inner_brows_up'), say('Ben', 1.0, 'mouth_open'), "
        "say('Ana', 1.0, 'mouth_open')]; }"
    )
    assert late == "The inner brows rise by a quarter"
    assert (ben, gap) == ("Not seen", "away")


@needs_node
def test_the_browser_and_python_use_the_same_words(ask: Any) -> None:
    cases = [
        (name, sign * share * one.full)
        for name, one in MOVEMENTS.items()
        for share in (0.0, 0.21, 0.47, 1.01, 1.93)
        for sign in ((1, -1) if one.both_ways else (1,))
    ]
    said = ask(
        f"async () => {json.dumps(cases)}.map(([name, value]) => "
        "describeMove(head, head.kinds[kind(name)], value))"
    )
    for (name, value), words in zip(cases, said, strict=True):
        wanted = describe(name, value).rstrip(".")
        assert words == ("No clear movement" if wanted.startswith("No clear") else wanted)


@needs_node
def test_lanes_are_empty_out_of_view_and_unknown_where_a_part_is_covered(ask: Any) -> None:
    ana, ben = ask(
        "async () => { await ready(0); const view = { start: 0, end: 4 };"
        "const draw = (name, move) => { const { value, count } = moveColumns(moves, "
        "moves.tables(view, 100), lane(name), view, 100, kind(move)); "
        "return Array.from(value, (each, x) => !count[x] ? 'away' : "
        "Number.isNaN(each) ? 'unseen' : Math.round(100 * each)); };"
        "return [draw('Ana', 'inner_brows_up'), draw('Ben', 'mouth_open')]; }"
    )
    assert set(ana[20:30]) == {"away"} and set(ana[90:]) == {"away"}
    # a quarter, of the 0.35 at which the lane is full
    assert set(ana[:20]) == {0} and set(ana[70:90]) == {72}
    assert set(ben[10:50]) == {"unseen"} and set(ben[50:]) == {"away"}


@needs_node
def test_a_long_clip_is_drawn_from_means_and_read_where_it_stands(ask: Any) -> None:
    scene = long_scene(1200)
    scene["faces"] = still(scene["faces"]).assign(shot=0, sharpness=1.0, turn=0.0)
    lengths, asked, values = ask(
        "async () => { await moves.overview.load(0); const all = lane('Ana');"
        "const view = { start: 0, end: 1200 };"
        "const { count } = moveColumns(moves, moves.tables(view, 800), all, view, 800, 0);"
        "const before = asked.length; await moves.parts.load(600);"
        "return [count.filter(Boolean).length, [before, asked.length], moves.at(all, 600)]; }",
        **scene,
        names=dict.fromkeys(range(120), "Ana"),
    )
    assert 700 <= lengths <= 800 and asked == [1, 2]
    assert values == pytest.approx([0] * len(MOVEMENTS), abs=1e-6)


@needs_node
def test_events_stand_in_the_lane_of_their_character(ask: Any) -> None:
    faces = moving_faces()
    ben = faces["track"] == 1
    nod = 10 * np.sin(np.pi * (faces.loc[ben, "frame"] - 10) / 20) ** 2
    faces.loc[ben, "head_nod"] = nod
    found = ask(
        "async () => { await ready(0); const nods = head.events.findIndex((e) => e.name === "
        "'nods'); return [moves.events(lane('Ana'))[nods], moves.events(lane('Ben'))[nods]]; }",
        faces=faces,
    )
    assert found[0] == [] and found[1][0] == pytest.approx([0.4, 1.2], abs=0.1)


def test_movements_cost_a_byte_each_and_are_left_out_where_none_were_read() -> None:
    faces, frames = moving_faces(), frames_table()
    assert encode_movements(faces_table(), frames, NAMES, {}) is None
    assert encode_movements(faces.iloc[:0], frames, NAMES, {}) is None
    scene = long_scene(600)
    long = still(scene["faces"]).assign(shot=0)
    names = dict.fromkeys(range(60), "Ana")
    moves = encode_movements(long, scene["frames"], names, {})
    assert moves is not None
    assert len(moves.body) < len(long) * (len(MOVEMENTS) + 2) * 1.5
    # what is sent at once does not grow with the clip, but for where its parts are
    assert len(json.dumps(moves.head)) < 12_000


def test_values_are_rounded_to_a_hundredth_of_a_lane_and_what_is_unknown_stays_so() -> None:
    values = pd.DataFrame({name: [0.0, one.full, np.nan] for name, one in MOVEMENTS.items()})
    steps = quantized(values)
    assert (steps[0] == 0).all() and (steps[1] == 60).all() and (steps[2] == UNSEEN).all()


def test_a_named_neutral_face_changes_what_is_sent() -> None:
    faces, frames = moving_faces(), frames_table()
    plain = encode_movements(faces, frames, NAMES, {})
    named = encode_movements(faces, frames, NAMES, {2: 3.0})
    assert plain is not None and named is not None
    assert plain.head["digest"] != named.head["digest"]
    assert plain.head["named"] == [] and named.head["named"] == ["Ana"]
    assert named.head["neutral"]["Ana"] == "Neutral face: chosen at 0:03.0."


def test_who_has_a_resting_face_is_offered_relative_readings_and_called_so() -> None:
    faces, frames = moving_faces(), frames_table()
    faces[list(EMOTIONS)] = 0.1
    faces["neutral"] = 0.39
    moves = encode_movements(faces, frames, NAMES, {})
    assert moves is not None and moves.head["offered"] == ["Ana"]
    assert moves.head["resting"]["Ana"].startswith("The resting face reads neutral 39%")
    assert "never seen at rest" in moves.head["resting"]["Ben"]  # his mouth is covered
    head = moves.relative_head()
    assert head["offered"] == ["Ana (relative)"] and set(head["neutral"]) == {
        "Ana (relative)",
        "Ben",
    }
    shown, names = relative_scene(faces, NAMES, moves.resting)
    assert names == {0: "Ana (relative)", 1: "Ben", 2: "Ana (relative)"}
    ben = faces["track"] == 1
    assert (shown["neutral"][ben] == faces["neutral"][ben]).all()
    assert (shown["neutral"][~ben] > 0.6).all()
    # what is hatched stays what it was
    packed = [encode_scene(one, frames, SHOTS, 4.0, SIZE, NAMES).head for one in (faces, shown)]
    assert b'"unsure": true' in packed[0] and b'"unsure": true' in packed[1]


def test_wishes_of_other_sources_are_left_alone() -> None:
    wish = {"source": "a", "time": 2.5, "track": 3, "back": False}
    assert to_wish(wish, "a") == NeutralWish(2.5, 3, False)
    assert to_wish(wish, "b") is None and to_wish({**wish, "track": None}, "a") is None
    assert to_wish(None, "a") is None
