"""A hardware encoder writes long videos where it passes its trial; whatever goes wrong, x264 does.

No machine of ours has one, so x264 stands in for it with other settings, by which its videos are
known: ``rc=cqp`` stands in them.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pandas as pd
import pytest
from av.error import FFmpegError

from emotion_core.errors import OutputError
from emotion_core.media.decode import read_frames
from emotion_core.media.encoding import encoders, writer
from emotion_core.media.encoding.encoders import Encoder, choose_encoder, hardware_encoder
from emotion_core.media.encoding.writer import open_video
from emotion_core.media.playback import make_playable, playable
from emotion_core.practice.takes.recorder import TakeRecorder
from emotion_core.progress import finish
from emotion_core.render.video.annotated import write_annotated_video
from emotion_core.settings import EncoderName
from tests.media.clips import make_clip, marked_image, read_mark
from tests.render.video.test_annotated import NO_FACES, pictures

SIZE = (320, 192)
GOOD = Encoder("libx264", (("preset", "veryfast"), ("qp", "21")), "nv12")
Install = Callable[[Encoder], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Have an encoder be the only hardware."""
    monkeypatch.delenv("EME_ENCODER", raising=False)
    monkeypatch.setattr(encoders, "_failed", set())
    monkeypatch.setattr(encoders, "_ORDER", {sys.platform: ("h264_nvenc",)})
    encoders.can_write.cache_clear()
    yield lambda one: monkeypatch.setattr(encoders, "hardware_encoder", lambda *_: one)
    encoders.can_write.cache_clear()


def x264_with(**options: int) -> Encoder:
    given = {"preset": "veryfast", "sc_threshold": 0, **options}
    return Encoder("libx264", tuple((name, str(value)) for name, value in given.items()))


def written_by_hardware(video: Path) -> bool:
    data = video.read_bytes()
    assert (b"rc=cqp" in data) != (b"rc=crf" in data)
    return b"rc=cqp" in data


def annotated(clip: Path, faces: pd.DataFrame = NO_FACES) -> Path:
    out = clip.with_name("annotated.mp4")
    finish(write_annotated_video(clip, faces, out))
    return out


