"""Files as cameras, browsers and broken tools make them are read whole, upright and in time."""

from __future__ import annotations

import shutil
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.errors import MediaError
from emotion_core.media.decode import LONGEST_HOLD, read_frames, read_sound
from emotion_core.media.opening import open_clip, video_stream
from emotion_core.media.playback import make_playable, playable
from emotion_core.media.probe import probe
from emotion_core.media.seeking import read_image_at
from emotion_core.progress import finish
from tests.media.clips import make_clip, marked_image, read_mark


def marks(path: Path, warnings: list[str] | None = None) -> list[tuple[float, int]]:
    warn = None if warnings is None else warnings.append
    return [(frame.time, read_mark(frame.image)) for frame in read_frames(path, warn=warn)]


def joined(folder: Path, suffix: str, codec: str = "h264", sound: str = "aac") -> Path:
    """A clip of 2 s and one of 1 s, their bytes one after the other: the time stamps restart."""
    out = folder / f"joined.{suffix}"
    with out.open("wb") as file:
        for first, n in ((0, 50), (50, 25)):
            part = make_clip(
                folder / f"part{first}.{suffix}",
                n,
                audio="stereo",
                audio_codec=sound,
                codec=codec,  # type: ignore[arg-type]
                picture=lambda i, first=first: marked_image(first + i, (160, 96)),
            )
            file.write(part.read_bytes())
    return out


@pytest.mark.parametrize(
    ("suffix", "codec", "sound"), [("ts", "h264", "aac"), ("mpg", "mpeg2", "mp2")]
)
def test_time_goes_on_where_time_stamps_restart(
    tmp_path: Path, suffix: str, codec: str, sound: str
) -> None:
    clip, warnings = joined(tmp_path, suffix, codec, sound), []
    seen = marks(clip, warnings)
    assert [mark for _, mark in seen] == list(range(75))
    steps = np.diff([time for time, _ in seen])
    assert steps.max() < 0.2 and np.median(steps) == pytest.approx(0.04, abs=0.001)
    assert len(warnings) == 1 and "jump at 2" in warnings[0]
    assert probe(clip).duration == pytest.approx(3.0, abs=0.15)
    # sound and picture of the second part begin together
    *_, (last, end) = read_sound(clip)
    assert end + last.samples / last.sample_rate == pytest.approx(3.0, abs=0.15)
    assert read_mark(read_image_at(clip, seen[60][0] + 0.01)) == 60
    finish(make_playable(clip, tmp_path / "copy.mp4"))
    assert probe(tmp_path / "copy.mp4").duration == pytest.approx(3.0, abs=0.15)


def test_an_ordinary_transport_stream_has_no_jump(tmp_path: Path) -> None:
    warnings: list[str] = []
    clip = make_clip(tmp_path / "a.ts", 50, audio="stereo")
    assert len(marks(clip, warnings)) == 50
    assert warnings == []


def test_pictures_that_change_their_shape_are_read_in_the_shape_of_the_first(
    tmp_path: Path,
) -> None:
    clip, names = tmp_path / "joined.h264", []
    for place, size in enumerate([(320, 192), (160, 96), (96, 160)]):
        part = tmp_path / f"{place}.h264"
        picture = marked_image(place, size)
        names.append(make_clip(part, 5, size=size, picture=lambda _, picture=picture: picture))
    clip.write_bytes(b"".join(name.read_bytes() for name in names))
    frames = list(read_frames(clip))
    assert {frame.image.shape for frame in frames} == {(192, 320, 3)}
    assert [read_mark(frame.image) for frame in frames[:10]] == [0] * 5 + [1] * 5
    # upright pictures stand between bars: 192 px high, 115 px wide
    assert read_mark(frames[-1].image[:, 102:217]) == 2
    assert frames[-1].image[:, :90].max() < 20
    finish(make_playable(clip, tmp_path / "copy.mp4"))
    *_, last = read_frames(tmp_path / "copy.mp4")
    assert read_mark(last.image[:, 102:217]) == 2


