"""Sounds that happen: steps, knocks, clapping, animals, signals."""

from __future__ import annotations

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.training.sound.noises.parts import (
    Values,
    damped,
    harmonic,
    scaled,
    scatter,
    shaped,
    steady_times,
    wander,
)
from emotion_core.types import FloatArray

_Chance = np.random.Generator


def _burst(chance: _Chance, low: float, high: float, decay: float) -> FloatArray:
    """A short noise that dies away."""
    count = int(5 * decay * SAMPLE_RATE) + 32
    fall = np.exp(-np.arange(count) / SAMPLE_RATE / decay)
    return np.asarray(shaped(chance, count, low, high) * fall / 3, np.float32)


def _random_times(chance: _Chance, count: int, rate: float) -> Values:
    seconds = count / SAMPLE_RATE
    return np.sort(chance.uniform(0, seconds, max(int(chance.poisson(rate * seconds)), 1)))


def footsteps(chance: _Chance, count: int) -> FloatArray:
    """Steps on a floor, at times with a scuff."""
    steps = []
    for _ in range(3):
        thud = damped(chance, chance.uniform(60, 900, 6), chance.uniform(0.01, 0.05), 0.25)
        scuff = _burst(chance, 800, 7_000, chance.uniform(0.01, 0.06))
        scuff = np.pad(scuff, (0, max(len(thud) - len(scuff), 0)))[: len(thud)]
        steps.append(thud + chance.uniform(0, 0.6) * scuff)
    times = steady_times(chance, count / SAMPLE_RATE, chance.uniform(1.2, 3.2), 0.06)
    return scatter(chance, count, times, steps, 3)


def applause(chance: _Chance, count: int) -> FloatArray:
    """Many hands, each with its own sound and pace (Peltola et al. 2007)."""
    people = int(chance.integers(3, 60))
    sound = np.zeros(count, np.float32)
    for _ in range(people):
        middle = chance.uniform(600, 2_500)
        clap = _burst(chance, middle * 0.6, middle * 1.6, chance.uniform(0.003, 0.012))
        times = steady_times(chance, count / SAMPLE_RATE, chance.uniform(2.5, 5), 0.08)
        sound += scatter(chance, count, times, [clap], 3) * np.float32(chance.uniform(0.2, 1))
    return scaled(sound * wander(chance, count, 0.3, 3))


def knocks(chance: _Chance, count: int) -> FloatArray:
    """Knocking, hammering, in groups."""
    hit = damped(chance, chance.uniform(80, 1_800, 8), chance.uniform(0.01, 0.06), 0.3)
    times: list[float] = []
    for start in _random_times(chance, count, 0.4):
        gap = chance.uniform(0.12, 0.5)
        times += [start + gap * k for k in range(int(chance.integers(2, 7)))]
    return scatter(chance, count, np.array(times), [hit], 2)


def slams(chance: _Chance, count: int) -> FloatArray:
    """Doors, shots, blasts: sudden and loud, with an echo."""
    sounds = []
    for _ in range(3):
        crack = _burst(chance, 30, chance.uniform(800, 7_000), chance.uniform(0.02, 0.3))
        thud = damped(chance, chance.uniform(40, 300, 5), chance.uniform(0.03, 0.15), 0.6)
        size = max(len(crack), len(thud))
        sounds.append(np.pad(crack, (0, size - len(crack))) + np.pad(thud, (0, size - len(thud))))
    return scatter(chance, count, _random_times(chance, count, 0.6), sounds, 5)


def clatter(chance: _Chance, count: int) -> FloatArray:
    """Dishes, keys, tools: small hard things."""
    things = [
        damped(chance, chance.uniform(900, 7_500, 9), chance.uniform(0.01, 0.12), 0.4)
        for _ in range(6)
    ]
    return scatter(chance, count, _random_times(chance, count, chance.uniform(1, 8)), things, 7)


def glass(chance: _Chance, count: int) -> FloatArray:
    """Something breaks and its pieces fall."""
    pieces = [damped(chance, chance.uniform(2_000, 7_900, 6), 0.05, 0.3) for _ in range(8)]
    times: list[float] = []
    for start in _random_times(chance, count, 0.3):
        times += (start + chance.exponential(0.25, int(chance.integers(15, 60)))).tolist()
    return scatter(chance, count, np.array(times), pieces, 8)


def typing(chance: _Chance, count: int) -> FloatArray:
    """A keyboard or a typewriter."""
    keys = [damped(chance, chance.uniform(300, 6_000, 8), 0.006, 0.06) for _ in range(5)]
    times = steady_times(chance, count / SAMPLE_RATE, chance.uniform(3, 9), 0.4)
    return scatter(chance, count, times, keys, 4)


