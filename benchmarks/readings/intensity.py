"""How readings grow with an expression: morphs from faces at rest to expressions of one person.

    python -m benchmarks.readings.intensity identityfaces.zip

The set has several pictures of a person, in folders named after them. Each of its expressions that
the model reads with at least a half is approached in :data:`STEPS` steps from the most similar face
of its person that reads as neutral. ``ahead`` is how far one has to go until the expression leads,
``from .. to`` over which part of the way its probability rises from a quarter to three quarters
of its way from end to end, ``steady`` the share of steps at which it does not fall by more than
0.02, ``rank`` the correlation by rank (Spearman) of its probability with the way gone. A
probability that measured how strong an expression is would rise evenly: from 0.25 to 0.75.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from benchmarks.readings.reading import load_model, read_upright
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.common.data import FaceSet, load_unlabelled
from emotion_core.training.common.morphs import Pair, find_pairs, morph

STEPS = 11
_SLACK = 0.02
Values = npt.NDArray[Any]


def read_ways(classifier: EmotionClassifier, faces: FaceSet, pairs: Sequence[Pair]) -> Values:
    """(n, :data:`STEPS`, 7) readings on the way from the first to the second of each pair."""
    size = classifier.preprocessing.size
    ways = []
    for pair in pairs:
        shares = np.linspace(0, 1, STEPS)
        images = [morph(faces, pair, float(share), size)[0][..., :3] for share in shares]
        ways.append(classifier.classify(images).probabilities)
    return np.stack(ways)


def print_rows(ways: Values) -> None:
    """A row of medians and means for each emotion, and for the mean of all."""
    shown = ways[:, -1].argmax(axis=1)
    print(f"{'':10}{'pairs':>7}{'ahead':>8}{'from':>7}{'to':>7}{'steady':>8}{'rank':>7}")
    rows = []
    for emotion in np.unique(shown):
        own = ways[shown == emotion]
        rows.append(measure_ways(own[..., emotion], own.argmax(axis=2) == emotion))
        print(f"{EMOTIONS[emotion]:10}{len(own):7}" + _cells(rows[-1]))
    print(f"{'mean':10}{'':7}" + _cells(np.mean(rows, axis=0)))


def measure_ways(probability: Values, leads: Values) -> Values:
    """The columns of one emotion.

    Args:
        probability: (n, steps) of it on the way.
        leads: (n, steps) where it is the leading one.
    """
    shares = np.linspace(0, 1, probability.shape[1])
    ahead = np.median(shares[leads.argmax(axis=1)])
    first, last = probability[:, :1], probability[:, -1:]
    done = (probability - first) / np.maximum(last - first, 1e-6)
    begins, ends = (np.median(shares[(done >= part).argmax(axis=1)]) for part in (0.25, 0.75))
    steady = (np.diff(probability, axis=1) >= -_SLACK).mean()
    rank = np.mean([spearmanr(shares, row).statistic for row in probability])
    return np.array([ahead, begins, ends, steady, rank])


def _cells(row: Values) -> str:
    return f"{row[0]:8.2f}{row[1]:7.2f}{row[2]:7.2f}{100 * row[3]:7.1f}%{row[4]:7.2f}"


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("persons", type=Path, help="a set with a folder a person")
    parser.add_argument("--model", help="name or folder; the default if not given")
    parser.add_argument("--most", type=int, default=100, help="pairs of an emotion, at most")
    arguments = parser.parse_args(given)
    classifier = load_model(arguments.model)
    faces, readings = read_upright(classifier, load_unlabelled([arguments.persons]))
    pairs = find_pairs(faces, readings)
    shown = readings[[pair.expression for pair in pairs]].argmax(axis=1)
    chosen = [
        pairs[i]
        for emotion in np.unique(shown)
        for i in np.flatnonzero(shown == emotion)[: arguments.most]
    ]
    print_rows(read_ways(classifier, faces, chosen))


if __name__ == "__main__":
    main()
