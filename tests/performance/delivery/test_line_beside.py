"""One line by a model and by somebody else, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emotion_core.performance.delivery.line_beside import (
    MODEL,
    OWN,
    LineBeside,
    PitchGap,
    SaidLine,
    clear_pitches,
    lay_beside,
    usual_pitch,
)
from emotion_core.performance.delivery.line_list import LINE_COLUMNS
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.line_beside import (
    describe_beside,
    describe_unknown,
    describe_usual,
)
from emotion_core.performance.wording.same_lines import YOU
from emotion_core.render.figures.voice.line_beside import draw_line_beside
from emotion_core.sound.words.lines import Lines, Word, words_table
from tests.sound.delivered import deliver
from tests.sound.heard import make_sound

# A word, its beginning and end in seconds, and its pitch in Hz.
Said = tuple[str, float, float, float]
TEXT = "Come home now."
EVEN: tuple[Said, ...] = (
    ("Come", 1.0, 1.5, 200), ("home", 1.5, 2.0, 200), ("now", 2.0, 2.5, 200),
)  # fmt: skip


def said(
    words: Sequence[Said],
    title: str = "Ana",
    usual: float = np.nan,
    *,
    timed: bool = True,
    unheard: Sequence[str] = (),
    **utterances: object,
) -> SaidLine:
    """A line that Ana says in a sound of 6 s; later there is another voice."""
    span = words[0][1], words[-1][2]
    sound = make_sound(seconds=6.0, spoken=[span, (5.0, 5.5)])
    voice = sound.voice.assign(pitch=np.nan, level=-60.0)
    for _, start, end, hertz in words:
        inside = voice["time"].between(start, end, inclusive="left")
        voice.loc[inside, ["pitch", "level"]] = hertz, -20.0
    sound = replace(sound, voice=voice)
    delivery = deliver(sound)
    row = (*span, "Ana", TEXT, "", "", "", np.nan)
    delivery = replace(
        delivery,
        lines=pd.DataFrame([row], columns=list(LINE_COLUMNS)),
        utterances=delivery.utterances.assign(**utterances),
    )
    found = [Word(0, start, end, word, word not in unheard) for word, start, end, _ in words]
    scene = SceneSound(sound, Lines.of(()), delivery)
    return SaidLine(title, scene, "Ana", 0, words_table(found if timed else ()), usual)


def own(words: Sequence[Said], usual: float = np.nan, **other: object) -> SaidLine:
    return said(words, YOU, usual, **other)  # type: ignore[arg-type]


def pitches(beside: LineBeside, place: int) -> pd.Series:
    part = beside.contours[beside.contours["performance"] == place]
    return part["pitch"].dropna()


def test_pitch_is_against_the_usual_of_each_where_both_are_known() -> None:
    higher = [(word, start, end, 150.0) for word, start, end, _ in EVEN]
    beside = lay_beside(said(EVEN, usual=200.0), own(higher, usual=106.07))
    assert beside.against_usual
    # 150 Hz are six semitones above 106.07 Hz
    assert beside.table["pitch"].tolist() == pytest.approx([0.0, 6.0], abs=0.1)
    assert pitches(beside, OWN).median() == pytest.approx(6.0, abs=0.1)
    assert describe_beside(beside) == [
        "You say it 6 semitones higher than Ana (pitch against the own usual of each)."
    ]
    assert "in 4 utterances" in describe_usual(beside, 4)


def test_without_a_usual_pitch_each_line_is_against_its_own_median() -> None:
    higher = [(word, start, end, 300.0) for word, start, end, _ in EVEN]
    beside = lay_beside(said(EVEN, usual=200.0), own(higher))
    assert not beside.against_usual and np.isnan(beside.table["pitch"][OWN])
    for place in (MODEL, OWN):
        assert pitches(beside, place).median() == pytest.approx(0.0, abs=0.05)
    assert describe_beside(beside) == []
    assert "so far there are 3" in describe_usual(beside, 3)
    unknown = lay_beside(said(EVEN), own(EVEN, usual=200.0))
    assert "usual pitch of Ana is not known" in describe_usual(unknown, 9)


def test_a_usual_pitch_needs_four_utterances_clear_of_music() -> None:
    table = pd.DataFrame({"pitch": [100, 110, 120, np.nan, 500], "music_below": [20] * 4 + [5]})
    assert clear_pitches(table) == [100, 110, 120]
    assert np.isnan(usual_pitch([100, 110, 120]))
    assert usual_pitch([100, 110, 120, 190]) == 115


def test_a_pause_is_said_with_the_word_that_it_is_before() -> None:
    paused = (("Come", 1.0, 1.5, 200), ("home", 2.1, 2.6, 200), ("now", 2.6, 3.1, 200))
    beside = lay_beside(said(EVEN), own(paused))
    assert beside.words["pause"].tolist() == pytest.approx(
        [np.nan, 0, 0, np.nan, 0.6, 0], nan_ok=True
    )
    assert "You pause 0.6 s before “home”, Ana does not." in describe_beside(beside)
    other_way = lay_beside(said(paused), own(EVEN))
    assert "Ana pauses 0.6 s before “home”, you do not." in describe_beside(other_way)
    longer = (("Come", 1.0, 1.5, 200), ("home", 2.6, 3.1, 200), ("now", 3.1, 3.6, 200))
    both = lay_beside(said(paused), own(longer))
    assert "You pause 1.1 s before “home”, Ana 0.6 s." in describe_beside(both)


def test_short_gaps_and_words_that_were_not_heard_make_no_pause() -> None:
    gap = (("Come", 1.0, 1.5, 200), ("home", 1.7, 2.2, 200), ("now", 2.2, 2.7, 200))
    assert not any("pause" in one for one in describe_beside(lay_beside(said(EVEN), own(gap))))
    paused = (("Come", 1.0, 1.5, 200), ("home", 2.1, 2.6, 200), ("now", 2.6, 3.1, 200))
    beside = lay_beside(said(EVEN), own(paused, unheard=["home"]))
    assert not any("pause" in one for one in describe_beside(beside))


def test_words_are_aligned_on_the_clock_of_the_model() -> None:
    slow = (("Come", 1.0, 2.0, 200), ("home", 2.5, 3.0, 300), ("now", 3.0, 4.0, 200))
    beside = lay_beside(said(EVEN), own(slow))
    part = beside.contours[beside.contours["performance"] == OWN]
    home = part[part["time"].between(1.55, 1.95)]
    assert home["aligned"].between(0.5, 1.0).all(), "where Ana says it"
    assert np.all(np.diff(part["aligned"]) >= 0)
    model = beside.contours[beside.contours["performance"] == MODEL]
    assert model["aligned"].equals(model["time"])


def test_without_words_only_the_ends_are_aligned_and_that_is_said() -> None:
    slow = (("Come", 1.0, 2.0, 200), ("home", 2.5, 3.0, 300), ("now", 3.0, 4.0, 200))
    beside = lay_beside(said(EVEN), own(slow, timed=False))
    part = beside.contours[beside.contours["performance"] == OWN]
    assert not beside.by_words
    assert np.allclose(part["aligned"], part["time"] / 2, atol=1e-6), "3 s beside 1.5 s"
    (gap,) = describe_unknown(beside)
    assert "When you say each word: can't tell" in gap
    assert not any("pause" in one for one in describe_beside(beside))


@pytest.mark.parametrize(
    ("gap", "words", "other"),
    [
        (PitchGap.MUSIC, EVEN, {"music_below": 5.0}),
        (PitchGap.MUSIC, EVEN, {"music_below": np.nan}),
        (PitchGap.NO_SPEECH, EVEN, {"start": 5.0}),
        (PitchGap.LITTLE_VOICE, (("Come", 1.0, 1.1, 200.0),), {}),
    ],
)
def test_what_cannot_be_told_is_not_drawn_and_is_said(
    gap: PitchGap, words: Sequence[Said], other: dict[str, object]
) -> None:
    beside = lay_beside(said(EVEN, usual=200.0), own(words, usual=200.0, **other))
    assert beside.pitch_gaps == (None, gap)
    assert not len(pitches(beside, OWN)) and np.isnan(beside.table["pitch"][OWN])
    assert describe_unknown(beside)[0].startswith("Your pitch: can't tell. ")


def test_the_strongest_word_is_that_of_the_words_that_were_heard() -> None:
    sound = said(EVEN)
    wave = sound.sound.heard.waveform
    louder = wave["envelope"].where(~wave["time"].between(1.5, 1.98), -10)
    heard = replace(sound.sound.heard, waveform=wave.assign(envelope=louder))
    beside = lay_beside(replace(sound, sound=replace(sound.sound, heard=heard)), own(EVEN))
    assert beside.table["strongest"].tolist() == ["home", ""]


def test_the_figure_has_both_over_the_words_of_the_model() -> None:
    beside = lay_beside(said(EVEN), own(EVEN))
    figure = draw_line_beside(beside)
    assert [trace.name for trace in figure.data] == ["Ana", "Ana", YOU, YOU]
    assert list(figure.layout.xaxis2.ticktext) == ["Come", "home", "now"]
    without = draw_line_beside(lay_beside(said(EVEN), own(EVEN, timed=False)))
    assert without.layout.xaxis2.ticktext is None
    assert "time in the line" in without.layout.xaxis2.title.text


def test_below_the_figure_of_a_speech_stands_every_second_word() -> None:
    speech = [(f"w{k}", 1 + k / 20, 1 + (k + 1) / 20, 200.0) for k in range(40)]
    figure = draw_line_beside(lay_beside(said(speech), own(speech)))
    assert list(figure.layout.xaxis2.ticktext) == [f"w{k}" for k in range(0, 40, 2)]
