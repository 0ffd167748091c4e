"""Sound of a clip from its middle, found by seeking.

As with pictures, what a seek finds is looked at before it is taken; see
:mod:`emotion_core.media.seeking`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from emotion_core.media.clock import may_jump, survey
from emotion_core.media.opening import audio_streams, open_clip, video_streams

# A piece of sound with the second at which it begins; none where the file does not say.
_Stamped = tuple[av.AudioFrame, float | None]
# Seconds before a time to which is sought. The seek leads to a key frame of the picture, beside
# which sound may lie that is heard a little later.
_RUN_UPS = (2.0, 15.0)
# Pieces at the beginning of a file that say how long pieces are.
_HEAD = 8
# Codecs of film and music code sound in multiples of this many samples: AAC 1024, MP3 1152,
# AC-3 1536, Opus 960, and Vorbis quarters of the sum of two blocks of 256 at least.
_GRAIN = 64


def read_sound_from(path: Path, time: float) -> Iterator[tuple[av.AudioFrame, float]] | None:
    """The sound of a clip from a little before a time on, without decoding all that lies before.

    Args:
        path: the clip.
        time: seconds.

    Returns:
        The first piece of the sound, which says what it is like, then those from the time on and
        some before it: as of :func:`~emotion_core.media.decode.read_sound`, but for the first
        tenths of a second, in which a decoder settles. ``None`` where seeking does not lead there:
        then it has to be read from its start.

    Raises:
        MediaError: the file cannot be opened.
    """
    container = open_clip(path)
    try:
        found = _find(path, container, time)
    except FFmpegError:
        found = None
    except BaseException:
        container.close()
        raise
    if found is None:
        container.close()
        return None
    return _closing(container, found)


def _closing(
    container: InputContainer, pieces: Iterator[tuple[av.AudioFrame, float]]
) -> Iterator[tuple[av.AudioFrame, float]]:
    with container:
        yield from pieces


def _find(
    path: Path, container: InputContainer, time: float
) -> Iterator[tuple[av.AudioFrame, float]] | None:
    streams = audio_streams(container)
    if not streams or _jumps(path, container):
        return None
    stream, start = streams[0], (container.start_time or 0) / av.time_base
    packets: list[av.Packet[av.AudioStream]] = []
    head = list(islice(_pieces(_noting(container.demux(stream), packets), start), _HEAD))
    if len(head) < _HEAD or head[0][1] is None or not _leads_back(container, packets, start):
        return None
    grid = _Grid(head, stream.time_base)
    for run_up in _RUN_UPS:
        target = round((max(time - run_up, 0.0) + start) * av.time_base)
        container.seek(target, backward=True)
        pieces = _pieces(container.demux(stream), start)
        first = next(pieces, None)
        if first is not None and first[1] is not None and first[1] <= time:
            return chain([(head[0][0], head[0][1])], grid.laid(chain([first], pieces)))
    return None


def _jumps(path: Path, container: InputContainer) -> bool:
    """Whether time stamps do not lead to their place, as far as the format allows that."""
    if not may_jump(container):
        return False
    return not video_streams(container) or bool(survey(path).jumps)


def _leads_back(
    container: InputContainer, head: Sequence[av.Packet[av.AudioStream]], start: float
) -> bool:
    """Whether a seek to the start finds packets of the head at the times that they have there.

    Stamps below zero, which some writers leave in Matroska, are lost to whoever reads it from the
    start: all sound lies later there, and a seek finds it earlier.
    """
    container.seek(round(start * av.time_base), backward=True)
    again = islice(container.demux(head[0].stream), _HEAD)
    known = {(packet.pts, packet.pos) for packet in head}
    return any((packet.pts, packet.pos) in known for packet in again if packet.size)


def _noting(
    packets: Iterable[av.Packet[av.AudioStream]], noted: list[av.Packet[av.AudioStream]]
) -> Iterator[av.Packet[av.AudioStream]]:
    for packet in packets:
        noted.append(packet)
        yield packet


def _pieces(packets: Iterable[av.Packet[av.AudioStream]], start: float) -> Iterator[_Stamped]:
    """The pieces of packets; a damaged one is left out."""
    for packet in packets:
        with suppress(FFmpegError):
            for piece in packet.decode():
                yield piece, None if piece.time is None else piece.time - start


class _Grid:
    """Puts right the times of pieces whose stamps are rounded, as to milliseconds in Matroska.

    Read from its start, a sound is laid by the count of its samples, and the first piece by its
    stamp. From there on pieces begin at multiples of what its codec codes at once.

    Args:
        head: the first pieces of the file.
        tick: seconds to which stamps are rounded.
    """

    def __init__(self, head: list[_Stamped], tick: Fraction | None) -> None:
        first, time = head[0]
        self._rate = first.sample_rate
        # a decoder leaves out what comes before the sound in the first piece
        self._origin = round((time or 0.0) * self._rate) + first.samples
        coded = math.gcd(*(piece.samples for piece, _ in head[1:]))
        step = _GRAIN if coded % _GRAIN == 0 else coded
        rounded = float(tick or 0) * self._rate
        self._step = step if 1 < rounded < step else 0

    def laid(self, pieces: Iterator[_Stamped]) -> Iterator[tuple[av.AudioFrame, float]]:
        """The pieces with their times; one that has none goes on from the one before."""
        following = 0.0
        for piece, stamp in pieces:
            time = following if stamp is None else self._snapped(piece, stamp)
            following = time + piece.samples / piece.sample_rate
            yield piece, time

    def _snapped(self, piece: av.AudioFrame, stamp: float) -> float:
        if not self._step or piece.sample_rate != self._rate:
            return stamp
        steps = round((stamp * self._rate - self._origin) / self._step)
        return (self._origin + steps * self._step) / self._rate
