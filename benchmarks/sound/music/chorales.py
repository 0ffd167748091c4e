"""Chorales of Bach out of the corpus of music21: keys and chords by what is written."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from benchmarks.sound.music.midi import Note
from benchmarks.sound.music.truth import Piece, chord_name, key_name

# General MIDI: church organ, strings, piano, brass, choir; one a chorale, in turn.
_PROGRAMS = (19, 48, 0, 61, 52)
_LONGEST = 60.0  # seconds of a chorale that are played


@cache
def paths() -> list[Any]:
    """Of the chorales in the corpus, in an order without meaning that is always the same."""
    from music21 import corpus

    found = sorted(path for path in corpus.getComposer("bach") if path.suffix in (".mxl", ".xml"))
    return list(np.random.default_rng(0).permutation(np.array(found, object)))


def chorale(place: int, silence: float = 2.0) -> Piece | None:
    """One of them, at a tempo that is drawn.

    Its key is the one whose tonic is both the last note of the bass and one of the two that the
    key signature allows; where neither is, there is none, and nothing is given. A chord counts
    where three pitch classes sound that are a major or a minor triad.

    Args:
        place: in :func:`paths`.
        silence: seconds before and after.
    """
    from music21 import converter, tempo

    score = converter.parse(paths()[place])
    parts = list(score.parts)
    signatures = score.recurse().getElementsByClass("KeySignature")
    lowest = [note for note in parts[-1].flatten().notes] if parts else []
    if len(parts) != 4 or not signatures or not lowest:
        return None
    for mark in score.recurse().getElementsByClass(tempo.MetronomeMark):
        mark.activeSite.remove(mark)
    major = (7 * signatures[0].sharps) % 12
    tonic = lowest[-1].pitches[0].pitchClass
    if tonic not in (major, (major + 9) % 12):
        return None
    bpm = float(np.random.default_rng(place).integers(60, 110))
    beat = 60 / bpm
    last = min(float(score.highestTime), (_LONGEST - 2 * silence) // beat)
    notes = tuple(
        Note(silence + start * beat, silence + min(end, last) * beat, pitch, 80, channel)
        for channel, part in enumerate(parts)
        for start, end, pitch in _notes(part)
        if start < last
    )
    end = silence + last * beat
    chords = tuple(
        (silence + start * beat, silence + min(stop, last) * beat, name)
        for start, stop, name in _triads(score)
        if start < last
    )
    return Piece(
        name=f"chorale {paths()[place].stem}",
        notes=notes,
        programs=dict.fromkeys(range(4), _PROGRAMS[place % len(_PROGRAMS)]),
        seconds=end + silence,
        chords=chords,
        keys=((silence, end, key_name(tonic, tonic != major)),),
        tempi=((silence, end, bpm),),
        beats=tuple(silence + k * beat for k in range(int(last))),
        changes=(silence, end),
    )


def _notes(part: Any) -> list[tuple[float, float, int]]:
    found = []
    for note in part.flatten().stripTies().notes:
        start, length = float(note.offset), float(note.quarterLength)
        found += [(start, start + length, pitch.midi) for pitch in note.pitches]
    return [item for item in found if item[1] > item[0]]


def _triads(score: Any) -> list[tuple[float, float, str]]:
    found = []
    for chord in score.chordify().flatten().getElementsByClass("Chord"):
        start, classes = float(chord.offset), {pitch.pitchClass for pitch in chord.pitches}
        for root in classes:
            for third in (3, 4):
                if classes == {root, (root + third) % 12, (root + 7) % 12}:
                    stop = start + float(chord.quarterLength)
                    found.append((start, stop, chord_name(root, third == 3)))
    return found
