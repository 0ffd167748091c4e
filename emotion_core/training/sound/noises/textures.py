"""Sounds that go on: weather, traffic, engines, rooms, machines."""

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


def room(chance: _Chance, count: int) -> FloatArray:
    """Noise of a room, a hiss, a waterfall: steady, of any colour."""
    low, high = chance.uniform(20, 400), chance.uniform(600, 8_000)
    sound = shaped(chance, count, low, high, chance.uniform(-9, 3))
    return sound * wander(chance, count, 0.3, chance.uniform(0, 2))


def wind(chance: _Chance, count: int) -> FloatArray:
    """Gusts, and at times a whistle that follows them."""
    gusts = wander(chance, count, chance.uniform(0.3, 1.5), 7)
    sound = shaped(chance, count, 20, chance.uniform(150, 900), -6) * gusts
    if chance.random() < 0.4:
        middle = chance.uniform(300, 1_200)
        whistle = shaped(chance, count, middle * 0.9, middle * 1.1)
        sound = sound + 0.3 * whistle * gusts**2
    return scaled(sound)


def rain(chance: _Chance, count: int) -> FloatArray:
    """A hiss, and drops."""
    hiss = shaped(chance, count, 800, 7_500, chance.uniform(-3, 2))
    drops = (chance.random(count) < chance.uniform(20, 400) / SAMPLE_RATE) * chance.exponential(
        1, count
    )
    ring = damped(chance, chance.uniform(500, 4_000, 4), 0.006, 0.03)
    patter = scaled(np.convolve(drops, ring)[:count])
    return scaled(hiss + chance.uniform(0, 1.5) * patter)


def sea(chance: _Chance, count: int) -> FloatArray:
    """Waves."""
    time = np.arange(count) / SAMPLE_RATE
    swell = 0.15 + np.maximum(
        np.sin(2 * np.pi * (time / chance.uniform(4, 10) + chance.random())), 0
    )
    return scaled(shaped(chance, count, 50, chance.uniform(1_500, 6_000), -4) * swell**2)


def traffic(chance: _Chance, count: int) -> FloatArray:
    """A distant street, and cars that pass."""
    sound = shaped(chance, count, 30, chance.uniform(200, 900), -5)
    time = np.arange(count) / SAMPLE_RATE
    for _ in range(int(chance.integers(1, 5))):
        middle, width = chance.uniform(0, time[-1]), chance.uniform(0.5, 2.5)
        passes = np.exp(-((time - middle) ** 2) / (2 * width**2))
        tyres = shaped(chance, count, 200, chance.uniform(1_000, 4_000), -3)
        motor = harmonic(chance, _passing(chance, time, middle, width), -8)
        sound = sound + passes * chance.uniform(0.5, 4) * (tyres + chance.uniform(0, 1) * motor)
    return scaled(sound)


def _passing(chance: _Chance, time: Values, middle: float, width: float) -> Values:
    """The pitch of a motor that drives past, higher before and lower after (Doppler)."""
    drop = chance.uniform(0.02, 0.08)
    found: Values = chance.uniform(60, 140) * (1 - drop * np.tanh((time - middle) / width))
    return found


def engine(chance: _Chance, count: int) -> FloatArray:
    """A motor: a rough tone whose speed changes."""
    pitch = chance.uniform(20, 130) * wander(chance, count, 0.4, chance.uniform(0.2, 2))
    pitch = pitch * wander(chance, count, 40, 0.15)
    rough = shaped(chance, count, 40, chance.uniform(500, 4_000), -4)
    return scaled(
        harmonic(chance, pitch, chance.uniform(-9, -3)) + chance.uniform(0.2, 1.5) * rough
    )


def hum(chance: _Chance, count: int) -> FloatArray:
    """Mains hum, a fan, a fridge."""
    pitch = np.full(count, float(chance.choice([50, 60, 100, 120, chance.uniform(40, 300)])))
    air = shaped(chance, count, 60, chance.uniform(400, 3_000), -6)
    return scaled(harmonic(chance, pitch, chance.uniform(-14, -5)) + chance.uniform(0.1, 2) * air)


