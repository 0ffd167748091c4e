"""From a clip to its sound in blocks: decoded once, on the clock of the pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from emotion_core.media.decode import read_sound
from emotion_core.media.opening import audio_streams, open_clip
from emotion_core.media.sound_seeking import read_sound_from
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray

# Pieces that are late or early by less, in seconds, go on from the one before: time stamps are
# rounded to milliseconds in Matroska, and a gap of zeros would be heard as a click.
_JITTER = 0.04
# Seconds before a time from which sound is decoded: codecs need some of what comes before, MP3
# half a second, and so do resamplers.
_SETTLING = 1.0
# FFmpeg mixes stereo to mono at 0.707 a side (ITU-R BS.775), so that two like sides come out louder
# than either; with this, as loud.
_MIX_GAIN = np.float32(0.5**0.5)


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One of the sounds of a file.

    Attributes:
        place: among those that can be decoded, the default ones first; 0 is read.
        language: as the file says, such as "eng"; "" where it does not.
        title: as the file says, such as "Commentary"; "".
        layout: of its channels, as FFmpeg names it: "mono", "stereo", "5.1".
        rate: samples a second.
        codec: such as "aac".
    """

    place: int
    language: str
    title: str
    layout: str
    rate: int
    codec: str


def sound_tracks(path: Path) -> tuple[SoundTrack, ...]:
    """The sounds of a clip that can be decoded; none where it is silent.

    Raises:
        MediaError: the file cannot be opened.
    """
    with open_clip(path) as container:
        return tuple(
            SoundTrack(
                place,
                _said(stream, "language"),
                _said(stream, "title"),
                stream.codec_context.layout.name,
                stream.codec_context.sample_rate,
                stream.codec_context.name,
            )
            for place, stream in enumerate(audio_streams(container))
        )


def _said(stream: av.AudioStream, name: str) -> str:
    text = stream.metadata.get(name, "").strip()
    return "" if text == "und" else text[:100]


