"""Pictures from the middle of a clip, as if all before them had been decoded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.errors import MediaError
from emotion_core.media import seeking
from emotion_core.media.decode import read_frames
from emotion_core.media.seeking import Segment, mark_of, read_segment
from emotion_core.types import Frame
from tests.media.clips import make_clip, marked_image

N, SIZE = 96, (160, 96)


def make_groups(path: Path, codec: str, options: Mapping[str, str]) -> Path:
    """A clip of several groups of pictures, that move so that they refer to each other."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=25, options=dict(options))
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        for index in range(N):
            picture = av.VideoFrame.from_ndarray(
                np.roll(marked_image(index, SIZE), 3 * index, axis=1)
            )
            container.mux(video.encode(picture))
        container.mux(video.encode())
    return path


def segment_of(frames: list[Frame], first: int, count: int) -> Segment:
    part = frames[first : first + count]
    return Segment(
        first,
        np.array([frame.time for frame in part]),
        np.array([frame.duration for frame in part]),
        np.arange(len(part), dtype=np.int32),
        mark_of(part[0].image),
    )


def check(path: Path, first: int) -> None:
    frames = list(read_frames(path, max_side=120))
    expected = frames[first : first + 20]
    found = list(read_segment(path, segment_of(frames, first, 20), max_side=120))
    assert [shot for _, shot in found] == list(range(len(expected)))
    for (frame, _), other in zip(found, expected, strict=True):
        assert (frame.index, frame.time, frame.duration) == (
            other.index, other.time, other.duration
        )  # fmt: skip
        np.testing.assert_array_equal(frame.image, other.image)


@pytest.fixture
def decoded_from_start(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The clips that were decoded from their start, since no seek has led to a picture."""
    paths: list[Path] = []

    def noted(path: Path, **named: object) -> object:
        paths.append(path)
        return read_frames(path, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(seeking, "read_frames", noted)
    return paths


CODECS = {
    "closed groups.mp4": ("libx264", {"g": "12", "bf": "3", "flags": "+cgop"}),
    "open groups.mp4": ("libx264", {"g": "12", "bf": "3", "x264-params": "open-gop=1"}),
    "refreshed row by row.mkv": ("libx264", {"g": "24", "x264-params": "intra-refresh=1"}),
    "open groups.mkv": ("libx265", {"x265-params": "keyint=12:open-gop=1:log-level=none"}),
    "open groups.mpg": ("mpeg2video", {"g": "12", "bf": "2"}),
    "closed groups.webm": ("libvpx-vp9", {"g": "12"}),
}


@pytest.mark.parametrize("name", CODECS)
def test_a_segment_is_as_if_all_before_it_were_decoded(tmp_path: Path, name: str) -> None:
    path = make_groups(tmp_path / name, *CODECS[name])
    for first in (0, 11, 12, 14, 47, 80):
        check(path, first)


def test_it_is_found_by_seeking(tmp_path: Path, decoded_from_start: list[Path]) -> None:
    for name in ("closed groups.mp4", "open groups.mp4", "closed groups.webm"):
        check(make_groups(tmp_path / name, *CODECS[name]), 60)
    assert not decoded_from_start


@pytest.mark.parametrize("name", ["a.avi", "a.ts"])
def test_where_seeking_does_not_lead_to_it_the_clip_is_decoded_from_its_start(
    tmp_path: Path, name: str, decoded_from_start: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_clip(tmp_path / name, n=60, codec="mpeg4" if name == "a.avi" else "h264")
    monkeypatch.setattr(seeking, "_seek", lambda *_: iter(()))
    check(path, 31)
    assert decoded_from_start == [path]


@pytest.mark.parametrize("n", [60, 20])
def test_a_clip_that_was_changed_is_not_taken_for_the_same(tmp_path: Path, n: int) -> None:
    frames = list(read_frames(make_clip(tmp_path / "a.mp4", n=60)))
    segment = segment_of(frames, 30, 20)
    path = make_clip(tmp_path / "a.mp4", n=n, picture=lambda k: marked_image(k + 5, (160, 96)))
    with pytest.raises(MediaError, match="changed while it was read"):
        list(read_segment(path, segment))
