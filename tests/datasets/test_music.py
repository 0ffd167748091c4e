from __future__ import annotations

import shutil
import wave
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets.music.composing import compose
from emotion_core.datasets.music.instruments import FAMILIES, choose_program
from emotion_core.datasets.music.notes import Note, Part, to_midi
from emotion_core.datasets.music.rendering import SOUNDFONT, RenderOptions, play, render_music
from emotion_core.datasets.music.scores import split_of_work, work_of
from emotion_core.errors import DatasetError
from emotion_core.progress import finish

needs_fluidsynth = pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not SOUNDFONT.is_file(),
    reason="FluidSynth or its sound font is not installed",
)


def test_notes_become_the_bytes_of_a_midi_file() -> None:
    midi = to_midi([Part(40, [Note(60, 0.0, 0.5, 90), Note(60, 0.5, 0.5, 80)])])
    assert midi[:14] == b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0"
    track = midi[22:]
    assert int.from_bytes(midi[18:22], "big") == len(track) and track.endswith(b"\xff\x2f\x00")
    assert b"\xc0\x28" in track
    # half a second is 480 ticks, in two groups of seven bits; one note ends as the next begins
    assert b"\x90\x3c\x5a\x83\x60\x80\x3c\x00\x00\x90\x3c\x50" in track


def test_new_instruments_are_never_among_the_known() -> None:
    chance = np.random.default_rng(0)
    for family in FAMILIES:
        known = {choose_program(chance, "known", family) for _ in range(60)}
        new = {choose_program(chance, "new", family) for _ in range(60)}
        assert not known & new


def test_made_up_pieces_last_as_long_as_asked() -> None:
    for seed in range(20):
        parts = compose(np.random.default_rng(seed), "known", 10.0)
        notes = [note for part in parts for note in part.notes]
        assert notes and max(note.start for note in notes) < 14
        assert max(note.start + note.length for note in notes) > 6


def test_movements_of_a_work_stay_together() -> None:
    movements = [Path(f"corpus/beethoven/opus18no1/movement{k}.mxl") for k in (1, 2)]
    assert work_of(movements[0]) == work_of(movements[1]) == "beethoven/opus18no1"
    assert work_of(Path("corpus/bach/bwv1.6.mxl")) == "bach/bwv1.6"
    shares = Counter(split_of_work(f"work {k}") for k in range(1_000))
    assert 150 < shares["test"] < 250 and 80 < shares["val"] < 160


@needs_fluidsynth
def test_fluidsynth_plays_what_is_written() -> None:
    sound = play([Part(0, [Note(69, 0.2, 1.0)])], SOUNDFONT, reverb=0)
    assert 16_000 < len(sound) < 80_000 and np.abs(sound[:2_000]).max() < 0.01
    spectrum = np.abs(np.fft.rfft(sound[6_400:14_400]))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=6)


@needs_fluidsynth
def test_music_is_rendered_by_split_and_what_is_there_is_kept(tmp_path: Path) -> None:
    options = RenderOptions(train=0, val=0, test=2, composed=1.0, seconds=2.0)
    assert finish(render_music(tmp_path, options)) == 2
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.wav"))
    assert files == [
        "test/known/composed-0000.wav",
        "test/new/composed-0001.wav",
    ]
    with wave.open(str(tmp_path / files[0])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16_000, 1, 32_000)
    before = (tmp_path / files[0]).stat().st_mtime_ns
    finish(render_music(tmp_path, options))
    assert (tmp_path / files[0]).stat().st_mtime_ns == before


def test_a_missing_sound_font_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/fluidsynth")
    with pytest.raises(DatasetError, match="no sound font"):
        finish(render_music(tmp_path, RenderOptions(soundfont=tmp_path / "none.sf2")))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DatasetError, match="FluidSynth"):
        finish(render_music(tmp_path, RenderOptions()))
