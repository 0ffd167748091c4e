"""Reads the music of a clip out of its sound, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SoundBlock
from emotion_core.sound.music.changes import Change, changes_of
from emotion_core.sound.music.chords import ChordRun, between_beats, chord_runs
from emotion_core.sound.music.confidence import SURE, TEMPO
from emotion_core.sound.music.keys import KeyRun, key_runs
from emotion_core.sound.music.paths import Values
from emotion_core.sound.music.pitch import steadiness, tuned
from emotion_core.sound.music.reading import CHANGE_COLUMNS, SECTION_COLUMNS, MusicReading
from emotion_core.sound.music.sections import Sections, sections_of
from emotion_core.sound.music.spectra import ONSETS, ROWS, Spectra, SpectraReader
from emotion_core.sound.music.tables import chord_table, key_table, table, tempo_tables
from emotion_core.sound.music.tempo import TempoRun, tempo_runs


class MusicReader:
    """Reads music from the blocks of a clip, given one after the other from its beginning.

    Keeps less than 3 kB a second of sound, and no samples but the last 6 s.
    """

    def __init__(self) -> None:
        self._spectra = SpectraReader()

    def add(self, block: SoundBlock) -> None:
        """The next block."""
        self._spectra.add(block.samples)

    def finish(self, music: pd.DataFrame | None = None) -> MusicReading:
        """What was heard.

        Args:
            music: where music is: ``time`` in seconds at which a row begins, and ``music``, a
                probability. Without it, whatever is not silent counts as music.

        Raises:
            ValueError: ``music`` lacks a column.
        """
        spectra = self._spectra.finish()
        sections = sections_of(spectra.level, music)
        found = found_in(spectra, sections)
        tempi, beats = tempo_tables(found.tempi)
        changes = ((change.time, change.strength, change.kind) for change in found.changes)
        tables = {
            "sections": table(((a / ROWS, b / ROWS) for a, b in sections), SECTION_COLUMNS),
            "tempi": tempi,
            "beats": beats,
            "keys": key_table(found.keys),
            "chords": chord_table(found.chords),
            "changes": table(changes, CHANGE_COLUMNS),
        }
        # the last row of the spectra may be longer than the clip
        last = self._spectra.seconds
        return MusicReading(**{name: _until(last, rows) for name, rows in tables.items()})


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the sections, with what speaks for it; each with its section's first row.

    Attributes:
        tempi, keys, chords: by time.
        changes: by time.
    """

    tempi: list[tuple[int, TempoRun]]
    keys: list[tuple[int, KeyRun]]
    chords: list[tuple[int, ChordRun]]
    changes: list[Change]


def found_in(spectra: Spectra, sections: Sections) -> Found:
    """Everything that is read in the sections of a clip."""
    steady = steadiness(spectra.places)
    strengths = [tuned(spectra.places[start:end]) for start, end in sections]
    tempi: list[tuple[int, TempoRun]] = []
    keys: list[tuple[int, KeyRun]] = []
    chords: list[tuple[int, ChordRun]] = []
    for (start, end), pitches in zip(sections, strengths, strict=True):
        onsets = spectra.onsets[start * ONSETS : end * ONSETS]
        own = tempo_runs(onsets)
        tempi += [(start, run) for run in own]
        keys += [(start, run) for run in key_runs(pitches, steady[start:end])]
        chords += [(start, run) for run in chord_runs(_by_beats(pitches, own))]
    return Found(tempi, keys, chords, changes_of(spectra, strengths, steady, sections))


def _by_beats(strengths: Values, tempi: list[TempoRun]) -> Values:
    for run in tempi:
        if TEMPO.confidence(np.array([run.evidence]))[0] >= SURE:
            strengths = between_beats(strengths, run.beats)
    return strengths


def _until(last: float, rows: pd.DataFrame) -> pd.DataFrame:
    column = "end" if "end" in rows else "time"
    return rows.assign(**{column: rows[column].clip(upper=last)})
