"""What a face at rest says of the other readings of its person.

    python -m benchmarks.readings.resting_face fer2013plus-valtest.zip identityfaces.zip

The first set has the votes that ``emotion_core.performance.resting`` takes its constants from
(split ``val``). The second has several pictures of a person, in folders named after them. Those
that read as neutral with at least ``NEUTRAL_FROM`` stand for the person at rest. Each is read
relative to the person's other ones; as a control, relative to those of somebody else. ``loss`` is
the mean of -log p(neutral) in nats, ``distance`` the divergence from what people see in neutral
faces to the reading in nats, and every person counts the same. ``kept`` is of the pictures that
read as something else with at least 80%: how many of them still do most after it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.readings.reading import load_model, read_upright
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.resting import (
    CONCENTRATION,
    NEUTRAL_FROM,
    NEUTRAL_READS,
    RestingReading,
)
from emotion_core.training.common.data import FaceSet, load_faces, load_unlabelled

NEUTRAL = EMOTIONS.index("neutral")
WANTED = np.array([NEUTRAL_READS[name] for name in EMOTIONS])
WANTED = WANTED / WANTED.sum()
_CLEAR = 0.8
Values = npt.NDArray[Any]


def print_constants(faces: FaceSet, readings: Values) -> None:
    """What people see in neutral faces, how readings of them vary, and who passes for one."""
    neutral = faces.majority() == NEUTRAL
    votes, own = faces.targets[neutral].mean(axis=0), readings[neutral]
    mean, spread = own.mean(axis=0), own.var(axis=0)
    print(f"\n{neutral.sum()} neutral faces of {len(faces)}")
    print(f"{'':10}" + "".join(f"{name:>10}" for name in EMOTIONS))
    for name, row in (("votes", votes), ("readings", mean)):
        print(f"{name:10}" + "".join(f"{value:10.3f}" for value in row))
    print(f"concentration {(mean * (1 - mean)).sum() / spread.sum() - 1:.2f}")
    passed = readings[:, NEUTRAL] >= NEUTRAL_FROM
    print(
        f"read as neutral with {NEUTRAL_FROM} or more: {100 * passed[neutral].mean():.1f}% of "
        f"them, {100 * passed[~neutral].mean():.1f}% of the others"
    )


class People:
    """Readings of persons with at least two pictures at rest.

    Attributes:
        readings: (n, 7) at rest.
        person: (n,) whose.
        weights: (n,) so that every person counts the same.
        clear, whose: (m, 7) their readings that are clearly something else, and whose they are.
    """

    def __init__(self, readings: Values, names: Sequence[str]) -> None:
        folders = np.array([PurePosixPath(name).parent.name for name in names])
        rest = readings[:, NEUTRAL] >= NEUTRAL_FROM
        known, counts = np.unique(folders[rest], return_counts=True)
        kept = known[counts >= 2]
        inside = rest & np.isin(folders, kept)
        self.readings = readings[inside]
        self.person = np.searchsorted(kept, folders[inside])
        self.count = np.bincount(self.person)
        self.weights = 1 / self.count[self.person] / len(kept)
        self.sums = np.zeros((len(kept), len(EMOTIONS)))
        np.add.at(self.sums, self.person, self.readings)
        other = np.delete(readings, NEUTRAL, axis=1).max(axis=1) >= _CLEAR
        clear = other & np.isin(folders, kept)
        self.clear, self.whose = readings[clear], np.searchsorted(kept, folders[clear])

    def relative(self, concentration: float, shift: int = 0) -> Values:
        """Each reading relative to the others of its person, or of the ``shift``-th after it."""
        people = (self.person + shift) % len(self.count)
        own = self.readings if not shift else np.zeros_like(self.readings)
        count = self.count[people] - (shift == 0)
        mean = (self.sums[people] - own) / count[:, None]
        return relative(self.readings, mean, count, concentration)

    def relative_clear(self, concentration: float) -> Values:
        """The readings that are clearly something else, relative to all of the person at rest."""
        count = self.count[self.whose]
        mean = self.sums[self.whose] / count[:, None]
        return relative(self.clear, mean, count, concentration)

    def print_row(self, name: str, shares: Values, kept: float) -> None:
        """How near to neutral some readings are."""
        safe = shares.clip(1e-9)
        loss = (self.weights * -np.log(safe[:, NEUTRAL])).sum()
        distance = (self.weights * (WANTED * np.log(WANTED / safe)).sum(axis=1)).sum()
        leads = (self.weights * (shares.argmax(axis=1) == NEUTRAL)).sum()
        print(f"{name:34}{loss:8.3f}{distance:10.3f}{100 * leads:8.1f}%{100 * kept:8.1f}%")


def relative(readings: Values, mean: Values, spans: Values, concentration: float) -> Values:
    """:meth:`~emotion_core.performance.resting.RestingReading.relative`, each to another rest."""
    rows = zip(readings, mean, spans, strict=True)
    found = [
        RestingReading(rest, int(count), int(count)).relative(row[None], concentration)
        for row, rest, count in rows
    ]
    return np.concatenate(found)


def print_people(people: People) -> None:
    """The table of persons, by concentration."""
    print(
        f"\n{len(people.count)} persons with {len(people.readings)} pictures at rest and "
        f"{len(people.clear)} of something else"
    )
    print(f"{'':34}{'loss':>8}{'distance':>10}{'leads':>9}{'kept':>9}")
    people.print_row("as read", people.readings, 1.0)
    for concentration in (0.5, 1.0, CONCENTRATION, 5.0, 10.0, 30.0):
        name = f"relative, concentration {concentration:g}"
        after = people.relative_clear(concentration).argmax(axis=1)
        kept = float((after == people.clear.argmax(axis=1)).mean())
        people.print_row(name, people.relative(concentration), kept)
    people.print_row("relative to somebody else", people.relative(CONCENTRATION, 1), np.nan)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("voted", type=Path, help="a set with votes")
    parser.add_argument("persons", type=Path, help="a set with a folder a person")
    parser.add_argument("--model", help="name or folder; the default if not given")
    arguments = parser.parse_args(given)
    classifier = load_model(arguments.model)
    print_constants(*read_upright(classifier, load_faces([arguments.voted], "val")))
    persons, readings = read_upright(classifier, load_unlabelled([arguments.persons]))
    print_people(People(readings, persons.names))


if __name__ == "__main__":
    main()
