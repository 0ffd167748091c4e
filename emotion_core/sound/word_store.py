"""The lines of clips, on disk beside their analyses, where they stay when all is read anew.

Layout under the data directory::

    analyses/<clip sha256>/words.json
    analyses/<clip sha256>/script/       a script, while its lines are looked for in the sound
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from emotion_core.files import cannot_write, completed_folder, printable, whole_file
from emotion_core.media.probe import LONGEST_CLIP
from emotion_core.sound.words.lines import Line, Lines, Word

_Second = Annotated[float, Field(ge=-1, le=LONGEST_CLIP)]
_LONGEST = 10_000  # characters
_Text = Annotated[str, Field(max_length=_LONGEST)]
_SCRIPT = "script"
_MOST_LINES, _MOST_WORDS = 100_000, 2_000_000


@dataclass(frozen=True, slots=True)
class _StoredLine:
    """A line; no times where nobody knows them, no confidence where a file states them."""

    start: _Second | None
    end: _Second | None
    text: _Text
    speaker: _Text
    source: _Text
    spoken: bool
    confidence: Annotated[float, Field(ge=0, le=1)] | None


@dataclass(frozen=True, slots=True)
class _StoredWord:
    line: Annotated[int, Field(ge=0, lt=_MOST_LINES)]
    start: _Second
    end: _Second
    word: _Text
    heard: bool


@dataclass(frozen=True, slots=True)
class _StoredWords:
    lines: Annotated[list[_StoredLine], Field(max_length=_MOST_LINES)]
    words: Annotated[list[_StoredWord], Field(max_length=_MOST_WORDS)] = field(default_factory=list)
    warnings: Annotated[list[_Text], Field(max_length=1_000)] = field(default_factory=list)


_STORED = TypeAdapter(_StoredWords)


class WordStore:
    """Lines by clip.

    Args:
        folder: the analyses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, clip: str) -> Path:
        """Where the lines of a clip lie, or will lie.

        Args:
            clip: SHA-256 of the file.
        """
        return self._folder / clip / "words.json"

    def state(self, clip: str) -> str:
        """What tells the lines of a clip from others in their place; empty where it has none."""
        try:
            found = self.path_of(clip).stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"

    def load(self, clip: str) -> Lines | None:
        """The lines of a clip; ``None`` where it has none, or what lies there is damaged."""
        try:
            return read_words(self.path_of(clip).read_bytes())
        except (OSError, ValueError):
            return None

    def save(self, clip: str, lines: Lines) -> None:
        """Keep the lines of a clip, in place of those that it has.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        with whole_file(self.path_of(clip)) as work:
            work.write_bytes(_dump(lines))

    def delete(self, clip: str) -> None:
        """Forget the lines of a clip.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        path = self.path_of(clip)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error

    def put_script(self, clip: str, name: str, content: bytes) -> None:
        """Keep a script until its lines have been found in the sound.

        Args:
            clip: SHA-256 of the file.
            name: of the script.
            content: of the file.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        folder = self._folder / clip / _SCRIPT
        with completed_folder(folder) as work:
            (work / printable(PurePath(name).name)[:100]).write_bytes(content)

    def script(self, clip: str) -> Path | None:
        """The script that was put there, if it is still there."""
        return next(iter(sorted((self._folder / clip / _SCRIPT).glob("*"))), None)

    def drop_script(self, clip: str) -> None:
        """Forget the script; its lines stay."""
        shutil.rmtree(self._folder / clip / _SCRIPT, ignore_errors=True)


def read_words(data: bytes) -> Lines:
    """Lines as :meth:`WordStore.save` writes them, or an archive says that it did.

    Raises:
        ValueError: they are not what the lines of a clip can be.
    """
    try:
        stored = _STORED.validate_json(data)
    except ValidationError as error:
        raise ValueError("these are no lines") from error
    nan = float("nan")
    lines = [
        Line(
            nan if one.start is None else one.start,
            nan if one.end is None else one.end,
            one.text,
            one.speaker,
            one.source,
            one.spoken,
            nan if one.confidence is None else one.confidence,
        )
        for one in stored.lines
    ]
    if any((one.start is None) != (one.end is None) for one in stored.lines):
        raise ValueError("a line must have a beginning and an end, or neither")
    if any(word.line >= len(lines) for word in stored.words):
        raise ValueError("a word must be of a line")
    words = [Word(one.line, one.start, one.end, one.word, one.heard) for one in stored.words]
    return Lines.of(lines, words, stored.warnings)


def _dump(lines: Lines) -> bytes:
    rows = [
        _StoredLine(
            _known(row["start"]),
            _known(row["end"]),
            row["text"][:_LONGEST],
            row["speaker"][:_LONGEST],
            row["source"][:_LONGEST],
            row["spoken"],
            _known(row["confidence"]),
        )
        for row in lines.table.to_dict("records")
    ]
    words = [
        _StoredWord(row["line"], row["start"], row["end"], row["word"][:_LONGEST], row["heard"])
        for row in lines.words.to_dict("records")
    ]
    return _STORED.dump_json(_StoredWords(rows, words, list(lines.warnings)))


def _known(value: float) -> float | None:
    return None if value != value else float(value)
