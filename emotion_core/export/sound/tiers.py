"""What is heard in a scene as text from one moment to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from emotion_core.export.segments import Segment, milliseconds
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import (
    KIND_NAMES,
    describe_contrast,
    describe_speaker,
)
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.text import one_line

# Turns of one speaker that lie nearer are one, in milliseconds: speech is cut into pieces.
_NEAR = 50


class HeardTier(NamedTuple):
    """Segments of which none lies over another.

    Attributes:
        name: what they say.
        segments: by time.
        speaker: whose they are; "" where they are of the whole scene, or it cannot be told.
    """

    name: str
    segments: Sequence[Segment]
    speaker: str = ""


def heard_tiers(sound: SceneSound) -> list[HeardTier]:
    """What is heard, who speaks, the lines of each speaker, music, and where face and voice part.

    What there is nothing of has no tier. Of music it has only what is sure.
    """
    tiers = [
        HeardTier("Heard", _kinds(sound.heard.segments)),
        HeardTier("Who speaks", speaker_segments(sound)),
        *_lines(sound),
        HeardTier("Music: chords", _music(sound.heard.music.chords, "chord")),
        HeardTier("Music: keys", _music(sound.heard.music.keys, "key")),
        HeardTier("Face and voice part", _contrasts(sound)),
    ]
    return [tier for tier in tiers if tier.segments]


def speaker_segments(sound: SceneSound) -> list[Segment]:
    """Who speaks: a name, with "?" where that is only likely, "off screen" or "can't tell"."""
    turns = sound.delivery.turns
    found: list[Segment] = []
    for segment in _segments(
        turns["start"], turns["end"], map(describe_speaker, turns["character"], turns["verdict"])
    ):
        before = found[-1] if found else None
        if before and before.text == segment.text and segment.start - before.end < _NEAR:
            found[-1] = Segment(before.start, segment.end, before.text)
        else:
            found.append(segment)
    return found


def line_segments(sound: SceneSound) -> list[tuple[Segment, str]]:
    """The lines by time, and whose each of them is; they may lie over one another."""
    lines = sound.delivery.lines
    segments = _segments(lines["start"], lines["end"], lines["text"])
    return list(zip(segments, map(one_line, lines["speaker"]), strict=True))


def _lines(sound: SceneSound) -> list[HeardTier]:
    """A tier a speaker, or more where their lines lie over one another; first who is first."""
    own: dict[str, list[Segment]] = {}
    for segment, speaker in line_segments(sound):
        own.setdefault(speaker, []).append(segment)
    names = set(map(one_line, sound.delivery.turns["character"]))
    tiers = []
    for speaker, segments in own.items():
        name = f"{speaker}: lines" if speaker else "Lines"
        likely = speaker.removesuffix("?")
        participant = likely if likely in names else speaker
        tiers += [HeardTier(name, part, participant) for part in apart(segments)]
    return tiers


def apart(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments in as few lists as it takes for none to lie over another.

    Args:
        segments: by their start.
    """
    parts: list[list[Segment]] = []
    for segment in segments:
        free = next((part for part in parts if part[-1].end <= segment.start), None)
        if free is None:
            parts.append([segment])
        else:
            free.append(segment)
    return parts


def _kinds(segments: pd.DataFrame) -> list[Segment]:
    names = [KIND_NAMES[SoundKind(kind)] for kind in segments["kind"]]
    return _segments(segments["start"], segments["end"], names)


def _music(table: pd.DataFrame, column: str) -> list[Segment]:
    sure = table[table["sure"]]
    return _segments(sure["start"], sure["end"], sure[column])


def _contrasts(sound: SceneSound) -> list[Segment]:
    found = sound.delivery.contrasts
    return _segments(
        [one.start for one in found], [one.end for one in found], map(describe_contrast, found)
    )


def _segments(
    starts: Iterable[float], ends: Iterable[float], texts: Iterable[str]
) -> list[Segment]:
    """Segments of at least a millisecond."""
    found = []
    for start, end, text in zip(starts, ends, texts, strict=True):
        first = milliseconds(start)
        found.append(Segment(first, max(milliseconds(end), first + 1), one_line(text)))
    return found
