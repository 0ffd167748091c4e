"""One writer for all videos: what was given comes out in its place."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from emotion_core.errors import OutputError
from emotion_core.media.decode import read_frames, read_sound
from emotion_core.media.encoding.writer import SoundPiece, open_video
from emotion_core.types import ImageArray
from tests.media.clips import make_clip, marked_image, read_mark

SIZE = (160, 96)


def grey(level: int = 90, size: tuple[int, int] = SIZE) -> ImageArray:
    return np.full((size[1], size[0], 3), level, np.uint8)


def tone(seconds: float, rate: int = 48_000, layout: str = "mono") -> Iterator[SoundPiece]:
    """A tone in pieces of 20 ms."""
    for n in range(round(seconds * 50)):
        wave = 12_000 * np.sin(2 * np.pi * 440 * np.arange(rate // 50) / rate)
        samples = np.repeat(wave.astype(np.int16), 1 + (layout == "stereo"))[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), n * rate // 50
        yield frame, n / 50


def test_pictures_are_shown_at_their_times_and_the_last_to_the_end(tmp_path: Path) -> None:
    times = [0, 0.1, 0.11, 0.5, 0.9]
    with open_video(tmp_path / "a.mp4", SIZE, 25) as video:
        for index, time in enumerate(times):
            video.write(marked_image(index, SIZE), time)
        video.write(grey(), 0.9)  # not later than the last
        video.hold_until(2.0)
    assert (video.frames, video.seconds) == (5, 2.0)
    frames = list(read_frames(tmp_path / "a.mp4"))
    assert [read_mark(frame.image) for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.time for frame in frames] == pytest.approx(times, abs=1e-4)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=0.001)


def test_the_file_is_h264_and_aac_with_its_index_in_front_and_its_colours_said(
    tmp_path: Path,
) -> None:
    with open_video(tmp_path / "a.mp4", SIZE, 25, sound=tone(1)) as video:
        for n in range(25):
            video.write(grey(), n / 25)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        context = picture.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert (sound.codec_context.name, sound.codec_context.channels) == ("aac", 1)
        assert float(sound.duration * sound.time_base) == pytest.approx(1, abs=0.03)


def test_sound_lies_beside_its_pictures_in_the_file(tmp_path: Path) -> None:
    with open_video(tmp_path / "a.mp4", SIZE, 25, sound=tone(8, layout="stereo")) as video:
        for n in range(200):
            video.write(grey(n), n / 25)
    with av.open(str(tmp_path / "a.mp4")) as container:
        place: dict[str, list[tuple[int, float]]] = {"video": [], "audio": []}
        for packet in container.demux():
            if packet.pos is not None and packet.pts is not None:
                place[packet.stream.type].append((packet.pos, float(packet.pts * packet.time_base)))
    for position, time in place["video"]:
        heard = [at for where, at in place["audio"] if where < position]
        assert (heard[-1] if heard else 0) == pytest.approx(time, abs=1.5)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_picture_as_it_was_stored_is_turned(tmp_path: Path, rotation: int) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=2, rotation=rotation)
    shown = [frame.image for frame in read_frames(clip)]
    with (
        av.open(str(clip)) as container,
        open_video(tmp_path / "a.mp4", (shown[0].shape[1], shown[0].shape[0]), 25) as video,
    ):
        for picture in container.decode(video=0):
            video.write(picture, float(picture.time))
    for frame, image in zip(read_frames(tmp_path / "a.mp4"), shown, strict=True):
        assert np.abs(frame.image.astype(int) - image).mean() < 4


def test_another_shape_stands_between_bars_or_is_stretched(tmp_path: Path) -> None:
    for stretch in (False, True):
        with open_video(tmp_path / "a.mp4", SIZE, 25, stretch=stretch) as video:
            video.write(grey(200, (40, 96)), 0)
        (frame,) = read_frames(tmp_path / "a.mp4")
        assert bool(frame.image[:, :50].mean() > 190) is stretch
        assert frame.image[:, 80].mean() > 190


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p"])
def test_colours_stay(tmp_path: Path, pixels: str) -> None:
    colors = [(200, 40, 40), (40, 160, 60), (30, 60, 200), (255, 255, 255), (0, 0, 0)]
    with open_video(tmp_path / "a.mp4", SIZE, 25, crf=10) as video:
        for n, color in enumerate(colors):
            image = np.full((96, 160, 3), color, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)
            video.write(frame, n / 25)
        for n, color in enumerate(colors, len(colors)):
            video.write(np.full((96, 160, 3), color, np.uint8), n / 25)
    for frame, color in zip(read_frames(tmp_path / "a.mp4"), colors * 2, strict=True):
        assert np.abs(frame.image.mean(axis=(0, 1)) - color).max() < 6


def test_the_colours_of_a_high_dynamic_range_are_still_said(tmp_path: Path) -> None:
    bt2020, hlg = 9, 18
    frame = av.VideoFrame.from_ndarray(grey(), format="rgb24").reformat(format="yuv420p10le")
    frame.color_primaries, frame.color_trc = bt2020, hlg
    with open_video(tmp_path / "a.mp4", SIZE, 25) as video:
        video.write(frame, 0)
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc) == (bt2020, hlg)


def test_sound_that_changes_its_kind_on_the_way_goes_on(tmp_path: Path) -> None:
    pieces = [*tone(0.5), *((f, t + 0.5) for f, t in tone(0.5, 44_100, "stereo"))]
    with open_video(tmp_path / "a.mp4", SIZE, 25, sound=pieces) as video:
        video.write(grey(), 0)
        video.hold_until(1)
    heard = np.concatenate([frame.to_ndarray()[0] for frame, _ in read_sound(tmp_path / "a.mp4")])
    assert len(heard) / 48_000 == pytest.approx(1, abs=0.05)
    assert np.abs(heard[24_000:40_000]).max() > 0.2


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0)
    (tmp_path / "a.mp4").write_bytes(b"older")
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with (
            pytest.raises(OutputError, match=r"^[^\n]*a\.mp4 cannot be written: [^\n]*\.$"),
            open_video(tmp_path / "a.mp4", (640, 480), 25) as video,
        ):
            for n in range(100):
                video.write(noise.integers(0, 255, (480, 640, 3), np.uint8), n / 25)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"older"]


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), open_video(tmp_path / "a.mp4", SIZE, 25) as video:
        video.write(grey(), 0)
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_sound_that_comes_long_after_the_last_picture_is_left_out(tmp_path: Path) -> None:
    pieces = list(tone(1.0))
    late = [(piece, time + (100_000 if time >= 0.5 else 0)) for piece, time in pieces]
    with open_video(tmp_path / "a.mp4", SIZE, 25, sound=late) as video:
        for index in range(5):
            video.write(grey(), index / 25)
    *_, (last, end) = read_sound(tmp_path / "a.mp4")
    assert end + last.samples / last.sample_rate == pytest.approx(0.5, abs=0.1)


def test_a_disk_that_fills_while_a_video_is_written_ends_it_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([5e9, 5e9, *[1e8] * 1000])
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(total=1e12, free=next(free))
    )
    written = 0
    with (
        pytest.raises(OutputError, match="nearly full"),
        open_video(tmp_path / "a.mp4", SIZE, 25) as video,
    ):
        for index in range(500):
            video.write(grey(), index / 25)
            written += 1
    assert 0 < written < 500 and list(tmp_path.iterdir()) == []
