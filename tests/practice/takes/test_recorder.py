"""Takes: what was played comes out of the file, in its place in time."""

from __future__ import annotations

import resource
import threading
import time as clock
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.errors import OutputError
from emotion_core.media.decode import read_frames
from emotion_core.media.playback import playable
from emotion_core.media.probe import probe
from emotion_core.practice.takes import recorder as recording
from emotion_core.practice.takes.recorder import RecordedTake, TakeRecorder
from emotion_core.types import FloatArray
from tests.practice.sights import PIECE, RATE, picture, sound

SIZE = (160, 120)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "take.mp4"


@pytest.fixture(autouse=True)
def no_thread_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # tests play faster than a camera does
    monkeypatch.setattr(recording, "_PICTURES_WAITING", 10_000)
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "eme-take"]


def begin(path: Path, *, sound: bool = True, longest: float = 60.0, size=SIZE) -> TakeRecorder:  # type: ignore[no-untyped-def]
    return TakeRecorder(path, *size, with_sound=sound, longest=longest)


def play(
    recorder: TakeRecorder,
    seconds: float,
    *,
    fps: float = 25,
    flash: float | None = None,
    missing: tuple[float, float] = (0, 0),
    drift: float = 0.0,
    start: float = 0.0,
) -> None:
    """Pictures and sound as they come, with a flash and a beep of 0.2 s.

    Args:
        missing: from when to when no sound arrives.
        drift: seconds a second by which the sound falls behind.
        start: when the first come.
    """
    events = [(start + n / fps, "picture") for n in range(round((seconds - start) * fps))]
    step = PIECE / RATE
    events += [(start + n * step, "sound") for n in range(round((seconds - start) / step))]
    for at, kind in sorted(events):
        bright = flash is not None and flash - 1e-6 <= at < flash + 0.2 - 1e-6
        if kind == "picture":
            recorder.add_video(picture(235 if bright else 20), at)
        elif not missing[0] <= at < missing[1]:
            recorder.add_audio(sound(bright), at * (1 + drift))


