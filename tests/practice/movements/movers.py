"""Faces that move by known amounts, as tables and as runs of exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from emotion_core.faces.movements.gaze import GAZE
from emotion_core.faces.movements.measures import MEASURES, POSE
from emotion_core.performance.performance import Performance
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.practice.movements.playing import MovementPlaying
from tests.performance.made import make_performance, pure

BROW = 0.3  # eye distances, at rest
Act = Callable[[float], float]


def mover(act: Act, seconds: float, fps: float = 25.0) -> Performance:
    """A performance whose inner brows rise by ``act`` of a time, a share of where they rest."""
    n = round(seconds * fps)
    whole = make_performance([pure("neutral")] * n, fps)
    rest = dict.fromkeys(MEASURES, 0.3) | dict.fromkeys((*POSE, *GAZE), 0.0)
    height = [BROW * (1 + act(time)) for time in whole.times]
    moved = rest | {"right_inner_brow": height, "left_inner_brow": height}
    return replace(whole, faces=whole.faces.assign(**moved))


def do(
    exercise: MovementExercise, act: Act, rate: float = 12.0, noise: float = 0.0
) -> MovementPlaying:
    """A run from 0 s to the end, looked at irregularly, ``rate`` times a second on average."""
    rng, playing, time = np.random.default_rng(0), MovementPlaying(exercise), 0.0
    while time <= exercise.seconds:
        playing.add(time, act(time) + noise * rng.normal())
        time += rng.uniform(0.8, 1.2) / rate
    return playing
