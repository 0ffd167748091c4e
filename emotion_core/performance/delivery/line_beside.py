"""One line by two who say it: word by word, with pitch, loudness and pauses beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.performance.delivery.line_list import strongest_word
from emotion_core.performance.delivery.same_lines import (
    CLEAR,
    SAME_LINE_COLUMNS,
    one_line,
)
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.delivery.turns import overlaps
from emotion_core.sound.voice.utterances import rows_between
from emotion_core.sound.words.lines import WORD_COLUMNS

TABLE_DTYPES = {
    name: "int32" if name in ("line", "performance")
    else "string" if name in ("text", "delivery", "strongest", "stress", "face")
    else "float64"
    for name in SAME_LINE_COLUMNS
}  # fmt: skip
WORD_DTYPES = {
    "performance": "int32", "start": "float64", "end": "float64", "word": "string",
    "heard": "bool", "pause": "float64",
}  # fmt: skip
CONTOUR_DTYPES = {
    "performance": "int32", "time": "float64", "aligned": "float64", "pitch": "float32",
    "level": "float32",
}  # fmt: skip
MODEL, OWN = 0, 1
# Utterances from which a speaker has a usual pitch, as the voice network needs them.
FEWEST_UTTERANCES = 4
# Windows with a pitch from which a line has a usual one, as an utterance needs.
_FEWEST_VOICED = 10
# Decibels below the mean of a line at which its level is drawn as silent, and windows of 20 ms over
# which it is averaged: a syllable is longer, a period of the voice is shorter.
_QUIET = -30.0
_AVERAGED = 5
_Values = npt.NDArray[np.float64]


class PitchGap(StrEnum):
    """Why the pitch of a line is not known."""

    MUSIC = "music"  # as loud as the voice, or nearly
    NO_SPEECH = "no speech"
    LITTLE_VOICE = "little voice"


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line as one performer says it.

    Attributes:
        title: what the performance is called.
        sound: in which it is said.
        name: of the voice in it; "" where nobody knows whose it is.
        place: row of the line in the lines of its delivery.
        words: its words with the columns of :data:`WORD_COLUMNS`, all of them or none.
        usual: median pitch of the speaker in Hz, NaN where it is not known.
    """

    title: str
    sound: SceneSound
    name: str
    place: int
    words: pd.DataFrame
    usual: float

    def __post_init__(self) -> None:
        if tuple(self.words.columns) != WORD_COLUMNS:
            raise ValueError(
                f"SaidLine.words must have the columns {', '.join(WORD_COLUMNS)}, but has "
                f"{', '.join(map(str, self.words.columns))}"
            )

    @property
    def text(self) -> str:
        """As it is written in its scene."""
        return str(self.sound.delivery.lines["text"].iloc[self.place])


@dataclass(frozen=True, slots=True)
class LineBeside:
    """A line of a model, and how somebody else says it; the model is performance 0.

    Attributes:
        text: of the model.
        titles: of both.
        table: as of :func:`~emotion_core.performance.delivery.same_lines.same_lines`, but for
            ``pitch``, which is that of the line alone against the usual of each, where it is known.
        words: with :data:`WORD_DTYPES`: ``start, end`` in s from the beginning of each line,
            ``pause`` before it in s (NaN for the first, and where it or the word before was not
            heard). None of a performance whose words have no times.
        contours: with :data:`CONTOUR_DTYPES`, a row every 20 ms: ``time`` from the beginning of
            each line, ``aligned`` the same on the clock of the model; ``pitch`` in semitones (NaN
            without a voice, or where it is not known); ``level`` over 0.1 s in dB against the
            mean of the line.
        against_usual: whether 0 semitones are the usual pitch of each; else the median of each
            line.
        by_words: whether the contours are aligned word by word; else only beginning and end are.
        pitch_gaps: of each, why its pitch is not known; ``None`` where it is.
    """

    text: str
    titles: tuple[str, str]
    table: pd.DataFrame
    words: pd.DataFrame
    contours: pd.DataFrame
    against_usual: bool
    by_words: bool
    pitch_gaps: tuple[PitchGap | None, PitchGap | None]


def clear_pitches(utterances: pd.DataFrame) -> list[float]:
    """The pitch in Hz of each utterance that has one and is clear of music.

    Args:
        utterances: of one speaker, with ``pitch`` and ``music_below``.
    """
    clear = (utterances["music_below"] >= CLEAR) & utterances["pitch"].notna()
    return [float(pitch) for pitch in utterances["pitch"][clear]]


def usual_pitch(pitches: Sequence[float]) -> float:
    """The median of a speaker's pitches in Hz; NaN where they are too few to tell."""
    return float(np.median(pitches)) if len(pitches) >= FEWEST_UTTERANCES else np.nan


