"""Whether subtitles belong to a clip."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from emotion_core.sound.words.lines import Line, Lines
from emotion_core.sound.words.subtitles.fitting import check_fit, moved

DURATION = 300.0


def spans(seed: int, seconds: float = DURATION) -> list[tuple[float, float]]:
    random, time, made = np.random.default_rng(seed), 2.0, []
    while time < seconds - 8:
        length = 0.5 + random.gamma(3, 0.6)
        made.append((time, time + length))
        time += length + random.exponential(2.0) + 0.2
    return made


def speech_of(made: list[tuple[float, float]]) -> pd.DataFrame:
    time = np.arange(0, DURATION, 0.1)
    speaks = np.any([(time >= start) & (time < end) for start, end in made], axis=0)
    doubt = np.random.default_rng(9).uniform(-0.3, 0.3, len(time))
    return pd.DataFrame({"time": time, "speech": np.clip(speaks + doubt, 0, 1)})


def lines_of(made: list[tuple[float, float]], rate: float = 1, shift: float = 0) -> Lines:
    return Lines.of(
        Line(start * rate + shift - 0.1, end * rate + shift + 0.5, "x")
        for start, end in made
        if start * rate + shift > 0.1
    )


def test_subtitles_that_lie_on_speech_fit() -> None:
    fit = check_fit(lines_of(spans(0)), DURATION, speech_of(spans(0)))
    assert (fit.rate, fit.shift, fit.sentence) == (1.0, 0.0, "")
    assert fit.correlation > 0.6


@pytest.mark.parametrize("shift", [-40.0, 3.0, 1000.0])
def test_the_shift_of_subtitles_is_found_and_offered(shift: float) -> None:
    lines = lines_of(spans(0), shift=shift)
    fit = check_fit(lines, DURATION, speech_of(spans(0)))
    assert fit.rate == 1 and fit.shift == pytest.approx(-shift, abs=0.5)
    assert f"{'earlier' if shift > 0 else 'later'}." in fit.sentence
    again = check_fit(moved(lines, fit), DURATION, speech_of(spans(0)))
    assert again.sentence == "" and again.correlation == pytest.approx(fit.best, abs=0.05)


def test_subtitles_of_a_faster_version_are_found() -> None:
    fit = check_fit(lines_of(spans(0), rate=24 / 25), DURATION, speech_of(spans(0)))
    assert fit.rate == pytest.approx(25 / 24, abs=0.003) and abs(fit.shift) < 1
    assert "slower" in fit.sentence


def test_subtitles_of_another_film_are_said_not_to_fit_and_nothing_is_offered() -> None:
    fit = check_fit(lines_of(spans(1)), DURATION, speech_of(spans(0)))
    assert fit.shift == 0 and "no shift of them does" in fit.sentence


def test_without_speech_only_the_length_is_compared() -> None:
    fit = check_fit(lines_of(spans(0)), 100.0)
    assert math.isnan(fit.correlation) and fit.shift == 0
    assert "begin after the end of the clip at 1:40.0" in fit.sentence
    assert check_fit(lines_of(spans(0)), DURATION).sentence == ""


@pytest.mark.parametrize("level", [0.0, 1.0, float("nan")])
def test_a_clip_in_which_nobody_or_always_somebody_speaks_says_nothing(level: float) -> None:
    speech = speech_of(spans(0)).assign(speech=level)
    fit = check_fit(lines_of(spans(0)), DURATION, speech)
    assert math.isnan(fit.correlation) and fit.sentence == ""


def test_no_lines_no_speech_and_a_clip_of_no_length_are_no_error() -> None:
    none = pd.DataFrame({"time": [], "speech": []})
    for lines, duration in ((Lines.of([]), 10.0), (lines_of(spans(0)), 0.0)):
        assert check_fit(lines, duration, none).shift == 0


def test_lines_that_a_shift_puts_before_the_clip_stay_without_a_time() -> None:
    lines = lines_of(spans(0), shift=1000.0)
    fit = check_fit(lines, DURATION, speech_of(spans(0)[20:]))
    early = moved(lines, fit)
    assert len(early) == len(lines)
    assert not (early.table["start"] < 0).any()