def heard(path: Path) -> FloatArray:
    """(n,) loudness of each millisecond from the start of the file."""
    parts = []
    with av.open(str(path)) as container:
        assert (container.start_time or 0) == 0
        for frame in container.decode(audio=0):
            first = round(float(frame.time) * RATE)
            parts.append((first, frame.to_ndarray()[0]))
    whole = np.zeros(parts[-1][0] + len(parts[-1][1]), np.float32)
    for first, samples in parts:
        whole[max(first, 0) : first + len(samples)] = samples[max(-first, 0) :]
    whole = whole[: len(whole) // 48 * 48]
    return np.sqrt((whole.reshape(-1, 48) ** 2).mean(axis=1)).astype(np.float32)


def beep(path: Path) -> tuple[float, float]:
    """When the beep begins and ends, in seconds."""
    loud = np.flatnonzero(heard(path) > 0.1)
    return loud[0] / 1000, (loud[-1] + 1) / 1000


def flashes(path: Path) -> tuple[float, float]:
    """The first bright picture, and the first dark one after it, in seconds."""
    seen = [(frame.time, frame.image.mean() > 128) for frame in read_frames(path)]
    first = next(time for time, bright in seen if bright)
    return first, next(time for time, bright in seen if time > first and not bright)


def test_a_flash_and_a_beep_of_the_same_moment_come_out_together(path: Path) -> None:
    recorder = begin(path)
    play(recorder, 3.0, flash=2.0)
    take = recorder.finish()
    assert take == RecordedTake(path, pytest.approx(3.0, abs=0.01), 75, 0, True)  # type: ignore[arg-type]
    assert flashes(path) == pytest.approx((2.0, 2.2), abs=0.002)
    assert beep(path) == pytest.approx((2.0, 2.2), abs=0.04)


def test_the_file_is_played_and_read_as_it_is(path: Path) -> None:
    recorder = begin(path, size=(161, 121))
    play(recorder, 1.0)
    take = recorder.finish()
    info = probe(path)
    assert playable(path) and info.has_audio and (info.width, info.height) == (160, 120)
    assert info.duration == pytest.approx(take.duration, abs=0.001)
    assert info.fps == pytest.approx(25, abs=0.1) and info.frame_count == 25
    assert path.read_bytes().find(b"moov") < path.read_bytes().find(b"mdat")
    assert path.stat().st_mode & 0o077 == 0  # nobody else's business


def test_where_sound_is_missing_there_is_silence_and_the_rest_stays_in_its_place(
    path: Path,
) -> None:
    recorder = begin(path)
    play(recorder, 3.0, flash=2.0, missing=(0.5, 1.5))
    recorder.finish()
    assert beep(path) == pytest.approx((2.0, 2.2), abs=0.01)
    # also where what is missing is a part of the beep itself
    recorder = begin(path)
    play(recorder, 3.0, flash=2.0, missing=(2.06, 2.14))
    recorder.finish()
    loud = heard(path)[2000:2200]
    assert loud[:55].min() > 0.1 and loud[75:125].max() < 0.1 and loud[150:190].min() > 0.1


def test_sound_that_falls_behind_never_is_more_than_40_ms_off_its_place(path: Path) -> None:
    for drift in (0.03, -0.03):
        recorder = begin(path)
        play(recorder, 5.0, flash=4.0, drift=drift)
        recorder.finish()
        assert beep(path)[0] == pytest.approx(4.0 * (1 + drift), abs=0.041)


def test_sound_that_comes_a_little_early_or_late_is_left_whole(path: Path) -> None:
    recorder = begin(path)
    for n in range(100):
        recorder.add_video(picture(), n / 50)
        recorder.add_audio(sound(True), n / 50 + (0.015 if n % 2 else -0.015) * (n > 0))
    recorder.finish()
    assert heard(path)[50:1950].min() > 0.1


def test_sound_from_before_the_start_is_cut_and_sound_that_begins_late_waits(path: Path) -> None:
    recorder = begin(path)
    recorder.add_video(picture(), -0.04)
    recorder.add_audio(sound(True, samples=4800), -0.05)
    recorder.add_audio(sound(False, samples=4800), 0.05)
    recorder.add_video(picture(), 0.0)
    recorder.add_video(picture(), 0.2)
    take = recorder.finish()
    assert take.frames == 2 and beep(path) == pytest.approx((0.0, 0.05), abs=0.012)
    recorder = begin(path)
    play(recorder, 1.5, flash=1.0, start=0.7)
    recorder.finish()
    assert beep(path)[0] == pytest.approx(1.0, abs=0.01) and playable(path)
    assert [frame.time for frame in read_frames(path)][:2] == pytest.approx([0, 0.74], abs=0.001)


def test_the_times_of_pictures_are_kept_also_where_they_come_unevenly(path: Path) -> None:
    times = [0.0, 0.01, 0.1, 0.2333, 0.24, 1.5, 1.537]
    recorder = begin(path, sound=False)
    for at in [*times[:3], 0.1, 0.05, *times[3:]]:  # those that do not rise are left out
        recorder.add_video(picture(), at)
    take = recorder.finish()
    assert [frame.time for frame in read_frames(path)] == pytest.approx(times, abs=0.0001)
    assert take.frames == 7 and take.dropped == 0


def test_a_picture_of_another_size_is_fitted_in_between_black_bars(path: Path) -> None:
    recorder = begin(path, sound=False)
    sizes = [(160, 120), (80, 60), (60, 80), (333, 111), (161, 121), (320, 240)]
    for n, size in enumerate(sizes):
        recorder.add_video(picture(200, size), n / 10)
    recorder.finish()
    images = [frame.image for frame in read_frames(path)]
    assert {image.shape for image in images} == {(120, 160, 3)}
    for whole in (0, 1, 4, 5):
        assert images[whole].min() > 150
    tall, wide = images[2], images[3]
    assert tall[:, 50:110].min() > 150 and tall[:, :30].max() < 40 and tall[:, -30:].max() < 40
    assert wide[45:75].min() > 150 and wide[:25].max() < 40 and wide[-25:].max() < 40


def test_colours_come_out_as_they_went_in(path: Path) -> None:
    recorder = begin(path, sound=False)
    for n in range(5):
        recorder.add_video(picture(color=(200, 40, 60)), n / 10)
    recorder.finish()
    assert np.abs(next(read_frames(path)).image[60, 80] - np.array([200, 40, 60])).max() < 10
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_range) == (1, 1)  # BT.709, tv


def test_the_pictures_of_the_camera_are_left_as_they_are(path: Path) -> None:
    frame = picture(77)
    frame.pts, before = 1234, bytes(frame.planes[0])
    recorder = begin(path, sound=False)
    recorder.add_video(frame, 0.0)
    recorder.finish()
    assert frame.pts == 1234 and bytes(frame.planes[0]) == before


def test_a_take_without_a_microphone_or_whose_microphone_is_mute_has_no_sound(path: Path) -> None:
    for with_microphone in (False, True):
        recorder = begin(path, sound=with_microphone)
        for n in range(30):
            recorder.add_video(picture(), n / 30)
        take = recorder.finish()
        assert not take.has_sound and not probe(path).has_audio and playable(path)
        assert take.duration == probe(path).duration == pytest.approx(1.0, abs=0.01)


