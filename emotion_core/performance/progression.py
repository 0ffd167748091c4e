"""The progression of a performance: everything that is reported about it, in one value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.emotions.uncertainty import UNCERTAINTY_REASONS
from emotion_core.performance import dynamics
from emotion_core.performance.arcs import arc as arcs
from emotion_core.performance.arcs.shapes import Shapes, compare_shapes
from emotion_core.performance.chords import beats, runs, transitions
from emotion_core.performance.chords import chord as chords
from emotion_core.performance.chords.states import states_of
from emotion_core.performance.chords.transitions import Transitions
from emotion_core.performance.complexity import Complexity, complexity_of
from emotion_core.performance.dynamics import Range
from emotion_core.performance.performance import Performance
from emotion_core.performance.unsure import mostly_unsure, unsure_at
from emotion_core.performance.wording.key_numbers import key_numbers


@dataclass(frozen=True, slots=True)
class ProgressionSettings:
    """What decides how a performance is described.

    Attributes:
        sigma: of the smoothing, seconds (:func:`~emotion_core.performance.arcs.arc.smooth`).
        threshold: share from which an emotion sounds in a chord.
        shortest: seconds that a state and a chord last at least.
        penalty: what a beat must save (:data:`~emotion_core.performance.chords.beats.PENALTY`).
        shortest_beat: seconds between beats at least.
        clock: seconds from look to look of inertia, volatility and the chain on a clock.
        alpha: added to each count of a transition.
    """

    sigma: float = SMOOTHING
    threshold: float = chords.SOUNDS
    shortest: float = runs.SHORTEST
    penalty: float = beats.PENALTY
    shortest_beat: float = beats.SHORTEST_BEAT
    clock: float = dynamics.CLOCK
    alpha: float = transitions.ALPHA


@dataclass(frozen=True, slots=True)
class Progression:
    """How one character plays through one scene. Times are seconds of the clip.

    Attributes:
        name, scene: of the :class:`~emotion_core.performance.performance.Performance`.
        settings: how it was described.
        seconds: time in view.
        uncertainty: share of that time that each of
            :data:`~emotion_core.emotions.uncertainty.UNCERTAINTY_REASONS`
            makes unsure, and ``any`` of them.
        unsure: why the greater part of the readings is, in words; empty where it is not.
        arcs: every :data:`~emotion_core.performance.chords.beats.STEP` seconds: ``time``,
            ``stretch``
            (-1 where the character is not seen), the seven smoothed shares, ``valence`` and
            ``arousal``, NaN where not seen, and ``unsure``, whether the reading there is.
        borders: :func:`~emotion_core.performance.chords.beats.borders_of`.
        beats: :func:`~emotion_core.performance.chords.beats.beats_of`.
        states: :func:`~emotion_core.performance.chords.states.states_of`.
        chords, chord_shares, examples, progressions: as in
            :mod:`~emotion_core.performance.chords.chord`.
        changes: the chain of changes from state to state.
        clock: the chain on a clock, in which an emotion may stay.
        dwell, dynamics, range: as in :mod:`~emotion_core.performance.dynamics`.
        complexity: entropies in bits.
        shapes: of the valence arc.
        numbers: the :func:`~emotion_core.performance.wording.key_numbers.key_numbers` of it.
    """

    name: str
    scene: str
    settings: ProgressionSettings
    seconds: float
    uncertainty: dict[str, float]
    unsure: str
    arcs: pd.DataFrame
    borders: pd.DataFrame
    beats: pd.DataFrame
    states: pd.DataFrame
    chords: pd.DataFrame
    chord_shares: pd.DataFrame
    examples: pd.DataFrame
    progressions: pd.DataFrame
    changes: Transitions
    clock: Transitions
    dwell: pd.DataFrame
    dynamics: pd.DataFrame
    range: Range
    complexity: Complexity
    shapes: Shapes
    numbers: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by their names, as they are exported."""
        return {
            "key numbers": self.numbers,
            "arcs": self.arcs,
            "borders": self.borders,
            "beats": self.beats,
            "states": self.states,
            "chords": self.chords,
            "chord shares": self.chord_shares,
            "progressions": self.progressions,
            "examples": self.examples,
            "transitions": self.changes.to_frame(),
            "transitions on a clock": self.clock.to_frame(),
            "dwell times": self.dwell,
            "dynamics": self.dynamics,
            "shapes": self.shapes.table,
        }


def read_progression(
    performance: Performance, settings: ProgressionSettings | None = None
) -> Progression:
    """Tell a performance. One of a single reading or of none gives empty tables and NaN.

    Args:
        performance: the readings.
        settings: how to describe it; the defaults if ``None``.
    """
    chosen = settings or ProgressionSettings()
    states = states_of(performance, chosen.sigma, chosen.shortest)
    found = chords.chords_of(performance, chosen.sigma, chosen.threshold, chosen.shortest)
    examples = chords.examples_of(found)
    table = arcs_table(performance, chosen.sigma)
    seconds = float((runs.reading_ends(performance) - performance.times).sum())
    turns = beats.beats_of(
        performance, chosen.sigma, chosen.threshold, chosen.penalty, chosen.shortest_beat
    )
    changes = transitions.transitions_of(states, chosen.alpha)
    levels = dynamics.dynamics_of(performance, chosen.clock)
    reach = dynamics.range_of(performance, states, chosen.sigma)
    complexity = complexity_of(performance)
    return Progression(
        name=performance.name,
        scene=performance.scene,
        settings=chosen,
        seconds=seconds,
        uncertainty=_uncertainty(performance),
        unsure=mostly_unsure(performance),
        arcs=table,
        borders=beats.borders_of(performance),
        beats=turns,
        states=states,
        chords=found,
        chord_shares=chords.chord_shares(found),
        examples=examples,
        progressions=chords.progressions_of(found, examples),
        changes=changes,
        clock=transitions.clock_transitions_of(states, chosen.clock, chosen.alpha),
        dwell=dynamics.dwell_times(states),
        dynamics=levels,
        range=reach,
        complexity=complexity,
        shapes=compare_shapes(table["time"].to_numpy(), table["valence"].to_numpy()),
        numbers=key_numbers(seconds, turns, states, changes, levels, reach, complexity),
    )


def arcs_table(performance: Performance, sigma: float = SMOOTHING) -> pd.DataFrame:
    """The arcs as a table, see :attr:`Progression.arcs`."""
    arc = arcs.arc_of(performance, beats.STEP, sigma)
    valence, arousal = valence_arousal(arc.values.astype(np.float32))
    table = pd.DataFrame(arc.values, columns=list(EMOTIONS))
    table.insert(0, "time", arc.times)
    table.insert(1, "stretch", arcs.segments_on_clock(performance, arc))
    return table.assign(
        valence=valence.astype(np.float64),
        arousal=arousal.astype(np.float64),
        unsure=unsure_at(performance, arc.times) & arc.seen,
    )


def _uncertainty(performance: Performance) -> dict[str, float]:
    flags = performance.doubts()
    flags["any"] = flags.any(axis=1)
    seconds = runs.reading_ends(performance) - performance.times
    total = seconds.sum()
    return {
        name: float(seconds[flags[name].to_numpy()].sum() / total) if total > 0 else 0.0
        for name in (*UNCERTAINTY_REASONS, "any")
    }
