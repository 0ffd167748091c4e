"""Chords as captions, read back by webvtt-py."""

from __future__ import annotations

import io

import webvtt
from streamlit.testing.v1 import AppTest

from emotion_core.export.report_data import build_report_data
from emotion_core.export.webvtt import escape, scene_to_vtt
from emotion_core.scene.analysis import SceneAnalysis
from tests.export.scenes import empty_scene, nasty_scene
from tests.scene.scenes import make_scene


def read(scene: SceneAnalysis) -> list[webvtt.Caption]:
    return list(webvtt.from_buffer(io.StringIO(scene_to_vtt(build_report_data(scene)))))


def test_another_reader_finds_the_chords_with_their_times_and_voices() -> None:
    found = read(make_scene())
    assert [(cue.start, cue.end, cue.text, cue.voice) for cue in found] == [
        ("00:00:00.000", "00:00:01.000", "neutral", "Face 1"),
        ("00:00:01.000", "00:00:02.000", "sad", "Face 1"),
        ("00:00:02.400", "00:00:04.000", "happy", "Face 2"),
    ]


def test_cues_of_characters_who_are_in_view_together_are_ordered_by_time() -> None:
    scene = make_scene(
        {0: [(0, 99, "sad", 0.9)], 1: [(10, 49, "happy", 0.9), (50, 90, "fear", 0.9)]}, cuts=()
    )
    starts = [cue.start for cue in read(scene)]
    assert starts == sorted(starts) and len(starts) == 3


def test_names_and_reasons_are_escaped_and_end_no_cue() -> None:
    text = scene_to_vtt(build_report_data(nasty_scene()))
    cues = text.split("\n\n")[2:]
    for cue in cues:
        times, payload = cue.strip().split("\n")
        assert times.count("-->") == 1
        assert "-->" not in payload
        assert payload.startswith("<v ") and payload.endswith("</v>")
        assert payload.count("<") == 2
    assert "Ana &lt;b&gt;" in cues[0]
    assert "unsure, perhaps happy (too small)</v>" in cues[-1]


def test_text_of_a_cue_stays_on_one_line() -> None:
    assert (
        escape("a\n\nb -->\r\n\0 & <c>") == "a b --&gt; \N{REPLACEMENT CHARACTER} &amp; &lt;c&gt;"
    )


def test_hours_are_counted_on() -> None:
    scene = make_scene({0: [(0, 49, "sad", 0.9)]}, frames=50, cuts=())
    scene.faces["time"] += 3725.5
    scene.frames["time"] += 3725.5
    [cue] = read(scene)
    assert (cue.start, cue.end) == ("01:02:05.500", "01:02:07.500")


def test_a_scene_without_faces_gives_a_file_without_cues() -> None:
    assert read(empty_scene()) == []
    assert scene_to_vtt(build_report_data(empty_scene())).startswith("WEBVTT\n\nNOTE ")


def test_streamlit_takes_the_file_as_subtitles_of_a_clip() -> None:
    def page() -> None:
        import streamlit as st

        from emotion_core.export.report_data import build_report_data
        from emotion_core.export.webvtt import scene_to_vtt
        from tests.export.scenes import nasty_scene

        captions = scene_to_vtt(build_report_data(nasty_scene())).encode()
        st.video("https://example.org/clip.mp4", subtitles={"Chords": captions})

    assert not AppTest.from_function(page, default_timeout=30).run().exception
