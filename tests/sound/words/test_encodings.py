"""Files of text in the encodings in which subtitles come."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.errors import WordsError
from emotion_core.sound.words import encodings
from emotion_core.sound.words.encodings import read_text

TEXTS = {
    "cp1252": "Où es-tu passé ? Ça fait trois heures que je t'attends, déjà.",
    "cp1250": "Gdzie byłeś? Martwiłam się. Już trzy godziny czekam, żebyś wrócił.",
    "cp1254": "Neredeydin? Senin için endişelendim. Üç saattir seni bekliyorum, anlıyor musun?",
    "cp1251": "Где ты был? Я волновалась. Я жду тебя уже три часа.",
    "cp1253": "Πού ήσουν; Ανησύχησα. Σε περιμένω τρεις ώρες.",
    "shift_jis": "どこにいたの？心配していたのよ。もう三時間も待っていたわ。",
    "cp949": "어디 있었어? 걱정했잖아. 세 시간이나 기다렸어.",
    "gb18030": "你去哪儿了？我很担心你。我已经等了三个小时。",
}
WIDE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


def as_subtitles(text: str) -> str:
    return f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n\n"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("encoding", WIDE)
def test_unicode_is_read_without_a_warning(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(as_subtitles(text).replace("\n", "\r\n").encode(encoding))
    assert read_text(path) == (as_subtitles(text), ())


@pytest.mark.parametrize("encoding", TEXTS)
def test_another_encoding_is_guessed_and_said(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(as_subtitles(TEXTS[encoding]).encode(encoding))
    text, warnings = read_text(path)
    assert text == as_subtitles(TEXTS[encoding])
    assert len(warnings) == 1 and "does not say its encoding" in warnings[0]


def test_bytes_that_are_no_text_are_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(bytes(range(255, 0, -1)) * 20)
    text, warnings = read_text(path)
    assert text and warnings


def test_of_a_file_that_is_too_large_the_beginning_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "LARGEST", 1001)
    path = tmp_path / "a.srt"
    path.write_text("ñ" * 600, encoding="utf-8")
    text, warnings = read_text(path)
    # the cut fell within a letter
    assert text.startswith("ñ" * 500) and "larger" in warnings[0]


def test_a_missing_file_and_a_folder_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="There is no file"):
        read_text(tmp_path / "none.srt")
    with pytest.raises(WordsError, match="is a folder"):
        read_text(tmp_path)
