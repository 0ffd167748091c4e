"""What is heard in a scene as tables: segments, who speaks, lines, utterances and music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ExportError
from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import write_table
from emotion_core.performance.delivery.contrast import Contrast
from emotion_core.performance.delivery.reactions import Reaction
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import describe_contrast, describe_speaker

_START = "when it begins, seconds of the clip"
_END = "when it ends, seconds of the clip"
# What each column of :func:`segments_table` holds.
SEGMENT_NOTES = {
    "start": _START,
    "end": _END,
    "kind": "speech, music, speech over music, silence, or other: neither speech nor music",
    "confidence": "how probable that kind is on average, 0 to 1; of silence 1, it is measured",
}
# What each column of :func:`turns_table` holds.
TURN_NOTES = {
    "start": _START,
    "end": _END,
    "who": 'the character; with "?" where that is only likely; "off screen" or "can\'t tell"',
    "likeness": "correlation of their mouth with the envelope of the sound; empty where no mouth "
    "was compared",
    "chance": "how often as much likeness comes by chance, 0 to 1",
    "lag": "by which the sound comes after the mouth, seconds",
}
# What each column of :func:`lines_table` holds.
LINE_NOTES = {
    "start": _START,
    "end": _END,
    "who": 'as the file of the lines says, else who is seen to speak, with "?" where that is only '
    "likely; empty where it cannot be told",
    "words": "what is said",
    "face": "what the face of the speaker reads over the line; empty where it cannot be seen",
    "voice": "how it is spoken against the other lines of the speaker; empty where it cannot be "
    "told",
    "strongest_word": "the loudest word; empty where none stands out, or words have no times",
    "confidence": "of the times, 0 to 1: the share of the words that were heard in order; empty "
    "where a file states the times",
}
# What each column of :func:`utterances_table` holds.
UTTERANCE_NOTES = {
    "start": _START,
    "end": _END,
    "character": "who speaks; empty for a voice off screen, or where it cannot be told; such "
    "utterances are compared with none",
    "verdict": "speaks, likely, off screen or can't tell: by the mouths in view beside the sound",
    "pitch": "median pitch, hertz",
    "pitch_range": "pitch from the 10th to the 90th percentile, semitones",
    "loudness": "loudness, LUFS",
    "rate": "pace, syllables a second of speech, pauses left out",
    "pause_before": "time since the utterance before, whoever spoke it, seconds",
    "pauses": "share of its time without speech, 0 to 1",
    "voiced": "share of its time with a pitch, 0 to 1",
    "tremor": "how far the pitch trembles, semitones",
    "music_below": "how far music lies below the speech, decibels, the least within it; 30: that "
    "far or more, or no music",
    "pitch_difference": "pitch against the median of the speaker in this scene, semitones",
    "loudness_difference": "loudness against the median of the speaker, LU",
    "range_difference": "range of the pitch against the median of the speaker, semitones",
    "rate_ratio": "pace over the median pace of the speaker, no unit",
    "compared": "with how many utterances of the speaker the voice is compared, itself among them",
    "raised": "probability that the voice is raised against the others, 0 to 1",
    "delivery": "raised, lowered or can't tell",
    **{f"voice_{name}": f"probability that the voice plays {name}, 0 to 1" for name in EMOTIONS},
    "sounds": "the emotion that the voice plays, or can't tell; not what anyone feels",
}
# What each column of :func:`contrasts_table` holds.
CONTRAST_NOTES = {
    "start": _START,
    "end": _END,
    "character": "who speaks",
    "words": "what face and voice do, and how unusual that is",
    "chance": "share of the other utterances of the character that would part as much, 0 to 1; "
    "empty where they are too few",
    "sure": "false where it is only likely that they speak",
}
# What each column of :func:`reactions_table` holds.
REACTION_NOTES = {
    "start": "when the line begins, seconds of the clip",
    "end": "when the line ends, seconds of the clip",
    "time": "when the face changes most, seconds of the clip",
    "character": "who listens",
    "speaker": "who speaks; empty for a voice off screen",
    "emotion": "what the face reads then",
    "before": "mean probability of it in the second before the line, 0 to 1",
    "after": "the same at that time",
}
_MUSIC_NOTES = {
    "start": _START,
    "end": _END,
    "confidence": "how likely it is to be right, 0 to 1",
    "sure": "false where it is only the best guess",
}
SOUND_NOTES = {
    "segments": SEGMENT_NOTES,
    "turns": TURN_NOTES,
    "lines": LINE_NOTES,
    "utterances": UTTERANCE_NOTES,
    "contrasts": CONTRAST_NOTES,
    "reactions": REACTION_NOTES,
    "chords": {**_MUSIC_NOTES, "chord": "of the music, such as C or Am; N: none"},
    "keys": {**_MUSIC_NOTES, "key": "of the music, such as A minor"},
}


def segments_table(sound: SceneSound) -> pd.DataFrame:
    """What is heard, a row a segment, with the columns :data:`SEGMENT_NOTES`."""
    return sound.heard.segments[list(SEGMENT_NOTES)]


def turns_table(sound: SceneSound) -> pd.DataFrame:
    """Who speaks when, with the columns :data:`TURN_NOTES`."""
    turns = sound.delivery.turns
    pairs = zip(turns["character"], turns["verdict"], strict=True)
    who = [describe_speaker(character, verdict) for character, verdict in pairs]
    return turns.assign(who=pd.Series(who, turns.index, dtype="string"))[list(TURN_NOTES)]


def lines_table(sound: SceneSound) -> pd.DataFrame:
    """What is said, a row a line, with the columns :data:`LINE_NOTES`."""
    names = {"speaker": "who", "text": "words", "strongest": "strongest_word"}
    return sound.delivery.lines.rename(columns=names)[list(LINE_NOTES)]


def utterances_table(sound: SceneSound) -> pd.DataFrame:
    """How it is said, a row an utterance, with the columns :data:`UTTERANCE_NOTES`."""
    names = {name: f"voice_{name}" for name in EMOTIONS}
    table = sound.delivery.utterances.rename(columns=names)[list(UTTERANCE_NOTES)]
    return table.replace([np.inf, -np.inf], np.nan)  # a pace over a median of 0


def contrasts_table(sound: SceneSound) -> pd.DataFrame:
    """Where face and voice part, with the columns :data:`CONTRAST_NOTES`."""
    found = sound.delivery.contrasts
    table = pd.DataFrame(found, columns=list(Contrast._fields))
    return table.assign(words=list(map(describe_contrast, found)))[list(CONTRAST_NOTES)]


def reactions_table(sound: SceneSound) -> pd.DataFrame:
    """Faces of listeners that change, with the columns :data:`REACTION_NOTES`."""
    table = pd.DataFrame(sound.delivery.reactions, columns=list(Reaction._fields))
    return table[list(REACTION_NOTES)]


def sound_tables(sound: SceneSound) -> dict[str, pd.DataFrame]:
    """All that is heard, by the names of :data:`SOUND_NOTES`."""
    music = sound.heard.music
    return {
        "segments": segments_table(sound),
        "turns": turns_table(sound),
        "lines": lines_table(sound),
        "utterances": utterances_table(sound),
        "contrasts": contrasts_table(sound),
        "reactions": reactions_table(sound),
        "chords": music.chords[list(SOUND_NOTES["chords"])],
        "keys": music.keys[list(SOUND_NOTES["keys"])],
    }


def lines_to_spreadsheet(sound: SceneSound | None, wanted: TableFormat = TableFormat.CSV) -> bytes:
    """:func:`lines_table` as a file.

    Raises:
        ExportError: the sound was not read.
    """
    return write_table(lines_table(heard(sound)), wanted)


def utterances_to_spreadsheet(
    sound: SceneSound | None, wanted: TableFormat = TableFormat.CSV
) -> bytes:
    """:func:`utterances_table` as a file.

    Raises:
        ExportError: the sound was not read.
    """
    return write_table(utterances_table(heard(sound)), wanted)


def write_sound(sound: SceneSound, folder: Path) -> None:
    """Write ``lines.csv``, ``utterances.csv`` and, of segments, ``sound.csv`` into a folder."""
    (folder / "lines.csv").write_bytes(lines_to_spreadsheet(sound))
    (folder / "utterances.csv").write_bytes(utterances_to_spreadsheet(sound))
    (folder / "sound.csv").write_bytes(write_table(segments_table(sound)))


def heard(sound: SceneSound | None) -> SceneSound:
    """The sound of a scene, where an export can be of nothing else.

    Raises:
        ExportError: it was not read.
    """
    if sound is None:
        raise ExportError(
            "The sound of this scene was not read, so it has no lines and no voices to export."
        )
    return sound
