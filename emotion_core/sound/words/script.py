"""Scripts: who says what, in which order, without times."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emotion_core.errors import WordsError
from emotion_core.sound.words.encodings import CONTROLS, read_text
from emotion_core.sound.words.fountain import Speech, parse_fountain

COLUMNS = ("speaker", "text", "spoken", "direction", "scene", "dual")


@dataclass(frozen=True, slots=True)
class Script:
    """The lines of a script in its order.

    Attributes:
        table: a row a line: ``speaker`` ("" where it names none), ``text`` (on one line, without
            directions), ``spoken`` (False: sung), ``direction`` (how to say it, as written, ""
            without), ``scene`` (its heading, "" before the first), ``dual`` (said at the same time
            as the line before).
        source: name of the file.
        warnings: a sentence for everything that was left out or is doubtful.
    """

    table: pd.DataFrame
    source: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if tuple(self.table.columns) != COLUMNS:
            raise ValueError(
                f"Script.table must have the columns {', '.join(COLUMNS)}, but has "
                f"{', '.join(map(str, self.table.columns))}"
            )

    def __len__(self) -> int:
        return len(self.table)


def read_script(path: Path) -> Script:
    """The lines of a script in plain text: Fountain, a screenplay, or a play of ``NAME: text``.

    Raises:
        WordsError: the file cannot be read, is no text, or holds no word.
    """
    text, warnings = read_text(path)
    if CONTROLS.search(text) or text.startswith(("%PDF", "PK\x03\x04", "{\\rtf", "<?xml")):
        raise WordsError(
            f"{path.name} is no plain text. Export the script as plain text or Fountain first."
        )
    return parse_script(text, path.name, warnings)


def parse_script(text: str, source: str, warnings: Iterable[str] = ()) -> Script:
    r"""The lines of a script; the form that finds most spoken words in it is taken.

    Args:
        text: with ``\n`` at the end of lines.
        source: its name.
        warnings: that come before.

    Raises:
        WordsError: it holds no word.
    """
    notes = list(warnings)
    speeches = max(parse_fountain(text), parse_play(text), key=_amount)
    if not speeches:
        speeches = [Speech("", line) for line in _plain_lines(text)]
        notes.append(f"{source} names nobody who speaks. Each of its lines was taken as spoken.")
    if not speeches:
        raise WordsError(f"{source} holds no line that is spoken.")
    return Script(_table(speeches), source, tuple(notes))


def _amount(speeches: list[Speech]) -> int:
    return sum(len(speech.text.split()) for speech in speeches)


def _table(speeches: Iterable[Speech]) -> pd.DataFrame:
    table = pd.DataFrame(list(speeches), columns=list(COLUMNS))
    texts = dict.fromkeys(("speaker", "text", "direction", "scene"), "str")
    return table.astype({**texts, "spoken": "bool", "dual": "bool"})


def _plain_lines(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if any(letter.isalpha() for letter in line)]


# "ANNA: Hi", "Anna (softly): Hi"; at most four words, so that a sentence with a colon is no name.
_TURN = re.compile(
    r"^\s*([^\W\d_](?:[\w.'’&#/-]*\s?){1,4}?)\s*(\([^()]*\)|\[[^\[\]]*\])?\s*:\s*(.*)$"
)
_DIRECTIONS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def parse_play(text: str) -> list[Speech]:
    """The lines of a text in which each speech begins with a name and a colon.

    A speech ends at the next name or at a blank line; names in small letters must speak at least
    twice, else a sentence with a colon in it would be one.
    """
    lines = text.split("\n")
    turns = [None if not line.strip() else _TURN.match(line) for line in lines]
    names = Counter(" ".join(turn[1].split()) for turn in turns if turn)
    found: list[tuple[str, list[str]]] = []
    speaking = False
    for line, turn in zip(lines, turns, strict=True):
        name = " ".join(turn[1].split()) if turn else ""
        if turn and not turn[3].startswith("//") and (name.isupper() or names[name] > 1):
            found.append((name, [f"{turn[2] or ''} {turn[3]}"]))
            speaking = True
        elif not line.strip():
            # a speech may follow its name after a blank line
            speaking = speaking and not found[-1][1][-1].strip()
        elif speaking:
            found[-1][1].append(line)
    return [speech for name, said in found for speech in _without_directions(name, " ".join(said))]


def _without_directions(name: str, said: str) -> Iterable[Speech]:
    directions = "; ".join(match[0][1:-1].strip() for match in _DIRECTIONS.finditer(said))
    text = " ".join(_DIRECTIONS.sub(" ", said).split())
    if any(letter.isalnum() for letter in text):
        yield Speech(name, text, direction=directions)