def projector(chance: _Chance, count: int) -> FloatArray:
    """Old film or a record: hiss, crackle, and a rattle or a turn that comes again."""
    sound = shaped(chance, count, 100, 6_000, chance.uniform(-4, 1))
    clicks = (chance.random(count) < chance.uniform(2, 60) / SAMPLE_RATE) * chance.normal(
        0, 1, count
    )
    ring = damped(chance, chance.uniform(1_000, 5_000, 3), 0.002, 0.01)
    sound = sound + chance.uniform(0.5, 3) * scaled(np.convolve(clicks, ring)[:count])
    rate = float(chance.choice([16, 18, 24, 0.56, 1.3]))
    times = steady_times(chance, count / SAMPLE_RATE, rate, 0.02)
    rattle = scatter(
        chance, count, times, [damped(chance, chance.uniform(200, 3_000, 5), 0.01, 0.05)], 2
    )
    return scaled(sound + chance.uniform(0, 1.5) * rattle)


def fire(chance: _Chance, count: int) -> FloatArray:
    """A low roar and crackling."""
    cracks = [damped(chance, chance.uniform(800, 6_000, 6), 0.005, 0.03) for _ in range(4)]
    times = np.sort(chance.uniform(0, count / SAMPLE_RATE, int(chance.integers(20, 200))))
    roar = shaped(chance, count, 40, 500, -5) * wander(chance, count, 4, 2)
    return scaled(chance.uniform(0.3, 1.5) * roar + scatter(chance, count, times, cracks, 6))


def insects(chance: _Chance, count: int) -> FloatArray:
    """Crickets: a high tone that is switched on and off."""
    time = np.arange(count) / SAMPLE_RATE
    sound = 0.1 * shaped(chance, count, 200, 6_000, -3)
    for _ in range(int(chance.integers(1, 4))):
        tone = shaped(chance, count, *(chance.uniform(2_500, 6_500) * np.array([0.98, 1.02])))
        trill = np.sin(2 * np.pi * chance.uniform(12, 45) * time) > 0
        calls = np.sin(2 * np.pi * (chance.uniform(0.5, 2.5) * time + chance.random())) > -0.3
        sound = sound + tone * trill * calls * chance.uniform(0.3, 1)
    return scaled(sound)


def machine(chance: _Chance, count: int) -> FloatArray:
    """A workshop: strokes that come again, over a motor."""
    rate = chance.uniform(0.8, 9)
    stroke = damped(chance, chance.uniform(80, 3_000, 8), chance.uniform(0.01, 0.08), 0.3)
    hiss = shaped(chance, int(0.2 * SAMPLE_RATE), 500, 6_000) * np.linspace(
        1, 0, int(0.2 * SAMPLE_RATE)
    )
    times = steady_times(chance, count / SAMPLE_RATE, rate, chance.uniform(0, 0.05))
    strokes = scatter(chance, count, times, [stroke, 0.3 * hiss.astype(np.float32)], 2)
    return scaled(strokes + chance.uniform(0, 1) * engine(chance, count))


def train(chance: _Chance, count: int) -> FloatArray:
    """Wheels on rails."""
    rate = chance.uniform(0.7, 2.5)
    clack = damped(chance, chance.uniform(150, 2_500, 7), 0.03, 0.15)
    pair = np.concatenate([clack, np.zeros(int(0.05 * SAMPLE_RATE), np.float32), clack])
    times = steady_times(chance, count / SAMPLE_RATE, rate, 0.03)
    rumble = shaped(chance, count, 30, chance.uniform(300, 1_200), -5)
    return scaled(rumble + chance.uniform(0.5, 2) * scatter(chance, count, times, [pair], 2))


def rustle(chance: _Chance, count: int) -> FloatArray:
    """Clothes, leaves, paper: bursts of high noise."""
    bursts = np.maximum(wander(chance, count, chance.uniform(2, 8), 14) - 0.7, 0)
    return scaled(shaped(chance, count, chance.uniform(600, 2_500), 7_500) * bursts + 1e-4)


def aircraft(chance: _Chance, count: int) -> FloatArray:
    """Something large that flies over: noise that swells, with a whine that falls."""
    time = np.arange(count) / SAMPLE_RATE
    middle = chance.uniform(0.2, 0.8) * time[-1]
    swell = 0.1 + np.exp(-((time - middle) ** 2) / (2 * chance.uniform(1.5, 4) ** 2))
    whine = harmonic(chance, _passing(chance, time, middle, 2) * chance.uniform(1, 8), -8)
    roar = shaped(chance, count, 40, chance.uniform(800, 3_000), -4)
    return scaled((roar + chance.uniform(0, 0.6) * whine) * swell)
