"""Two to six performances side by side, as one value that pages, figures and exports read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.errors import ComparisonError
from emotion_core.performance.arcs.arc import Arc, arc_of
from emotion_core.performance.chords.chord import chord_shares, chords_of
from emotion_core.performance.comparison import alignment, measures
from emotion_core.performance.comparison.alignment import Alignment, align
from emotion_core.performance.comparison.differences import Difference, differences
from emotion_core.performance.comparison.divergence import Divergence, divergences
from emotion_core.performance.comparison.matrix import DistanceMatrix, order_by_similarity
from emotion_core.performance.comparison.measures import (
    Estimate,
    MeasuredPerformance,
    estimates,
    measure,
)
from emotion_core.performance.performance import Performance
from emotion_core.stats import LEVEL

FEWEST, MOST = 2, 6


@dataclass(frozen=True, slots=True)
class ComparisonSettings:
    """What decides the result of a comparison beside the performances.

    Attributes:
        step: seconds of the clock of arcs and alignments.
        sigma: smoothing in seconds, as for :func:`~emotion_core.performance.arcs.arc.smooth`.
        band: how far alignments may stray from even tempo, as a share of the length.
        most_points: points beyond which the clock of an alignment is made coarser.
        block: mean length in seconds of the blocks of the bootstrap.
        replicates, level, seed: of the bootstrap.
        moments: how many moments of divergence at most.
    """

    step: float = alignment.STEP
    sigma: float = SMOOTHING
    band: float = alignment.BAND
    most_points: int = alignment.MOST_POINTS
    block: float = measures.BLOCK
    replicates: int = measures.REPLICATES
    level: float = LEVEL
    seed: int = 0
    moments: int = 6


@dataclass(frozen=True, slots=True)
class ComparedPerformance:
    """One of the performances of a comparison.

    Attributes:
        title: what to call it; no other of the comparison is called so.
        performance: its readings.
        model: which classifier read it, with its fingerprint; empty if that is not known.
        arc: its smoothed readings on a regular clock.
        measures: the :data:`~emotion_core.performance.comparison.measures.MEASURES` with intervals.
        uncertain: share of its readings that are unsure, 0 to 1.
    """

    title: str
    performance: Performance
    model: str
    arc: Arc
    measures: tuple[Estimate, ...]
    uncertain: float


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """The reference, which is the first of the comparison, and another performance.

    Attributes:
        other: position of the other one in :attr:`Comparison.performances`, from 1.
        alignment: the reference is its first performance.
        divergences: largest first.
        differences: of the measures, other minus reference.
    """

    other: int
    alignment: Alignment
    divergences: tuple[Divergence, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to six performances side by side; the first is the reference.

    Attributes:
        performances: n of them.
        pairs: n - 1, each of the others with the reference, in the order of ``performances``.
        distances: aligned distance of each to each.
        chords: what sounds together, one row a chord and performance that has it:
            ``performance`` (position), ``title``, the columns of
            :func:`~emotion_core.performance.chords.chord.chord_shares`, and ``common`` (whether all
            performances have it).
        notes: sentences on what makes the comparison doubtful.
        settings: how it was made.
    """

    performances: tuple[ComparedPerformance, ...]
    pairs: tuple[ComparedPair, ...]
    distances: DistanceMatrix
    chords: pd.DataFrame
    notes: tuple[str, ...]
    settings: ComparisonSettings

    @property
    def titles(self) -> tuple[str, ...]:
        """What the performances are called."""
        return tuple(one.title for one in self.performances)

    @property
    def reference(self) -> ComparedPerformance:
        """The one that the others are aligned with."""
        return self.performances[0]


