"""Who speaks: two faces and one voice, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.faces.movements.speaking import speaking_of
from emotion_core.sound.speakers import SPEAKER_DTYPES, find_speakers
from emotion_core.sound.waveform import WAVEFORM_RATE

FPS = 25
SECONDS = 24.0
WHOLE = [(0.0, SECONDS)]
SPEECH = [(0.5, 7.5), (9.0, 15.0), (16.5, 23.5)]


def syllables(seed: int) -> np.ndarray:
    """How loud somebody is, at the rate of the outline: syllables of random length and force."""
    rng = np.random.default_rng(seed)
    found = np.zeros(int(SECONDS * WAVEFORM_RATE))
    place = 0
    while place < len(found):
        length = int(rng.uniform(0.12, 0.35) * WAVEFORM_RATE)
        found[place : place + length] = np.hanning(length + 2)[1:-1][
            : len(found) - place
        ] * rng.uniform(0.3, 1)
        place += length + int(rng.exponential(0.04) * WAVEFORM_RATE)
    return found


def spoken_outline(loud: np.ndarray) -> pd.DataFrame:
    time = np.arange(len(loud)) / WAVEFORM_RATE
    on = np.zeros(len(loud), bool)
    for start, end in SPEECH:
        on |= (time >= start) & (time < end)
    envelope = 20 * np.log10(np.where(on, loud, 0) + 1e-3)
    return pd.DataFrame({"time": time, "envelope": envelope.astype(np.float32)})


def face(track: int, opening: np.ndarray, seed: int = 9) -> pd.DataFrame:
    """A face whose mouth opens by so much, at the rate of the outline, seen by a trembling mesh."""
    time = np.arange(int(SECONDS * FPS)) / FPS
    rng = np.random.default_rng(seed + track)
    values = np.interp(time, np.arange(len(opening)) / WAVEFORM_RATE, opening)
    values = 0.25 * values + rng.normal(0, 0.012, len(time))
    found = pd.DataFrame({"time": time, "track": track, "shot": 0, "mouth_opening": values})
    found = found.assign(x1=0.0, y1=0.0, x2=120.0, y2=150.0)
    found["speaking"] = speaking_of(found).astype(np.float32)
    return found


def before(loud: np.ndarray, seconds: float) -> np.ndarray:
    return np.roll(loud, -round(seconds * WAVEFORM_RATE))


def test_of_two_faces_that_move_the_one_that_follows_the_voice_speaks() -> None:
    voice = syllables(1)
    faces = pd.concat([face(0, syllables(2)), face(1, before(voice, 0.12))])
    found = find_speakers(faces, WHOLE, spoken_outline(voice), SPEECH)
    assert len(found) >= 5
    assert (found["verdict"] == "speaks").mean() >= 0.8
    assert set(found["track"][found["verdict"] == "speaks"]) == {1}
    assert found["lag"].median() == pytest.approx(0.12, abs=0.05)


def test_a_voice_that_no_mouth_follows_is_not_given_to_one() -> None:
    faces = pd.concat([face(0, syllables(2)), face(1, syllables(3))])
    found = find_speakers(faces, WHOLE, spoken_outline(syllables(1)), SPEECH)
    assert (found["verdict"] == "speaks").mean() <= 0.2
    assert not (found["verdict"] == "off screen").any()


def test_where_all_mouths_are_still_the_voice_is_off_screen() -> None:
    still = np.zeros(int(SECONDS * WAVEFORM_RATE))
    faces = pd.concat([face(0, still), face(1, still)])
    found = find_speakers(faces, WHOLE, spoken_outline(syllables(1)), SPEECH)
    assert set(found["verdict"]) == {"off screen"}
    assert set(found["track"]) == {-1}


def test_where_nobody_is_in_view_the_voice_is_off_screen() -> None:
    nobody = face(0, np.zeros(100))[:0]
    found = find_speakers(nobody, WHOLE, spoken_outline(syllables(1)), SPEECH)
    assert set(found["verdict"]) == {"off screen"}


def test_a_mouth_that_cannot_be_seen_may_be_the_one() -> None:
    voice = syllables(1)
    covered = face(0, voice).assign(mouth_opening=np.nan, speaking=np.nan)
    still = face(1, np.zeros(len(voice)))
    found = find_speakers(pd.concat([covered, still]), WHOLE, spoken_outline(voice), SPEECH)
    assert set(found["verdict"]) == {"can't tell"}


@pytest.mark.parametrize("spoken", [[(1.0, 1.8)], SPEECH])
def test_of_too_short_a_time_or_too_small_a_face_it_cannot_be_told(
    spoken: list[tuple[float, float]],
) -> None:
    still = face(0, np.zeros(int(SECONDS * WAVEFORM_RATE)))
    if spoken is SPEECH:
        still = still.assign(x2=12.0)
    found = find_speakers(still, WHOLE, spoken_outline(syllables(1)), spoken)
    assert set(found["verdict"]) == {"can't tell"}


def test_speech_is_parted_at_cuts() -> None:
    voice = syllables(1)
    shots = [(0.0, 12.0), (12.0, SECONDS)]
    found = find_speakers(face(0, voice), shots, spoken_outline(voice), [(9.0, 15.0)])
    assert 12.0 in set(found["start"])
    assert not ((found["start"] < 11.9) & (found["end"] > 12.1)).any()


def test_an_analysis_of_an_earlier_version_says_nothing_of_mouths() -> None:
    voice = syllables(1)
    faces = face(0, voice).drop(columns="mouth_opening")
    found = find_speakers(faces, WHOLE, spoken_outline(voice), SPEECH)
    assert set(found["verdict"]) == {"can't tell"}


def test_no_speech_has_no_row_and_the_same_columns() -> None:
    found = find_speakers(face(0, syllables(1)), WHOLE, spoken_outline(syllables(1)), [])
    assert len(found) == 0
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == SPEAKER_DTYPES
