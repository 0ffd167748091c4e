"""The sound of a clip in blocks, each sample where it is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import MediaError
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE
from emotion_core.sound.decode import read_blocks, sound_tracks
from emotion_core.types import FloatArray
from tests.sound.clips import beeps, write_clip

FOREVER = 1e6


def samples_of(path: Path, end: float = FOREVER) -> FloatArray:
    return np.concatenate([block.samples for block in read_blocks(path, end)])


def begins(samples: FloatArray) -> list[float]:
    """Seconds at which a tone comes after silence."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    first = np.diff(loud, prepend=-SAMPLE_RATE) > SAMPLE_RATE // 4
    return [round(float(place), 2) for place in loud[first] / SAMPLE_RATE]


def test_blocks_have_no_gap_and_the_same_length(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mov", [beeps(23.4, 48_000)])
    blocks = list(read_blocks(clip, FOREVER))
    assert [block.start for block in blocks] == [0.0, 10.0, 20.0]
    assert [len(block.samples) for block in blocks[:-1]] == [BLOCK_SECONDS * SAMPLE_RATE] * 2
    assert [block.channels.shape for block in blocks[:-1]] == [(2, 480_000)] * 2
    assert len(blocks[-1].samples) == pytest.approx(3.4 * SAMPLE_RATE, abs=2)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout"),
    [
        ("clip.mp4", "aac", 48_000, "stereo"),
        ("clip.mkv", "ac3", 44_100, "5.1"),
        ("telephone.mov", "pcm_s16le", 8_000, "mono"),
        ("clip.webm.mkv", "libopus", 48_000, "stereo"),
    ],
)
def test_a_sound_lies_where_it_is_heard_in_any_format(
    tmp_path: Path, name: str, codec: str, rate: int, layout: str
) -> None:
    sound = beeps(12.5, rate)
    clip = write_clip(tmp_path / name, [sound], rate=rate, layout=layout, codec=codec)
    assert begins(samples_of(clip)) == pytest.approx(list(range(13)), abs=0.02)


def test_stereo_of_two_like_sides_is_as_loud_as_either(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mov", [beeps(2, 48_000)])
    assert np.abs(samples_of(clip)).max() == pytest.approx(0.5, abs=0.01)


def test_sound_that_begins_late_is_not_moved_to_the_front(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", [beeps(3, 48_000)], codec="flac", start=1.5)
    assert begins(samples_of(clip)) == pytest.approx([1.5, 2.5, 3.5], abs=0.01)


def test_a_gap_is_silence_and_what_follows_stays_in_its_place(tmp_path: Path) -> None:
    clip = write_clip(
        tmp_path / "clip.mkv", [beeps(33, 48_000)], codec="flac", layout="mono", gap=(8.5, 21.5)
    )
    found = begins(samples_of(clip))
    assert found == pytest.approx([*range(9), *range(22, 33)], abs=0.01)


def test_what_is_heard_after_the_picture_is_left_out(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mov", [beeps(15, 48_000)])
    assert len(samples_of(clip, 12.0)) == 12 * SAMPLE_RATE


def test_of_several_tracks_all_are_named_and_the_first_is_read(tmp_path: Path) -> None:
    silence = np.zeros(48_000, np.float32)
    clip = write_clip(
        tmp_path / "clip.mkv",
        [beeps(1, 48_000), silence],
        codec="flac",
        languages=["eng", "fil"],
    )
    assert [track.language for track in sound_tracks(clip)] == ["eng", "fil"]
    assert np.abs(samples_of(clip)).max() > 0.4


def test_a_clip_without_sound_has_no_block(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [])
    assert sound_tracks(clip) == ()
    assert list(read_blocks(clip, FOREVER)) == []


def test_what_is_no_clip_is_refused_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "clip.mp4"
    text.write_text("not a clip")
    with pytest.raises(MediaError, match="not a video"):
        list(read_blocks(text, FOREVER))
