"""The progression of a face over the progression of the music: what sounds while it plays what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.performance.progression import Progression
from emotion_core.sound.music.progressions.beneath import chord_changes, music_beneath
from emotion_core.sound.music.progressions.coincidence import Coincidence, coincidence
from emotion_core.sound.music.reading import UNSURE, MusicReading

FACE, CHORD, KEY, SCORE = "face", "chord", "key", "score"
# Changes of the score within a section; that it begins or ends is where nothing can be compared.
_WITHIN = ("harmony", "timbre", "level")
# Seconds by which rows that touch may be apart.
_TOUCH = 1e-6
_BENEATH = ("music", "chords", "numerals", "key", "sure", "changes")
_LINES = {"line": "string", "start": "float64", "end": "float64", "name": "string", "sure": "bool"}


@dataclass(frozen=True, slots=True)
class OverMusic:
    """A progression and the music beneath it. Times are seconds of the clip.

    Attributes:
        segments: one row a chord of the face, in the order and under the index of
            :attr:`Progression.chords`: ``start, end, face`` (its name), ``unsure`` (why it is, in
            words), and ``music, chords, numerals, key, sure, changes`` as of
            :func:`~emotion_core.sound.music.progressions.beneath.music_beneath`.
        lines: what stands one under the other: ``line`` (:data:`FACE`, :data:`CHORD`, :data:`KEY`
            or :data:`SCORE`), ``start, end, name, sure``, by line and time. Chords and keys that
            are not sure are called :data:`~emotion_core.sound.music.reading.UNSURE`, and several
            that follow one another are one row. A change of the score ends when it begins.
        coincidence: of the sure changes of the face with the changes of the music.
    """

    segments: pd.DataFrame
    lines: pd.DataFrame
    coincidence: Coincidence

    @property
    def share(self) -> float:
        """Share of the time in view in which there is music, 0 to 1."""
        seconds = self.segments["end"] - self.segments["start"]
        total = float(seconds.sum())
        return float((seconds * self.segments["music"]).sum()) / total if total > 0 else 0.0

    @property
    def sure(self) -> float:
        """Share of the music in view in which its chord is sure, 0 to 1; NaN without music."""
        music = (self.segments["end"] - self.segments["start"]) * self.segments["music"]
        total = float(music.sum())
        return float((music * self.segments["sure"]).sum()) / total if total > 0 else np.nan


def over_music(progression: Progression, reading: MusicReading) -> OverMusic:
    """Lay a progression over the music of its clip.

    A change of the face counts where one chord follows another within a shot and both are sure. A
    change of the music is one between two sure chords, or one of the score in harmony, timbre or
    level. Both count only while the face is read surely and music sounds.

    Args:
        progression: of the face.
        reading: of the same clip.
    """
    chords = progression.chords
    beneath = music_beneath(chords, reading)
    segments = chords[["start", "end"]].assign(face=chords["name"], unsure=chords["unsure"])
    segments = pd.concat([segments, beneath[list(_BENEATH)]], axis=1)
    score = reading.changes.loc[reading.changes["kind"].isin(_WITHIN), "time"]
    music = np.union1d(chord_changes(reading), score.to_numpy(np.float64))
    found = coincidence(face_changes(chords), music, _spans(chords, reading.sections))
    return OverMusic(segments, _lines(chords, reading), found)


def face_changes(chords: pd.DataFrame) -> np.ndarray:
    """Seconds at which a chord that is sure follows another that is sure, within a shot.

    Args:
        chords: :attr:`Progression.chords`.
    """
    return np.asarray(chords["start"].to_numpy()[_follows(chords)], np.float64)


def _follows(chords: pd.DataFrame) -> np.ndarray:
    """(n,) whether each chord and the one before it are sure, and no border is between them."""
    sure = (chords["unsure"] == "").to_numpy(bool)
    stretch = chords["stretch"].to_numpy()
    follows = np.zeros(len(chords), bool)
    follows[1:] = sure[1:] & sure[:-1] & (stretch[1:] == stretch[:-1])
    return follows


def _spans(chords: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """``start`` and ``end`` of where the face is read surely and music sounds, by time."""
    sure = chords.assign(follows=_follows(chords))[chords["unsure"] == ""]
    seen = sure.groupby((~sure["follows"]).cumsum()).agg(start=("start", "min"), end=("end", "max"))
    rows = []
    for start, end in seen.itertuples(index=False):
        own = sections[(sections["end"] > start) & (sections["start"] < end)]
        rows += list(zip(own["start"].clip(lower=start), own["end"].clip(upper=end), strict=True))
    return pd.DataFrame(rows, columns=["start", "end"], dtype="float64")


def _lines(chords: pd.DataFrame, reading: MusicReading) -> pd.DataFrame:
    face = chords[["start", "end", "name"]].assign(line=FACE, sure=chords["unsure"] == "")
    changes = reading.changes
    score = pd.DataFrame(
        {"start": changes["time"], "end": changes["time"], "name": changes["kind"]}
    )
    tables = [
        face,
        _named(reading.chords, "chord").assign(line=CHORD),
        _named(reading.keys, "key").assign(line=KEY),
        score.assign(line=SCORE, sure=True),
    ]
    filled = [table for table in tables if len(table)]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(_LINES))
    return table[list(_LINES)].astype(_LINES)


def _named(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """``start, end, name, sure`` of chords or keys; rows of one name that touch become one."""
    named = table[["start", "end", "sure"]].assign(
        name=table[column].astype("string").where(table["sure"], UNSURE)
    )
    names = named["name"].to_numpy(object)
    start, end = named["start"].to_numpy(np.float64), named["end"].to_numpy(np.float64)
    begins = np.ones(len(named), bool)
    begins[1:] = (names[1:] != names[:-1]) | (np.abs(start[1:] - end[:-1]) >= _TOUCH)
    return named.groupby(begins.cumsum(), as_index=False).agg(
        start=("start", "min"), end=("end", "max"), name=("name", "first"), sure=("sure", "first")
    )