MATRICES = {  # a, b, c, d of the display matrix
    (1, 0, 0, 1): lambda shown: shown,
    (-1, 0, 0, 1): np.fliplr,
    (1, 0, 0, -1): np.flipud,
    (-1, 0, 0, -1): lambda shown: np.rot90(shown, 2),
    (0, -1, 1, 0): lambda shown: np.rot90(shown, -1),
    (0, 1, -1, 0): np.rot90,
    (0, 1, 1, 0): lambda shown: shown.swapaxes(0, 1),
    (0, -1, -1, 0): lambda shown: np.rot90(shown, 2).swapaxes(0, 1),
}


def with_matrix(clip: Path, matrix: tuple[int, int, int, int]) -> Path:
    """An MP4 with another display matrix in the head of its track."""
    a, b, c, d = matrix
    data = bytearray(clip.read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    left, top = (160 if a < 0 or c < 0 else 0), (160 if b < 0 or d < 0 else 0)
    fixed = [value << 16 for value in (a, b, 0, c, d, 0, left, top)]
    data[place : place + 36] = struct.pack(">9i", *fixed, 1 << 30)
    clip.write_bytes(data)
    return clip


@pytest.mark.parametrize("matrix", MATRICES)
def test_each_orientation_is_read_upright(
    tmp_path: Path, matrix: tuple[int, int, int, int]
) -> None:
    stored = np.ascontiguousarray(MATRICES[matrix](marked_image(1234, (160, 96))))
    size = stored.shape[1], stored.shape[0]
    clip = with_matrix(
        make_clip(tmp_path / "a.mp4", 3, size=size, picture=lambda _: stored), matrix
    )
    info = probe(clip)
    assert (info.width, info.height) == (160, 96)
    assert [mark for _, mark in marks(clip)] == [1234] * 3
    assert read_mark(read_image_at(clip, 0.05)) == 1234
    finish(make_playable(clip, tmp_path / "copy.mp4"))
    assert [mark for _, mark in marks(tmp_path / "copy.mp4")] == [1234] * 3
    a, b, c, d = matrix
    assert playable(clip) == (a * d - b * c > 0)  # browsers turn, but do not mirror


def test_the_last_picture_counts_to_its_end(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.08, 0.12, 1.12, 2.12, 3.12]
    clip = make_clip(tmp_path / "a.mkv", 7, pts=times)
    assert probe(clip).duration >= 3.12
    *_, last = read_frames(clip)
    assert last.time == pytest.approx(3.12, abs=0.002)


def test_a_rate_that_cannot_be_comes_from_the_time_stamps(tmp_path: Path) -> None:
    clip = tmp_path / "a.dv"
    with av.open(str(clip), "w", format="dv") as container:
        video = container.add_stream("dvvideo", rate=25)
        video.width, video.height, video.pix_fmt = 720, 576, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for index in range(10):
            image = marked_image(index, (720, 576))
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 3840), np.int16), "s16", "stereo")
            silence.sample_rate, silence.pts = 48_000, 1920 * index
            container.mux(sound.encode(silence))
    info = probe(clip)
    assert info.fps == pytest.approx(25, abs=0.1)
    assert info.duration == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("suffix", ["h264", "webm", "apng", "mjpeg"])
def test_a_length_that_no_head_states_is_counted(tmp_path: Path, suffix: str) -> None:
    codec = {"h264": "h264", "webm": "vp9", "apng": "apng", "mjpeg": "mjpeg"}[suffix]
    clip = make_clip(tmp_path / f"a.{suffix}", 50, codec=codec)  # type: ignore[arg-type]
    if suffix == "webm":  # as a recorder in a browser writes it, that cannot go back to its head
        clip = piped(clip)
    info = probe(clip)
    assert info.duration == pytest.approx(2.0, abs=0.06)
    assert info.fps == pytest.approx(25, abs=0.5)
    assert len(marks(clip)) == 50
    assert read_mark(read_image_at(clip, 1.01)) == 25
    assert not playable(clip)
    *_, last = make_playable(clip, tmp_path / "copy.mp4")
    assert last.share > 0.9


