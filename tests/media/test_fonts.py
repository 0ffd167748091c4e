"""Text in any script, broken and cut to the room that there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import features

from emotion_core.media import fonts
from emotion_core.media.fonts import lacking, shorten_to, text_length, text_mask, wrap

CIRCLED = "\u24b6"  # a capital in a circle: STIX has it, DejaVu Sans has not
NOWHERE = "\U0003ffff"  # no character


@pytest.fixture
def machine_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The fonts of a machine, none at first."""
    found: list[str] = []
    monkeypatch.setattr(fonts, "_others", lambda: found)
    _forget()
    yield found
    _forget()


def _forget() -> None:
    fonts._path_for.cache_clear()
    fonts._can_be_drawn.cache_clear()
    text_mask.cache_clear()


def test_a_letter_that_the_own_font_lacks_is_set_in_one_of_the_machine(
    machine_fonts: list[str],
) -> None:
    assert lacking(f"a{CIRCLED}b{CIRCLED}") == CIRCLED
    box = text_mask(CIRCLED, 20, False)
    machine_fonts.append(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "STIXGeneral.ttf")))
    _forget()
    assert lacking(f"a{CIRCLED}b") == ""
    letter = text_mask(CIRCLED, 20, False)
    assert letter.shape != box.shape or (letter != box).any()
    assert len(text_mask(f"a{CIRCLED}", 20, False)) == len(text_mask("a", 20, False))


@pytest.mark.usefixtures("machine_fonts")
def test_latin_greek_cyrillic_and_marks_need_no_font_of_the_machine() -> None:
    assert lacking("Über Ωmega, Ты слышал, e\u0301t\u00e9…") == ""
    assert lacking(f"{NOWHERE} x {NOWHERE}") == NOWHERE


@pytest.mark.usefixtures("machine_fonts")
def test_letters_that_would_stand_in_the_wrong_order_count_as_lacking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    assert lacking("a אב") == "אב"


def test_text_is_broken_between_words_and_leaves_room_for_a_speaker() -> None:
    text = "I have been standing here the whole night"
    room = text_length("I have been standing", 14) + 1
    lines = wrap(text, 14, room)
    assert lines[0] == "I have been standing" and " ".join(lines) == text
    assert all(text_length(line, 14) <= room for line in lines)
    assert wrap(text, 14, room, first=room / 2)[0] == "I have"


def test_text_without_spaces_is_broken_anywhere() -> None:
    lines = wrap("x" * 90, 14, 100)
    assert len(lines) > 1 and "".join(lines) == "x" * 90
    assert all(text_length(line, 14) <= 100 for line in lines)


def test_a_line_is_cut_to_the_room_that_there_is() -> None:
    text = "hello world and everything"
    assert shorten_to(text, 12, 1000) == text
    cut = shorten_to(text, 12, 60)
    assert cut.endswith("…") and text.startswith(cut[:-1]) and 30 < text_length(cut, 12) <= 60
    assert shorten_to(text, 12, 2) == ""


def test_height_of_text_does_not_depend_on_its_letters() -> None:
    heights = {len(text_mask(text, 12, False)) for text in ("a", "Ág", "אב", "")}
    assert len(heights) == 1
    assert np.any(text_mask("אב", 12, False))
