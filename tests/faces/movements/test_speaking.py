from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.faces.movements.speaking import speaking_of
from tests.faces.movements.rows import bump, rows


def talking(rate: float = 25.0, syllables: float = 4.0) -> pd.DataFrame:
    """Ten seconds, of which it talks from the 3rd to the 6th."""
    faces = rows(10, rate)
    time = faces["time"].to_numpy()
    wave = 0.1 * (1 - np.cos(2 * np.pi * syllables * (time - 3)))
    faces["mouth_opening"] += np.where((time >= 3) & (time < 6), wave, 0)
    return faces


@pytest.mark.parametrize("syllables", [2.0, 4.0, 6.0])
def test_who_talks_speaks_while_they_do(syllables: float) -> None:
    faces = talking(syllables=syllables)
    speaks = speaking_of(faces)
    time = faces["time"]
    assert speaks[time.between(3, 5.9)].all()
    assert not speaks[(time < 2.3) | (time > 6.7)].any()


def test_a_smile_and_a_yawn_are_no_speech() -> None:
    faces = rows(10)
    time = faces["time"].to_numpy()
    faces["mouth_opening"] += bump(time, 1, 1.8, 0.3) + bump(time, 4, 8, 0.6)
    assert not speaking_of(faces).any()


@pytest.mark.parametrize(("closed", "since"), [(2.6, 1.9), (1.8, 2.5)])
def test_a_vowel_that_is_held_before_speech_belongs_to_it(closed: float, since: float) -> None:
    faces = talking()
    time = faces["time"].to_numpy()
    # open from the beginning, and closed within 0.2 s; what ends too early is no speech
    faces["mouth_opening"] += 0.2 * np.clip((closed - time) / 0.2, 0, 1)
    speaks = speaking_of(faces)
    assert speaks[(time >= since + 0.1) & (time < 5.9)].all()
    assert not speaks[time < since - 0.1].any()


def test_a_mesh_that_trembles_does_not_speak() -> None:
    faces = rows(20)
    faces["mouth_opening"] += np.random.default_rng(0).normal(0, 0.01, len(faces))
    assert not speaking_of(faces).any()


def test_each_track_speaks_for_itself() -> None:
    speaker, listener = talking(), rows(10).assign(track=1)
    both = pd.concat([speaker, listener]).sort_values(["time", "track"], ignore_index=True)
    speaks = speaking_of(both)
    assert speaks[both["track"] == 0].sum() == speaking_of(speaker).sum() > 0
    assert not speaks[both["track"] == 1].any()


def test_strokes_are_not_counted_across_a_cut_or_where_the_mouth_is_hidden() -> None:
    faces = talking(syllables=2.0)
    cut = faces.assign(shot=np.floor(faces["time"] / 0.4).astype(int))
    assert not speaking_of(cut).any()
    hidden = faces.copy()
    hidden.loc[hidden["time"].between(2, 7), "mouth_opening"] = np.nan
    assert not speaking_of(hidden).any()


def test_too_few_readings_say_nothing() -> None:
    assert not speaking_of(talking(rate=5)).any()
    assert len(speaking_of(rows(1).iloc[:0])) == 0
    assert not speaking_of(talking().drop(columns="mouth_opening")).any()
