"""Which lanes a scene has: those that have something to show."""

from __future__ import annotations

import math

import numpy as np

from emotion_core.media.drawing import color_from_hex
from emotion_core.performance.delivery.lanes import (
    UNKNOWN_SPEAKER,
    pitch_from_usual,
    shown_turns,
)
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import KIND_COLORS, KIND_NAMES
from emotion_core.render.video.heard.lanes import BoxLane, Lane, MarkLane, OutlineLane, VoiceLane
from emotion_core.render.video.heard.piece import Stretch
from emotion_core.render.video.heard.said import NO_FONT, readable
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.music.chords import NO_CHORD
from emotion_core.text import shorten

_WAYS = {"raised": 1, "lowered": -1}
_TOGETHER = 0.2  # seconds
_NAME = 16  # letters of a name in a box, before the line
_COLORS = {KIND_NAMES[kind]: color_from_hex(color) for kind, color in KIND_COLORS.items()}


def lanes_of(sound: SceneSound) -> list[Lane]:
    """The lanes of the scene page, in its order; none where nothing is heard or said."""
    heard, delivery = sound.heard, sound.delivery
    lanes: list[Lane] = []
    if heard.tracks and not heard.silent:
        low, high = (heard.waveform[name].to_numpy(np.float64) for name in ("low", "high"))
        lanes.append(OutlineLane(low, high, _kinds(sound), _COLORS))
        pitch = pitch_from_usual(heard, delivery.utterances)
        if np.isfinite(pitch).any():
            lanes.append(VoiceLane(pitch, _voices(sound)))
    turns = [one for one in shown_turns(delivery.turns) if one.name != UNKNOWN_SPEAKER]
    if turns:
        boxes = [
            Stretch(start, end, name if sure else f"{name}?", sure)
            for start, end, name, sure, _ in turns
        ]
        lanes.append(BoxLane("Who speaks", 18, boxes, readout=boxes))
    if len(delivery.lines):
        boxes = _line_boxes(said_of(sound))
        lanes.append(BoxLane("Lines", 18, boxes, repeated=False))
    if chords := _chords(sound):
        changes = heard.music.changes["time"].tolist()
        lanes.append(BoxLane("Music", 26, chords, readout=_music(sound, chords), changes=changes))
    if delivery.contrasts:
        marks = [
            Stretch(
                one.start,
                one.end,
                f"{one.character}{'' if one.sure else ', perhaps'}: {one.words}",
                one.sure,
            )
            for one in delivery.contrasts
        ]
        lanes.append(MarkLane("Face and voice part", marks))
    return lanes


def said_of(sound: SceneSound) -> list[Stretch]:
    """The lines with their speakers, by time."""
    lines = sound.delivery.lines
    columns = (lines[name].tolist() for name in ("start", "end", "speaker", "text"))
    return [
        Stretch(start, end, readable(text) or NO_FONT, who=readable(speaker))
        for start, end, speaker, text in zip(*columns, strict=True)
    ]


def _line_boxes(said: list[Stretch]) -> list[Stretch]:
    """A box for each line, and one for lines that begin together."""
    boxes: list[Stretch] = []
    for one in said:
        words = f"{shorten(one.who, _NAME)}: {one.words}" if one.who else one.words
        words = "" if one.words == NO_FONT else words
        if boxes and one.start - boxes[-1].start < _TOGETHER:
            both = " / ".join(part for part in (boxes[-1].words, words) if part)
            boxes[-1] = Stretch(boxes[-1].start, max(boxes[-1].end, one.end), both)
        else:
            boxes.append(one._replace(words=words))
    return boxes


def _kinds(sound: SceneSound) -> list[Stretch]:
    table = sound.heard.segments
    rows = zip(table["start"], table["end"], table["kind"], strict=True)
    return [Stretch(start, end, KIND_NAMES[SoundKind(kind)]) for start, end, kind in rows]


def _voices(sound: SceneSound) -> list[Stretch]:
    names = ("start", "end", "verdict", "delivery", "pitch_difference")
    columns = (sound.delivery.utterances[name].tolist() for name in names)
    found = []
    for start, end, verdict, delivery, away in zip(*columns, strict=True):
        way = _WAYS.get(delivery, 0)
        words = [delivery] if way else []
        if math.isfinite(away):
            count = round(abs(away))
            sign = "+" if away > 0 else "−"
            plural = "s" * (count > 1)
            words.append(f"{sign}{count} semitone{plural}" if count else "at the usual")
        found.append(Stretch(start, end, "\n".join(words), verdict == "speaks", way))
    return found


def _chords(sound: SceneSound) -> list[Stretch]:
    table = sound.heard.music.chords
    rows = zip(table["start"], table["end"], table["chord"], table["sure"], strict=True)
    return [Stretch(*row) for row in rows if row[2] != NO_CHORD]


def _music(sound: SceneSound, chords: list[Stretch]) -> list[Stretch]:
    """The chords, each with the key that it is in where that is sure."""
    keys = sound.heard.music.keys
    named = [
        (start, end, key)
        for start, end, key, sure in zip(
            keys["start"], keys["end"], keys["key"], keys["sure"], strict=True
        )
        if sure
    ]
    found = []
    for one in chords:
        key = next((key for start, end, key in named if start <= one.start < end), "")
        words = one.words if one.sure else f"perhaps {one.words}"
        found.append(one._replace(words=f"{words} in {key}" if key else words))
    return found