@pytest.mark.parametrize(
    "encoder",
    [
        Encoder("h264_nowhere", ()),
        Encoder("aac", ()),
        Encoder("libx264", (("crf", "much"),)),
        Encoder("libx264rgb", (), "rgb24"),
        Encoder("libx265", (("x265-params", "log-level=none"),)),
        x264_with(bf=2, b_strategy=0),
        x264_with(g=250),
        x264_with(crf=45),
        x264_with(crf=1),
    ],
    ids=["missing", "sound", "option", "colours", "H.265", "reorders", "keys", "blurred", "large"],
)
def test_an_encoder_that_writes_something_else_is_not_chosen(
    install: Install, encoder: Encoder, capfd: pytest.CaptureFixture[str]
) -> None:
    install(encoder)
    assert not choose_encoder(SIZE, 21, "veryfast").hardware
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("script", ["sleep 60", "echo broken >&2; kill -9 $$"])
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for Python")
def test_a_driver_that_hangs_or_crashes_does_no_harm(
    install: Install,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(encoders, "_LONGEST_TRIAL", 0.5)
    install(GOOD)
    assert not choose_encoder(SIZE, 21, "veryfast").hardware
    assert capfd.readouterr() == ("", "")


def test_an_encoder_is_tried_once_for_each_size(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[list[str]] = []
    run = encoders.subprocess.run

    def spy(command: list[str], **more: Any) -> Any:
        tried.append(command[-2:])
        return run(command, **more)

    monkeypatch.setattr(encoders.subprocess, "run", spy)
    install(GOOD)
    for size in (SIZE, SIZE, (64, 48), SIZE):
        assert choose_encoder(size, 21, "veryfast") == GOOD
    assert tried == [["320", "192"], ["64", "48"]]


def test_the_annotated_video_and_the_copy_for_browsers_are_written_by_it(
    install: Install, tmp_path: Path
) -> None:
    install(GOOD)
    clip = make_clip(tmp_path / "clip.mkv", n=12, size=SIZE, audio="mono")
    copy = tmp_path / "copy.mp4"
    finish(make_playable(clip, copy))
    assert [read_mark(frame.image) for frame in read_frames(copy)] == list(range(12))
    video = annotated(clip)
    assert [read_mark(picture) for _, picture in pictures(clip, video)] == list(range(12))
    for one in (copy, video):
        assert written_by_hardware(one) and playable(one)


def test_takes_and_short_videos_are_written_by_x264(install: Install, tmp_path: Path) -> None:
    install(GOOD)
    recorder = TakeRecorder(tmp_path / "take.mp4", *SIZE, with_sound=False, longest=60)
    for number in range(5):
        picture = av.VideoFrame.from_ndarray(marked_image(number, SIZE), format="rgb24")
        recorder.add_video(picture, number / 25)
    recorder.finish()
    with open_video(tmp_path / "short.mp4", SIZE, 25) as video:
        video.write(marked_image(0, SIZE), 0)
    assert not written_by_hardware(tmp_path / "take.mp4")
    assert not written_by_hardware(tmp_path / "short.mp4")


@pytest.mark.parametrize(
    ("setting", "asked"),
    [("software", []), ("auto", ["h264_nvenc"]), ("h264_qsv", ["h264_qsv"])],
)
def test_the_setting_says_what_is_tried(
    install: Install, monkeypatch: pytest.MonkeyPatch, setting: str, asked: list[str]
) -> None:
    names: list[str] = []
    install(GOOD)
    monkeypatch.setattr(encoders, "hardware_encoder", lambda name, _: (names.append(name), GOOD)[1])
    monkeypatch.setenv("EME_ENCODER", setting)
    assert choose_encoder(SIZE, 21, "veryfast").hardware is bool(asked)
    assert names == asked


@pytest.mark.parametrize("name", ["h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox"])
def test_every_hardware_encoder_keeps_a_quality_that_falls_as_crf_rises(name: EncoderName) -> None:
    fine, coarse = (dict(hardware_encoder(name, crf).options) for crf in (18, 24))
    changed = {key: (int(fine[key]), int(coarse[key])) for key in fine if fine[key] != coarse[key]}
    assert changed and not {"b", "maxrate"} & set(fine)
    assert all((one > other) is (name == "h264_videotoolbox") for one, other in changed.values())


class Breaking:
    """A stream whose encoder fails, or loses a picture, at the fourth picture."""

    def __init__(self, stream: av.VideoStream, how: str) -> None:
        self._stream, self._how, self._count = stream, how, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def encode(self, frame: av.VideoFrame | None) -> list[av.Packet[av.VideoStream]]:
        self._count += 1
        if self._count == 4 and self._how == "fails":
            raise FFmpegError(5, "Input/output error")
        if self._count == 4 and self._how == "loses":
            return []
        return self._stream.encode(frame)


@pytest.fixture
def breaking(install: Install, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    """A hardware encoder that passes its trial and then breaks."""
    install(GOOD)

    def add(container: Any, encoder: Encoder, *more: Any) -> Any:
        stream = encoders.add_pictures(container, encoder, *more)
        return Breaking(stream, request.param) if encoder.hardware else stream

    monkeypatch.setattr(writer, "add_pictures", add)


@pytest.mark.parametrize("breaking", ["fails", "loses"], indirect=True)
def test_a_video_is_written_anew_by_x264_when_the_hardware_fails_on_the_way(
    breaking: None, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mkv", n=12, size=SIZE, audio="mono")
    video = annotated(clip)
    assert [read_mark(picture) for _, picture in pictures(clip, video)] == list(range(12))
    assert not written_by_hardware(video) and playable(video)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["annotated.mp4", "clip.mkv"]
    assert not choose_encoder(SIZE, 21, "veryfast").hardware, "it is not tried again"


@pytest.mark.parametrize("breaking", ["fails"], indirect=True)
def test_without_a_task_around_it_a_failure_is_one_sentence(breaking: None, tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"^The encoder libx264 has failed\. [^\n]+\.$"),
        open_video(tmp_path / "a.mp4", SIZE, 25, hardware=True) as video,
    ):
        for number in range(9):
            video.write(marked_image(number, SIZE), number / 25)
    assert list(tmp_path.iterdir()) == []
