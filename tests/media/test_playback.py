"""Copies for the browser keep the times of the frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from emotion_core.errors import MediaError, OutputError
from emotion_core.media import playback
from emotion_core.media.decode import read_frames
from emotion_core.media.playback import make_playable, playable
from emotion_core.media.probe import probe
from tests.media.clips import make_clip, read_mark


def copy(clip: Path) -> Path:
    out = clip.with_name("copy.mp4")
    for _ in make_playable(clip, out):
        pass
    return out


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("plain.mp4", {"audio": "stereo"}, True),
        ("phone.mov", {"rotation": 90, "audio": "mono"}, True),
        ("silent.m4v", {}, True),
        ("web.webm", {"codec": "vp9", "audio": "stereo", "audio_codec": "libopus"}, True),
        ("uncompressed.mov", {"audio": "mono", "audio_codec": "pcm_s16le"}, False),
        ("ten_bit.mp4", {"codec": "hevc10"}, False),
        ("old.avi", {"codec": "mpeg4"}, False),
        ("old.mp4", {"codec": "mpeg4"}, False),
        ("odd.mp4", {"size": (33, 33)}, False),
        ("film.mkv", {}, False),
    ],
)
def test_browsers_play_what_they_can_decode(
    tmp_path: Path, name: str, options: dict[str, Any], expected: bool
) -> None:
    assert playable(make_clip(tmp_path / name, n=3, **options)) is expected


def test_a_clip_too_large_to_be_served_is_not_played_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=3)
    monkeypatch.setattr(playback, "LARGEST_BYTES", 100)
    assert not playable(clip)


def test_what_is_not_a_clip_is_not_playable(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"nothing of the kind")
    assert not playable(tmp_path / "clip.mp4")
    assert not playable(tmp_path / "missing.mp4")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("variable.mp4", {"n": 6, "pts": [0, 0.04, 0.1, 0.5, 0.51, 0.9]}),
        ("film.mkv", {"fps": Fraction(24_000, 1001), "codec": "hevc10", "audio": "mono"}),
        ("late.mp4", {"n": 4, "pts": [0.4, 0.44, 0.48, 0.6], "audio": "mono"}),
        ("late_sound.ts", {"audio": "mono", "audio_start": 0.4}),
        ("odd.mkv", {"size": (161, 97), "codec": "ffv1"}),
    ],
)
def test_the_copy_shows_each_frame_at_its_time(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    clip = make_clip(tmp_path / name, **options)
    made = copy(clip)
    source, target = list(read_frames(clip)), list(read_frames(made))
    assert [read_mark(f.image) for f in target] == list(range(len(source)))
    assert [f.time for f in target] == pytest.approx([f.time for f in source], abs=0.002)
    assert playable(made)


def test_the_copy_is_upright_even_and_at_most_960_px(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=3, size=(1281, 721), rotation=90)
    made = copy(clip)
    info = probe(made)
    assert (info.width, info.height) == (540, 960)
    last = list(read_frames(made))[-1].image
    assert read_mark(np.rot90(last, -1)) == 2
    data = made.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_late_sound_is_filled_with_silence(tmp_path: Path) -> None:
    made = copy(make_clip(tmp_path / "clip.mkv", audio="mono", audio_start=0.4))
    with av.open(str(made)) as container:
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
        rate = container.streams.audio[0].sample_rate
    onset = np.flatnonzero(np.abs(sound) > 0.05)[0] / rate
    assert onset == pytest.approx(0.4, abs=0.04)


def test_progress_ends_with_the_clip(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", n=30)
    *_, last = make_playable(clip, tmp_path / "copy.mp4")
    assert last.share == pytest.approx(1, abs=0.1)


def test_stopping_leaves_no_file(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", n=200, size=(640, 360))
    progress = make_playable(clip, tmp_path / "out" / "copy.mp4")
    next(progress)
    progress.close()
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unwritable_place_and_an_unreadable_clip_are_one_sentence_each(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", n=3)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError, match="cannot be written"):
        next(make_playable(clip, tmp_path / "file" / "copy.mp4"))
    with pytest.raises(MediaError):
        next(make_playable(tmp_path / "file", tmp_path / "copy.mp4"))
    assert not (tmp_path / "copy.mp4").exists()
