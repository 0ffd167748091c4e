"""Reports as HTML and as Markdown: whole, escaped, and without a need for anything else."""

from __future__ import annotations

import base64
import functools
import re

import numpy as np
import pytest

from emotion_core.export.report.document import Document, Figure, Gallery, Table, figures_of
from emotion_core.export.report.html import to_html
from emotion_core.export.report.markdown import escape, to_markdown
from emotion_core.export.report.scene import scene_report
from emotion_core.export.report_data import Bookmark, ReportData, build_report_data
from emotion_core.types import ImageArray
from tests.export.report.pages import assert_self_contained, assert_sound_drawings, read
from tests.export.scenes import NASTY, empty_scene, nasty_scene
from tests.scene.scenes import make_scene

STILL: ImageArray = np.full((32, 32, 3), 90, np.uint8)


@functools.cache
def report_scenes() -> list[ReportData]:
    marks = [Bookmark(1.0, "look <script>alert(1)</script> | here")]
    many = {track: [(0, 9, "sad", 0.9)] for track in range(30)}
    single = {0: [(5, 5, "fear", 0.9)]}
    return [
        build_report_data(make_scene()),
        build_report_data(nasty_scene(), title=NASTY, bookmarks=marks),
        build_report_data(empty_scene()),
        build_report_data(make_scene(many)),
        build_report_data(make_scene(single)),
    ]


@functools.cache
def documents() -> list[Document]:
    return [with_stills(sentence) for sentence in report_scenes()]


def with_stills(sentence: ReportData) -> Document:
    return scene_report(sentence, dict.fromkeys(sentence.summary.moments, STILL))


@pytest.mark.parametrize("place", range(5))
def test_the_page_loads_nothing_runs_nothing_and_names_every_figure(place: int) -> None:
    assert_self_contained(to_html(documents()[place]))


def test_text_of_users_is_text_in_the_page() -> None:
    words = "".join(read(to_html(documents()[1])).words)
    assert 'Ana <b>"&\N{REPLACEMENT CHARACTER}</b> --> | *x*' in words
    assert "look <script>alert(1)</script> | here" in words
    assert "a <script>alert(1)</script> & " in words
    assert "\u202e" not in words  # it would turn the words after the name


@pytest.mark.parametrize("place", range(5))
def test_drawings_are_sound_and_load_nothing(place: int) -> None:
    assert_sound_drawings(documents()[place])


def test_every_figure_carries_its_data() -> None:
    document = documents()[0]
    links = [attributes["href"] for tag, attributes in read(to_html(document)).tags if tag == "a"]
    assert len(links) == len(figures_of(document)) == 5
    table = base64.b64decode(links[1].partition(",")[2]).decode("utf-8-sig")
    assert table.startswith("time,angry,disgust,fear,happy,neutral,sad,surprise,unsure\n")


def test_a_report_tells_each_character_its_chords_and_beats_and_what_it_cannot_mean() -> None:
    runs = [(0, 49, "neutral", 0.9), (50, 99, "sad", 0.9)]
    words = "".join(
        read(to_html(with_stills(build_report_data(make_scene({0: runs}, cuts=()))))).words
    )
    for said in (
        "Longest in view: Face 1, on average ",
        "What is read in Face 1 over time",
        "Chords, longest first",
        "Lasting changes, in order of time",
        "Derived valence and arousal of Face 1",
        "Level, inertia and volatility of each emotion",
        "Face 1 is in view for 4.0 s: ",
        "complexity, change over time",
        "some-model",
        "It cannot know what anyone feels",
        "Missing is not neutral.",
        "Note: The clip breaks off.",
    ):
        assert said in words


def test_a_scene_without_faces_says_so() -> None:
    document = documents()[2]
    assert "No usable face was found" in to_html(document)
    assert figures_of(document) == []


def test_of_many_faces_some_are_reported_and_the_rest_counted() -> None:
    document = documents()[3]
    [table] = [
        block
        for block in document.blocks
        if isinstance(block, Table) and "Characters" in block.title
    ]
    assert "the first 20 of 30" in table.title and len(table.rows) == 20
    assert "24 more faces" in to_html(document)


def test_moments_without_a_still_are_described_in_words() -> None:
    sentence = build_report_data(make_scene())
    blocks = scene_report(sentence).blocks
    assert not any(isinstance(block, Gallery) for block in blocks)
    words = "".join(read(to_html(scene_report(sentence))).words)
    assert "At 0:01.6, Face 1: sad 90%" in words
    assert "At 0:03.4, Face 2: happy 70%" in words


def test_markdown_has_its_figures_and_stills_beside_it() -> None:
    files = to_markdown(documents()[0], "my scene")
    text = files["my scene.md"].decode()
    shown = set(re.findall(r"\(<([^>]+)>\)", text))
    assert shown == set(files) - {"my scene.md"}
    assert "my scene-arcs-1.svg" in shown and "my scene-moment-1.jpg" in shown
    assert files["my scene-moment-1.jpg"].startswith(b"\xff\xd8")


def test_text_of_users_is_text_in_markdown() -> None:
    text = to_markdown(documents()[1], "scene")["scene.md"].decode()
    assert "<script" not in text.replace("\\<", "")
    assert r"\<script\>alert(1)\</script\> \| here" in text
    # a pipe of a name does not make a cell: each table has as many cells in every line
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().split("\n")}
        assert len(cells) == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("1.5 s", "1.5 s"),
        ("- a", r"\- a"),
        ("a\n\n# b", r"a \# b"),
        ("see http://x.org or www.x.org", r"see http\://x.org or www\.x.org"),
        ("a\\|b", r"a\\\|b"),
    ],
)
def test_markdown_reads_text_as_it_was_written(text: str, written: str) -> None:
    assert escape(text) == written


def test_figures_are_the_same_each_time() -> None:
    first, second = (figures_of(scene_report(build_report_data(make_scene()))) for _ in range(2))
    assert [figure.svg for figure in first] == [figure.svg for figure in second]
    assert all(isinstance(figure, Figure) and figure.title for figure in first)
