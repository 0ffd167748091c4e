"""What the scene player sends to the browser, and what it takes back."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import uncertainty_of
from pages.players.scene import encoding
from pages.players.scene.encoding import (
    BOX_STEPS,
    PROBABILITY_STEPS,
    EncodedScene,
    encode_scene,
)
from pages.players.scene.player import PlayerEvent, css_class, timeline_script, to_event
from tests.pages.players.scene_tables import SHOTS, SIZE, faces_table, frames_table, long_scene

Arrays = dict[str, npt.NDArray[Any]]


def decode(block: bytes) -> tuple[dict[str, Any], Arrays]:
    """The way back, as the script in the browser goes it."""
    length = int.from_bytes(block[:4], "little")
    header = json.loads(block[4 : 4 + length])
    body = 4 + length + -length % 4
    arrays = {
        name: np.frombuffer(block, f"<{entry['dtype']}", entry["length"], body + entry["offset"])
        for name, entry in header["arrays"].items()
    }
    return header, arrays


def encode(**changes: Any) -> EncodedScene:
    scene: dict[str, Any] = {
        "faces": faces_table(),
        "frames": frames_table(),
        "shots": SHOTS,
        "duration": 4.0,
        "video_size": SIZE,
        "names": {},
    }
    return encode_scene(**{**scene, **changes})


def parts_of(scene: EncodedScene) -> list[Arrays]:
    _, arrays = decode(scene.head)
    offsets = arrays["partOffset"].tolist()
    return [decode(scene.body[a:b])[1] for a, b in pairwise(offsets)]


def encoded(**changes: Any) -> tuple[dict[str, Any], Arrays]:
    """The header, and the arrays of the only part of a small scene."""
    scene = encode(**changes)
    header, _ = decode(scene.head)
    [part] = parts_of(scene)
    return header, part


def by_track() -> Any:
    return faces_table().sort_values(["track", "frame"])


def test_probabilities_come_back_within_their_steps() -> None:
    _, arrays = encoded()
    found = arrays["probabilities"].reshape(-1, len(EMOTIONS)) / PROBABILITY_STEPS
    np.testing.assert_allclose(found, by_track()[list(EMOTIONS)], atol=0.5 / PROBABILITY_STEPS)


def test_boxes_come_back_as_parts_of_the_picture_also_beyond_its_edge() -> None:
    _, arrays = encoded()
    found = arrays["boxes"].reshape(-1, 4) / BOX_STEPS * np.array([*SIZE, *SIZE])
    wanted = by_track()[["x1", "y1", "x2", "y2"]]
    assert (wanted["y1"] < 0).all()
    np.testing.assert_allclose(found, wanted, atol=max(SIZE) / BOX_STEPS)


def test_rows_are_found_by_track_and_keep_time_and_detection() -> None:
    header, arrays = encoded()
    assert header["tracks"] == [0, 1, 2]
    assert arrays["ownTracks"].tolist() == [0, 1, 2]
    assert arrays["ownStart"].tolist() == [0, 40, 80, 120]
    times = arrays["frameTime"][arrays["rowFrame"]]
    np.testing.assert_allclose(times, by_track()["time"], atol=1e-5)
    assert (arrays["flags"] & 1).astype(bool).tolist() == by_track()["detected"].tolist()


def test_every_row_says_what_makes_it_unsure() -> None:
    header, arrays = encoded()
    flags = uncertainty_of(by_track())
    assert [reason["name"] for reason in header["reasons"]] == list(flags.columns)
    for place, name in enumerate(flags.columns, 1):
        assert (arrays["flags"] >> place & 1).astype(bool).tolist() == flags[name].tolist()
    assert flags["turned"].sum() == 20 and flags["unsure"].any()


def test_a_gap_stays_a_gap() -> None:
    _, arrays = encoded()
    first = arrays["rowFrame"][: arrays["ownStart"][1]].astype(int)
    assert first.tolist() == [*range(20), *range(30, 50)]


def test_positions_follow_the_frames_that_were_analysed_and_not_their_numbers() -> None:
    faces, frames = faces_table(), frames_table()
    every = 5
    _, arrays = encoded(
        faces=faces[faces["frame"] % every == 0], frames=frames[frames["frame"] % every == 0]
    )
    first = arrays["rowFrame"][: arrays["ownStart"][1]].tolist()
    assert first == [0, 1, 2, 3, 6, 7, 8, 9]
    assert arrays["frameTime"][6] == pytest.approx(30 / 25)


def test_a_scene_without_faces_is_empty_and_keeps_its_frames() -> None:
    header, arrays = encoded(faces=faces_table().iloc[:0])
    assert header["tracks"] == []
    assert arrays["ownStart"].tolist() == [0]
    assert arrays["probabilities"].size == 0
    assert arrays["frameTime"].size == len(frames_table())


def test_parts_hold_every_reading_of_a_long_scene_once() -> None:
    tables = long_scene(600)
    scene = encode(**tables)
    parts = parts_of(scene)
    assert len(parts) > 3
    wanted = tables["faces"].sort_values("frame")
    found = [
        (part["frameTime"][part["rowFrame"]], part["probabilities"].reshape(-1, 7))
        for part in parts
    ]
    np.testing.assert_allclose(np.concatenate([one for one, _ in found]), wanted["time"], atol=1e-4)
    shares = np.concatenate([one for _, one in found]) / PROBABILITY_STEPS
    np.testing.assert_allclose(shares, wanted[list(EMOTIONS)], atol=0.5 / PROBABILITY_STEPS)
    _, head = decode(scene.head)
    for part, start, end in zip(parts, head["partStart"], head["partEnd"], strict=True):
        assert (part["frameTime"][0], part["frameTime"][-1]) == (start, end)


def test_no_part_is_larger_than_what_a_browser_fetches_at_once() -> None:
    _, head = decode(encode(**long_scene(600)).head)
    assert np.diff(head["partOffset"].astype(int)).max() < encoding.PART_BYTES + 2_000


def test_the_head_does_not_grow_with_the_frames() -> None:
    heads = [len(encode(**long_scene(300, fps)).head) for fps in (10, 50)]
    assert heads[1] < 1.05 * heads[0]


def test_the_overview_has_the_mean_of_each_span_and_leaves_gaps_empty() -> None:
    tables = long_scene(40)
    header, head = decode(encode(**tables).head)
    faces = tables["faces"]
    span = (faces["time"] / header["span"]).astype(int)
    means = faces.groupby(["track", span])[list(EMOTIONS)].mean()
    assert head["overview.rowFrame"].tolist() == means.index.get_level_values(1).tolist()
    found = head["overview.probabilities"].reshape(-1, 7) / encoding.OVERVIEW_STEPS
    np.testing.assert_allclose(found, means, atol=0.51 / encoding.OVERVIEW_STEPS)
    assert int(head["overview.weight"].sum()) == len(faces)
    away = {int(second / header["span"]) for second in (9.2, 19.2, 29.2, 39.2)}
    assert not away & set(head["overview.rowFrame"].tolist())


def test_colours_and_names_travel_as_data() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    header, _ = encoded(names={1: nasty})
    assert header["names"] == ["Face 1", nasty, "Face 3"]
    assert header["colors"] == [EMOTION_COLORS[label] for label in EMOTIONS]


def test_arrays_begin_at_multiples_of_four() -> None:
    header, _ = encoded(names={0: "é"})
    assert all(entry["offset"] % 4 == 0 for entry in header["arrays"].values())
    _, head = decode(encode(**long_scene(600)).head)
    assert (head["partOffset"] % 4 == 0).all()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="faces must have the columns fear"):
        encoded(faces=faces_table().drop(columns="fear"))


def test_a_face_outside_the_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="must be in the table frames"):
        encoded(frames=frames_table().iloc[:60])


@pytest.mark.parametrize(
    ("value", "event"),
    [
        ({"source": "a", "time": 1.5, "track": 2}, PlayerEvent(1.5, 2)),
        ({"source": "a", "time": 1, "track": None}, PlayerEvent(1.0, None)),
        ({"source": "b", "time": 1.5, "track": 2}, None),
        ({"source": "a", "time": "1.5", "track": 2}, None),
        ({"source": "a", "time": 1.5, "track": "2"}, None),
        (None, None),
    ],
)
def test_only_a_sound_moment_of_the_same_analysis_is_an_event(
    value: object, event: PlayerEvent | None
) -> None:
    assert to_event(value, "a") == event


def test_the_class_of_a_container_is_spelt_as_streamlit_spells_it() -> None:
    assert css_class("scene one/2") == "st-key-scene-one-2"


def test_names_are_never_parsed_as_markup() -> None:
    script = timeline_script()
    assert "innerHTML" not in script
    assert "insertAdjacentHTML" not in script


def _app() -> None:
    import streamlit as st

    from pages.players.scene import player as module
    from tests.pages.players.scene_tables import SHOTS, SIZE, faces_table, frames_table

    packed = st.session_state.setdefault("packed", [])
    pack = module.encode_scene

    def counting(*args):  # type: ignore[no-untyped-def]
        packed.append(1)
        return pack(*args)

    module.encode_scene = counting
    try:
        event = module.scene_player(
            "https://example.org/clip.mp4",
            faces_table(),
            frames_table(),
            SHOTS,
            4.0,
            SIZE,
            {0: st.session_state.get("name", "Angelica")},
            source="analysis",
            key="player",
        )
    finally:
        module.encode_scene = pack
    st.write(f"event {event}")


def test_the_player_shows_on_a_page_and_packs_a_scene_once() -> None:
    app = AppTest.from_function(_app, default_timeout=30).run()
    assert not app.exception
    assert app.markdown[0].value == "event None"
    app.run()
    assert len(app.session_state["packed"]) == 1
    app.session_state["name"] = "Eliza"
    app.run()
    assert len(app.session_state["packed"]) == 2
