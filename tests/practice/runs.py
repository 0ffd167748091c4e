"""Runs made up for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.exercises.performances import performance_of_readings
from emotion_core.practice.exercises.playing import Playing
from emotion_core.types import FloatArray

Play = Callable[[float], FloatArray | Sequence[float]]


def play(exercise: Exercise, reading_at: Play, rate: float = 12.0, seed: int = 0) -> Playing:
    """A run from 0 s to the end, looked at irregularly, ``rate`` times a second on average."""
    rng, playing, time = np.random.default_rng(seed), Playing(exercise), 0.0
    while time <= exercise.seconds:
        playing.add(time, np.asarray(reading_at(time), np.float32))
        time += rng.uniform(0.6, 1.4) / rate
    return playing


def performance_of_playing(playing: Playing, name: str, scene: str) -> Performance:
    """All that was read during a run, as a performance on the clock of the exercise."""
    times, values = playing.readings()
    return performance_of_readings(times, values, name, scene, playing.exercise.seconds)
