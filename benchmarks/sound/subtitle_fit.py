"""How often subtitles that are shifted, too slow, or of another film are told from those that fit.

    python -m benchmarks.sound.subtitle_fit

Speech is made up: turns of about two seconds, pauses between them, now and then a long one.
Subtitles come on up to 0.3 s before a line and stay up to 0.8 s longer. ``noise`` is the share of
the tenths of a second in which the probability of speech is any number from 0 to 1. ``right`` is
the share of :data:`ROUNDS` in which the rate and the shift (to 0.6 s) are those that were made, or,
for subtitles of another film, in which nothing is offered; ``near`` also counts 25/23.976 for
25/24.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.words.lines import Line, Lines
from emotion_core.sound.words.speech_spans import STEP
from emotion_core.sound.words.subtitles.fitting import Fit, check_fit

ROUNDS = 40
Spans = list[tuple[float, float]]


def make_spans(random: np.random.Generator, seconds: float) -> Spans:
    """When somebody speaks."""
    spans, time = [], random.uniform(1, 5)
    while time < seconds:
        length = random.gamma(3, 0.7) + 0.4
        spans.append((time, time + length))
        time += length + random.exponential(1.2 if random.random() < 0.8 else 8) + 0.1
    return spans


def make_speech(
    random: np.random.Generator, spans: Spans, duration: float, noise: float
) -> pd.DataFrame:
    """The table of a reader of speech that errs."""
    time = np.arange(0, duration, STEP)
    speech = np.zeros(len(time))
    for start, end in spans:
        speech[(time >= start) & (time < end)] = 1
    lost = random.random(len(time)) < noise
    return pd.DataFrame({"time": time, "speech": np.where(lost, random.random(len(time)), speech)})


def make_lines(random: np.random.Generator, spans: Spans, rate: float, shift: float) -> Lines:
    """Subtitles of what is spoken, on another clock."""
    early, late = random.uniform(0, 0.3, len(spans)), random.uniform(0.1, 0.8, len(spans))
    return Lines.of(
        Line(max(start * rate + shift - before, 0), end * rate + shift + after, "x")
        for (start, end), before, after in zip(spans, early, late, strict=True)
        if end * rate + shift > 0
    )


def trial(
    random: np.random.Generator, kind: str, duration: float, noise: float
) -> tuple[bool, ...]:
    """Whether the answer for one made clip is right, and near."""
    film = 100 * 60.0 if kind == "of the whole film" else duration
    spans = make_spans(random, film)
    away = random.uniform(0, film - duration)
    heard = make_speech(
        random, [(start - away, end - away) for start, end in spans], duration, noise
    )
    rate, shift = 1.0, away
    if kind == "shifted":
        shift = random.uniform(2, 30) * random.choice([-1, 1])
    elif kind == "4% too fast":
        rate = 24 / 25
    elif kind == "of another film":
        spans = make_spans(random, film)
    on_clip = [(start - away, end - away) for start, end in spans]
    fit = check_fit(make_lines(random, on_clip, rate, shift), duration, heard)
    if kind == "of another film":
        return (fit.shift == 0 and fit.rate == 1,) * 2
    return _is(fit, 1 / rate, -shift / rate, 1e-4), _is(fit, 1 / rate, -shift / rate, 2e-3)


def _is(fit: Fit, rate: float, shift: float, slack: float) -> bool:
    return abs(fit.rate - rate) < slack and abs(fit.shift - shift) < 0.6


def main() -> None:
    print(f"{'subtitles':20}{'clip':>8}{'noise':>8}{'right':>8}{'near':>8}")
    for kind in ("right", "shifted", "4% too fast", "of the whole film", "of another film"):
        for duration in (60.0, 180.0, 1200.0):
            for noise in (0.1, 0.4):
                random = np.random.default_rng(0)
                found = [trial(random, kind, duration, noise) for _ in range(ROUNDS)]
                right, near = 100 * np.mean(found, axis=0)
                print(
                    f"{kind:20}{duration:6.0f} s{noise:8.1f}{right:7.0f}%{near:7.0f}%", flush=True
                )


if __name__ == "__main__":
    main()