def piped(clip: Path) -> Path:
    out = clip.with_name(f"piped{clip.suffix}")
    with av.open(str(clip)) as source, av.open(str(out), "w", options={"live": "1"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return out


def test_the_default_picture_is_read_and_cover_art_never(tmp_path: Path) -> None:
    clip = tmp_path / "a.mkv"
    with av.open(str(clip), "w") as container:
        streams = []
        for place, size in enumerate([(320, 192), (160, 96), (64, 64)]):
            stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            stream.disposition = av.stream.Disposition.default if place == 1 else 0
            streams.append((stream, size))
        for index in range(5):
            for number, (stream, size) in enumerate(streams):
                image = marked_image(100 * number + index, size)
                frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(format="yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, 25)
                container.mux(stream.encode(frame))
        for stream, _ in streams:
            container.mux(stream.encode(None))
    assert [mark for _, mark in marks(clip)] == list(range(100, 105))
    with open_clip(clip) as container:
        assert video_stream(container).index == 1


LISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{clip}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{clip}'\n",
    "dash": '<?xml version="1.0"?><MPD><BaseURL>{clip}</BaseURL></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "text": "\x1b[31mTo be, or not to be\n" * 200,
}


@pytest.mark.parametrize("suffix", ["m3u8", "mp4", "txt", "ans", "mkv"])
@pytest.mark.parametrize("kind", LISTS)
def test_a_file_that_names_other_files_is_refused_in_one_sentence(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    clip = make_clip(tmp_path / "secret.ts", 25)
    path = tmp_path / f"list.{suffix}"
    path.write_text(LISTS[kind].format(clip=clip))
    with pytest.raises(MediaError, match="cannot be opened") as caught:
        probe(path)
    assert "\n" not in str(caught.value)


def test_very_large_pictures_are_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(tmp_path / "a.mp4", 2, size=(640, 400))
    monkeypatch.setenv("EME_MAX_MEGAPIXELS", "0.2")
    with pytest.raises(MediaError, match="640 x 400 px"):
        probe(clip)
    monkeypatch.setenv("EME_MAX_MEGAPIXELS", "0.3")
    assert probe(clip).width == 640


def test_time_stamps_that_say_years_are_damaged(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", 3, pts=[0.0, 0.04, 3.2e7])
    with pytest.raises(MediaError, match="370 days long, so they are damaged"):
        probe(clip)


@pytest.mark.parametrize(
    ("aspect", "width"), [((2, 1), 192), ((60_000, 1), 96), ((1, 1 << 30), 96)]
)
def test_a_shape_of_pixels_that_cannot_be_is_not_believed(
    tmp_path: Path, aspect: tuple[int, int], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "a.mp4"
    with av.open(str(clip), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.codec_context.sample_aspect_ratio = Fraction(1001, 997)
        picture = av.VideoFrame.from_ndarray(marked_image(0, (96, 64)), "rgb24")
        container.mux(video.encode(picture.reformat(format="yuv420p")))
        container.mux(video.encode(None))
    data = bytearray(clip.read_bytes())
    place = data.index(b"pasp") + 4
    data[place : place + 8] = struct.pack(">II", *aspect)
    clip.write_bytes(data)
    assert probe(clip).width == width
    assert [frame.image.shape for frame in read_frames(clip)] == [(64, width, 3)]
    if width > 96:  # the limit counts the pixels that are drawn
        monkeypatch.setenv("EME_MAX_MEGAPIXELS", "0.01")
        with pytest.raises(MediaError, match="192 x 64 px"):
            next(read_frames(clip))


def test_a_long_gap_between_pictures_is_said(tmp_path: Path) -> None:
    clip, warnings = make_clip(tmp_path / "a.mkv", 3, pts=[0.0, 0.04, 4000.0]), []
    assert [time for time, _ in marks(clip, warnings)][-1] == pytest.approx(4000, abs=0.01)
    assert len(warnings) == 1 and "no new picture from 0:00.0 to 1:06:40.0" in warnings[0]
    assert LONGEST_HOLD < 4000


@pytest.mark.parametrize(
    "name", ["x" * 251 + ".mp4", "film\udcff\udce9.mp4", "http:a.mp4", "%03d.mp4"]
)
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    clip = tmp_path / name
    shutil.copy(make_clip(tmp_path / "a.mp4", 5), clip)
    assert len(marks(clip)) == 5
    copy = tmp_path / "copies" / name
    finish(make_playable(clip, copy))
    assert len(marks(copy)) == 5
