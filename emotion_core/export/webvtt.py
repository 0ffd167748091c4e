"""Chords, and lines, as captions that play with the clip: WebVTT.

After "WebVTT: The Web Video Text Tracks Format" (W3C Candidate Recommendation, 2019), sections 3.1
(timestamps), 4.1 (the file) and 4.2.2 (cue text: escapes and voices).
"""

from __future__ import annotations

from emotion_core.export.report_data import ReportData
from emotion_core.export.segments import Segment, chord_segments
from emotion_core.export.sound.tiers import line_segments
from emotion_core.performance.delivery.scene_sound import SceneSound

_NOTE = (
    "NOTE Expressions that Eme reads in the faces of this clip, as chords: the emotions that are "
    "read together, the strongest first. A performed expression, not what anyone feels."
)

_LINES_NOTE = (
    "NOTE Lines of this clip. Each is in the voice of who speaks, with ? where that is only likely."
)


def scene_to_vtt(data: ReportData) -> str:
    """The chords of a scene's characters as cues, each in the voice of its character.

    Cues are ordered by time; those of different characters may overlap, which players show one
    above the other. A scene without a face has no cue.
    """
    cues = [
        (segment, performance.name or "Face")
        for performance, progression in zip(data.performances, data.progressions, strict=True)
        for segment in chord_segments(progression)
    ]
    cues.sort(key=lambda cue: (cue[0].start, cue[0].end))
    parts = ["WEBVTT", _NOTE, *(_cue(segment, name) for segment, name in cues)]
    return "\n\n".join(parts) + "\n"


def lines_to_vtt(sound: SceneSound) -> str:
    """The lines of a scene as cues, each in the voice of who speaks, as far as that is known."""
    cues = [_cue(segment, speaker) for segment, speaker in line_segments(sound)]
    return "\n\n".join(["WEBVTT", _LINES_NOTE, *cues]) + "\n"


def _cue(segment: Segment, name: str) -> str:
    times = f"{_timestamp(segment.start)} --> {_timestamp(segment.end)}"
    text, voice = escape(segment.text), escape(name)
    return f"{times}\n<v {voice}>{text}</v>" if voice else f"{times}\n{text}"


def escape(text: str) -> str:
    """Text as cue text means it: on one line, with ``&``, ``<`` and ``>`` escaped.

    That leaves no ``-->``, which would end the cue. U+0000 is not allowed in a file.
    """
    line = " ".join(text.replace("\0", "\N{REPLACEMENT CHARACTER}").split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{rest:03d}"
