"""Sound from the middle of a clip is that of a clip which is decoded from its start."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from emotion_core.media import sound_seeking
from emotion_core.media.opening import open_clip
from emotion_core.media.sound_seeking import read_sound_from
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE
from emotion_core.sound.decode import read_blocks
from emotion_core.types import FloatArray
from tests.media.beside import hum, write_interleaved, write_moved
from tests.media.clips import make_clip

START, END = 34.2, 43.0


def samples(path: Path, start: float, *, sought: bool, end: float = END) -> FloatArray:
    """From a time on, by seeking or from the start of the clip."""
    blocks = list(read_blocks(path, end, start if sought else 0.0))
    found = np.concatenate([block.samples for block in blocks])
    return found[round((start - blocks[0].start) * SAMPLE_RATE) :]


def first_time(path: Path, time: float = START) -> float | None:
    """Of the pieces that a seek finds, the first; ``None`` where it finds nothing."""
    found = read_sound_from(path, time)
    if found is None:
        return None
    next(found)
    return next(found)[1]


def lag(whole: FloatArray, part: FloatArray) -> int:
    """Samples by which one sound comes later than the other."""
    shifted = [float(whole[50:-50] @ part[50 + by : len(part) - 50 + by]) for by in range(-50, 51)]
    return int(np.argmax(shifted)) - 50


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout", "pictures"),
    [
        ("a.mp4", "aac", 48_000, "stereo", True),
        ("b.m4a", "aac", 44_100, "mono", False),
        ("c.mkv", "aac", 44_100, "mono", True),
        ("d.mkv", "libopus", 48_000, "stereo", True),
        ("e.webm", "libopus", 48_000, "mono", False),
        ("f.mkv", "vorbis", 44_100, "stereo", True),
        ("g.mkv", "libmp3lame", 48_000, "mono", True),
        ("h.avi", "libmp3lame", 44_100, "mono", True),
        ("i.mp3", "libmp3lame", 44_100, "mono", False),
        ("j.wav", "pcm_s16le", 44_100, "stereo", False),
        ("k.mov", "pcm_s16le", 22_050, "mono", True),
        ("l.flac", "flac", 44_100, "mono", False),
        ("m.ts", "aac", 48_000, "mono", True),
    ],
)
def test_a_seek_leads_to_the_very_same_samples(
    tmp_path: Path, name: str, codec: str, rate: int, layout: str, pictures: bool
) -> None:
    clip = tmp_path / name
    write_interleaved(clip, hum(45, rate), codec, rate, layout=layout, pictures=pictures)
    found = first_time(clip)
    assert found is not None and START - 8 < found <= START
    whole, part = (samples(clip, START, sought=sought) for sought in (False, True))
    assert len(whole) == round((END - START) * SAMPLE_RATE) == len(part)
    assert np.sqrt(np.mean(whole**2)) > 0.05
    np.testing.assert_allclose(part, whole, atol=1e-6)


def test_noise_that_a_decoder_draws_is_all_that_differs(tmp_path: Path) -> None:
    clip = tmp_path / "a.mkv"
    write_interleaved(clip, hum(45, 48_000), "ac3", 48_000)
    assert first_time(clip) is not None
    whole, part = (samples(clip, START, sought=sought) for sought in (False, True))
    away = np.sqrt(np.mean((whole - part) ** 2))
    assert 0 < away < 0.05 * np.sqrt(np.mean(whole**2))
    assert lag(whole, part) == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_gap_before_a_time_moves_nothing(tmp_path: Path, name: str) -> None:
    clip = tmp_path / name
    write_interleaved(clip, hum(45, 48_000), "aac", 48_000, gap=(8.5, 21.5))
    whole, part = (samples(clip, START, sought=sought) for sought in (False, True))
    np.testing.assert_allclose(part, whole, atol=1e-6)


@pytest.mark.parametrize(("name", "most"), [("a.mp4", 0), ("a.mkv", 8)])
@pytest.mark.parametrize("start", [20.5, 27.0])
def test_a_gap_at_a_time_is_silence(tmp_path: Path, name: str, most: int, start: float) -> None:
    """In Matroska stamps are whole milliseconds, and what follows a gap lies by its stamp."""
    clip = tmp_path / name
    write_interleaved(clip, hum(45, 48_000), "aac", 48_000, gap=(18.5, 31.5))
    whole, part = (samples(clip, start, sought=sought, end=36) for sought in (False, True))
    for found in (whole, part):
        assert not found[: SAMPLE_RATE * 3].any() and found[-SAMPLE_RATE:].any()
    assert abs(lag(whole, part)) <= most
    if not most:
        np.testing.assert_allclose(part, whole, atol=1e-6)


@pytest.mark.parametrize("start", [22.0, 34.2])
def test_sound_that_begins_late_lies_where_it_is_heard(tmp_path: Path, start: float) -> None:
    clip = tmp_path / "a.mkv"
    write_interleaved(clip, hum(20, 48_000), "libopus", 48_000, start=26.3)
    whole, part = (samples(clip, start, sought=sought) for sought in (False, True))
    np.testing.assert_allclose(part, whole, atol=1e-6)


def test_a_time_after_the_end_has_no_sound(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    write_interleaved(clip, hum(25, 48_000), "aac", 48_000)
    assert list(read_blocks(clip, 90.0, 60.0)) == []


class Misled:
    """A container whose seeks end elsewhere.

    Args:
        container: the file.
        target: second to which each seek leads; nowhere if ``None``.
    """

    def __init__(self, container: av.container.InputContainer, target: float | None) -> None:
        self._container, self._target = container, target

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def __enter__(self) -> Misled:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def seek(self, _: int, **__: object) -> None:
        if self._target is None:
            raise av.error.PermissionError(1, "seeking is not permitted")
        self._container.seek(round(self._target * av.time_base))


@pytest.mark.parametrize("target", [None, 44.0])
def test_a_file_that_a_seek_leads_astray_in_is_decoded_from_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: float | None
) -> None:
    clip = tmp_path / "a.mp4"
    write_interleaved(clip, hum(45, 48_000), "aac", 48_000)
    whole = samples(clip, START, sought=False)
    opened = partial(Misled, target=target)
    monkeypatch.setattr(sound_seeking, "open_clip", lambda path: opened(open_clip(path)))
    assert first_time(clip) is None
    np.testing.assert_array_equal(samples(clip, START, sought=True), whole)


def test_only_what_lies_around_a_time_is_decoded(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    write_interleaved(clip, hum(45, 48_000), "aac", 48_000)
    blocks = list(read_blocks(clip, END, START))
    assert [block.start for block in blocks] == [30.0, 40.0]
    found = read_sound_from(clip, 30.0)
    assert found is not None
    times = [time for _, time in found]
    assert times[0] == 0 and min(times[1:]) > 30.0 - BLOCK_SECONDS


def test_joined_recordings_are_decoded_from_their_start(tmp_path: Path) -> None:
    for name in ("a.ts", "b.ts"):
        write_interleaved(tmp_path / name, hum(25, 48_000), "aac", 48_000)
    joined = tmp_path / "c.ts"
    joined.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    assert first_time(joined) is None
    whole, part = (samples(joined, START, sought=sought) for sought in (False, True))
    np.testing.assert_array_equal(part, whole)


@pytest.mark.parametrize(("sound", "picture"), [(-1.7, 0.0), (-3.2, -3.2), (-1.728, 0.0)])
def test_stamps_below_zero_move_nothing(tmp_path: Path, sound: float, picture: float) -> None:
    whole, clip = tmp_path / "a.mkv", tmp_path / "b.mkv"
    write_interleaved(whole, hum(45, 48_000), "aac", 48_000)
    write_moved(whole, clip, {"audio": sound, "video": picture})
    assert first_time(whole) is not None and first_time(clip) is None
    whole_sound, part = (samples(clip, START, sought=sought) for sought in (False, True))
    np.testing.assert_array_equal(part, whole_sound)


@pytest.mark.parametrize(
    ("name", "moved"),
    [("b.mp4", 7.3), ("b.mkv", 7.3), ("b.ts", 1000.0), ("b.mp4", -1.7)],
)
def test_a_clip_that_does_not_begin_at_zero_is_sought_in(
    tmp_path: Path, name: str, moved: float
) -> None:
    whole, clip = tmp_path / "a.mp4", tmp_path / name
    write_interleaved(whole, hum(45, 48_000), "aac", 48_000)
    write_moved(whole, clip, {"audio": moved, "video": max(moved, 0.0)})
    assert first_time(clip, 30.0) is not None
    found, part = (samples(clip, START, sought=sought, end=42) for sought in (False, True))
    np.testing.assert_allclose(part, found, atol=1e-6)


def test_a_clip_without_sound_has_none(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", 10)
    assert read_sound_from(clip, 0.2) is None and list(read_blocks(clip, 90.0, 60.0)) == []
