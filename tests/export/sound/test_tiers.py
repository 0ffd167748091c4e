"""What is heard as tiers of ELAN and as captions, read back by other programs."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import pympi
import webvtt

from emotion_core.export.elan import scene_to_eaf
from emotion_core.export.segments import Segment
from emotion_core.export.sound.tiers import apart, heard_tiers
from emotion_core.export.webvtt import lines_to_vtt
from emotion_core.sound.words.lines import Line
from tests.export.sound.made import (
    heard_data,
    make_scene_sound,
    scene_of_two,
    silent_scene_sound,
)


def test_another_reader_finds_what_is_heard_who_speaks_and_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "scene.eaf"
    path.write_text(scene_to_eaf(heard_data()), encoding="utf-8")
    eaf = pympi.Elan.Eaf(str(path))

    def said(tier: str) -> list[tuple[int, int, str]]:
        return sorted(one[:3] for one in eaf.get_annotation_data_for_tier(tier))

    assert said("Heard") == [(0, 6000, "Speech"), (6000, 12000, "Speech over music")]
    assert said("Who speaks") == [
        (1000, 4000, "Ana"),
        (6000, 7000, "Ben?"),
        (7000, 8000, "off screen"),
        (8000, 9000, "can't tell"),
    ]
    # her lines lie over each other, so that they take two tiers
    assert said("Ana: lines") == [(1000, 2500, "Where were you?")]
    assert said("Ana: lines (2)") == [(2000, 4000, "I waited all night.")]
    assert said("Ben?: lines") == [(6000, 7000, "At the station.")]
    assert said("Lines") == [(8000, 9000, "Nobody knows <who> & why.")]
    speakers = {
        name: eaf.get_parameters_for_tier(name).get("PARTICIPANT")
        for name in ("Ana: lines", "Ana: lines (2)", "Ben?: lines", "GUARD: lines", "Lines")
    }
    assert list(speakers.values()) == ["Ana", "Ana", "Ben", "GUARD", None]
    # the second chord is only a guess
    assert said("Music: chords") == [(6000, 9000, "C")]
    assert said("Music: keys") == [(6000, 12000, "C major")]
    assert said("Face and voice part") == [
        (
            1000,
            4000,
            "Ana shows a still face on a raised voice; there are too few lines to say how unusual "
            "that is",
        )
    ]


def test_no_annotation_of_a_tier_lies_over_another_and_none_is_empty() -> None:
    lines = [Line(1.0, 3.0, "a"), Line(1.0, 1.0, "b"), Line(2.0, 2.5, "c"), Line(2.6, 4.0, "d")]
    tiers = heard_tiers(make_scene_sound(lines=lines))
    for tier in tiers:
        assert all(one.start < one.end for one in tier.segments)
        for before, after in pairwise(tier.segments):
            assert before.end <= after.start
    # nobody is seen to speak in no time
    counts = [(tier.name, len(tier.segments)) for tier in tiers if "ines" in tier.name]
    assert counts == [("Lines", 1), ("Ana: lines", 1), ("Ana: lines", 2)]


def test_segments_are_laid_into_as_few_tiers_as_it_takes() -> None:
    a, b, c = Segment(0, 10, "a"), Segment(5, 15, "b"), Segment(10, 20, "c")
    assert apart([a, b, c]) == [[a, c], [b]]


def test_a_clip_in_which_nothing_is_heard_has_no_such_tier() -> None:
    assert heard_tiers(silent_scene_sound()) == []


def test_lines_are_captions_in_the_voice_of_who_speaks() -> None:
    text = lines_to_vtt(make_scene_sound(scene_of_two()))
    cues = list(webvtt.from_buffer(io.StringIO(text)))
    assert [cue.voice for cue in cues] == ["Ana", "Ana", "Ben?", "GUARD", None]
    assert (cues[0].start, cues[0].end) == ("00:00:01.000", "00:00:02.500")
    assert cues[2].text == "At the station."
    assert text.rstrip().endswith("\nNobody knows &lt;who&gt; &amp; why.")
    assert lines_to_vtt(silent_scene_sound()).startswith("WEBVTT\n\nNOTE ")
