from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.sound.music.midi import Note, can_render, midi_file, render
from benchmarks.sound.music.scores import at, f_score, hits, key_score, tempo_right
from benchmarks.sound.music.songs import ENSEMBLES, made_song


@pytest.mark.parametrize(
    ("found", "score"),
    [("C major", 1), ("G major", 0.5), ("F major", 0.5), ("A minor", 0.3), ("C minor", 0.2)],
)
def test_keys_score_as_at_mirex(found: str, score: float) -> None:
    assert key_score(found, "C major") == score
    assert key_score("E minor", "C major") == 0


def test_relatives_of_minor_keys_lie_above_them() -> None:
    assert key_score("C major", "A minor") == 0.3 and key_score("F# major", "A minor") == 0


def test_tempi_may_be_octaves_off_only_where_that_is_allowed() -> None:
    assert tempo_right(103, 100, octaves=False) and not tempo_right(105, 100, octaves=False)
    assert tempo_right(50, 100, octaves=True) and not tempo_right(50, 100, octaves=False)


def test_each_time_is_paired_once() -> None:
    assert hits([1.0, 1.1, 5.0], [1.05, 9.0], 0.2) == 1
    assert f_score(1, 3, 2) == pytest.approx(0.4)


def test_a_table_says_nothing_in_its_gaps() -> None:
    table = pd.DataFrame({"start": [0.0, 3.0], "end": [2.0, 4.0], "x": ["a", "b"]})
    assert at(table, [0.0, 1.9, 2.5, 3.5, 4.5], "x") == ["a", "a", None, "b", None]


@pytest.mark.parametrize("ensemble", ENSEMBLES)
def test_a_made_song_begins_and_ends_each_part_on_its_tonic(ensemble: str) -> None:
    for seed in range(6):
        piece = made_song(seed, ensemble)
        for start, end, key in piece.keys:
            tonic, mode = key.split()
            own = [name for a, b, name in piece.chords if a >= start - 1e-6 and b <= end + 1e-6]
            expected = tonic + ("m" if mode == "minor" else "")
            assert own[0] == own[-1] == expected
        assert max(note.end for note in piece.notes) <= piece.changes[-1] + 1


def test_a_midi_file_has_the_notes_in_order() -> None:
    notes = [Note(1.0, 2.0, 60, 80, 0), Note(0.0, 1.0, 60, 80, 0)]
    data = midi_file(notes, {0: 5})
    track = data.index(b"MTrk") + 8
    assert data.startswith(b"MThd") and data.endswith(b"\xff\x2f\x00")
    # instrument, on, off after 1,920 ticks (two bytes), on at once, off
    assert data[track:] == bytes.fromhex("00c005 00903c50 8f00803c00 00903c50 8f00803c00 00ff2f00")


@pytest.mark.skipif(not can_render(), reason="FluidSynth and FluidR3_GM.sf2 are not installed")
def test_notes_sound_at_their_time() -> None:
    sound = render([Note(1.0, 2.0, 69, 100, 0)], {0: 0}, 3.0)
    assert len(sound) == 48_000 and np.abs(sound[:15_900]).max() < 0.01
    spectrum = np.abs(np.fft.rfft(sound[16_000:32_000]))
    assert abs(int(spectrum[300:600].argmax()) + 300 - 440) <= 2
