"""Subtitles inside a clip: as text in any language, or as pictures, which cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

from emotion_core.errors import WordsError
from emotion_core.media.opening import open_clip
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.subtitles.cue_files import Cue
from emotion_core.sound.words.subtitles.reading import lines_of

# Kinds by FFmpeg's names of their decoders. Those of the second row are pictures.
_TEXT = {
    *("subrip", "srt", "mov_text", "ass", "ssa", "webvtt", "text", "sami", "subviewer"),
    *("subviewer1", "microdvd", "mpl2", "jacosub", "pjs", "realtext", "stl", "vplayer"),
}
_PICTURES = {
    *("dvdsub", "dvd_subtitle", "pgssub", "hdmv_pgs_subtitle", "dvbsub", "dvb_subtitle", "xsub"),
}
# Of a FFmpeg event, ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text.
_FIELDS = 9


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """Subtitles that a clip holds.

    Attributes:
        index: of the stream in the file.
        language: as the file states it, mostly three letters (ISO 639-2); "" where it does not.
        title: as the file states it, "" without one.
        readable: False where they are pictures, or of a kind that FFmpeg cannot decode.
        pictures: whether they are pictures, as on discs.
        default: whether the file says that players show them by themselves.
    """

    index: int
    language: str
    title: str
    readable: bool
    pictures: bool
    default: bool

    @property
    def name(self) -> str:
        """For example ``subtitles 2 (fil, Director's cut)``."""
        about = ", ".join(part for part in (self.language, self.title) if part)
        return f"subtitles {self.index}" + (f" ({about})" if about else "")


def subtitle_tracks(clip: Path) -> list[SubtitleTrack]:
    """The subtitles inside a clip: those that can be read first, of these the default ones.

    Raises:
        MediaError: as :func:`emotion_core.media.opening.open_clip`.
    """
    with open_clip(clip) as container:
        tracks = [_track(stream) for stream in container.streams.subtitles]
    return sorted(tracks, key=lambda track: (not track.readable, not track.default, track.index))


def _track(stream: SubtitleStream) -> SubtitleTrack:
    context = stream.codec_context  # None for an unknown codec
    kind = "" if context is None else context.name
    language = stream.metadata.get("language", "")
    return SubtitleTrack(
        stream.index,
        "" if language == "und" else " ".join(language.split()),
        " ".join(stream.metadata.get("title", "").split()),
        kind in _TEXT,
        kind in _PICTURES,
        bool(stream.disposition & Disposition.default),
    )


def read_track(clip: Path, track: SubtitleTrack) -> Lines:
    """The lines of one of :func:`subtitle_tracks`; a damaged one is left out.

    Raises:
        MediaError: as :func:`subtitle_tracks`.
        WordsError: they are pictures or of a kind that cannot be decoded.
    """
    if track.pictures:
        raise WordsError(
            f"The {track.name} of the clip are pictures of text, as on a disc. Eme reads text: "
            "look for a file of subtitles (.srt, .vtt or .ass)."
        )
    if not track.readable:
        raise WordsError(f"The {track.name} of the clip are of a kind that cannot be read.")
    with open_clip(clip) as container:
        cues = list(_cues(container, track.index))
    return lines_of(cues, track.name)


def _cues(container: InputContainer, index: int) -> Iterator[Cue]:
    """The cues of a stream on the clock of the clip."""
    stream = next(one for one in container.streams.subtitles if one.index == index)
    begin = (container.start_time or 0) / av.time_base
    with suppress(FFmpegError):  # where a file breaks off
        for packet in container.demux(stream):
            base = packet.time_base
            if packet.pts is None or not base or not packet.size:
                continue
            start = float(packet.pts * base) - begin
            end = start + float(packet.duration * base) if packet.duration else None
            if stream.codec_context.name == "webvtt":
                # the decoder drops who speaks
                yield Cue(start, end, bytes(packet).decode("utf-8", errors="replace"))
                continue
            with suppress(FFmpegError):
                found = stream.codec_context.decode2(packet)
                for piece in found or ():
                    speaker, text = _event(piece)
                    yield Cue(start, end, text, speaker)


def _event(piece: object) -> tuple[str, str]:
    """Speaker and text of a decoded subtitle."""
    event = bytes(getattr(piece, "ass", b"")).decode("utf-8", errors="replace")
    fields = event.split(",", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return "", event
    text = fields[-1].replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    return fields[3].strip(), text
