"""The report of a comparison."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from emotion_core.export.report.comparison import comparison_report
from emotion_core.export.report.document import Document, Gallery, Table, figures_of
from emotion_core.export.report.html import to_html
from emotion_core.export.report.markdown import to_markdown
from emotion_core.performance.comparison.comparison import (
    Comparison,
    ComparisonSettings,
    compare,
)
from emotion_core.performance.comparison.stills import divergence_stills
from tests.export.report.pages import assert_self_contained, assert_sound_drawings, read
from tests.export.scenes import NASTY, RIGHT_TO_LEFT
from tests.media.clips import make_clip
from tests.performance.made import make_performance, play_slower, pure, wander
from tests.performance.moving import mover
from tests.performance.performances import perform


@cache
def comparison(count: int = 3) -> Comparison:
    """A performance, the same 20% slower, and another one; or two that are hardly seen."""
    if count == 2:
        short = [make_performance([pure("sad")] * k, name=NASTY) for k in (1, 3)]
        return compare(short, ComparisonSettings(replicates=50))
    first = wander(12, seed=1)
    values = [first, play_slower(first, 1.2), wander(12, seed=5)]
    names = ["Ana", RIGHT_TO_LEFT, NASTY]
    made = [make_performance(own, name=name) for own, name in zip(values, names, strict=True)]
    return compare(made, ComparisonSettings(replicates=100), models=["a (1)", "a (1)", "b (2)"])


def with_stills(found: Comparison) -> Document:
    moments = [moment for pair in found.pairs for moment in pair.divergences]
    return comparison_report(found, dict.fromkeys(moments, np.full((8, 16, 3), 90, np.uint8)))


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def test_the_page_needs_nothing_beside_it() -> None:
    for count in (2, 3):
        document = with_stills(comparison(count))
        assert_self_contained(to_html(document))
        assert_sound_drawings(document)


def test_every_pair_is_described_in_words_drawn_and_tabled() -> None:
    document = with_stills(comparison())
    words = "".join(read(to_html(document)).words)
    assert words.count("Once aligned") == 2
    assert "read by different models" in words
    assert "accounts for most of the difference" in words
    names = [figure.name for figure in figures_of(document)]
    assert names == ["shares", "differences", "aligned-1", "aligned-2"]
    beside = [table for table in tables(document) if "this performance (%)" in table.columns]
    assert [len(table.rows) for table in beside] == [7, 7]


def test_movements_are_described_and_tabled_where_they_were_read() -> None:
    ana = mover(inner_brow=(2.0, 4.0, 0.1))
    ben = mover(mouth_opening=(1.0, 7.0, 0.4))
    document = comparison_report(
        compare([ana, ben, perform(("neutral", 5.0))], titles=["Ana", "Ben", "early"])
    )
    words = "".join(read(to_html(document)).words)
    assert "Ben compared with Ana: More in Ben: mouth open" in words
    assert "early: This scene was read before Eme measured movements" in words
    (table,) = [t for t in tables(document) if "movement is clear" in t.title]
    rows = {row[0]: row[1:] for row in table.rows}
    assert table.columns == ("movement", "Ana", "Ben")
    assert rows["inner brows up"] == ("20", "0") and rows["mouth open"] == ("0", "60")


def test_moments_of_divergence_are_shown_with_both_faces() -> None:
    found = comparison()
    galleries = [block for block in with_stills(found).blocks if isinstance(block, Gallery)]
    sentence = [len(gallery.pictures) for gallery in galleries]
    assert sentence == [len(pair.divergences) for pair in found.pairs if pair.divergences]
    assert not any(isinstance(block, Gallery) for block in comparison_report(found).blocks)


def test_each_is_laid_beside_each_once_there_are_three() -> None:
    def matrices(count: int) -> list[Table]:
        found = tables(with_stills(comparison(count)))
        return [table for table in found if "each pair" in table.title]

    [matrix] = matrices(3)
    assert [row[k + 1] for k, row in enumerate(matrix.rows)] == ["0.00"] * 3
    assert matrices(2) == []


def test_what_it_cannot_mean_stands_in_it() -> None:
    words = "".join(read(to_html(comparison_report(comparison()))).words)
    for said in (
        "Two clips are not two cultures.",
        "Nothing is graded.",
        "Missing is not neutral.",
    ):
        assert said in words


def test_differences_without_an_interval_have_a_dash() -> None:
    [table] = [
        table
        for table in tables(with_stills(comparison(2)))
        if "this performance (%)" in table.columns
    ]
    assert {row[4] for row in table.rows} == {"–"}
    assert {row[3] for row in table.rows} == {"0"}


def test_markdown_tells_the_same() -> None:
    files = to_markdown(with_stills(comparison()), "report")
    text = files["report.md"].decode()
    assert text.count("Once aligned") == 2
    assert "report-aligned-2.svg" in files


def test_stills_show_the_reference_on_the_left(tmp_path: Path) -> None:
    clips = [
        make_clip(
            tmp_path / f"{level}.mp4",
            100,
            picture=lambda _, level=level: np.full((96, 160, 3), level, np.uint8),
        )
        for level in (40, 200)
    ]
    made = [make_performance([pure(emotion)] * 100, name=emotion) for emotion in ("happy", "sad")]
    found = compare(made, ComparisonSettings(replicates=50))
    stills = divergence_stills(found, clips)
    assert set(stills) == set(found.pairs[0].divergences) != set()
    for still in stills.values():
        half = still.shape[1] // 2
        assert still[half // 2, half // 2].mean() < 60 and still[half // 2, -half // 2].mean() > 180
    assert divergence_stills(found, [clips[0], None]) == {}
    assert divergence_stills(found, [clips[0], tmp_path / "gone.mp4"]) == {}
