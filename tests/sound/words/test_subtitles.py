"""Subtitles in files: their forms, who speaks, and broken ones."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from emotion_core.errors import WordsError
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.subtitles.cues import read_cue
from emotion_core.sound.words.subtitles.reading import read_subtitles, subtitles_beside

SRT = """1
00:00:01,000 --> 00:00:02,500
ANA: <i>Nasaan</i> ka?

2
00:00:03,000 --> 00:00:04,000
- Dito lang.
- What year?
1984

3
00:00:05,000 --> 00:00:06,000
[door slams] Oh!
"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE not shown

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Ana>Nasaan &amp; <b>saan</b> ka?</v>
<v.loud Ben>Dito.</v>

NOTE
neither
is this

00:00:03.000 --> 00:00:04.000
♪ Ang himig ♪
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: broken,,,,not a number

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,D,,0,0,0,,a note
Dialogue: 0,0:00:01.00,0:00:02.50,D,Ana,0,0,0,,{\\i1}Nasaan{\\i0}, ka\\Nba?
Dialogue: 0,0:00:03.00,0:00:04.00,D,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,later,0:00:09.00,D,,0,0,0,,no time
Dialogue: 0,-0:00:01.00,0:00:00.50,D,Ben,0,0,0,,Oo.
"""


def read(tmp_path: Path, text: str, name: str = "scene.srt") -> Lines:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_subtitles(path)


def rows(lines: Lines) -> list[tuple[float, float, str, str, bool]]:
    columns = ["start", "end", "speaker", "text", "spoken"]
    return [tuple(row) for row in lines.table[columns].itertuples(index=False)]


def test_subrip_gives_speakers_turns_and_sounds(tmp_path: Path) -> None:
    lines = read(tmp_path, SRT)
    assert rows(lines) == [
        (1.0, 2.5, "ANA", "Nasaan ka?", True),
        (3.0, 4.0, "", "Dito lang.", True),
        (3.0, 4.0, "", "What year? 1984", True),
        (5.0, 6.0, "", "Oh!", True),
        (5.0, 6.0, "", "[door slams]", False),
    ]
    assert lines.warnings == ()
    assert set(lines.table["source"]) == {"scene.srt"}


def test_webvtt_gives_voices_and_leaves_out_notes_styles_and_names_of_cues(tmp_path: Path) -> None:
    assert rows(read(tmp_path, VTT, "scene.vtt")) == [
        (1.0, 2.5, "Ana", "Nasaan & saan ka?", True),
        (1.0, 2.5, "Ben", "Dito.", True),
        (3.0, 4.0, "", "♪ Ang himig ♪", False),
    ]


def test_substation_gives_names_and_leaves_out_drawings_and_comments(tmp_path: Path) -> None:
    lines = read(tmp_path, ASS, "scene.ass")
    assert rows(lines) == [
        (0.0, 0.5, "Ben", "Oo.", True),
        (1.0, 2.5, "Ana", "Nasaan, ka ba?", True),
    ]
    assert "1 line of scene.ass left out: no time in it can be read." in lines.warnings


@pytest.mark.parametrize(
    ("cue", "parts"),
    [
        ("- ANA: Oo.\n- BEN: Hindi.", [("Oo.", "ANA", True), ("Hindi.", "BEN", True)]),
        ("—Sí.\n—No.", [("Sí.", "", True), ("No.", "", True)]),
        (">> ANA: Tara\nna.", [("Tara na.", "ANA", True)]),
        ("JOSÉ MARÍA #2: hala", [("hala", "JOSÉ MARÍA #2", True)]),
        ("Listen: it is 5:30", [("Listen: it is 5:30", "", True)]),
        ("(sighs) No.", [("No.", "", True), ("(sighs)", "", False)]),
        ("MAN (on phone): Hi", [("Hi", "MAN", True), ("(on phone)", "MAN", False)]),
        ("[thunder\nrolls]", [("[thunder rolls]", "", False)]),
        ("♪ la la", [("♪ la la", "", False)]),
        ("...", [("...", "", False)]),
        ("I <3 you {really} {\\an8}", [("I <3 you {really}", "", True)]),
        (" \n ", []),
    ],
)
def test_a_cue_says_who_speaks_and_what_is_only_heard(
    cue: str, parts: list[tuple[str, str, bool]]
) -> None:
    assert read_cue(cue) == parts


def test_broken_cues_are_put_right_and_said_and_no_text_is_lost(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        "00:00:09,000 --> 00:00:08,000\nbackwards\n2\n00:00:03,000 -->\nno end\n\n"
        "--> 00:00:04,000\nno start\n\n-00:00:09,000 --> -00:00:08,000\nbefore\n\n"
        "-00:00:01,000 --> 00:00:00,500\nhalf before\n\n00:00:05 --> 00:00:07\nno fraction\n\n"
        "7\n1:02 -> 1:03.5\nshort arrow\n\n00:00:06,000 --> 00:00:20,000\noverlaps",
    )
    assert rows(lines)[:-1] == [
        (0.0, 0.5, "", "half before", True),
        (3.0, 5.0, "", "no end", True),
        (5.0, 7.0, "", "no fraction", True),
        (6.0, 20.0, "", "overlaps", True),
        (9.0, 16.0, "", "backwards", True),
        (62.0, 63.5, "", "short arrow", True),
    ]
    assert lines.table["text"].iloc[-1] == "no start" and lines.table["start"].isna().iloc[-1]
    said = " ".join(lines.warnings)
    for part in ("out of order", "2 lines of scene.srt had no end", "would begin", "before the cl"):
        assert part in said


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, text: str) -> None:
    with pytest.raises(WordsError, match="is empty"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["Hello.", "{}", "<tt xmlns='http://www.w3.org/ns/ttml'><bad"])
def test_a_file_without_subtitles_is_said_to_hold_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(WordsError, match=r"scene\.srt (holds no|cannot be read as) subtitles"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", [SRT, VTT, ASS])
def test_no_damage_ends_in_anything_but_lines_or_a_sentence(tmp_path: Path, text: str) -> None:
    chance = random.Random(0)
    path = tmp_path / "scene.srt"
    for _ in range(60):
        data = bytearray(text.encode())
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 3))
        path.write_bytes(bytes(data))
        try:
            table = read_subtitles(path).table
        except WordsError:
            continue
        assert not (table["end"] <= table["start"]).any() and not (table["start"] < 0).any()


def test_twenty_thousand_cues_are_all_read(tmp_path: Path) -> None:
    text = "".join(f"{n}\n00:00:01,000 --> 00:00:02,000\nline {n}\n\n" for n in range(20_000))
    assert len(read(tmp_path, text)) == 20_000


def test_files_beside_a_clip_are_found_by_its_name_the_plain_one_first(tmp_path: Path) -> None:
    for name in ("scene.fil.srt", "Scene.srt", "scene.en.vtt", "scene 2.srt", "scene.mp4"):
        (tmp_path / name).touch()
    found = [path.name for path in subtitles_beside(tmp_path / "scene.mp4")]
    assert found == ["Scene.srt", "scene.en.vtt", "scene.fil.srt"]
    assert subtitles_beside(tmp_path / "nowhere" / "scene.mp4") == []
