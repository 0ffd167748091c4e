"""What clips that play in step send to the browser."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.players.synced.players import (
    SyncedPlayer,
    caption_script,
    encode_player,
    encode_readings,
    transport_script,
)
from tests.pages.players.scene_tables import SIZE, faces_table
from tests.pages.players.test_scene_player import decode

TIMES = np.array([0.0, 1.0, 2.0])


def envelope_of(player: SyncedPlayer, index: int = 1) -> tuple[dict[str, Any], bytes]:
    payload = encode_player(player, encode_readings(player), "my key", index)
    length = int.from_bytes(payload[:4], "little")
    return json.loads(payload[4 : 4 + length]), payload[4 + length + -length % 4 :]


def test_a_clip_travels_with_its_title_its_map_and_where_its_video_is() -> None:
    nasty = '</script><img src=x onerror="alert(1)"> \N{SLIGHTLY SMILING FACE} \u202eabc'
    envelope, _ = envelope_of(SyncedPlayer("clip.mp4", nasty, TIMES, 1.2 * TIMES))
    assert envelope["title"] == nasty
    assert envelope["map"] == {"reference": [0.0, 1.0, 2.0], "own": [0.0, 1.2, 2.4]}
    assert envelope["video"] == ".st-key-my-key-clip-1 video"
    assert envelope["read"] is False


def test_the_readings_of_its_character_travel_as_those_of_a_scene() -> None:
    faces = faces_table().query("track == 0")
    envelope, block = envelope_of(SyncedPlayer("clip.mp4", "A", TIMES, TIMES, faces, SIZE))
    header, head = decode(block)
    assert envelope["read"] is True
    assert header["tracks"] == [0]
    assert (head["partStart"][0], head["partEnd"][-1]) == (faces["time"].min(), np.float32(1.96))


def test_another_map_or_title_is_described_by_the_digest() -> None:
    digests = {
        envelope_of(player)[0]["digest"]
        for player in (
            SyncedPlayer("clip.mp4", "A", TIMES, TIMES),
            SyncedPlayer("clip.mp4", "B", TIMES, TIMES),
            SyncedPlayer("clip.mp4", "A", TIMES, 1.2 * TIMES),
        )
    }
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("reference", "own", "message"),
    [
        ([0.0, 1.0], [0.0], r"have \(2,\) and \(1,\)"),
        ([], [], "at least 1"),
        ([0.0, 2.0, 1.0], [0.0, 1.0, 2.0], "never fall"),
        ([0.0, 1.0], [0.0, np.nan], "finite"),
    ],
)
def test_a_map_that_cannot_be_followed_is_refused(
    reference: list[float], own: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SyncedPlayer("clip.mp4", "A", np.array(reference), np.array(own))


def test_titles_are_never_parsed_as_markup() -> None:
    for script in (transport_script(), caption_script()):
        assert "innerHTML" not in script
        assert "insertAdjacentHTML" not in script


def _app() -> None:
    import numpy as np
    import streamlit as st

    from pages.players.synced.players import SyncedPlayer, synced_players
    from tests.pages.players.scene_tables import SIZE, faces_table

    times = np.array([0.0, 4.0])
    faces = faces_table().query("track == 0")
    clip = "https://example.org/clip.mp4"
    player = SyncedPlayer(clip, "Angelica", times, times, faces, SIZE)
    count = st.session_state.get("count", 2)
    st.write(f"event {synced_players([player] * count, key='both')}")


@pytest.mark.parametrize("count", [2, 6])
def test_two_to_six_clips_show_on_a_page(count: int) -> None:
    app = AppTest.from_function(_app, default_timeout=30)
    app.session_state["count"] = count
    app.run()
    assert not app.exception
    assert app.markdown[-1].value == "event None"


@pytest.mark.parametrize("count", [1, 7])
def test_fewer_or_more_clips_are_refused(count: int) -> None:
    app = AppTest.from_function(_app, default_timeout=30)
    app.session_state["count"] = count
    app.run()
    assert f"2 to 6 players, but there are {count}" in app.exception[0].message
