"""A live session with its camera and a place for its takes, made of stand-ins."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from emotion_core.media.decode import read_frames
from emotion_core.media.probe import probe
from emotion_core.practice.exercises.exercise import Exercise, Hold
from emotion_core.practice.live.run import COUNTDOWN, Plan
from emotion_core.practice.live.session import LiveSession
from emotion_core.practice.live.view import LiveView
from emotion_core.practice.takes.recorder import RecordedTake
from emotion_core.types import VideoInfo
from tests.practice.doubles import (
    BOX,
    PATIENCE,
    Finds,
    Moves,
    Reads,
    numbered,
    wait_until,
)

SIZE = (320, 300)
# what the classifier reads at first
HOLD = Hold("sad", 0.8, seconds=1.0)


class Shelf:
    """Is given takes; looks at each while it is there.

    Attributes:
        takes, exercises, videos: what it was given.
        range: darkest and brightest value in the pictures of the last one.
        error: raised after that.
        open: it comes back once this is set.
    """

    def __init__(self) -> None:
        self.takes: list[RecordedTake] = []
        self.exercises: list[Exercise | None] = []
        self.videos: list[VideoInfo] = []
        self.range = (0, 255)
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def keep(self, take: RecordedTake, exercise: Exercise | None, *, on: bool) -> None:
        self.videos.append(probe(take.path))
        pictures = [frame.image for frame in read_frames(take.path)]
        self.range = int(np.min(pictures)), int(np.max(pictures))
        self.takes.append(take)
        self.exercises.append(exercise)
        assert self.open.wait(PATIENCE)
        if self.error is not None:
            raise self.error

    def rest(self) -> None:
        pass


class Theatre:
    """A live session with its camera, ten pictures a second, each of them read.

    Attributes:
        mesh: moves the face that is read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads, self.finds, self.shelf = Reads(sad=0.8), Finds(BOX), Shelf()
        self.mesh = Moves()
        self.live_session = LiveSession(
            self.reads,  # type: ignore[arg-type]
            self.finds,
            self.mesh,  # type: ignore[arg-type]
            self.shelf,
            smoothing=0.0,
        )
        self.live = self.live_session.camera_on()
        self.time = 20.0

    def picture(self, size: tuple[int, int] = SIZE) -> LiveView | None:
        """Take in one picture, and wait until it is read."""
        self.time = round(self.time + 0.1, 6)
        image = numbered(50, size)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        self.live_session.record_picture(frame, self.time)
        view = self.live_session.see(image, self.time)
        wait_until(self._read)
        return view

    def play(self, seconds: float, *, sound: bool = False) -> None:
        for _ in range(round(seconds * 10)):
            if sound:
                for piece in range(5):
                    self.live_session.record_sound(tone(), self.time + piece * 0.02)
            self.picture()

    def begin(self, plan: Plan) -> None:
        """Begin, and let the countdown pass."""
        self.live_session.begin(plan)
        self.picture()
        assert self.live_session.state().run is not None
        self.play(COUNTDOWN - 0.1)

    def settle(self) -> None:
        """Wait until all that was ended is seen to."""
        wait_until(lambda: not self.live_session.state().keeping)

    def left(self) -> list[str]:
        """Temporary folders that are still there."""
        return [path.name for path in self.folder.iterdir()]

    def close(self) -> None:
        self.reads.open.set()
        self.shelf.open.set()
        self.live_session.camera_off(self.live)
        self.settle()

    def _read(self) -> bool:
        state = self.live_session.state()
        there = state.reading is not None and state.reading.time == self.time
        return there or bool(state.error) or not state.on


def tone() -> av.AudioFrame:
    wave = (8000 * np.sin(np.arange(960) * 2 * np.pi * 440 / 48_000)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
    frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
    return frame
