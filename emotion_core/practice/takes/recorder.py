"""Takes, recorded while they are played; the camera never waits for the file."""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import av

from emotion_core.errors import OutputError
from emotion_core.files import cannot_write
from emotion_core.media.encoding.writer import VideoWriter, open_video

log = logging.getLogger(__name__)

# About a second of pictures, which are large, and ten of sound.
_PICTURES_WAITING, _SOUNDS_WAITING = 30, 500
_NOMINAL_FPS = 30

_Piece = tuple[av.VideoFrame | av.AudioFrame, float]


@dataclass(frozen=True, slots=True)
class RecordedTake:
    """A take that lies complete in a file.

    Attributes:
        path: the file.
        duration: seconds.
        frames: pictures in it.
        dropped: pictures and pieces of sound that came faster than they could be written.
        has_sound: whether any sound is in it.
    """

    path: Path
    duration: float
    frames: int
    dropped: int
    has_sound: bool


class _Discarded(Exception):
    """Ends the writing so that nothing is left."""


class TakeRecorder:
    """Writes a take in a thread of its own.

    All methods may be called from any thread. Times are seconds on the take's own clock, 0 at its
    start: when something was seen or heard, not when it arrived.
    """

    def __init__(
        self, path: Path, width: int, height: int, *, with_sound: bool, longest: float
    ) -> None:
        """Begin; the file appears at ``path`` only once it is complete.

        Args:
            path: an ``.mp4``; only the user may read it.
            width, height: of the picture in px; odd ones lose a pixel.
            with_sound: whether there is a microphone.
            longest: seconds after which nothing more is taken.
        """
        self._path, self._longest = path, longest
        self._pieces: SimpleQueue[_Piece | None] = SimpleQueue()
        self._room = {
            av.VideoFrame: threading.Semaphore(_PICTURES_WAITING),
            av.AudioFrame: threading.Semaphore(_SOUNDS_WAITING),
        }
        self._lock = threading.Lock()
        self._dropped = 0
        self._full = self._ended = self._discarded = False
        self._error: Exception | None = None
        self._take: RecordedTake | None = None
        self._thread = threading.Thread(
            target=self._run, args=(width, height, with_sound), name="eme-take", daemon=True
        )
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether the take is as long as it may become."""
        return self._full

    @property
    def failed(self) -> bool:
        """Whether it cannot be written; :meth:`finish` says why."""
        return self._error is not None

    def add_video(self, frame: av.VideoFrame, time: float) -> None:
        """Take a picture, of any size; it must not be changed afterwards.

        Pictures before 0, and those that are not later than the one before, are left out.
        """
        if time >= 0:
            self._add(frame, time)

    def add_audio(self, frame: av.AudioFrame, time: float) -> None:
        """Take a piece of sound that begins at a time; what is before 0 is cut off.

        Where pieces are missing there is silence. Sound is put back to its place where it has
        drifted from it by more than 40 ms.
        """
        if time + frame.samples / max(frame.sample_rate, 1) > 0:
            self._add(frame, time)

    def finish(self) -> RecordedTake:
        """Wait until all is written, and put the file in place; again, it gives the same.

        Raises:
            OutputError: it could not be written, or there is no picture, or it was discarded.
        """
        self._end()
        if self._take is not None and not self._discarded:
            return self._take
        if isinstance(self._error, OutputError):
            raise self._error
        if self._error is not None:
            raise cannot_write(self._path, "the encoder has failed") from self._error
        if self._discarded:
            raise OutputError("The take was discarded, so there is nothing to save.")
        raise OutputError("The take is empty: the camera sent no image.")

    def discard(self) -> None:
        """Stop, and leave nothing, also of a take that was finished."""
        self._discarded = True
        self._end()
        if self._take is not None:
            self._path.unlink(missing_ok=True)

    def _add(self, frame: av.VideoFrame | av.AudioFrame, time: float) -> None:
        with self._lock:
            if self._ended or self._error is not None or not math.isfinite(time):
                return
            if time >= self._longest:
                self._full = True
            elif self._room[type(frame)].acquire(blocking=False):
                self._pieces.put((frame, time))
            else:
                self._dropped += 1

    def _end(self) -> None:
        with self._lock:
            if not self._ended:
                self._ended = True
                self._pieces.put(None)
        self._thread.join()

    def _run(self, width: int, height: int, with_sound: bool) -> None:
        try:
            with open_video(
                self._path,
                (width, height),
                _NOMINAL_FPS,
                channels=2 * with_sound,
                preset="ultrafast",
                private=True,
            ) as video:
                self._write(video)
                if not video.frames:
                    raise _Discarded
            self._take = RecordedTake(
                self._path, video.seconds, video.frames, self._dropped, video.has_sound
            )
        except _Discarded:
            pass
        except Exception as error:  # reported by the one who waits for the take
            if not isinstance(error, OutputError):
                log.exception("A take could not be written")
            with self._lock:
                self._error = error
            while not self._pieces.empty():
                self._pieces.get()

    def _write(self, video: VideoWriter) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._discarded:
                raise _Discarded
            frame, time = piece
            self._room[type(frame)].release()
            if isinstance(frame, av.VideoFrame):
                # a take cannot start with nothing
                video.write(frame, time if video.frames else 0.0)
            else:
                video.write_sound(frame, time)
        if self._discarded:
            raise _Discarded
