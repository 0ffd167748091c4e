from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.sound.music.keys import KEYS
from emotion_core.sound.music.reading import MusicReading
from tests.sound.music.made import (
    MINOR_SONG,
    SONG,
    SONG_NAMES,
    babble,
    noise,
    read,
    silence,
    song,
)

BPM = 96.0
BAR = 4 * 60 / BPM
TABLES = ("sections", "tempi", "beats", "keys", "chords", "changes")


@pytest.fixture(scope="module")
def reading() -> MusicReading:
    """Of 20 s in C major after 3 s of silence."""
    return read(np.concatenate([silence(3), song(SONG, BPM), silence(3)]))


def test_the_music_begins_and_ends_where_it_does(reading: MusicReading) -> None:
    assert reading.sections.to_numpy() == pytest.approx(np.array([[3, 23]]), abs=0.11)
    assert reading.changes["kind"].tolist() == ["begins", "ends"]


def test_the_tempo_is_within_four_percent_and_the_other_is_its_half_or_double(
    reading: MusicReading,
) -> None:
    assert reading.tempi["bpm"].tolist() == pytest.approx([BPM], rel=0.04)
    ratio = reading.tempi["other_bpm"].item() / reading.tempi["bpm"].item()
    assert ratio in (0.5, 2.0) and reading.tempi["sure"].all()


def test_beats_lie_on_the_notes(reading: MusicReading) -> None:
    true = 3 + np.arange(32) * 60 / BPM
    beats = reading.beats["time"].to_numpy()
    near = np.abs(beats[:, None] - true).min(axis=0) < 0.07
    assert near.mean() > 0.9 and abs(len(beats) - len(true)) <= 2


def test_the_key_is_named(reading: MusicReading) -> None:
    assert reading.keys[["key", "sure"]].to_numpy().tolist() == [["C major", True]]


def test_nine_tenths_of_the_time_the_chord_is_right(reading: MusicReading) -> None:
    times = np.arange(3.05, 23, 0.1)
    rows = np.searchsorted(reading.chords["start"].to_numpy(), times, side="right") - 1
    true = [SONG_NAMES[int((time - 3) / BAR)] for time in times]
    right = reading.chords["chord"].to_numpy(object)[rows] == np.array(true, object)
    assert right.mean() > 0.9


def test_chords_cover_a_section_without_gaps(reading: MusicReading) -> None:
    start, end = reading.chords["start"].to_numpy(), reading.chords["end"].to_numpy()
    assert start[1:] == pytest.approx(end[:-1])
    assert [start[0], end[-1]] == pytest.approx(reading.sections.to_numpy()[0])


@pytest.mark.parametrize("shift", [0.4, -0.3])
def test_an_orchestra_may_be_out_of_tune(shift: float) -> None:
    assert read(song(SONG, BPM, shift=shift)).keys["key"].tolist() == ["C major"]


@pytest.mark.parametrize("shift", [0, 5])
def test_minor_keys_are_told_from_their_relatives(shift: int) -> None:
    tonic = KEYS[12 + (9 + shift) % 12]
    assert read(song(MINOR_SONG, BPM, shift=shift)).keys["key"].tolist() == [tonic]


def test_another_key_and_sound_are_a_change_at_that_time() -> None:
    first, second = song(SONG, BPM), song(SONG, BPM, shift=6, factor=0.2)
    found = read(np.concatenate([first, second]))
    inner = found.changes[~found.changes["kind"].isin(["begins", "ends"])]
    assert inner["time"].tolist() == pytest.approx([20.0], abs=1.0)
    assert found.keys["key"].tolist() == ["C major", "F# major"]
    assert found.keys["end"].iloc[0] == pytest.approx(20.0, abs=2.5)


def test_a_tempo_that_changes_is_given_for_each_part() -> None:
    found = read(np.concatenate([song(SONG * 2, 90), song(SONG * 2, 120)]))
    assert found.tempi["bpm"].tolist() == pytest.approx([90, 120], rel=0.04)
    assert found.tempi["end"].iloc[0] == pytest.approx(60 / 90 * 64, abs=4.0)


@pytest.mark.parametrize("block", [0.37, 7.0, 60.0])
def test_blocks_make_no_difference(block: float) -> None:
    sound = np.concatenate([silence(2), song(SONG, BPM)[: 10 * 16_000], babble(3)])
    own, other = (read(sound, block=size) for size in (10.0, block))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(own, name), getattr(other, name), check_exact=True)


@pytest.mark.parametrize("sound", [silence(0), silence(12), song(SONG, BPM)[:4800]])
def test_without_music_there_are_tables_without_rows(
    sound: np.ndarray, reading: MusicReading
) -> None:
    found = read(sound)
    for name in TABLES:
        table = getattr(found, name)
        assert not len(table) and dict(table.dtypes) == dict(getattr(reading, name).dtypes)


@pytest.mark.parametrize("sound", [noise(20), babble(20), babble(40, seed=1)])
def test_noise_and_speech_have_no_key_chord_or_tempo_that_is_sure(sound: np.ndarray) -> None:
    found = read(sound)
    assert len(found.sections)
    for table in (found.keys, found.tempi):
        assert not table["sure"].any()
    chords = found.chords
    sure = (chords["end"] - chords["start"])[chords["sure"]].sum()
    assert sure < 0.08 * len(sound) / 16_000


def test_nothing_ends_after_the_clip() -> None:
    sound = song(SONG, BPM)[: 8 * 16_000 + 700]
    found, last = read(sound), len(sound) / 16_000
    for name in ("sections", "tempi", "keys", "chords"):
        assert getattr(found, name)["end"].iloc[-1] == last
    assert found.changes["time"].iloc[-1] == last


def test_loud_speech_over_music_makes_it_less_sure(reading: MusicReading) -> None:
    music = song(SONG, BPM)
    spoken = read(0.02 * music + babble(20))

    def sure(found: MusicReading) -> float:
        chords = found.chords
        return float((chords["end"] - chords["start"])[chords["sure"]].sum())

    assert sure(spoken) < 0.7 * sure(reading)
    assert not spoken.tempi["sure"].any()
    assert spoken.keys["confidence"].max() < reading.keys["confidence"].max()


def test_samples_that_are_not_numbers_count_as_silence() -> None:
    sound = song(SONG, BPM)
    broken = sound.copy()
    broken[:5] = np.nan, np.inf, -np.inf, np.nan, np.nan
    assert read(broken).keys["key"].tolist() == ["C major"]


def test_only_what_is_said_to_be_music_is_read() -> None:
    sound = np.concatenate([song(MINOR_SONG, BPM), song(SONG, BPM)])
    time = np.arange(0, 40, 0.1)
    found = read(sound, pd.DataFrame({"time": time, "music": np.where(time < 19.95, 0.1, 0.9)}))
    assert found.sections.to_numpy() == pytest.approx(np.array([[20, 40]]), abs=0.11)
    assert found.keys["key"].tolist() == ["C major"]


def test_a_table_of_music_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        read(song(SONG, BPM), pd.DataFrame({"time": [0.0]}))
