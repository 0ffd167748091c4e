"""The lines of a scene that can be said after their speakers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.performance.delivery.line_beside import SaidLine, clear_pitches, usual_pitch
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.delivery.turns import speakers_of
from emotion_core.practice.voice.recording import LONGEST
from emotion_core.practice.voice.words import hear_words
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.decode import read_blocks
from emotion_core.sound.words.lines import words_table
from emotion_core.sound.words.normalization import words_of

# Seconds around the times that a line has: subtitles state them roughly.
_AROUND = 0.3
_SOMEBODY = "the model"


def model_line(sound: SceneSound, place: int, words: pd.DataFrame) -> SaidLine:
    """A line of a scene as it is said there.

    Args:
        sound: of the scene.
        place: row of the line in the lines of its delivery.
        words: of :func:`words_of_model`.
    """
    name = _voice_of(sound, place)
    utterances = sound.delivery.utterances
    own = utterances[utterances["character"].eq(name)] if name else utterances[:0]
    written = str(sound.delivery.lines["speaker"].iloc[place]).rstrip("?")
    title = name or written or _SOMEBODY
    return SaidLine(title, sound, name, place, words, usual_pitch(clear_pitches(own)))


def words_of_model(sound: SceneSound, place: int, clip: Path | None) -> pd.DataFrame:
    """When each word of a line of a scene is said: as is known, or else as it is heard.

    Args:
        sound, place: as of :func:`model_line`.
        clip: the file, ``None`` where it is gone.

    Returns:
        All words with the columns of :data:`~emotion_core.sound.words.lines.WORD_COLUMNS`, or none;
        those of a line that is longer than a recording may be are not listened for.

    Raises:
        MediaError: the clip cannot be read.
    """
    lines = sound.delivery.lines
    row = lines.iloc[place]
    timed = sound.lines.words
    here = timed["line"].eq(sound.lines.spoken.index[place])
    known: pd.DataFrame = timed[here].reset_index(drop=True)
    if len(known) and len(known) == len(words_of(row["text"])):
        return known
    if clip is None or row["end"] - row["start"] > LONGEST:  # nobody can say that after it
        return words_table(())
    start, end = max(row["start"] - _AROUND, 0.0), row["end"] + _AROUND
    words = hear_words(row["text"], [_stretch(clip, start, end)])
    return words.assign(start=words["start"] + start, end=words["end"] + start)


def _voice_of(sound: SceneSound, place: int) -> str:
    """Whose voice a line has: of who is seen to speak, or else of who is written to."""
    delivery = sound.delivery
    row = delivery.lines.iloc[[place]]
    seen = str(speakers_of(row, delivery.turns)["character"].iloc[0])
    if seen:
        return seen
    written = str(row["speaker"].iloc[0]).casefold()
    names = delivery.utterances["character"].unique()
    return next((str(name) for name in names if name and name.casefold() == written), "")


def _stretch(clip: Path, start: float, end: float) -> SoundBlock:
    """A part of the sound of a clip, as if it were all of it."""
    parts = [np.zeros(0, np.float32)]
    for block in read_blocks(clip, end, start):
        first = max(round((start - block.start) * SAMPLE_RATE), 0)
        if first < len(block.samples):  # an empty view would keep the whole block
            parts.append(block.samples[first:])
    samples = np.concatenate(parts)
    return SoundBlock(0.0, samples, samples[None], SAMPLE_RATE, "mono")
