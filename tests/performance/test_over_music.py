"""A progression over the music of its clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.over_music import CHORD, KEY, SCORE, face_changes, over_music
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import read_progression
from emotion_core.performance.wording.music import caveat_of, describe_coincidence, describe_music
from emotion_core.sound.music.progressions.coincidence import Coincidence
from emotion_core.sound.music.reading import UNSURE, MusicReading
from emotion_core.sound.store import MUSIC_TABLES
from tests.performance.performances import nobody, perform
from tests.sound.heard import make_music

TURNS = perform(*[("sad", 2.0), ("happy", 2.0)] * 3)


def music(**rows: Sequence[tuple[object, ...]]) -> MusicReading:
    return MusicReading(
        **{
            name: pd.DataFrame(rows.get(name, []), columns=list(dtypes)).astype(dict(dtypes))
            for name, dtypes in MUSIC_TABLES.items()
        }
    )


def turned_away(one: Performance, start: float, end: float) -> Performance:
    faces = one.faces
    faces = faces.assign(turn=np.where(faces["time"].between(start, end), 1.5, 0.0))
    return Performance(one.name, one.scene, faces, one.duration, one.every, one.fps)


def test_each_chord_of_the_face_has_its_music_and_numerals() -> None:
    found = over_music(read_progression(TURNS), make_music(12.0)).segments
    assert found["face"].tolist() == ["sad", "happy"] * 3
    assert found["chords"].tolist() == ["", "", "", "C", "C", UNSURE]
    assert found["numerals"].tolist() == ["", "", "", "I", "I", UNSURE]
    assert found["key"].tolist()[3:] == ["C major"] * 3


def test_what_is_not_sure_is_one_row_without_a_name() -> None:
    chords = [(0.0, 2.0, "C", 0.9, True), (2.0, 3.0, "Am", 0.4, False), (3.0, 4.0, "N", 0.0, False)]
    reading = music(sections=[(0.0, 4.0)], chords=chords, keys=[(0.0, 4.0, "C major", 0.2, False)])
    lines = over_music(read_progression(TURNS), reading).lines
    own = lines[lines["line"] == CHORD]
    assert own[["start", "end", "name"]].to_numpy().tolist() == [[0, 2, "C"], [2, 4, UNSURE]]
    assert lines.loc[lines["line"] == KEY, "name"].tolist() == [UNSURE]
    assert lines[lines["line"] == SCORE].empty


def test_rows_on_either_side_of_a_pause_stay_two() -> None:
    chords = [(0.0, 2.0, "C", 0.9, True), (5.0, 6.0, "C", 0.9, True)]
    lines = over_music(read_progression(TURNS), music(chords=chords)).lines
    assert lines.loc[lines["line"] == CHORD, "start"].tolist() == [0, 5]


def test_changes_across_a_cut_or_from_what_is_unsure_do_not_count() -> None:
    cut = perform(("sad", 2.0), ("happy", 2.0), ("sad", 2.0), cuts=(2.0,))
    assert face_changes(read_progression(cut).chords) == pytest.approx([4.0], abs=0.1)
    unsure = turned_away(TURNS, 3.9, 6.1)
    changes = face_changes(read_progression(unsure).chords)
    assert changes == pytest.approx([2.0, 8.0, 10.0], abs=0.1)


def test_a_face_that_changes_with_the_chords_is_said_to() -> None:
    one = perform(*[("sad", 3.0), ("happy", 3.0)] * 5)
    names = ["C", "F"] * 5
    chords = [(3.0 * k, 3.0 * (k + 1), name, 0.9, True) for k, name in enumerate(names)]
    found = over_music(read_progression(one), music(sections=[(0, 30)], chords=chords)).coincidence
    assert (found.face, found.music, found.share) == (9, 9, 1)
    assert found.expected < 0.6
    text = describe_coincidence(found)
    assert "Of 9 changes of the face, 100% come within 0.5 s of a change of the music" in text
    assert f"by chance it would be {100 * found.expected:.0f}%" in text


def test_changes_outside_the_music_or_in_unsure_time_are_not_compared() -> None:
    chords = [(0.0, 4.0, "C", 0.9, True), (4.0, 7.0, "F", 0.9, True)]
    changes = [(0.0, 1.0, "begins"), (5.0, 0.5, "timbre"), (7.0, 1.0, "ends")]
    reading = music(sections=[(0.0, 7.0)], chords=chords, changes=changes)
    found = over_music(read_progression(TURNS), reading).coincidence
    assert (found.face, found.music) == (3, 2)
    unsure = over_music(read_progression(turned_away(TURNS, 3.9, 6.1)), reading).coincidence
    assert (unsure.face, unsure.music) == (1, 0)


def test_too_few_changes_say_nothing() -> None:
    few = Coincidence(1, 7, *[float("nan")] * 3)
    text = describe_coincidence(few)
    assert text.startswith("Too few changes to say") and "1 change of the face" in text
    assert caveat_of(few).startswith("Only sure changes count")


def test_what_p_is_and_what_it_does_not_say_stands_with_it() -> None:
    text = caveat_of(Coincidence(8, 9, 0.5, 0.4, 0.1))
    assert text.startswith("p is how often") and "A cut can move both" in text


@pytest.mark.parametrize(("p", "said"), [(0.0005, "p < 0.001"), (0.02, "p = 0.020"), (1, "1.00")])
def test_p_is_said_as_exactly_as_it_is_known(p: float, said: str) -> None:
    assert f"{said})" in describe_coincidence(Coincidence(8, 9, 0.5, 0.4, p))


def test_how_much_can_be_named_is_said() -> None:
    progression = read_progression(TURNS)
    assert describe_music("Ana", over_music(progression, make_music(12.0))) == (
        "Music sounds for 50% of the time in which Ana is in view. Its chord is sure for 50% of "
        "that; else Eme can't tell."
    )
    unsure = music(sections=[(0.0, 12.0)], chords=[(0.0, 12.0, "N", 0.0, False)])
    assert describe_music("Ana", over_music(progression, unsure)).endswith("can't tell its chords.")
    nothing = over_music(progression, music(sections=[(20.0, 30.0)]))
    assert describe_music("Ana", nothing) == "No music was found while Ana is in view."


def test_nobody_and_no_music_give_empty_tables() -> None:
    found = over_music(read_progression(nobody()), make_music(0.0))
    assert found.segments.empty and found.lines.empty and not found.share
    assert (found.coincidence.face, found.coincidence.music) == (0, 0)
