"""One clock for all streams of a file, that goes on where the time stamps jump.

Joined transport streams, DVDs and broken recordings begin their time stamps again in the middle.
The stamps are put right packet by packet, before anything is decoded, and the same for sound and
picture, so that both stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.stream import VideoStream

from emotion_core.media.opening import audio_streams, open_clip, video_stream

S = TypeVar("S", bound=Stream)

# A stream whose stamps fall back by more has begun again, in seconds.
_BACK = 0.5
# In formats that allow jumps, a stream that is this much ahead has jumped; others have a gap.
_AHEAD = 10.0
_JUMPS_ALLOWED = 0x0200  # AVFMT_TS_DISCONT
# FLV may not jump, but recorders join pieces of it all the same.
_JUMPS_ANYHOW = {"flv"}


class Clock:
    """Puts the time stamps of packets right, in the order in which they lie in a file.

    Args:
        container: the file; its start is second 0.

    Attributes:
        jumps: seconds, on the clock that goes on, at which the stamps jumped.
    """

    def __init__(self, container: InputContainer) -> None:
        self.start = (container.start_time or 0) / av.time_base
        self.jumps: list[float] = []
        self._ahead = _AHEAD if may_jump(container) else float("inf")
        self._shifts = [0.0]  # what was added to the stamps so far, oldest first
        self._shift: dict[int, float] = {}  # of each stream
        self._next: dict[int, float] = {}  # when each stream goes on

    def adjust(self, packet: av.Packet[Stream]) -> None:
        """Shift the stamps of a packet, so that its stream goes on."""
        stamp = packet.dts if packet.dts is not None else packet.pts
        base = packet.time_base
        if not base:
            return
        index = packet.stream.index
        shift = self._shift.get(index, self._shifts[-1])
        if stamp is not None:
            raw = float(stamp * base)
            due = self._next.get(index)
            if due is not None and not -_BACK <= raw + shift - due <= self._ahead:
                shift = self._shift_for(raw, due)
            self._next[index] = raw + shift + float((packet.duration or 0) * base)
        self._shift[index] = shift
        if shift:
            ticks = round(shift / float(base))
            packet.pts = None if packet.pts is None else packet.pts + ticks
            packet.dts = None if packet.dts is None else packet.dts + ticks

    def _shift_for(self, raw: float, due: float) -> float:
        """What to add after a jump: as another stream did that has made it already, or anew."""
        # one stream may stop well before the other in each piece
        latest = self._shifts[-1]
        if self.jumps and -4 * _BACK <= raw + latest - due <= _AHEAD:
            return latest
        goes_on = max(self._next.values())
        self.jumps.append(goes_on - self.start)
        self._shifts.append(goes_on - raw)
        return self._shifts[-1]


def may_jump(container: InputContainer) -> bool:
    """Whether a file is of a format whose time stamps may jump."""
    return bool(container.format.flags & _JUMPS_ALLOWED) or container.format.name in _JUMPS_ANYHOW


def packets(container: InputContainer, wanted: S, clock: Clock) -> Iterator[av.Packet[S]]:
    """The packets of one stream, with the stamps of the one clock.

    Those of the picture and of all sound pass the clock, so that each reader of a file gets the
    same one.
    """
    for packet in container.demux(_clocked(container)):
        clock.adjust(packet)
        # the last, empty packet of each stream bears the number 0
        if packet.stream.index == wanted.index:
            yield cast("av.Packet[S]", packet)


def _clocked(container: InputContainer) -> Sequence[Stream]:
    pictures = [stream for stream in container.streams.video if stream.codec_context is not None]
    return [*pictures, *audio_streams(container)]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the packets of a clip say, without decoding them.

    Attributes:
        seconds: end of the last picture, from the start of the clip; 0 without time stamps.
        pictures: how many there are.
        fps: pictures a second, from the first time stamp to the last; ``None`` where unknown.
        jumps: seconds at which the time stamps jump.
    """

    seconds: float
    pictures: int
    fps: float | None
    jumps: tuple[float, ...]


def survey(path: Path) -> Survey:
    """Go through the packets of a clip once; kept for as long as the file does not change."""
    state = path.stat()
    return _survey(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=32)
def _survey(path: Path, _size: int, _changed: int) -> Survey:
    with open_clip(path) as container:
        stream = video_stream(container)
        return _count(container, stream, Clock(container))


def _count(container: InputContainer, stream: VideoStream, clock: Clock) -> Survey:
    count, first, last, end = 0, float("inf"), float("-inf"), 0.0
    try:
        for packet in packets(container, stream, clock):
            count += packet.size > 0
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.time_base:
                continue
            time = float(stamp * packet.time_base) - clock.start
            first, last = min(first, time), max(last, time)
            end = max(end, time + float((packet.duration or 0) * packet.time_base))
    except FFmpegError:
        pass  # the reader says where the clip is damaged
    fps = (count - 1) / (last - first) if count > 1 and last > first else None
    if fps is not None and end <= last:
        end = last + 1 / fps
    return Survey(end, count, fps, tuple(clock.jumps))
