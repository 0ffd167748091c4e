"""Clips as streams of upright pictures with their own times."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.errors import MediaError
from emotion_core.media.decode import read_frames
from emotion_core.media.probe import probe
from emotion_core.media.seeking import read_image_at, read_images_at
from tests.media.clips import Codec, make_clip, marked_image, read_mark


def _read(path: Path) -> list[tuple[int, float, int]]:
    return [(f.index, f.time, read_mark(f.image)) for f in read_frames(path)]


def test_frames_come_in_order_with_their_own_times(tmp_path: Path) -> None:
    frames = _read(make_clip(tmp_path / "a.mp4", n=30, fps=Fraction(30000, 1001)))
    assert [mark for _, _, mark in frames] == list(range(30))
    assert [index for index, _, _ in frames] == list(range(30))
    assert [time for _, time, _ in frames] == pytest.approx(
        [k * 1001 / 30000 for k in range(30)], abs=1e-4
    )


def test_a_variable_frame_rate_keeps_the_times_of_the_stream(tmp_path: Path) -> None:
    pts = [0.0, 0.04, 0.08, 0.5, 0.9, 0.94, 1.5]
    frames = _read(make_clip(tmp_path / "a.mp4", n=7, pts=pts))
    assert [time for _, time, _ in frames] == pytest.approx(pts, abs=1e-3)
    assert [mark for _, _, mark in frames] == list(range(7))


@pytest.mark.parametrize(("codec", "suffix"), [("hevc10", "mp4"), ("ffv1", "mkv"), ("vp9", "webm")])
def test_any_codec_is_read(tmp_path: Path, codec: str, suffix: str) -> None:
    frames = _read(make_clip(tmp_path / f"a.{suffix}", n=5, codec=codec))  # type: ignore[arg-type]
    assert [mark for _, _, mark in frames] == list(range(5))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_phone_clip_is_turned_upright(tmp_path: Path, rotation: int) -> None:
    upright = marked_image(11, (160, 96))
    stored = np.rot90(upright, -rotation // 90)
    size = (stored.shape[1], stored.shape[0])
    path = make_clip(
        tmp_path / "a.mp4",
        n=3,
        size=size,
        rotation=rotation,
        picture=lambda _: np.ascontiguousarray(stored),
    )
    frame = next(read_frames(path))
    assert frame.image.shape == (96, 160, 3)
    assert read_mark(frame.image) == 11
    assert (probe(path).width, probe(path).height) == (160, 96)


def test_odd_sizes_are_read_as_they_are(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n=3, size=(161, 97))
    assert next(read_frames(path)).image.shape == (97, 161, 3)


def test_large_pictures_are_shrunk_on_request_and_keep_their_shape(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n=1, size=(320, 160))
    assert next(read_frames(path, max_side=100)).image.shape == (50, 100, 3)
    assert next(read_frames(path, max_side=1000)).image.shape == (160, 320, 3)


def test_probe_tells_length_rate_and_sound(tmp_path: Path) -> None:
    info = probe(make_clip(tmp_path / "a.mp4", n=50, fps=25, audio="mono"))
    assert info.duration == pytest.approx(2.0, abs=0.05)
    assert info.fps == pytest.approx(25)
    assert info.frame_count == 50
    assert info.has_audio
    assert not probe(make_clip(tmp_path / "b.mp4", n=5)).has_audio


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n=200)
    assert [frame.index for frame in islice(read_frames(path), 3)] == [0, 1, 2]


@pytest.mark.parametrize(("time", "expected"), [(0.0, 0), (0.401, 10), (0.43, 10), (99.0, 49)])
def test_the_picture_at_a_time_is_the_one_on_screen(
    tmp_path: Path, time: float, expected: int
) -> None:
    path = make_clip(tmp_path / "a.mp4", n=50, fps=25)
    assert read_mark(read_image_at(path, time)) == expected


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "h264"), ("mkv", "vp9"), ("ts", "h264")])
def test_pictures_at_many_times_are_those_on_screen_whatever_the_index(
    tmp_path: Path, suffix: str, codec: Codec
) -> None:
    path = make_clip(tmp_path / f"clip.{suffix}", n=300, size=(64, 64), codec=codec)
    wanted = [0, 0, 1, 2, 50, 249, 250, 251, 252, 299, 299]
    times = [-1.0, *((frame + 0.5) / 25 for frame in wanted[1:-1]), 99.0]
    assert [read_mark(image) for image in read_images_at(path, times)] == wanted


def test_a_clip_cut_off_in_the_middle_is_read_up_to_there_with_a_warning(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "a.mkv", n=100, size=(320, 240))
    part = tmp_path / "part.mkv"
    part.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    warnings: list[str] = []
    frames = list(read_frames(part, warn=warnings.append))
    assert 20 < len(frames) < 100
    assert len(warnings) == 1 and "was read" in warnings[0]


def test_a_whole_clip_gives_no_warning(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n=50, audio="stereo", audio_seconds=4.0)
    warnings: list[str] = []
    assert len(list(read_frames(path, warn=warnings.append))) == 50
    assert warnings == []


def bad_files(folder: Path) -> dict[str, Path]:
    """Files that are not clips, by what is wrong with them."""
    whole = make_clip(folder / "whole.mp4", n=20, size=(320, 240))
    files = {
        "missing": folder / "missing.mp4",
        "folder": folder / "folder",
        "empty": folder / "empty.mp4",
        "text": folder / "text.mp4",
        "no index": folder / "no-index.mp4",
        "no frames": folder / "no-frames.mp4",
        "only sound": folder / "sound.m4a",
    }
    files["folder"].mkdir()
    files["empty"].touch()
    files["text"].write_text("To be, or not to be\n" * 500)
    files["no index"].write_bytes(whole.read_bytes()[:2000])
    _make_sound(files["only sound"])
    with av.open(str(files["no frames"]), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.start_encoding()
    return files


def _make_sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=44_100, layout="mono")
        for start in range(0, 44_100, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44_100, start
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "There is no file"),
        ("folder", "is a folder"),
        ("empty", "is empty"),
        ("text", "it is not a video"),
        ("no index", "truncated before its index"),
        ("no frames", "no face to read"),
        ("only sound", "only sound"),
    ],
)
def test_what_is_not_a_clip_is_refused_in_one_sentence(
    tmp_path: Path, kind: str, words: str
) -> None:
    path = bad_files(tmp_path)[kind]
    for read in (probe, lambda path: next(read_frames(path))):
        with pytest.raises(MediaError, match=words) as caught:
            read(path)
        assert "\n" not in str(caught.value)
