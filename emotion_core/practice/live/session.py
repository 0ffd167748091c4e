"""What one person practises on: the pictures of a camera come in, what is read in them goes out.

Three kinds of threads meet here: the one of the camera, which brings pictures and must never wait;
the one that reads (:mod:`emotion_core.practice.live.reader`); and the one of the page, which says
what is to be done and asks how it goes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import av

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import EmotionCoreError
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.live.outcomes import AnyOutcome, outcome_of
from emotion_core.practice.live.pipeline import Live
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.practice.live.region_feedback import Explain, FeedbackLoop
from emotion_core.practice.live.run import Plan, Run
from emotion_core.practice.live.smoothing import STEADINESS
from emotion_core.practice.live.view import LiveView
from emotion_core.practice.movements.following import LiveNeutral
from emotion_core.practice.takes.recorder import RecordedTake, TakeRecorder
from emotion_core.types import ImageArray
from emotion_core.unfinished import TemporaryFolder

log = logging.getLogger(__name__)

# Seconds after which a take ends by itself.
LONGEST_TAKE = 600.0


class TakeKeeper(Protocol):
    """What becomes of takes."""

    def keep(self, take: RecordedTake, exercise: Exercise | None, *, on: bool) -> None:
        """Keep a take whose file is complete; it is gone when this returns.

        Args:
            take: the file.
            exercise: what was played; ``None`` for free play.
            on: whether the camera is still on.
        """
        ...

    def rest(self) -> None:
        """The camera is off: what would have held it up may be done now."""
        ...


@dataclass(frozen=True, slots=True)
class LiveSessionState:
    """How it goes, for the page.

    Attributes:
        on: whether the camera is on.
        silent: seconds since the last picture while it is on.
        reading: the newest.
        run: what is being done, ``None`` for nothing.
        waiting: whether something begins with the next picture.
        words: of the region feedback.
        outcome: of the last exercise that was played to its end.
        keeping: whether a take is still being written.
        error: a sentence on what has failed.
    """

    on: bool
    silent: float
    reading: LiveReading | None
    run: Run | None
    waiting: bool
    words: str
    outcome: AnyOutcome | None
    keeping: bool
    error: str


class LiveSession:
    """One person before the camera. Methods may be called from any thread.

    Args:
        classifier, detector, mesh: read faces, find them, and read their shape; shared with others.
        keeper: is given each take, in a thread of its own.
        explain: gives the masks of a face for the region feedback; ``None`` for none.
        smoothing: seconds over which readings are smoothed.
        neutral: the neutral face of the person, if it is known from before.

    Attributes:
        neutral: what their movements are measured from.
    """

    def __init__(
        self,
        classifier: EmotionClassifier,
        detector: FaceDetector,
        mesh: MeshReader | None,
        keeper: TakeKeeper,
        explain: Explain | None = None,
        smoothing: float = STEADINESS,
        neutral: LiveNeutral | None = None,
    ) -> None:
        self.classifier = classifier
        self.smoothing = smoothing
        self.neutral = neutral or LiveNeutral()
        self._detector, self._mesh = detector, mesh
        self._keeper, self._explain = keeper, explain
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._plan: Plan | None = None
        self._run: Run | None = None
        self._take: _Take | None = None
        self._outcome: AnyOutcome | None = None
        self._keeping = 0
        self._error = ""

    @property
    def has_feedback(self) -> bool:
        """Whether there are words on what carries the expression."""
        return self._explain is not None

    def camera_on(self) -> Live:
        """A camera begins; one that was on before is over.

        Returns:
            What :meth:`camera_off` gets when this camera is over.
        """
        coaching = None if self._explain is None else FeedbackLoop(self._explain)
        live = Live(
            self.classifier, self._detector, self._mesh, self.smoothing, self.neutral, coaching
        )
        with self._lock:
            before, self._live, self._plan = self._live, live, None
            self._end_run()
            self._error = ""
        if before is not None:  # the new pictures do not wait for the threads of the old ones
            threading.Thread(target=before.close, name="eme-off").start()
        return live

    def camera_off(self, live: Live) -> None:
        """A camera is over, for whatever reason; a take ends here and is kept."""
        with self._lock:
            if self._live is live:
                self._live = self._plan = None
                self._end_run()
        live.close()
        self._keeper.rest()

    def begin(self, plan: Plan) -> None:
        """Do this next, in place of what is being done."""
        with self._lock:
            if self._live is not None:
                self._end_run()
                self._plan, self._error = plan, ""

    def stop(self) -> None:
        """Stop what is being done; a take ends here and is kept, an exercise has no outcome."""
        with self._lock:
            self._plan = None
            self._end_run()

    def smooth_over(self, seconds: float) -> None:
        """Smooth readings over so many seconds from now on."""
        with self._lock:
            self.smoothing = seconds
            if self._live is not None:
                self._live.reader.smooth_over(seconds)

    def read_every(self, seconds: float) -> None:
        """Leave so long between two readings of the camera that is on."""
        with self._lock:
            if self._live is not None:
                self._live.reader.read_every = seconds

    def see(self, image: ImageArray, time: float) -> LiveView | None:
        """Take in the newest picture.

        Args:
            image: (H, W, 3) uint8 RGB, as the camera saw it.
            time: seconds on the camera's clock.

        Returns:
            What is known now; ``None`` where the camera was switched off a moment ago.
        """
        with self._lock:
            live = self._live
        if live is None:
            return None
        place = live.advance(image, time)  # takes a while, and takes must not wait for it
        with self._lock:
            if live is not self._live:
                return None
            if self._plan is not None:
                self._run, self._plan = Run(self._plan, time), None
                self._outcome = None
            run, new = self._run, live.new_reading()
            if run is not None and new is not None:
                run.add(new)
            live.ask_for(NO_READING if run is None else run.target(time))
            if run is not None and (run.over(time) or self._must_end()):
                self._end_run(finished=True)
                run = None
            size = (image.shape[1], image.shape[0])
            return LiveView(time, size, place, live.reader.reading, run)

    def record_picture(self, frame: av.VideoFrame, time: float) -> None:
        """Take a picture of the camera into the take, if one is recorded.

        Args:
            frame: as the camera saw it, of any size.
            time: seconds on the camera's clock.
        """
        with self._lock:
            run = self._run
            if run is None or not run.records(time):
                return
            if self._take is None:
                try:
                    self._take = _Take(frame.width, frame.height)
                except OSError as error:
                    self._end_run()
                    self._error = f"The take cannot be recorded: {error.strerror}."
                    return
            self._take.recorder.add_video(frame, time - run.begins)

    def record_sound(self, frame: av.AudioFrame, time: float) -> None:
        """Take a piece of sound into the take, if one is recorded; ``time`` as for pictures."""
        with self._lock:
            if self._take is not None and self._run is not None and self._run.records(time):
                self._take.recorder.add_audio(frame, time - self._run.begins)

    def state(self) -> LiveSessionState:
        """How it goes."""
        with self._lock:
            live = self._live
            return LiveSessionState(
                on=live is not None,
                silent=0.0 if live is None else live.silent,
                reading=None if live is None else live.reader.reading,
                run=self._run,
                waiting=self._plan is not None,
                words="" if live is None or live.coaching is None else live.coaching.words,
                outcome=self._outcome,
                keeping=self._keeping > 0,
                error=self._error or ("" if live is None else live.reader.error),
            )

    def _must_end(self) -> bool:
        """Whether the take is as long as it may be, or cannot be written."""
        take = self._take
        return take is not None and (take.recorder.full or take.recorder.failed)

    def _end_run(self, *, finished: bool = False) -> None:
        """What is being done is over; what comes of it is seen to where nothing waits for it."""
        run, self._run = self._run, None
        take, self._take = self._take, None
        if run is not None and (finished or take is not None):
            self._keeping += 1
            threading.Thread(
                target=self._see_to, args=(run, take, finished), name="eme-keep"
            ).start()

    def _see_to(self, run: Run, take: _Take | None, finished: bool) -> None:
        if finished and run.playing is not None:
            with self._reporting(
                "How the exercise went could not be measured. The log of the app says why."
            ):
                outcome = outcome_of(run.playing)
                with self._lock:
                    if self._run is None:  # else it comes too late
                        self._outcome = outcome
        if take is not None:
            failed = "The take could not be saved. The log of the app says why."
            with self._reporting(failed), take.folder:
                recorded = take.recorder.finish()
                self._keeper.keep(recorded, run.plan.exercise, on=self._live is not None)
        with self._lock:
            self._keeping -= 1

    @contextmanager
    def _reporting(self, failed: str) -> Iterator[None]:
        """Tell the page what goes wrong inside, in its own words or in these."""
        error = ""
        try:
            yield
        except EmotionCoreError as problem:
            error = str(problem)
        except Exception:
            log.exception("%s", failed)
            error = failed
        if error:
            with self._lock:
                self._error = error


class _Take:
    """A take while it is recorded, in a folder outside of the data directory."""

    def __init__(self, width: int, height: int) -> None:
        self.folder = TemporaryFolder("eme-take-")
        path = self.folder.path / "take.mp4"
        # a microphone may come later; where none does, the file has no sound
        self.recorder = TakeRecorder(path, width, height, with_sound=True, longest=LONGEST_TAKE)