def read_blocks(path: Path, end: float, start: float = 0.0) -> Iterator[SoundBlock]:
    """The sound of a clip, block by block; of several tracks, the default one.

    Args:
        path: the clip.
        end: seconds; what is heard after it is left out, as it is where the picture has ended.
        start: seconds; blocks well before it are left out, and not decoded where a seek leads past
            them. From there on, samples are those of a clip that is read from its start, but for
            noise that a decoder draws. Read from its start, samples may lie up to 0.04 s beside
            the stamps of a file in which both part; after a seek they lie by the stamps.

    Yields:
        Blocks of :data:`BLOCK_SECONDS` without a gap, until the sound ends; none where there is no
        sound. All have the rate and the channels of the first piece.

    Raises:
        MediaError: the file cannot be opened.
    """
    first = max(int((start - _SETTLING) // BLOCK_SECONDS), 0)
    found = read_sound_from(path, first * BLOCK_SECONDS) if first else None
    line: _Timeline | None = None
    for piece, time in read_sound(path) if found is None else found:
        if line is None:
            line = _Timeline(piece.sample_rate, piece.layout, 0 if found is None else first)
        if time >= end:
            break
        yield from _from(first, line.add(piece, time))
    if line is not None:
        yield from _from(first, line.finish(end))


def _from(first: int, blocks: Iterator[SoundBlock]) -> Iterator[SoundBlock]:
    return (block for block in blocks if block.start >= first * BLOCK_SECONDS)


class _Timeline:
    """Lays pieces of sound on the clock of the clip and cuts that into blocks.

    Args:
        rate, layout: of the first piece; all others are converted to them.
        first: number of the first block; sound before it is left out.
    """

    def __init__(self, rate: int, layout: av.AudioLayout, first: int) -> None:
        self._rate, self._layout = rate, layout
        self._samples = round(BLOCK_SECONDS * rate)
        self._native = _resampler("fltp", layout, rate)
        self._mono = _resampler("flt", "mono", SAMPLE_RATE)
        self._source: tuple[str, str, int] | None = None
        self._channels: list[FloatArray] = []  # of the block that is being filled
        self._filled = 0
        self._blocks = first
        self._begun = False
        # what was mixed, and the channels of blocks that wait for their end to be mixed: the
        # resampler holds some milliseconds back
        self._mixed = np.zeros(0, np.float32)
        self._waiting: deque[FloatArray] = deque()
        self._given = first

    @property
    def _end(self) -> int:
        """Where the sound so far ends, in samples from second 0."""
        return self._blocks * self._samples + self._filled

    def add(self, piece: av.AudioFrame, time: float) -> Iterator[SoundBlock]:
        """Take in a piece that begins at a second; gives the blocks that are full with it."""
        source = piece.format.name, piece.layout.name, piece.sample_rate
        if self._source not in (None, source):  # rate or channels change in the middle
            self._native = _resampler("fltp", self._layout, self._rate)
        self._source = source
        piece.pts = None
        channels = _arrays(self._native.resample(piece))
        missing = round(time * self._rate) - self._end
        begun = self._begun
        if missing > _JITTER * self._rate or not begun:
            yield from self._zeros(missing)
        if missing < -_JITTER * self._rate or not begun:
            channels = channels[:, max(-missing, 0) :]
        yield from self._lay(channels)

    def finish(self, end: float) -> Iterator[SoundBlock]:
        """The last blocks."""
        try:
            rest = _arrays(self._native.resample(None))
        except (FFmpegError, ValueError):
            rest = np.zeros((0, 0), np.float32)
        if rest.size:
            yield from self._lay(rest)
        left = min(self._filled, round((end - self._blocks * BLOCK_SECONDS) * self._rate))
        if left > 0:
            self._mix(np.concatenate(self._channels, axis=1)[:, :left])
        self._take_mixed(self._mono.resample(None))
        while self._waiting:
            yield self._block()

    def _zeros(self, missing: int) -> Iterator[SoundBlock]:
        """Silence, a block at a time: a gap may be long."""
        count = self._layout.nb_channels
        while missing > 0:
            length = min(missing, self._samples)
            yield from self._lay(np.zeros((count, length), np.float32))
            missing -= length

    def _lay(self, channels: FloatArray) -> Iterator[SoundBlock]:
        while channels.shape[1]:
            self._begun = True
            now, channels = np.split(channels, [self._samples - self._filled], axis=1)
            self._channels.append(now)
            self._filled += now.shape[1]
            if self._filled == self._samples:
                whole = np.concatenate(self._channels, axis=1)
                self._channels, self._filled, self._blocks = [], 0, self._blocks + 1
                self._mix(whole)
                if len(self._mixed) >= round(BLOCK_SECONDS * SAMPLE_RATE):
                    yield self._block()

    def _mix(self, channels: FloatArray) -> None:
        """Mix a block to one channel at :data:`SAMPLE_RATE`, as its layout has it mixed."""
        frame = av.AudioFrame.from_ndarray(channels, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        self._take_mixed(self._mono.resample(frame))
        self._waiting.append(channels)

    def _take_mixed(self, frames: list[av.AudioFrame]) -> None:
        mixed = _arrays(frames).ravel()
        gain = _MIX_GAIN if self._layout.nb_channels > 1 else np.float32(1)
        self._mixed = np.append(self._mixed, mixed * gain)

    def _block(self) -> SoundBlock:
        channels = self._waiting.popleft()
        length = round(channels.shape[1] / self._rate * SAMPLE_RATE)
        samples, self._mixed = np.split(self._mixed, [length])
        start = self._given * BLOCK_SECONDS
        self._given += 1
        samples = np.pad(samples, (0, length - len(samples)))
        return SoundBlock(start, samples, channels, self._rate, self._layout.name)


def _resampler(kind: str, layout: av.AudioLayout | str, rate: int) -> av.AudioResampler:
    return av.AudioResampler(format=kind, layout=layout, rate=rate)


def _arrays(frames: list[av.AudioFrame]) -> FloatArray:
    if not frames:
        return np.zeros((1, 0), np.float32)
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1).astype(
        np.float32, copy=False
    )
