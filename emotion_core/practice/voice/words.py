"""When the words of one known line are said in a piece of sound."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from emotion_core.errors import WordsError
from emotion_core.sound.blocks import SoundBlock
from emotion_core.sound.words.hearing import align_script
from emotion_core.sound.words.lines import words_table
from emotion_core.sound.words.normalization import words_of
from emotion_core.sound.words.script import COLUMNS, Script


def hear_words(
    text: str, blocks: Iterable[SoundBlock], speech: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find the words of a line in a sound; English only, as the recognizer.

    Args:
        text: of the line.
        blocks: the sound.
        speech: as :class:`~emotion_core.sound.words.hearing.ScriptReader` takes it.

    Returns:
        All its words with the columns of :data:`~emotion_core.sound.words.lines.WORD_COLUMNS`;
        none where they were not heard: another language, other words, or too few.
    """
    row = ("", " ".join(text.split()), True, "", "", False)
    script = Script(pd.DataFrame([row], columns=list(COLUMNS)), "The line")
    if not words_of(text):
        return words_table(())
    try:
        return align_script(script, blocks, speech).words
    except WordsError:
        return words_table(())
