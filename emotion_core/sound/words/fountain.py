"""Screenplays in Fountain, the plain text that screenwriting programs exchange.

After the syntax on https://fountain.io/syntax (Fountain 1.1). Parsers that are published either
keep an object for every element of a page or take only what the syntax demands; scripts that were
copied out of a PDF indent everything and number their pages, which is allowed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_BONEYARD = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# a note may go over lines, but not over an empty one
_NOTE = re.compile(r"\[\[(?:[^\n]|\n(?!\n))*?\]\]")
_TITLE = re.compile(r"^[^\s:][^:]{0,40}:\s*\S?")
_TITLES = re.compile(
    r"^(title|credit|authors?|source|notes|draft date|date|contact|copyright)\s*:", re.I
)
_SCENE = re.compile(r"^(?:\d+[A-Z]?\.?\s+)?(INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I\.?/E)[. ]", re.I)
_SCENE_NUMBER = re.compile(r"\s*#[^#]*#\s*$")
_EXTENSION = re.compile(r"\s*\([^()]*\)")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=\S)(.+?)(?<=\S)(?<!\\)\1")
_ESCAPE = re.compile(r"\\([*_\\~@!#>.])")
_PAGE = re.compile(r"^(?:={3,}|\(?(?:more|continued|cont'd)\)?:?|\d+\.?)$", re.I)


class Speech(NamedTuple):
    """A line of a script: one row of :attr:`emotion_core.sound.words.script.Script.table`."""

    speaker: str
    text: str
    spoken: bool = True
    direction: str = ""
    scene: str = ""
    dual: bool = False


def parse_fountain(text: str) -> list[Speech]:
    r"""The speeches of a screenplay in its order; none where it has no character that speaks.

    A speech is parted where a direction stands in it: the direction belongs to what follows.

    Args:
        text: with ``\n`` at the end of lines.
    """
    text = _NOTE.sub("", _BONEYARD.sub("", text)).replace("\t", "    ")
    lines = _without_title_page(text.split("\n"))
    speeches: list[Speech] = []
    scene, at = "", 0
    while at < len(lines):
        line = lines[at].strip()
        heading = _heading(line)
        if heading:
            scene = heading
        elif _is_character(lines, at):
            end = _end_of_speech(lines, at)
            speeches += _dialogue(line, lines[at + 1 : end], scene)
            at = end
            continue
        at += 1
    return speeches


def _without_title_page(lines: Sequence[str]) -> Sequence[str]:
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if first < len(lines) and _TITLES.match(lines[first]) and _TITLE.match(lines[first]):
        blank = (at for at in range(first, len(lines)) if not lines[at].strip())
        return lines[next(blank, len(lines)) :]
    return lines


def _heading(line: str) -> str:
    """The heading of a scene that a line is, or ""."""
    forced = re.match(r"^\.(?=\w)", line)
    if not forced and not _SCENE.match(line):
        return ""
    return " ".join(_SCENE_NUMBER.sub("", line[1:] if forced else line).split())


def _is_character(lines: Sequence[str], at: int) -> bool:
    """Whether a line names who speaks: after a blank line, in capitals or behind an "@"."""
    line = lines[at].strip()
    follows = at + 1 < len(lines) and bool(lines[at + 1].strip())
    if not line or not follows or (at and lines[at - 1].strip()):
        return False
    if line.startswith("@"):
        return True
    name = _EXTENSION.sub("", line.rstrip("^")).strip()
    # a transition ends so, and marks at the start make a line something else
    if not name or name.endswith(("TO:", ".", "!", "?", ":")) or name[0] in "!.>#=~(":
        return False
    return any(letter.isalpha() for letter in name) and name == name.upper()


def _end_of_speech(lines: Sequence[str], at: int) -> int:
    end = at + 1
    # a line of two spaces keeps an empty line in the speech
    while end < len(lines) and (lines[end].strip() or lines[end] == "  "):
        end += 1
    return end


def _dialogue(cue: str, body: Sequence[str], scene: str) -> list[Speech]:
    dual = cue.endswith("^")
    name = " ".join(_EXTENSION.sub("", cue.rstrip("^").lstrip("@")).split())
    speeches: list[Speech] = []
    direction: list[str] = []
    said: list[str] = []

    def close(spoken: bool = True) -> None:
        text = " ".join(" ".join(said).split())
        if any(letter.isalnum() for letter in text):
            how = " ".join(" ".join(direction).split())
            speeches.append(Speech(name, text, spoken, how, scene, dual))
            direction.clear()
        said.clear()

    open_direction = False
    for raw in body:
        line = raw.strip()
        if _PAGE.match(line):
            continue
        if open_direction or line.startswith("("):
            if not open_direction:
                close()
            open_direction = not line.endswith(")")
            direction.append(line.strip("()"))
        elif line.startswith("~"):
            close()
            said.append(_bare(line[1:]))
            close(spoken=False)
        else:
            said.append(_bare(line))
    close()
    return speeches


def _bare(text: str) -> str:
    """Text without emphasis."""
    before = ""
    while before != text:
        before, text = text, _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text)
