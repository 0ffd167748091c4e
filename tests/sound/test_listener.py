"""A clip heard from its beginning to its end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_core.progress import finish
from emotion_core.settings import load_settings
from emotion_core.sound.analysis import describe_tracks
from emotion_core.sound.kinds.detector import SoundDetector, load_sound_detector
from emotion_core.sound.listener import listen
from emotion_core.sound.store import SoundStore
from emotion_core.sound.waveform import WAVEFORM_RATE
from tests.sound.clips import beeps, write_clip

CLIP = "c" * 64


@pytest.fixture(scope="module")
def detector() -> SoundDetector:
    return load_sound_detector(load_settings().models_dir)


def test_all_tables_are_of_the_length_of_the_sound(tmp_path: Path, detector: SoundDetector) -> None:
    clip = write_clip(tmp_path / "clip.mov", [beeps(12.5, 48_000)])
    steps = []
    sound = finish(listen(clip, CLIP, 12.5, detector), steps.append)
    assert [step.done for step in steps] == [10.0, 12.5]
    assert sound.duration == pytest.approx(12.5, abs=0.05)
    assert len(sound.waveform) == pytest.approx(12.5 * WAVEFORM_RATE, abs=1)
    assert len(sound.kinds) == pytest.approx(125, abs=1)
    assert sound.segments["start"].iloc[0] == 0
    assert np.isfinite(sound.loudness) and not sound.silent
    store = SoundStore(tmp_path)
    store.save(sound)
    assert store.load(CLIP) is not None


def test_silence_is_heard_as_such(tmp_path: Path, detector: SoundDetector) -> None:
    clip = write_clip(tmp_path / "clip.mov", [np.zeros(96_000, np.float32)])
    sound = finish(listen(clip, CLIP, 2.0, detector))
    assert sound.silent and sound.spoken() == []
    assert "nothing is heard in it" in describe_tracks(sound)


def test_a_clip_without_sound_has_empty_tables(tmp_path: Path, detector: SoundDetector) -> None:
    sound = finish(listen(write_clip(tmp_path / "clip.mp4", []), CLIP, 2.0, detector))
    assert sound.tracks == () and sound.duration == 0
    assert not len(sound.kinds) and not len(sound.utterances) and not len(sound.music.chords)
    store = SoundStore(tmp_path)
    store.save(sound)
    assert store.load(CLIP) is not None
