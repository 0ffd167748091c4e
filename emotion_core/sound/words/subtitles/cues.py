"""What a cue of subtitles says: who speaks, what is spoken, and what is only heard."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple


class Said(NamedTuple):
    """A part of a cue.

    Attributes:
        text: on one line.
        speaker: "" where unknown.
        spoken: False for a sound or a song.
    """

    text: str
    speaker: str = ""
    spoken: bool = True


# Tags of HTML and WebVTT, with a time "<00:01.000>", and of SubStation Alpha in braces. A "<" that
# opens no tag stays: "I <3 you".
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|<\d\d:[\d:.]+>|</>|\{\\[^{}]*\}|\{[a-zA-Z]:[^{}]*\}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^<>]*)>", re.IGNORECASE)
_DASH = re.compile(r"^\s*(?:[-\u2010-\u2015]|>>+)\s*(?=\S)")
# Sounds: "[door slams]", "(laughs)", also over lines; and songs from note to note.
_SOUNDS = re.compile(
    r"\[[^\[\]]*\]|\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\uff3b[^\uff3b\uff3d]*\uff3d"
)
_SONGS = re.compile("[\u2669-\u266c][^\u2669-\u266c]*[\u2669-\u266c]?")
# "ANNA: Hi", "DR. O'NEIL #2: Hi". Small letters may open a sentence with a colon, so they count
# as a name only in scripts.
_NAME = re.compile(
    r"^((?=[^:]*[^\W\d_])[^\W_a-z][^a-z\u00df-\u00f6\u00f8-\u00ff:]{0,40}?)\s?:\s+(?=\S)"
)


def read_cue(text: str, speaker: str = "") -> list[Said]:
    """The parts of a cue in their order; none for an empty one.

    Args:
        text: as it is in the file, of one or more lines, with its tags.
        speaker: that the file states beside the text; a name in the text goes before it.
    """
    parts: list[Said] = []
    for voice, said in _voices(text, speaker):
        bare = html.unescape(_TAGS.sub("", said)).replace("\N{NO-BREAK SPACE}", " ")
        for turn in _turns(bare):
            parts += _read_turn(turn, voice)
    return parts


def _voices(text: str, speaker: str) -> Iterator[tuple[str, str]]:
    """Who says which part, by the voice tags of WebVTT."""
    pieces = _VOICE.split(text)
    yield speaker, pieces[0]
    for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
        yield " ".join(html.unescape(name).split()) or speaker, said


def _turns(text: str) -> Iterator[str]:
    """The lines of a cue joined, but apart where each begins with a dash: another speaker."""
    lines = [line for line in text.split("\n") if line.strip()]
    starts = [bool(_DASH.match(line)) or bool(_NAME.match(line)) for line in lines]
    turn: list[str] = []
    for line, begins in zip(lines, starts, strict=True):
        if begins and turn:
            yield " ".join(turn)
            turn = []
        turn.append(_DASH.sub("", line, count=1))
    if turn:
        yield " ".join(turn)


def _read_turn(text: str, speaker: str) -> Iterator[Said]:
    """What one speaker says, with the sounds and songs beside it as parts of their own."""
    text = " ".join(text.split())
    sounds: list[str] = []

    def take(match: re.Match[str]) -> str:
        sounds.append(match[0].strip())
        return " "

    text = " ".join(_SONGS.sub(take, _SOUNDS.sub(take, text)).split())
    named = _NAME.match(text + " x")
    if named:
        speaker, text = named[1].strip(), text[named.end() :].strip()
    if any(letter.isalnum() for letter in text):
        yield Said(text, speaker)
    elif text and not sounds:
        # "..." and "?!" are shown for a silence
        yield Said(text, speaker, spoken=False)
    for sound in sounds:
        if any(letter.isalnum() for letter in sound) or not text:
            yield Said(sound, speaker, spoken=False)
