"""What was heard, kept beside the analyses, and what damaged files do."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.sound.analysis import describe_tracks
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.store import MUSIC_TABLES, TABLES, SoundStore, read_sound_folder
from tests.sound.heard import TRACK, make_sound

CLIP = "a" * 64


@pytest.fixture
def store(tmp_path: Path) -> SoundStore:
    return SoundStore(tmp_path)


def test_what_was_heard_comes_back_as_it_was(store: SoundStore) -> None:
    sound = make_sound(CLIP)
    assert not store.heard(CLIP)
    store.save(sound)
    found = store.load(CLIP)
    assert store.heard(CLIP) and found is not None
    assert (found.clip, found.tracks, found.loudness) == (CLIP, (TRACK,), -23.0)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(sound, name))
    for name in MUSIC_TABLES:
        pd.testing.assert_frame_equal(getattr(found.music, name), getattr(sound.music, name))


def test_a_clip_without_sound_is_kept_too(store: SoundStore) -> None:
    store.save(replace(make_sound(CLIP, 0.0, ()), loudness=math.nan, tracks=()))
    found = store.load(CLIP)
    assert found is not None
    assert math.isnan(found.loudness)
    assert describe_tracks(found) == "The clip has no sound."


@pytest.mark.parametrize("name", ["sound.json", "voice.parquet", "music_chords.parquet"])
def test_a_damaged_or_missing_file_is_no_sound(store: SoundStore, name: str) -> None:
    store.save(make_sound(CLIP))
    (store.folder_of(CLIP) / name).write_bytes(b"not this")
    assert store.load(CLIP) is None
    (store.folder_of(CLIP) / name).unlink()
    assert store.load(CLIP) is None


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("segments", "kind", "thunder"),
        ("music_chords", "chord", "H"),
        ("music_keys", "key", "C dorian"),
        ("segments", "start", np.inf),
        ("utterances", "end", -5.0),
        ("waveform", "time", np.nan),
    ],
)
def test_a_table_that_cannot_be_one_of_a_clip_is_refused(
    store: SoundStore, name: str, column: str, value: object
) -> None:
    store.save(make_sound(CLIP))
    path = store.folder_of(CLIP) / f"{name}.parquet"
    table = pd.read_parquet(path)
    table.loc[0, column] = value
    table.to_parquet(path, index=False)
    with pytest.raises(ValueError, match=r"must be|ends before"):
        read_sound_folder(store.folder_of(CLIP))


def test_several_tracks_are_named_and_silence_is_said_so() -> None:
    two = make_sound(tracks=(TRACK, replace(TRACK, place=1, language="", title="Commentary")))
    assert describe_tracks(two) == (
        "The clip has 2 sound tracks (fil, Commentary). Eme reads the first."
    )
    silent = make_sound(spoken=())
    quiet = silent.segments.assign(kind=SoundKind.SILENCE.value)
    assert describe_tracks(replace(silent, segments=quiet)) == (
        "The clip has a sound track, but nothing is heard in it."
    )
    assert describe_tracks(make_sound()) == ""
