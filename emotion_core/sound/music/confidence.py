"""How likely it is that what was found is right.

What speaks for a tempo, a key or a chord is weighed by a logistic regression. Its weights come from
``python -m benchmarks.sound.music.calibrate``: rendered pieces, alone and under speech, and speech
and noise in which nothing that is found can be right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.sound.music.paths import Values

# From this confidence on a reading is called sure; below, the answer is "can't tell". Of what is
# sure, more than 90% is right on pieces that nothing was fitted to: benchmarks/sound/music.
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a logistic regression.

    Attributes:
        bias: log-odds where all the evidence is 0.
        slopes: what one unit of each evidence adds to the log-odds.
    """

    bias: float
    slopes: tuple[float, ...]

    def confidence(self, evidence: Values) -> Values:
        """(n,) probabilities of (n, k) evidence."""
        odds = self.bias + evidence @ np.array(self.slopes)
        return np.asarray(1 / (1 + np.exp(-odds)))


# The evidence is named where it is taken: `evidence` of tempo.py, keys.py and chords.py.
TEMPO = Weights(-1.94, (5.73, 5.53, 0.09))
KEY = Weights(-18.08, (17.13, 3.98, 3.06, 0.56))
CHORD = Weights(-11.82, (3.43, 12.03, 1.30))
