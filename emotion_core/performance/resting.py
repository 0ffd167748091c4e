"""Readings relative to the face of a character at rest.

A resting face that droops, or whose brow is heavy, reads a little sad or angry at all times. The
resting face is the one that movements are measured from
(:mod:`emotion_core.faces.movements.neutral`): estimated, or the moment that a user names. What is
read in it is taken for a constant bias of the logits, and taken out as a prior is.

For a reading p and each emotion e (Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs
of a classifier to new a priori probabilities", Neural Computation 14, equation 2.4)::

    p'(e) = p(e) q(e) / r(e) / sum_k p(k) q(k) / r(k)
    logit: log p'(e) = log p(e) - (log r(e) - log q(e)) + constant
    r(e) = (m s(e) + c q(e)) / (m + c)

q is what people see in neutral faces (:data:`NEUTRAL_READS`), s the mean reading of this face at
rest, r the same shrunk to q: the posterior mean of a multinomial with a Dirichlet prior of mean q
and concentration c (:data:`CONCENTRATION`) after m readings. Readings of neighbouring frames are
all but the same one, so m counts spans of :data:`SPAN` seconds. No ratio q(e) / r(e) exceeds
1 + m / c, so that a short rest changes little.

``python -m benchmarks.readings.resting_face`` measures q, c and what it is good for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, percent, valence_arousal
from emotion_core.faces.movements.measures import POSE
from emotion_core.faces.movements.movements import MOVEMENTS, RESTLESS
from emotion_core.faces.movements.neutral import FEWEST, FRONTAL, MOMENT
from emotion_core.performance.movements import (
    CharacterMovements,
    movements_of,
    movements_read,
    reliable,
)
from emotion_core.performance.performance import (
    AS_READ,
    Performance,
    Values,
    performances_of,
)
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.stats import entropy
from emotion_core.text import count_of, format_time

# Mean of the votes for the 1,332 faces of FER+ (val) that most call neutral: people, and no model.
NEUTRAL_READS = {
    "angry": 0.032, "disgust": 0.011, "fear": 0.007, "happy": 0.028,
    "neutral": 0.798, "sad": 0.096, "surprise": 0.027,
}  # fmt: skip
# By moments of the readings of the same faces (eme-lite2): sum q (1 - q) / sum var - 1.
CONCENTRATION = 5.9
# Seconds: readings within are counted as one, since an expression lasts that long at least (Ekman
# 2003, "Emotions Revealed"). A choice: it was not measured.
SPAN = 0.5
# An estimated resting face reads as neutral with this much at least, as 95% of the faces of FER+
# (val) do that people call neutral, and 14% of the others.
NEUTRAL_FROM = 0.18
# To be shown wherever relative readings are.
CAVEAT = "The camera has seen this face at rest only here; a role may hold a tense face throughout."
# Columns that stand for :data:`~emotion_core.emotions.labels.EMOTIONS` in tables.
RELATIVE_COLUMNS = tuple(f"relative_{name}" for name in EMOTIONS)

_NEUTRAL = EMOTIONS.index("neutral")
_STILL = [name for name in MOVEMENTS if name not in (*RESTLESS, *POSE)]
_NEEDED = ("inner_brows_up", "lip_corners_up", "mouth_open")
_TOO_BRIEF = "this face is seen too briefly from the front"
_NOT_READ = "this scene was read before Eme measured movements"
_WORTH_NAMING = 0.05
_LEAST = 1e-6  # of a probability, before it is divided


@dataclass(frozen=True, slots=True)
class RestingReading:
    """What is read in the face of a character at rest.

    Attributes:
        shares: (7,) s, the mean reading at rest; ``None`` where there is none to go by.
        rows: of the faces table that it is the mean of.
        spans: m, spans of :data:`SPAN` seconds that these lie in.
        time: seconds in the clip of the moment that a user named; ``None`` for an estimate.
        lacking: why there is none, in a sentence without its end; empty if there is one.
    """

    shares: Values | None
    rows: int
    spans: int
    time: float | None = None
    lacking: str = ""

    @property
    def known(self) -> bool:
        """Whether readings relative to it can be offered."""
        return self.shares is not None

    def ratios(self, concentration: float = CONCENTRATION) -> Values:
        """(7,) q / r, see the head of the module.

        Args:
            concentration: c.

        Raises:
            ValueError: nothing is known of the face at rest.
        """
        if self.shares is None:
            raise ValueError("nothing is known of this face at rest")
        wanted = _neutral_reads()
        mixed = (self.spans * self.shares + concentration * wanted) / (self.spans + concentration)
        return np.asarray(wanted / mixed)

    def relative(self, probabilities: Values, concentration: float = CONCENTRATION) -> Values:
        """Readings relative to the face at rest.

        Args:
            probabilities: (n, 7).
            concentration: c.

        Returns:
            (n, 7), rows summing to 1.
        """
        scaled = np.clip(probabilities, _LEAST, None) * self.ratios(concentration)
        return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def resting_reading(faces: pd.DataFrame, movements: CharacterMovements) -> RestingReading:
    """What is read in the face of a character at rest.

    Where a user has named the moment, all readings around it. Else those in which nothing in the
    face is clearly away from its neutral face, that are seen from the front and do not speak.

    Args:
        faces: rows of one character.
        movements: :func:`~emotion_core.performance.movements.measure_movements` of them.
    """
    time = movements.neutral.time
    if not movements.neutral.known:
        return _none(_TOO_BRIEF if movements_read(faces) else _NOT_READ, time)
    resting = _named(faces, time) if time is not None else _at_rest(faces, movements.values)
    rows = int(resting.sum())
    fewest = FEWEST if time is None else 1
    if rows < fewest:
        return _none(_too_few(rows, time), time, rows)
    shares = faces.loc[resting, list(EMOTIONS)].to_numpy(np.float64).mean(axis=0)
    if time is None and shares[_NEUTRAL] < NEUTRAL_FROM:
        lead = int(shares.argmax())
        words = f"at rest it reads {EMOTIONS[lead]} {percent(float(shares[lead]))}"
        return _none(f"{words}, which may be played; name the moment if it is not", time, rows)
    spans = np.unique(np.floor(faces.loc[resting, "time"].to_numpy(np.float64) / SPAN))
    return RestingReading(shares, rows, len(spans), time)


def relative_shares(faces: pd.DataFrame, resting: RestingReading) -> Values:
    """(n, 7) the readings of a character relative to rest; NaN where nothing is known of it.

    Args:
        faces: n rows of the character.
        resting: :func:`resting_reading` of it.
    """
    if not resting.known:
        return np.full((len(faces), len(EMOTIONS)), np.nan)
    return resting.relative(faces[list(EMOTIONS)].to_numpy(np.float64))


def relative_rows(faces: pd.DataFrame, resting: RestingReading) -> pd.DataFrame:
    """Rows of a character with readings relative to rest, as a relative performance has them.

    Args:
        faces: rows of the ``faces`` table.
        resting: of the character. Where it is not known, the readings stay as they are.
    """
    as_read = {column: faces[name] for name, column in AS_READ.items()}
    if not resting.known:
        return faces.assign(**as_read)
    shares = relative_shares(faces, resting).astype(np.float32)
    valence, arousal = valence_arousal(shares)
    derived = {"valence": valence, "arousal": arousal, "entropy": entropy(shares)}
    return faces.assign(
        **as_read,
        **dict(zip(EMOTIONS, shares.T, strict=True)),
        **{name: np.asarray(values, np.float32) for name, values in derived.items()},
    )


def resting_of(performance: Performance) -> RestingReading:
    """:func:`resting_reading` of a performance."""
    return resting_reading(performance.faces, movements_of(performance))


def relative_performance(
    performance: Performance, resting: RestingReading | None = None
) -> Performance | None:
    """A performance whose readings are relative to the face at rest; ``None`` if that is unknown.

    It is called "Ana (relative)", so that all that is made of it says so.

    Args:
        performance: as it was read.
        resting: :func:`resting_of` it, where that is known already.
    """
    resting = resting or resting_of(performance)
    if not resting.known:
        return None
    faces = relative_rows(performance.faces, resting)
    return replace(performance, name=relative_name(performance.name), faces=faces)


def relative_scene(
    faces: pd.DataFrame, names: Mapping[int, str], resting: Mapping[str, RestingReading]
) -> tuple[pd.DataFrame, dict[int, str]]:
    """The readings of a scene relative to rest, of those of whom that is known.

    Args:
        faces: the ``faces`` table.
        names: what each track is called; tracks of one name are one character.
        resting: by name.

    Returns:
        The rows by :func:`relative_rows`, and what the tracks are called now.
    """
    called = faces["track"].map(names)
    parts = [relative_rows(rows, resting[str(name)]) for name, rows in faces.groupby(called)]
    shown = {
        track: relative_name(name) if name in resting and resting[name].known else name
        for track, name in names.items()
    }
    return (pd.concat(parts).loc[faces.index] if parts else faces), shown


def relative_name(name: str) -> str:
    """What a character is called where its readings are relative to its face at rest."""
    return f"{name} (relative)"


def relative_table(analysis: SceneAnalysis) -> pd.DataFrame:
    """The readings of a scene relative to each face at rest.

    Returns:
        float32, one row for each of its ``faces``, with their index and :data:`RELATIVE_COLUMNS`;
        NaN where nothing is known of the face at rest.
    """
    faces = analysis.faces
    called = faces["track"].map(analysis.face_names())
    found = np.full((len(faces), len(EMOTIONS)), np.nan, np.float32)
    for performance in performances_of(analysis):
        resting = resting_of(performance)
        own = (called == performance.name).to_numpy(bool)
        found[own] = relative_shares(faces[own], resting)
    return pd.DataFrame(found, faces.index, list(RELATIVE_COLUMNS))


def describe_resting(resting: RestingReading) -> str:
    """What relative readings are relative to, in a sentence, or why there are none."""
    if not resting.known:
        return f"No relative reading: {resting.lacking}."
    assert resting.shares is not None
    shares = dict(zip(EMOTIONS, resting.shares.tolist(), strict=True))
    first, *others = sorted(shares, key=lambda name: -shares[name])[:2]
    named = [first, *(name for name in others if shares[name] >= _WORTH_NAMING)]
    words = " and ".join(f"{name} {percent(shares[name])}" for name in named)
    where = "" if resting.time is None else f" at {format_time(resting.time)}"
    return f"The resting face{where} reads {words} ({count_of(resting.rows, 'reading')})."


def _at_rest(faces: pd.DataFrame, values: pd.DataFrame) -> pd.Series:
    clear = np.array([MOVEMENTS[name].clear for name in _STILL])
    moves = (values[_STILL].abs() >= clear).any(axis=1)  # what is unknown moves nothing
    seen = values[list(_NEEDED)].notna().all(axis=1)
    frontal = faces["head_turn"].abs() <= FRONTAL
    return seen & ~moves & frontal & ~(faces["speaking"] > 0.5)


def _named(faces: pd.DataFrame, time: float) -> pd.Series:
    near = (faces["time"] - time).abs() <= MOMENT
    return near & reliable(faces)["mouth_opening"].notna()


def _too_few(rows: int, time: float | None) -> str:
    if time is not None:
        return f"the face cannot be seen well enough at {format_time(time)}"
    if not rows:
        return "this face is never seen at rest"
    return f"this face is seen at rest in {count_of(rows, 'reading')} only"


def _none(lacking: str, time: float | None, rows: int = 0) -> RestingReading:
    return RestingReading(None, rows, 0, time, lacking)


def _neutral_reads() -> Values:
    reads = np.array([NEUTRAL_READS[name] for name in EMOTIONS])
    return np.asarray(reads / reads.sum())
