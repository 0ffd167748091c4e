"""When the lines of a script are heard."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
from scipy.signal import resample_poly

from emotion_core.errors import WordsError
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.sound.words import hearing
from emotion_core.sound.words.hearing import ScriptReader, align_script
from emotion_core.sound.words.recognizer import Heard, WordRecognizer
from emotion_core.sound.words.script import parse_script
from emotion_core.sound.words.speech_spans import speech_spans
from emotion_core.types import FloatArray

# What espeak-ng writes: a WAV header, whose length is a dummy, and samples of its own rate.
_HEADER, _RATE = 44, 22_050
SCENE = [
    "You asked me to come, so here I am.",
    "Where have you been all this time?",
    "I was in Marikina, working on a film with my brother.",
    "Believe what you want. The train leaves at nine.",
    "Nobody told me anything about the money.",
]


def script_of(lines: Sequence[str]) -> hearing.Script:
    return parse_script("\n".join(f"{'AB'[n % 2]}NA: {line}" for n, line in enumerate(lines)), "s")


def blocks_of(samples: FloatArray) -> Iterator[SoundBlock]:
    size = round(BLOCK_SECONDS * SAMPLE_RATE)
    for at in range(0, len(samples), size):
        part = samples[at : at + size]
        yield SoundBlock(at / SAMPLE_RATE, part, part[None], SAMPLE_RATE, "mono")


class TonesRecognizer:
    """Hears a word of its lines, one after the other, in every half second that is not silent."""

    def __init__(self, lines: Sequence[Sequence[str]]) -> None:
        self.lacking = {"marikina"}
        self._words = iter([word for line in lines for word in line if word not in self.lacking])

    def recognize(self, samples: FloatArray) -> Iterator[Heard]:
        half = SAMPLE_RATE // 2
        for at in range(0, len(samples), half):
            if np.abs(samples[at : at + half]).max() > 0.5:
                yield Heard(next(self._words), at / SAMPLE_RATE, at / SAMPLE_RATE + 0.5)


@pytest.fixture
def tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "WordRecognizer", TonesRecognizer)


def tone_samples(words: int, gap_after: int, gap: float) -> FloatArray:
    tone = np.ones(SAMPLE_RATE // 2, np.float32)
    silence = np.zeros(round(gap * SAMPLE_RATE), np.float32)
    return np.concatenate([tone] * gap_after + [silence] + [tone] * (words - gap_after))


@pytest.mark.usefixtures("tones")
def test_lines_and_words_lie_where_they_were_heard_over_any_number_of_blocks() -> None:
    # 33 words of half a second, the first 9 of them the first line; then a minute of silence
    lines = align_script(script_of(SCENE), blocks_of(tone_samples(40, 9, 60.0)))
    # sound is parted in silence, so that a tone may begin within what is heard as a word
    assert lines.table["start"].tolist()[:3] == pytest.approx([0.0, 64.5, 68.0], abs=0.5)
    assert lines.table["end"].tolist()[:2] == pytest.approx([4.5, 68.0], abs=0.5)
    assert lines.table["confidence"].tolist() == [1.0] * 5
    third = lines.words[lines.words["line"] == 2]
    unknown = third[~third["heard"]]
    assert unknown["word"].tolist() == ["Marikina"]
    # no time is left between its neighbours
    assert unknown["start"].tolist() == unknown["end"].tolist()
    assert unknown["end"].tolist() == pytest.approx([69.5], abs=1)


@pytest.mark.usefixtures("tones")
def test_sound_without_speech_is_not_recognized_and_shifts_no_word() -> None:
    samples = tone_samples(33, 9, 60.0)
    time = np.arange(0, len(samples) / SAMPLE_RATE, 0.1)
    speaks = (time < 4.45) | (time > 64.45)
    speech = pd.DataFrame({"time": time, "speech": speaks.astype(np.float64)})
    table = align_script(script_of(SCENE), blocks_of(samples), speech).table
    assert table["start"].tolist()[:2] == pytest.approx([0.0, 64.5], abs=0.35)


def test_spans_of_speech_have_margins_and_join_over_short_pauses() -> None:
    speaks = np.zeros(200)
    speaks[[20, 25, 100]] = 1.0  # 2.0, 2.5 and 10.0 s
    speech = pd.DataFrame({"time": np.arange(200) / 10, "speech": speaks})
    assert np.allclose(speech_spans(speech, 0, 20), [(1.7, 2.9), (9.7, 10.4)])
    assert np.allclose(speech_spans(speech, 2.2, 10.05), [(2.2, 2.9), (9.7, 10.05)])
    assert speech_spans(speech.iloc[:0], 0, 20) == []


@pytest.fixture(scope="module")
def spoken() -> tuple[FloatArray, list[float]]:
    """The scene as a voice says it, with the seconds at which its lines begin."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng, which speaks the lines, is not installed")
    parts, starts, length = [], [], 0
    for line in SCENE:
        command = [program, "-v", "en-us", "-s", "150", "--stdout", line]
        found = subprocess.run(command, capture_output=True, check=True).stdout
        wave = np.frombuffer(found[_HEADER:], np.int16) / 32768.0
        samples = resample_poly(wave, SAMPLE_RATE, _RATE).astype(np.float32)
        pause = np.zeros(SAMPLE_RATE // 2, np.float32)
        starts.append(length / SAMPLE_RATE)
        parts += [samples, pause]
        length += len(samples) + len(pause)
    return np.concatenate(parts), starts


def test_lines_are_found_in_speech_and_a_line_that_is_not_said_has_no_time(
    spoken: tuple[FloatArray, list[float]],
) -> None:
    samples, starts = spoken
    lacking = "Our guide carried ropes over the glacier."
    lines = align_script(script_of([*SCENE[:2], lacking, *SCENE[2:]]), blocks_of(samples))
    table = lines.table
    found = table[table["start"].notna()]
    assert len(found) >= 4 and lacking not in set(found["text"])
    for _, line in found.iterrows():
        assert line["start"] == pytest.approx(starts[SCENE.index(line["text"])], abs=0.3)
    assert (lines.words["end"] >= lines.words["start"]).all()
    assert any("lines of s were heard" in note for note in lines.warnings)


def test_another_script_ends_in_a_sentence_with_how_much_fitted(
    spoken: tuple[FloatArray, list[float]],
) -> None:
    other = [
        "The weather in the mountains changes quickly.",
        "She opened her bag and found two oranges.",
        "Nobody spoke while the wind pushed against the tent.",
    ]
    with pytest.raises(WordsError, match="does not fit the sound: 0 of its 3 lines"):
        align_script(script_of(other), blocks_of(spoken[0]))


def test_nothing_is_heard_in_silence_and_broken_samples() -> None:
    recognizer = WordRecognizer([["nobody", "told", "me"]])
    for samples in (np.zeros(SAMPLE_RATE), np.full(9000, np.nan), np.zeros(0), np.ones(7)):
        assert list(recognizer.recognize(samples.astype(np.float32))) == []


@pytest.mark.usefixtures("tones")
def test_a_clip_without_sound_is_said_not_to_fit() -> None:
    with pytest.raises(WordsError, match="does not fit the sound: 0 of its 5 lines"):
        ScriptReader(script_of(SCENE)).finish()


def test_a_script_of_which_most_words_are_unknown_is_said_not_to_be_english() -> None:
    with pytest.raises(WordsError, match="knows English only"):
        ScriptReader(script_of(["Nasaan ka nanggaling kagabi", "Sabihin mo nga"]))
