"""The lines of clips on disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emotion_core.errors import OutputError
from emotion_core.sound.word_store import WordStore, read_words
from emotion_core.sound.words.lines import Line, Lines, Word

CLIP = "b" * 64
LINES = Lines.of(
    [
        Line(1.0, 2.5, "Mahal kita, ñ.", "ANA", "scene.srt"),
        Line(3.0, 4.0, "[door]", "", "scene.srt", spoken=False),
        Line(float("nan"), float("nan"), "Never heard", "BEN", "scene.txt", True, 0.2),
    ],
    [Word(0, 1.0, 1.4, "Mahal"), Word(0, 1.5, 2.0, "kita", heard=False)],
    ["One line was put in order."],
)


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    store = WordStore(tmp_path)
    assert store.load(CLIP) is None
    store.save(CLIP, LINES)
    found = store.load(CLIP)
    assert found is not None
    pd.testing.assert_frame_equal(found.table, LINES.table)
    pd.testing.assert_frame_equal(found.words, LINES.words)
    assert found.warnings == LINES.warnings


def test_what_is_saved_later_is_in_place_of_what_was(tmp_path: Path) -> None:
    store = WordStore(tmp_path)
    store.save(CLIP, LINES)
    store.save(CLIP, Lines.of([Line(0.0, 1.0, "Hi")]))
    found = store.load(CLIP)
    assert found is not None and found.table["text"].tolist() == ["Hi"]
    store.delete(CLIP)
    assert store.load(CLIP) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"lines": [{"start": 1e12, "end": 2, "text": "", "speaker": "", "source": "", '
        b'"spoken": true, "confidence": null}]}',
        b'{"lines": [{"start": 1, "end": null, "text": "", "speaker": "", "source": "", '
        b'"spoken": true, "confidence": null}]}',
        b'{"lines": [], "words": [{"line": 0, "start": 0, "end": 1, "word": "x", "heard": true}]}',
    ],
)
def test_what_are_no_lines_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="line"):
        read_words(data)


def test_lines_that_cannot_be_written_or_removed_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        WordStore(tmp_path / "file").save(CLIP, LINES)
    store = WordStore(tmp_path)
    store.path_of(CLIP).mkdir(parents=True)  # is not removed as a file
    with pytest.raises(OutputError, match="cannot be written"):
        store.delete(CLIP)
