"""Subtitles and captions in files beside a clip."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from emotion_core.errors import WordsError
from emotion_core.sound.words.encodings import read_text
from emotion_core.sound.words.lines import Line, Lines
from emotion_core.sound.words.subtitles.cue_files import Cue, read_cues
from emotion_core.sound.words.subtitles.cues import read_cue
from emotion_core.text import count_of

# Endings of the formats that are read, the ones that say who speaks first.
SUBTITLE_SUFFIXES = (".ass", ".ssa", ".vtt", ".srt", ".ttml", ".sami", ".smi")
# A cue without an end stays until the next one, but no longer than subtitles may (Netflix Timed
# Text Style Guide: 7 s).
_LONGEST = 7.0
_DIALOGUE = re.compile(r"^\s*(Dialogue|Comment)\s*:", re.IGNORECASE)
_STAMP = r"\d+:\d+:\d+[.:,]\d+\s*,"
_GOOD_DIALOGUE = re.compile(rf"^\s*\w+\s*:[^,]*,\s*-?{_STAMP}\s*{_STAMP}", re.IGNORECASE)
# the parser of pysubs2 would read a start before the clip as one in it
_NEGATIVE = re.compile(rf"^(\s*\w+\s*:[^,]*,)\s*-{_STAMP}", re.IGNORECASE)


def subtitles_beside(clip: Path) -> list[Path]:
    """Files of subtitles that belong to a clip: ``scene.srt`` and ``scene.en.srt`` for scene.mp4.

    Returns:
        those without a language first, then by name; none where the folder cannot be listed.
    """
    try:
        beside = sorted(clip.parent.iterdir())
    except OSError:
        return []
    stem = clip.stem.casefold()
    found = []
    for path in beside:
        name = path.stem.casefold()
        if path.suffix.lower() in SUBTITLE_SUFFIXES and (
            name == stem or name.startswith(f"{stem}.")
        ):
            found.append(path)
    return sorted(found, key=lambda path: (path.stem.casefold() != stem, path.name))


def read_subtitles(path: Path) -> Lines:
    """The lines of a file of subtitles: SubRip, WebVTT, SubStation Alpha, TTML or SAMI.

    The form is known by the text, not by the name. Broken cues are put right where what they mean
    is plain, and left out where it is not; the warnings say how many.

    Raises:
        WordsError: the file cannot be read, is empty, or holds no subtitles.
    """
    text, notes = read_text(path)
    if not text.strip():
        raise WordsError(f"{path.name} is empty.")
    cues, more = parse_subtitles(text, path.name)
    return lines_of(cues, path.name, [*notes, *more])


def parse_subtitles(text: str, name: str) -> tuple[list[Cue], list[str]]:
    """The cues of a text, and a warning for what could not be read.

    Raises:
        WordsError: it holds no subtitles.
    """
    if "[Script Info]" in text or re.search(r"^Dialogue:", text, re.MULTILINE):
        return _by_library(*_readable_events(text), name)
    if "http://www.w3.org/ns/ttml" in text or "<sami>" in text[:1000].lower():
        return _by_library(text, 0, name)
    cues = read_cues(text)
    if not cues and not text.lstrip().startswith("WEBVTT"):
        raise WordsError(f"{name} holds no subtitles: there is no line with two times in it.")
    return cues, []


def _readable_events(text: str) -> tuple[str, int]:
    """SubStation text without events whose times cannot be read, and how many these are."""
    lines = text.split("\n")
    bad = {
        at
        for at, line in enumerate(lines)
        if _DIALOGUE.match(line) and not _GOOD_DIALOGUE.match(line)
    }
    # styles only say how a line looks, and a broken one stops the reading
    kept = (
        _NEGATIVE.sub(r"\g<1>0:00:00.00,", line)
        for at, line in enumerate(lines)
        if at not in bad and not line.lstrip().startswith("Style:")
    )
    return "\n".join(kept), len(bad)


def _by_library(text: str, bad: int, name: str) -> tuple[list[Cue], list[str]]:
    from pysubs2 import SSAFile  # with its parsers of XML

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fields that are not used here
            events = SSAFile.from_string(text)
    # whatever its parsers stumble over: of XML, of numbers, of a form that it takes for another
    except Exception as error:
        raise WordsError(f"{name} cannot be read as subtitles: {error}.") from error
    cues = [
        Cue(event.start / 1000, event.end / 1000, event.plaintext, event.name.strip())
        for event in events
        if not event.is_comment and not event.is_drawing
    ]
    lost = f"{count_of(bad, 'line')} of {name} left out: no time in it can be read."
    return cues, [lost] if bad else []


def lines_of(cues: Iterable[Cue], source: str, warnings: Iterable[str] = ()) -> Lines:
    """Lines of cues in the order of a file: put in order, with ends, and their parts apart.

    Args:
        cues: in the order of the file.
        source: its name, for the table and the warnings.
        warnings: that come before.
    """
    cues = list(cues)
    timed, notes = _timed(cues, source)
    timed += [(math.nan, math.nan, cue) for cue in cues if cue.start is None]
    lines = []
    for start, end, cue in timed:
        for said in read_cue(cue.text, cue.speaker):
            lines.append(Line(start, end, said.text, said.speaker, source, said.spoken))
    if not lines:
        notes.append(f"{source} holds no line.")
    return Lines.of(lines, warnings=[*warnings, *notes])


def _timed(cues: Sequence[Cue], source: str) -> tuple[list[tuple[float, float, Cue]], list[str]]:
    """Start, end and cue, by start; and what had to be put right."""
    begun = [(cue.start, cue) for cue in cues if cue.start is not None]
    ordered = sorted(begun, key=lambda pair: pair[0])
    following = [*(start for start, _ in ordered), math.inf][1:]
    timed, before, ends = [], 0, 0
    for (start, cue), upcoming in zip(ordered, following, strict=True):
        end = cue.end
        if end is None or end <= start:
            end = min(upcoming if upcoming > start else math.inf, start + _LONGEST)
            ends += 1
        if end <= 0:
            before += 1
            continue
        timed.append((max(start, 0.0), end, cue))
    notes = []
    without = len(cues) - len(begun)
    if without:
        notes.append(f"When {count_of(without, 'line')} of {source} would begin is not known.")
    if before:
        notes.append(f"{count_of(before, 'line')} of {source} before the clip begins left out.")
    if ends:
        notes.append(
            f"{count_of(ends, 'line')} of {source} had no end after the start; each now ends with "
            f"the next line, after {_LONGEST:.0f} s at most."
        )
    if ordered != begun:
        notes.append(f"The lines of {source} were out of order.")
    return timed, notes
