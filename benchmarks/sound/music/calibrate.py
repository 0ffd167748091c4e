"""The weights of emotion_core/sound/music/confidence.py, and how sure they make.

Everything that is found in pieces alone and under speech, in music without a key, in speech and in
noise is right for a share of its time, which is none where nothing can be right. A logistic
regression of that share on the evidence, weighted by seconds, gives the weights; printed beside
them is, of another half of the pieces, the share of right time from each confidence on.

Run ``python -m benchmarks.sound.music.calibrate``; needs FluidSynth, its General MIDI sounds, the
corpus of music21 and speech; takes about two minutes of one core.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from benchmarks.sound.music.material import Sound, sounds
from benchmarks.sound.music.scores import at, tempo_right, ticks
from emotion_core.sound.music.chords import CHORDS, NO_CHORD
from emotion_core.sound.music.keys import KEYS
from emotion_core.sound.music.reader import Found, found_in
from emotion_core.sound.music.sections import sections_of
from emotion_core.sound.music.spectra import ROWS, SpectraReader

KINDS = ("TEMPO", "KEY", "CHORD")
_RIDGE = 1e-3
Values = npt.NDArray[np.float64]


@dataclass(slots=True)
class Cases:
    """Evidence, the share of right time, seconds, and the number of the sound."""

    evidence: list[tuple[float, ...]] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    sound: list[int] = field(default_factory=list)


def found_by(sound: Sound) -> Found:
    """What is found in a sound."""
    reader = SpectraReader()
    reader.add(sound.samples)
    spectra = reader.finish()
    return found_in(spectra, sections_of(spectra.level, sound.music))


def collect(sound: Sound, number: int, cases: dict[str, Cases]) -> None:
    """Adds what is found in a sound, and how much of it is right."""
    found, piece = found_by(sound), sound.piece
    tempi = pd.DataFrame(piece.tempi if piece else [], columns=["start", "end", "true"])
    keys = pd.DataFrame(piece.keys if piece else [], columns=["start", "end", "true"])
    chords = pd.DataFrame(piece.chords if piece else [], columns=["start", "end", "true"])
    for kind, runs, truth in zip(
        KINDS, (found.tempi, found.keys, found.chords), (tempi, keys, chords), strict=True
    ):
        for first, run in runs:
            if kind == "CHORD" and CHORDS[run.chord] == NO_CHORD:
                continue
            times = ticks((first + run.start) / ROWS, (first + run.end) / ROWS)
            true = at(truth, times, "true") if len(truth) else [None] * len(times)
            known = [value for value in true if value is not None]
            if not len(truth) and not (kind == "CHORD" and sound.kind == "atonal"):
                known = [""] * len(times)  # nothing that is found there is right
            if not known:
                continue
            if kind == "TEMPO":
                right = [v != "" and tempo_right(run.bpm, float(v), octaves=True) for v in known]
            else:
                name = KEYS[run.key] if kind == "KEY" else CHORDS[run.chord]
                right = [value == name for value in known]
            mine = cases[kind]
            mine.evidence.append(run.evidence)
            mine.right.append(float(np.mean(right)))
            mine.seconds.append(len(known) / ROWS)
            mine.sound.append(number)


def fitted(evidence: Values, right: Values, seconds: Values) -> Values:
    """Bias and slopes of the regression."""
    scale = evidence.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(evidence)), evidence / scale])
    share = seconds / seconds.sum()

    def loss(weights: Values) -> float:
        odds = rows @ weights
        cost = np.logaddexp(0, odds) - right * odds
        return float(share @ cost + _RIDGE * (weights[1:] ** 2).sum())

    weights = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B").x
    return np.asarray(np.concatenate([weights[:1], weights[1:] / scale]))


def main() -> None:
    cases = {kind: Cases() for kind in KINDS}
    for number, sound in enumerate(sounds(testing=False, songs=24, chorales=24, others=6)):
        collect(sound, number, cases)
    for kind in KINDS:
        mine = cases[kind]
        evidence, right, seconds = (
            np.array(values, np.float64) for values in (mine.evidence, mine.right, mine.seconds)
        )
        weights = fitted(evidence, right, seconds)
        slopes = ", ".join(f"{slope:.2f}" for slope in weights[1:])
        print(f"{kind} = Weights({weights[0]:.2f}, ({slopes}))")
        # the four conditions of a piece are neighbours
        half = (np.array(mine.sound) // 4) % 2 == 0
        own = fitted(evidence[half], right[half], seconds[half])
        sure = expit(own[0] + evidence[~half] @ own[1:])
        for least in (0.5, 0.6, 0.7, 0.8, 0.9):
            some = sure >= least
            total = seconds[~half][some].sum()
            share = (right[~half] * seconds[~half])[some].sum() / max(total, 1e-9)
            of_all = total / seconds[~half].sum()
            print(f"  from {least}: {share:6.1%} right, {of_all:6.1%} of the time")


if __name__ == "__main__":
    main()
