"""Recordings of one's own voice: what is read in them, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.sound.known_voices import has_espeak, spoken
from emotion_core.errors import MediaError
from emotion_core.library.deliveries import delivery_reader
from emotion_core.library.sounds import sound_detector
from emotion_core.performance.delivery.line_beside import OWN, lay_beside
from emotion_core.performance.wording.line_beside import describe_beside
from emotion_core.practice.voice import recording
from emotion_core.practice.voice.recording import OwnRecording, own_line, read_recording
from emotion_core.settings import load_settings
from emotion_core.sound.analysis import FEATURE_COLUMNS
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.delivery import DeliveryReader
from emotion_core.sound.words.lines import words_table
from emotion_core.types import FloatArray
from tests.media.clips import make_clip
from tests.sound.heard import make_sound
from tests.sound.made import noise, untrained

TEXT = "And you never came home."


def write(path: Path, samples: FloatArray) -> Path:
    soundfile.write(path, samples, SAMPLE_RATE)
    return path


def silence(seconds: float) -> FloatArray:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


@pytest.fixture(scope="module")
def voices() -> DeliveryReader:
    return delivery_reader(load_settings().models_dir)


def refusal(path: Path) -> str:
    with pytest.raises(MediaError) as refused:
        read_recording(path, TEXT, untrained())
    return str(refused.value)


def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    assert "is empty" in refusal(tmp_path / "empty.wav")
    (tmp_path / "notes.mp3").write_bytes(b"to do: learn the lines")
    assert "no sound that Eme can read" in refusal(tmp_path / "notes.mp3")
    assert "no sound in this file" in refusal(make_clip(tmp_path / "mute.mp4", n=5, size=(64, 36)))


def test_what_is_too_long_or_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "listen", None)
    assert "2.2 minutes long; 2 minutes" in refusal(write(tmp_path / "a.wav", silence(130)))
    with (tmp_path / "huge.wav").open("wb") as file:
        file.truncate(101_000_000)
    assert "101 MB; 100 MB are the limit" in refusal(tmp_path / "huge.wav")


def test_silence_and_noise_without_speech_are_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "right microphone" in refusal(write(tmp_path / "a.wav", silence(1)))
    rain = write(tmp_path / "b.wav", noise(1.0, level=0.05))
    with pytest.raises(MediaError, match="No speech is heard"):
        read_recording(rain, TEXT, sound_detector(load_settings().models_dir))


def made(
    pitches: tuple[float, ...], *, loud: float = 0.5, features: float = np.nan
) -> OwnRecording:
    """A recording of an utterance for each pitch."""
    spans = [(2.0 * k + 0.5, 2.0 * k + 1.5) for k in range(len(pitches))]
    sound = make_sound(seconds=2.0 * len(pitches) + 1, spoken=spans)
    wave = sound.waveform
    high = wave["high"].where(wave["high"] < 0.4, loud)
    utterances = sound.utterances.assign(pitch=pitches, **dict.fromkeys(FEATURE_COLUMNS, features))
    sound = replace(sound, utterances=utterances, waveform=wave.assign(high=high))
    return OwnRecording(sound, words_table(()), recording._is_clipped(sound))


def test_the_own_usual_is_the_median_of_this_recording_and_of_those_that_were_kept(
    voices: DeliveryReader,
) -> None:
    assert np.isnan(own_line(TEXT, made((200.0,)), voices, [100.0, 100.0]).usual)
    assert own_line(TEXT, made((200.0,)), voices, [100.0, 100.0, 110.0]).usual == 105.0


def test_loudness_is_against_the_same_recording_alone(voices: DeliveryReader) -> None:
    few = own_line(TEXT, made((200.0,), features=1.0), voices, [200.0] * 9)
    assert few.sound.delivery.utterances["raised"].isna().all()
    assert np.isnan(lay_beside(few, few).table["loudness"][OWN])
    many = own_line(TEXT, made((200.0,) * 4, features=1.0), voices, [])
    assert lay_beside(many, many).table["loudness"][OWN] == 0.0


def test_a_recording_that_reaches_full_scale_is_warned_about() -> None:
    assert made((200.0,)).warning == ""
    assert "clipped" in made((200.0,), loud=1.0).warning


@pytest.mark.skipif(not has_espeak(), reason="espeak-ng, which speaks the line, is not installed")
def test_a_line_is_read_from_a_file_word_by_word(tmp_path: Path, voices: DeliveryReader) -> None:
    detector = sound_detector(load_settings().models_dir)
    whole = spoken(TEXT, voice="en-us", speed=150)
    first, last = (
        spoken(part, voice="en-us", speed=150) for part in ("And you never came", "home.")
    )
    ends = np.flatnonzero(np.abs(first) > 0.01)[-1], np.flatnonzero(np.abs(last) > 0.01)[0]
    paused = np.concatenate([silence(0.3), first[: ends[0]], silence(0.6), last[ends[1] :]])
    lines = []
    for name, samples in (("whole.wav", whole), ("paused.flac", paused)):
        read = read_recording(write(tmp_path / name, samples), TEXT, detector)
        assert len(read.words) == 5 and read.words["heard"].all()
        lines.append(replace(own_line(TEXT, read, voices, []), title=name))
    beside = lay_beside(replace(lines[0], title="Ana"), replace(lines[1], title="You"))
    home = beside.words[beside.words["performance"] == OWN].iloc[-1]
    assert home["pause"] == pytest.approx(0.6, abs=0.1)
    (pause,) = [one for one in describe_beside(beside) if one.startswith("You pause")]
    assert pause.endswith("s before “home”, Ana does not.")