def test_a_take_of_one_picture_is_a_video(path: Path) -> None:
    recorder = begin(path)
    recorder.add_video(picture(), 0.5)
    assert recorder.finish().frames == len(list(read_frames(path))) == 1
    assert probe(path).duration > 0


def test_the_last_picture_stays_until_the_sound_ends(path: Path) -> None:
    recorder = begin(path)
    recorder.add_video(picture(), 0.0)
    for n in range(100):
        recorder.add_audio(sound(True), n / 50)
    assert recorder.finish().duration == probe(path).duration == pytest.approx(2.0, abs=0.001)


def test_a_take_without_a_picture_is_said_to_be_empty(path: Path) -> None:
    recorder = begin(path)
    recorder.add_audio(sound(True), 0.0)
    recorder.add_video(picture(), -1.0)
    for _ in range(2):
        with pytest.raises(OutputError, match=r"^The take is empty: "):
            recorder.finish()
    assert list(path.parent.iterdir()) == []


def test_after_the_longest_time_nothing_more_is_taken(path: Path) -> None:
    recorder = begin(path, longest=1.0)
    play(recorder, 1.0)
    assert not recorder.full
    play(recorder, 2.0, start=1.0)
    assert recorder.full
    take = recorder.finish()
    assert take.frames == 25 and take.duration == pytest.approx(1.0, abs=0.01)


def test_what_comes_faster_than_it_can_be_written_is_dropped_and_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, write = threading.Event(), recording.VideoWriter.write

    def slow(self: recording.VideoWriter, frame: av.VideoFrame, time: float) -> None:
        go_on.wait()
        write(self, frame, time)

    monkeypatch.setattr(recording.VideoWriter, "write", slow)
    monkeypatch.setattr(recording, "_PICTURES_WAITING", 30)
    recorder = begin(path)
    for n in range(100):
        recorder.add_video(picture(), n / 25)  # comes back, though nothing is written
    for n in range(200):
        recorder.add_audio(sound(True), n / 50)
    go_on.set()
    take = recorder.finish()
    assert take.frames + take.dropped == 100 and take.frames < 40
    assert heard(path)[50:3950].min() > 0.1  # pictures do not push the sound out


def test_nothing_appears_before_the_take_is_complete_and_nothing_else_after(path: Path) -> None:
    recorder = begin(path)
    play(recorder, 0.5)
    assert not path.exists()
    assert recorder.finish() == recorder.finish()
    recorder.add_video(picture(), 5.0)
    assert list(path.parent.iterdir()) == [path] and probe(path).duration < 1


def test_a_discarded_take_leaves_nothing_also_once_it_was_finished(path: Path) -> None:
    recorder = begin(path)
    play(recorder, 0.5)
    recorder.discard()
    recorder.discard()
    assert list(path.parent.iterdir()) == []
    with pytest.raises(OutputError, match="discarded"):
        recorder.finish()
    recorder = begin(path)
    play(recorder, 0.5)
    recorder.finish()
    recorder.discard()
    assert list(path.parent.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_reported_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recorder = begin(tmp_path / "file" / "take.mp4")
    play(recorder, 0.5)
    for _ in range(2):
        with pytest.raises(OutputError, match=r"take\.mp4 cannot be written: "):
            recorder.finish()
    assert recorder.failed
    recorder.discard()


def test_a_folder_that_vanishes_meanwhile_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    recorder = begin(folder / "take.mp4")
    recorder.add_video(picture(), 0.0)
    while not list(folder.glob(".*.part.mp4")):
        clock.sleep(0.01)
    for part in folder.iterdir():
        part.unlink()
    folder.rmdir()
    with pytest.raises(OutputError, match="cannot be written"):
        recorder.finish()


def test_a_disk_that_is_full_ends_the_take_and_nothing_is_kept_in_memory(path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        recorder = begin(path, sound=False, size=(640, 480))
        noise = np.random.default_rng(0)
        for n in range(1000):
            image = noise.integers(0, 255, (480, 640, 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
            recorder.add_video(frame, n / 25)
            if recorder.failed:
                break
            clock.sleep(0.01)
        assert recorder.failed and recorder._pieces.empty()
        recorder.add_video(picture(), 50.0)
        assert recorder._pieces.empty()
        with pytest.raises(OutputError, match="cannot be written"):
            recorder.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(path.parent.iterdir()) == []
