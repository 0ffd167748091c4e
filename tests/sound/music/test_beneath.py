from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.chords.chord import chords_of
from emotion_core.sound.music.progressions.beneath import chord_changes, music_beneath
from emotion_core.sound.music.progressions.coincidence import coincidence
from emotion_core.sound.music.progressions.numerals import numeral
from emotion_core.sound.music.reading import (
    BEAT_COLUMNS,
    CHANGE_COLUMNS,
    CHORD_COLUMNS,
    KEY_COLUMNS,
    SECTION_COLUMNS,
    TEMPO_COLUMNS,
    MusicReading,
)
from emotion_core.sound.music.tables import table
from tests.performance.performances import perform

ALL = pd.DataFrame({"start": [0.0], "end": [300.0]})


@pytest.fixture
def reading() -> MusicReading:
    """Music from 10 to 30 s, in C major but for the last 4 s, of which nothing is sure."""
    chords = [
        (10, 14, "Am", 0.9, True),
        (14, 18, "F", 0.9, True),
        (18, 20, "G", 0.4, False),
        (20, 26, "Bb", 0.9, True),
        (26, 30, "D", 0.2, False),
    ]
    keys = [(10, 26, "C major", 0.9, True), (26, 30, "D major", 0.3, False)]
    changes = [(10, 1, "begins"), (20, 0.7, "harmony"), (30, 1, "ends")]
    return MusicReading(
        sections=table([(10, 30)], SECTION_COLUMNS),
        tempi=table([], TEMPO_COLUMNS),
        beats=table([], BEAT_COLUMNS),
        keys=table(keys, KEY_COLUMNS),
        chords=table(chords, CHORD_COLUMNS),
        changes=table(changes, CHANGE_COLUMNS),
    )


@pytest.mark.parametrize(
    ("chord", "key", "expected"),
    [
        ("Am", "C major", "vi"),
        ("G", "C major", "V"),
        ("Bb", "C major", "bVII"),
        ("F#m", "C major", "#iv"),
        ("C", "A minor", "III"),
        ("E", "A minor", "V"),
        ("Bb", "A minor", "bII"),
        ("N", "A minor", "N"),
    ],
)
def test_a_chord_has_a_numeral_in_a_key(chord: str, key: str, expected: str) -> None:
    assert numeral(chord, key) == expected


def test_a_chord_that_does_not_exist_has_no_numeral() -> None:
    with pytest.raises(ValueError, match="H7"):
        numeral("H7", "C major")


def test_a_progression_is_named_by_chords_and_numerals(reading: MusicReading) -> None:
    found = music_beneath(pd.DataFrame({"start": [11.0], "end": [24.0]}, index=[7]), reading)
    row = found.loc[7]
    assert (row["key"], row["chords"], row["numerals"]) == ("C major", "Am–F–Bb", "vi–IV–bVII")
    assert row["sure"] == pytest.approx(11 / 13) and row["changes"] == 1


def test_the_chords_of_a_face_lie_over_those_of_the_music(reading: MusicReading) -> None:
    faces = chords_of(perform(("happy", 9), ("sad", 6), ("angry", 10)))
    found = music_beneath(faces, reading)
    assert faces["name"].tolist() == ["happy", "sad", "angry"]
    assert found["numerals"].tolist() == ["", "vi–IV", "IV–bVII"]
    assert found[["start", "end"]].equals(faces[["start", "end"]])


def test_a_part_without_music_has_no_words_and_one_that_is_not_sure_says_so(
    reading: MusicReading,
) -> None:
    segments = pd.DataFrame({"start": [0.0, 26.5, 8.0], "end": [9.0, 29.0, 12.0]})
    found = music_beneath(segments, reading)
    assert found["chords"].tolist() == ["", "can't tell", "Am"]
    assert found["key"].tolist() == ["", "can't tell", "C major"]
    assert found["music"].tolist() == pytest.approx([0, 1, 0.5])


def test_a_chord_that_only_touches_a_part_is_not_in_it(reading: MusicReading) -> None:
    segments = pd.DataFrame({"start": [13.9], "end": [17.0]})
    assert music_beneath(segments, reading)["chords"].tolist() == ["F"]


def test_no_parts_give_no_rows(reading: MusicReading) -> None:
    assert music_beneath(pd.DataFrame({"start": [], "end": []}), reading).empty


def test_a_chord_changes_where_both_sides_are_sure(reading: MusicReading) -> None:
    assert chord_changes(reading).tolist() == [14.0]


def test_a_face_that_follows_the_music_is_told_from_one_that_does_not() -> None:
    random = np.random.default_rng(0)
    music = np.sort(random.uniform(0, 300, 40))
    follows = coincidence(music[::2] + 0.2, music, ALL)
    assert follows.share == 1 and follows.p < 0.01 and follows.expected < 0.5


def test_faces_without_a_tie_to_the_music_seldom_seem_to_have_one() -> None:
    random = np.random.default_rng(1)
    values = [
        coincidence(random.uniform(0, 300, 25), random.uniform(0, 300, 40), ALL, rotations=200).p
        for _ in range(200)
    ]
    assert 0.0 < np.mean(np.array(values) <= 0.1) < 0.17 and 0.4 < np.mean(values) < 0.65


def test_what_is_regular_in_both_is_no_tie_by_itself() -> None:
    # a change every 2 s in both, half a period apart
    found = coincidence(np.arange(1.0, 299, 2), np.arange(0.0, 299, 2), ALL)
    assert found.p > 0.5


def test_changes_outside_the_spans_do_not_count() -> None:
    spans = pd.DataFrame({"start": [0.0, 100.0], "end": [50.0, 150.0]})
    face = [*np.arange(5.0, 50, 10), 70.0, 149.0]
    found = coincidence(face, [5.0, 60.0, 140.0, 160.0], spans)
    assert (found.face, found.music) == (6, 2) and found.share == pytest.approx(1 / 6)


@pytest.mark.parametrize(("face", "music"), [([1.0, 2.0], [1.0]), (np.arange(9.0), []), ([], [])])
def test_few_changes_say_nothing(face: list[float], music: list[float]) -> None:
    found = coincidence(face, music, ALL)
    assert np.isnan([found.share, found.expected, found.p]).all()


def test_without_a_span_nothing_counts() -> None:
    found = coincidence(np.arange(9.0), np.arange(9.0), ALL.iloc[:0])
    assert (found.face, found.music) == (0, 0) and np.isnan(found.p)
