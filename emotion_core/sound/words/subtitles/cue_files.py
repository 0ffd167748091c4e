"""The cues of SubRip and WebVTT files, however broken.

pysubs2 reads SubRip and WebVTT by one parser: it adds notes, regions and the identifiers of cues to
the text before them, drops the last line of a cue that is a number, knows no voices, reads a
negative time as positive, and adds a time line with one time to the text. So these two are read
here, and all else by pysubs2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# Hours may be missing, and the mark before the fraction is "," in SubRip and "." in WebVTT.
_TIME = r"-?\s*(?:\d+\s*:\s*)?\d{1,2}\s*:\s*\d{1,2}(?:\s*[.,:]\s*\d{1,3})?"
_TIMES = re.compile(rf"^\s*({_TIME})?\s*-{{1,3}}>\s*({_TIME})?(?:\s.*)?$")
_HEADS = re.compile(r"^(NOTE|STYLE|REGION)\b")


class Cue(NamedTuple):
    """A cue as it stands in a file: seconds, or ``None`` where a time cannot be read."""

    start: float | None
    end: float | None
    text: str
    speaker: str = ""


def read_cues(text: str) -> list[Cue]:
    """The cues of a SubRip or WebVTT file in their order.

    Args:
        text: of the file; anything before the first time is no cue.
    """
    web = text.lstrip().startswith("WEBVTT")
    lines = text.split("\n")
    found = [(at, match) for at, line in enumerate(lines) if (match := _TIMES.match(line))]
    ends = [*(at for at, _ in found), len(lines)][1:]
    cues = []
    for place, ((at, match), end) in enumerate(zip(found, ends, strict=True)):
        last = place + 1 == len(found)
        body = _web_body(lines[at + 1 : end]) if web else _body(lines[at + 1 : end], last)
        cues.append(Cue(_seconds(match[1]), _seconds(match[2]), "\n".join(body)))
    return cues


def _web_body(lines: Sequence[str]) -> list[str]:
    """In WebVTT a blank line ends a cue, but text that goes on after it is kept all the same."""
    body: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if block and not (body and _HEADS.match(block[0])):
            body += block
        block = []
    return _without_name(lines, body)


def _without_name(lines: Sequence[str], body: list[str]) -> list[str]:
    """Drop the identifier of the next cue: one line right before its time, after a blank one."""
    if len(lines) > 1 and lines[-1].strip() and not lines[-2].strip() and body[-1:] == [lines[-1]]:
        return body[:-1]
    return body


def _body(lines: Sequence[str], last: bool) -> list[str]:
    """In SubRip the number of the next cue follows, and cues may hold blank lines."""
    body = [line for line in lines if line.strip()]
    # a number right before the next time is that of its cue, even without a blank line
    if body and not last and body[-1].strip().isdigit() and lines[-1].strip():
        body.pop()
    return body


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    numbers = re.findall(r"\d+", text)
    fraction = 0.0
    if re.search(r"[.,]", text) or len(numbers) == 4:
        fraction = float(f"0.{numbers.pop()}")
    seconds = 0
    for number in numbers:
        seconds = seconds * 60 + int(number)
    return -(seconds + fraction) if text.lstrip().startswith("-") else seconds + fraction