def lay_beside(model: SaidLine, own: SaidLine) -> LineBeside:
    """Lay how somebody says a line beside how a model says it.

    Args:
        model: as it is said in a scene.
        own: the same line by somebody else.
    """
    both = [_with_strongest(one) for one in (model, own)]
    table = one_line([(one.sound, one.name, one.place) for one in both])
    spans = list(zip(table["start"], table["end"], strict=True))
    spans = [_span(one, *span) for one, span in zip(both, spans, strict=True)]
    pitch_gaps = tuple(_pitch_gap(one, *span) for one, span in zip(both, spans, strict=True))
    words = pd.concat(
        [_words(one.words, place, spans[place][0]) for place, one in enumerate(both)],
        ignore_index=True,
    ).astype(WORD_DTYPES)
    against_usual = bool(np.isfinite([one.usual for one in both]).all())
    table["pitch"] = [
        _pitch(one, *span) if gap is None else np.nan
        for one, span, gap in zip(both, spans, pitch_gaps, strict=True)
    ]
    contours = [
        _contour(one, span, against_usual, gap is None)
        for one, span, gap in zip(both, spans, pitch_gaps, strict=True)
    ]
    by_words = len(model.words) > 0 and len(model.words) == len(own.words)
    aligned = _on_the_model(words, contours[OWN]["time"].to_numpy(), spans, by_words)
    times = (contours[MODEL]["time"].to_numpy(), aligned)
    found = [
        contour.assign(performance=place, aligned=time)
        for place, (contour, time) in enumerate(zip(contours, times, strict=True))
    ]
    return LineBeside(
        text=model.text,
        titles=(model.title, own.title),
        table=table,
        words=words,
        contours=pd.concat(found, ignore_index=True)[list(CONTOUR_DTYPES)].astype(CONTOUR_DTYPES),
        against_usual=against_usual,
        by_words=by_words,
        pitch_gaps=(pitch_gaps[MODEL], pitch_gaps[OWN]),
    )


def _with_strongest(said: SaidLine) -> SaidLine:
    """The same, with the strongest of the words that are given."""
    delivery, words = said.sound.delivery, said.words.assign(line=0)
    if not len(words):
        return said
    strongest = delivery.lines["strongest"].tolist()
    strongest[said.place] = strongest_word(words, 0, said.sound.heard.waveform)
    lines = delivery.lines.assign(strongest=strongest)
    return replace(said, sound=replace(said.sound, delivery=replace(delivery, lines=lines)))


def _span(said: SaidLine, start: float, end: float) -> tuple[float, float]:
    """From when to when a line is said: by its words where they are known."""
    if not len(said.words):
        return start, end
    return float(said.words["start"].iloc[0]), float(said.words["end"].iloc[-1])


def _pitch_gap(said: SaidLine, start: float, end: float) -> PitchGap | None:
    utterances = said.sound.delivery.utterances
    spoken = utterances[overlaps(utterances, start, end) > 0]
    if not len(spoken):
        return PitchGap.NO_SPEECH
    if not (spoken["music_below"] >= CLEAR).all():
        return PitchGap.MUSIC
    voice = rows_between(said.sound.heard.voice, start, end)
    return PitchGap.LITTLE_VOICE if voice["pitch"].notna().sum() < _FEWEST_VOICED else None


def _pitch(said: SaidLine, start: float, end: float) -> float:
    """Median pitch of a line in semitones against the speaker's usual."""
    pitch = rows_between(said.sound.heard.voice, start, end)["pitch"].median()
    return float(12 * np.log2(pitch / said.usual))


def _words(words: pd.DataFrame, place: int, start: float) -> pd.DataFrame:
    heard = words["heard"].to_numpy(np.bool_)
    begin, end = words["start"].to_numpy(np.float64), words["end"].to_numpy(np.float64)
    pause = np.full(len(words), np.nan)
    pause[1:] = np.where(heard[1:] & heard[:-1], np.maximum(begin[1:] - end[:-1], 0), np.nan)
    return pd.DataFrame(
        {
            "performance": place,
            "start": begin - start,
            "end": end - start,
            "word": words["word"].to_numpy(),
            "heard": heard,
            "pause": pause,
        }
    )


def _contour(
    said: SaidLine, span: tuple[float, float], against_usual: bool, known: bool
) -> pd.DataFrame:
    start, end = span
    voice = rows_between(said.sound.heard.voice, start, end)
    pitch = voice["pitch"].to_numpy(np.float64)
    if not known:
        pitch = np.full(len(pitch), np.nan)
    elif against_usual:
        pitch = 12 * np.log2(pitch / said.usual)
    else:
        pitch = 12 * np.log2(pitch / np.nanmedian(pitch))
    power = 10 ** (voice["level"].astype(np.float64) / 10)
    around = power.rolling(_AVERAGED, center=True, min_periods=1).mean()
    level = 10 * np.log10((around / power.mean()).to_numpy())
    return pd.DataFrame(
        {
            "time": voice["time"].to_numpy(np.float64) - start,
            "pitch": pitch,
            "level": np.maximum(level, _QUIET),
        }
    )


def _on_the_model(
    words: pd.DataFrame, time: _Values, spans: list[tuple[float, float]], by_words: bool
) -> _Values:
    """Times in the own line, as they are on the clock of the model's."""
    lengths = [end - start for start, end in spans]
    model, own = [0.0, lengths[MODEL]], [0.0, lengths[OWN]]
    if by_words:
        both = [words[words["performance"] == place] for place in (MODEL, OWN)]
        heard = both[MODEL]["heard"].to_numpy() & both[OWN]["heard"].to_numpy()
        model, own = (
            [0.0, *one.loc[heard, ["start", "end"]].to_numpy().ravel().tolist(), length]
            for one, length in zip(both, lengths, strict=True)
        )
    # a word may begin where the one before ends
    rising = np.maximum.accumulate(np.array(own)) + np.arange(len(own)) * 1e-9
    return np.interp(time, rising, model)
