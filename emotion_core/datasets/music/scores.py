"""Scores of the music21 corpus as notes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from emotion_core.datasets.layouts import Split
from emotion_core.datasets.music.instruments import Known, choose_program
from emotion_core.datasets.music.notes import Note, Part
from emotion_core.errors import DatasetError

# Shares of the works.
_TEST, _VAL = 0.2, 0.12
# Endings, and bytes above which music21 reads a score for minutes.
_FORMATS = dict.fromkeys((".xml", ".musicxml"), 300_000) | {
    ".mxl": 22_000,
    ".krn": 100_000,
    ".abc": 100_000,
}
# At most so many works of a collection: most of the corpus is by Palestrina.
_MOST_OF_A_COLLECTION = 70
_FAMILIES = (
    *("keys", "keys", "strings", "strings", "ensembles", "brass", "reeds", "pipes"),
    *("guitars", "organs", "mallets", "leads"),
)


def split_of_work(work: str) -> Split:
    """Which part a work belongs to, the same on every run."""
    place = int.from_bytes(hashlib.sha256(work.encode()).digest()[:4], "big") / 2**32
    if place < _TEST:
        return "test"
    return "val" if place < _TEST + _VAL else "train"


def work_of(path: Path) -> str:
    """The work that a score is of: movements of one work stay together."""
    folder = path.parent.name
    several = folder.startswith("opus") or (folder[0] == "k" and folder[1:].isdigit())
    return f"{path.parent.parent.name}/{folder}" if several else f"{folder}/{path.stem}"


def corpus_scores() -> dict[Split, list[Path]]:
    """Scores by split, in an order that mixes collections."""
    from music21 import corpus

    collections: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(map(Path, corpus.getCorePaths())):
        small = path.stat().st_size <= _FORMATS.get(path.suffix, 0)
        if small and path.parent.name not in ("demos", "theoryExercises"):
            collections[work_of(path).split("/")[0]].append(path)
    chance = np.random.default_rng(0)
    found: dict[Split, list[Path]] = {"train": [], "val": [], "test": []}
    chosen: list[Path] = []
    for paths in collections.values():
        chosen += [paths[k] for k in chance.permutation(len(paths))[:_MOST_OF_A_COLLECTION]]
    for k in chance.permutation(len(chosen)):
        found[split_of_work(work_of(chosen[k]))].append(chosen[k])
    return found


def play_score(path: Path, chance: np.random.Generator, known: Known, seconds: float) -> list[Part]:
    """Some seconds of a score, its parts given to random instruments at a random tempo.

    Raises:
        DatasetError: it cannot be read, or has no notes.
    """
    from music21 import corpus

    try:
        score = corpus.parse(path)
    except Exception as error:  # music21 raises anything for a score that it does not understand
        raise DatasetError(f"{path.name} cannot be read.") from error
    quarter = 60 / chance.uniform(50, 160)
    shift = int(chance.integers(-5, 6))
    heard = list(getattr(score, "parts", [])) or [score]
    families = [str(k) for k in chance.choice(_FAMILIES, len(heard))]
    if chance.random() < 0.4:  # an ensemble of one kind
        families = [families[0]] * len(heard)
    parts = []
    for part, family in zip(heard, families, strict=True):
        notes = []
        for element in part.flatten().notes:
            start = float(element.offset) * quarter
            if start < seconds:
                length = max(float(element.quarterLength), 0.1) * quarter
                velocity = int(np.clip(chance.normal(80, 12), 30, 127))
                notes += [
                    Note(int(pitch.midi) + shift, start, length, velocity)
                    for pitch in element.pitches
                ]
        volume = int(chance.integers(60, 120))
        parts.append(Part(choose_program(chance, known, family), notes, volume=volume))
    if not any(part.notes for part in parts):
        raise DatasetError(f"{path.name} has no notes.")
    return parts