def compare(
    performances: Sequence[Performance],
    settings: ComparisonSettings | None = None,
    *,
    titles: Sequence[str] | None = None,
    models: Sequence[str] | None = None,
) -> Comparison:
    """Lay performances side by side; they may come from different films, takes and frame rates.

    Args:
        performances: two to six, the reference first.
        settings: how; as usual if ``None``.
        titles: what to call each; the character and the scene if ``None``. Equal ones are numbered.
        models: which classifier read each, to warn where they differ.

    Raises:
        ComparisonError: too few or too many, or a performance without a reading.
    """
    settings = settings or ComparisonSettings()
    if not FEWEST <= len(performances) <= MOST:
        raise ComparisonError(
            f"You can compare {FEWEST} to {MOST} performances, not {len(performances)}."
        )
    for one in performances:
        if not len(one):
            raise ComparisonError(f"{one.name} is never in view in {one.scene}.")
    named = unique_titles(titles or [f"{one.name} in {one.scene}" for one in performances])
    known = models or [""] * len(performances)
    measured = [
        measure(
            one,
            sigma=settings.sigma,
            block=settings.block,
            replicates=settings.replicates,
            seed=settings.seed + number,
        )
        for number, one in enumerate(performances)
    ]
    compared = tuple(
        ComparedPerformance(
            title=title,
            performance=one,
            model=model,
            arc=arc_of(one, settings.step, settings.sigma),
            measures=estimates(values, settings.level),
            uncertain=float(one.doubts().any(axis=1).mean()),
        )
        for one, title, model, values in zip(performances, named, known, measured, strict=True)
    )
    found = _align_all(performances, settings)
    pairs = [
        _pair(other, found[0, other], performances, measured, settings)
        for other in range(1, len(performances))
    ]
    from scipy.spatial.distance import squareform

    distances = squareform(np.array([one.distance for one in found.values()]))
    return Comparison(
        performances=compared,
        pairs=tuple(pairs),
        distances=order_by_similarity(named, distances),
        chords=_chords(compared, settings),
        notes=tuple(_notes(compared, pairs, settings)),
        settings=settings,
    )


def _align_all(
    performances: Sequence[Performance], settings: ComparisonSettings
) -> dict[tuple[int, int], Alignment]:
    """Each pair once, by its two positions, in the order of a condensed matrix."""
    return {
        (first, second): align(
            performances[first],
            performances[second],
            step=settings.step,
            sigma=settings.sigma,
            band=settings.band,
            most_points=settings.most_points,
        )
        for first, second in combinations(range(len(performances)), 2)
    }


def unique_titles(titles: Sequence[str]) -> list[str]:
    """The same titles, numbered where one comes again: ``Ana``, ``Ana (2)``."""
    found: list[str] = []
    for title in titles:
        number, candidate = 1, title
        while candidate in found:
            number += 1
            candidate = f"{title} ({number})"
        found.append(candidate)
    return found


def _pair(
    other: int,
    found: Alignment,
    performances: Sequence[Performance],
    measured: Sequence[MeasuredPerformance],
    settings: ComparisonSettings,
) -> ComparedPair:
    return ComparedPair(
        other=other,
        alignment=found,
        divergences=divergences(found, performances[0], performances[other], settings.moments),
        differences=differences(measured[0], measured[other], settings.level),
    )


def _chords(compared: Sequence[ComparedPerformance], settings: ComparisonSettings) -> pd.DataFrame:
    parts = []
    for number, one in enumerate(compared):
        table = chord_shares(chords_of(one.performance, settings.sigma))
        table.insert(0, "title", one.title)
        table.insert(0, "performance", number)
        parts.append(table)
    chords = pd.concat(parts, ignore_index=True)
    counts = chords.groupby("chord")["performance"].nunique()
    return chords.assign(common=chords["chord"].map(counts) == len(compared))


def _notes(
    compared: Sequence[ComparedPerformance],
    pairs: Sequence[ComparedPair],
    settings: ComparisonSettings,
) -> list[str]:
    """What makes the comparison doubtful, in sentences."""
    notes = []
    models = {one.model for one in compared if one.model}
    if len(models) > 1:
        notes.append(
            "These performances were read by different models, so some of the difference comes "
            f"from the models and not the faces: {', '.join(sorted(models))}."
        )
    for one in compared:
        if one.uncertain >= 0.25:
            notes.append(f"{one.title}: {one.uncertain:.0%} of the readings are unsure.")
    step = max(
        points.step for pair in pairs for points in (pair.alignment.first, pair.alignment.second)
    )
    if step > settings.step * 1.001:
        notes.append(
            f"These performances are long, so they are aligned in steps of {step:.2f} s instead "
            f"of {settings.step:.2f} s."
        )
    return notes
