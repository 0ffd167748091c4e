"""How the lines of a made-up clip are delivered, for tests."""

from __future__ import annotations

import pandas as pd

from emotion_core.performance.delivery.contrast import Contrast
from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.delivery.line_list import LINE_COLUMNS
from emotion_core.performance.delivery.reactions import Reaction
from emotion_core.performance.delivery.turns import speech_shares
from emotion_core.sound.analysis import FEATURE_COLUMNS, SoundAnalysis


def deliver(sound: SoundAnalysis) -> Delivery:
    """Ana speaks all utterances but the last, which is off screen; the first is raised."""
    utterances = sound.utterances.drop(columns=list(FEATURE_COLUMNS))
    last = len(utterances) - 1
    names = ["Ana"] * last + [""]
    utterances = utterances.assign(
        character=names,
        verdict=["speaks"] * last + ["off screen"],
        compared=5,
        raised=0.9,
        delivery=["raised"] * last + ["can't tell"],
        sounds="can't tell",
        pitch_difference=2.0,
        loudness_difference=0.0,
        range_difference=0.0,
        rate_ratio=1.0,
    )
    turns = utterances[["start", "end", "character", "verdict"]].assign(
        track=[0] * last + [-1], likeness=0.6, chance=0.01, lag=0.1
    )
    start, end = sound.spoken()[0]
    lines = [(start, end, "Ana", "Where is she?", "sad 62%", "raised", "Where", float("nan"))]
    return Delivery(
        turns,
        speech_shares(turns),
        utterances,
        (Contrast(start, end, "Ana", "a still face on a raised voice", 0.1, True),),
        (Reaction(start, end, start + 0.5, "Ben", "Ana", "fear", 0.1, 0.7),),
        pd.DataFrame(lines, columns=list(LINE_COLUMNS)),
    )
