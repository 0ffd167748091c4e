"""Who speaks which subtitle, from the script."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from emotion_core.errors import WordsError
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.matching import match_lines
from emotion_core.sound.words.normalization import words_of
from emotion_core.sound.words.script import Script
from emotion_core.text import count_of

_FEWEST = 2
_LEAST = 0.5
# Share of a subtitle's words that one speaker must say; others leave it without a name.
_AGREED = 2 / 3


def name_speakers(lines: Lines, script: Script) -> Lines:
    """Subtitles with the speakers of a script, found by their words.

    Cuts, changes and moved lines do no harm; a subtitle of which less than half stands in the
    script, or that holds words of two speakers, gets no name. One that has a speaker keeps it.

    Args:
        lines: subtitles in the language of the script.
        script: whose lines have speakers.

    Raises:
        WordsError: the script does not fit the subtitles.
    """
    table = lines.table.copy()
    said = [
        words_of(text) if spoken else []
        for text, spoken in zip(table["text"], table["spoken"], strict=True)
    ]
    written = [words_of(text) for text in script.table["text"]]
    match = match_lines(
        said, [word for line in written for word in line], fewest=_FEWEST, least=_LEAST
    )
    names = np.repeat(
        script.table["speaker"].to_numpy(object), np.array([len(line) for line in written], int)
    )
    places = np.split(match.places, np.cumsum([len(line) for line in said])[:-1])
    speakers = [
        own or _speaker([str(names[place]) for place in found if place >= 0])
        for own, found in zip(table["speaker"], places, strict=True)
    ]
    spoken = sum(map(bool, said))
    found = int((match.found > 0).sum())
    if not found:
        raise WordsError(
            f"{script.source} does not fit the subtitles: none of their "
            f"{count_of(spoken, 'line')} stands in it."
        )
    table["speaker"] = np.array(speakers, dtype=object)
    table["speaker"] = table["speaker"].astype("str")
    notes = [*lines.warnings, *script.warnings]
    if found < spoken:
        notes.append(f"{found} of {count_of(spoken, 'subtitle')} stand in {script.source}.")
    return replace(lines, table=table, warnings=tuple(notes))


def _speaker(names: list[str]) -> str:
    if not names:
        return ""
    name, count = Counter(names).most_common(1)[0]
    return name if count >= _AGREED * len(names) else ""
