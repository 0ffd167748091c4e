"""Where the score changes: other harmony, another colour of sound, another level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.sound.music.paths import Values
from emotion_core.sound.music.pitch import unit
from emotion_core.sound.music.sections import Sections
from emotion_core.sound.music.spectra import ROWS, Spectra

HARMONY, TIMBRE, LEVEL, BEGINS, ENDS = "harmony", "timbre", "level", "begins", "ends"
# Seconds that are compared on either side: more than a chord, less than a part.
_SIDE = 12.0
# What counts as one full change: squared distance of unit vectors of harmony, of the timbre, and
# of the level in dB.
_SCALES = (0.5, 15.0, 400.0)
# Least strength of a change, and the seconds between two of them.
_LEAST, _APART = 0.6, 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the score.

    Attributes:
        time: seconds.
        strength: 0 to 1.
        kind: what changes most, or "begins" and "ends" for the music itself.
    """

    time: float
    strength: float
    kind: str


def changes_of(
    spectra: Spectra, strengths: list[Values], steady: Values, sections: Sections
) -> list[Change]:
    """The changes of a clip, by time.

    Novelty after Foote 2000 ("Automatic audio segmentation using a measure of audio novelty",
    ICME): a checkerboard with a Gaussian taper is moved along the diagonal of a self-similarity
    matrix. Where similarity is a product of vectors and the taper one of each axis, that sum is the
    squared length of the difference between the tapered means of both sides, which needs no matrix.
    Rows count by how steady their pitches are, so that speech over the music counts little.

    Args:
        spectra: of the clip.
        strengths: (n, 12) of the pitch classes, for each section.
        steady: (N,) of the clip.
        sections: where there is music.
    """
    found = []
    for (start, end), pitches in zip(sections, strengths, strict=True):
        weights = steady[start:end] ** 2 + 1e-3
        timbre, level = spectra.timbre[start:end, 1:], spectra.level[start:end, None]
        novelty = [_novelty(values, weights) for values in (unit(pitches), timbre, level)]
        parts = np.column_stack(novelty) / _SCALES
        found.append(Change(start / ROWS, 1.0, BEGINS))
        for place in _peaks(parts.sum(axis=1)):
            kind = (HARMONY, TIMBRE, LEVEL)[int(parts[place].argmax())]
            strength = min(float(parts[place].sum()), 1.0)
            found.append(Change((start + place) / ROWS, strength, kind))
        found.append(Change(end / ROWS, 1.0, ENDS))
    return found


def _novelty(values: npt.NDArray[Any], weights: Values) -> Values:
    """(n,) squared distances between the means before each row and from it on."""
    reach = round(_SIDE * ROWS)
    taper = np.exp(-0.5 * ((np.arange(reach) + 0.5) / (reach / 2)) ** 2)
    weighted = np.column_stack([values * weights[:, None], weights])
    padded = np.pad(weighted, ((reach, reach), (0, 0)))
    after = np.column_stack([np.correlate(column, taper) for column in padded.T])
    before = np.column_stack([np.correlate(column, taper[::-1]) for column in padded.T])
    count = len(weights)
    later, earlier = after[reach : reach + count], before[:count]
    difference = later[:, :-1] / later[:, -1:] - earlier[:, :-1] / (earlier[:, -1:] + 1e-12)
    return np.asarray((difference**2).sum(axis=1))


def _peaks(novelty: Values) -> list[int]:
    """Places of the highest values, apart from each other and from both ends."""
    apart = round(_APART * ROWS)
    inner = np.arange(apart, len(novelty) - apart)
    kept: list[int] = []
    for place in inner[np.argsort(-novelty[inner], kind="stable")]:
        if novelty[place] < _LEAST:
            break
        around = novelty[max(place - apart, 0) : place + apart + 1]
        if novelty[place] >= around.max() and all(abs(place - other) > apart for other in kept):
            kept.append(int(place))
    return sorted(kept)