def water(chance: _Chance, count: int) -> FloatArray:
    """Pouring and dripping: bubbles, whose tones rise (Minnaert 1933)."""
    bubbles = []
    for _ in range(8):
        length = chance.uniform(0.01, 0.08)
        time = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE
        pitch = chance.uniform(300, 3_000) * (1 + chance.uniform(0, 4) * time)
        tone = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * np.exp(-4 * time / length)
        bubbles.append(tone.astype(np.float32))
    drops = scatter(chance, count, _random_times(chance, count, chance.uniform(3, 120)), bubbles, 6)
    return scaled(drops + chance.uniform(0, 0.5) * shaped(chance, count, 300, 6_000))


def barks(chance: _Chance, count: int) -> FloatArray:
    """A dog, or another animal with a rough voice."""
    cries = []
    for _ in range(3):
        size = int(chance.uniform(0.1, 0.45) * SAMPLE_RATE)
        along = np.linspace(0, 1, size)
        pitch = chance.uniform(150, 700) * (1 + chance.uniform(-0.3, 0.6) * np.sin(np.pi * along))
        pitch = pitch * wander(chance, size, 120, 0.8)
        rough = shaped(chance, size, 300, 3_500)
        cries.append((harmonic(chance, pitch, -4) + rough) * np.sin(np.pi * along) ** 0.5)
    return scatter(chance, count, _random_times(chance, count, chance.uniform(0.4, 2)), cries, 3)


def birds(chance: _Chance, count: int) -> FloatArray:
    """Chirps, over a little air."""
    calls = []
    for _ in range(5):
        size = int(chance.uniform(0.04, 0.35) * SAMPLE_RATE)
        along = np.linspace(0, 1, size)
        middle = chance.uniform(1_800, 5_500)
        bend = chance.uniform(-0.4, 0.4) * along + 0.1 * np.sin(
            2 * np.pi * chance.uniform(2, 14) * along
        )
        tone = np.sin(2 * np.pi * np.cumsum(middle * (1 + bend)) / SAMPLE_RATE)
        calls.append((tone * np.sin(np.pi * along)).astype(np.float32))
    times = _random_times(chance, count, chance.uniform(1, 6))
    return scaled(
        scatter(chance, count, times, calls, 5) + 0.05 * shaped(chance, count, 200, 6_000)
    )


def siren(chance: _Chance, count: int) -> FloatArray:
    """A siren or an alarm: a tone that goes up and down, or is switched between two."""
    time = np.arange(count) / SAMPLE_RATE
    turn = np.sin(2 * np.pi * (chance.uniform(0.15, 4) * time + chance.random()))
    if chance.random() < 0.5:
        turn = np.sign(turn)
    pitch = chance.uniform(450, 1_500) * (1 + chance.uniform(0.1, 0.45) * turn)
    return harmonic(chance, pitch, chance.uniform(-14, -5))


def ringing(chance: _Chance, count: int) -> FloatArray:
    """A telephone, an alarm clock, beeps: the same tone again and again."""
    time = np.arange(count) / SAMPLE_RATE
    base = chance.uniform(400, 2_500)
    tone = np.sin(2 * np.pi * base * time) + chance.uniform(0, 1) * np.sin(
        2 * np.pi * base * chance.uniform(1.05, 2.7) * time
    )
    fast = np.sin(2 * np.pi * chance.uniform(8, 30) * time) > -0.2
    period = chance.uniform(0.3, 4)
    on = (time / period + chance.random()) % 1 < chance.uniform(0.15, 0.6)
    return scaled(tone * on * (fast if chance.random() < 0.6 else 1))


def horn(chance: _Chance, count: int) -> FloatArray:
    """Car horns."""
    size = int(chance.uniform(0.2, 1.5) * SAMPLE_RATE)
    base = chance.uniform(280, 480)
    both = [harmonic(chance, np.full(size, base * k), -3) for k in (1, chance.uniform(1.15, 1.3))]
    times = _random_times(chance, count, 0.5)
    return scatter(chance, count, times, [(both[0] + both[1])], 3)


def creaks(chance: _Chance, count: int) -> FloatArray:
    """Doors, floors, chairs: something sticks and slips."""
    sounds = []
    for _ in range(3):
        size = int(chance.uniform(0.2, 1.2) * SAMPLE_RATE)
        pitch = chance.uniform(20, 250) * wander(chance, size, 6, 3)
        pulses = np.diff(np.floor(np.cumsum(pitch) / SAMPLE_RATE), prepend=0)
        body = damped(chance, chance.uniform(300, 4_000, 6), 0.008, 0.05)
        sounds.append(scaled(np.convolve(pulses, body)[:size]))
    return scatter(chance, count, _random_times(chance, count, 0.7), sounds, 4)
