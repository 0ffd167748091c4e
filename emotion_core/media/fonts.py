"""Lines of text as bitmaps, in any script that a font of this machine has.

Latin, Greek, Cyrillic, Arabic, Hebrew and more are set in DejaVu Sans, which matplotlib carries;
for what it lacks (Chinese, Japanese, Korean, Thai, the scripts of India) the fonts of the machine
are searched, once, and only where such a letter is met.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, features

Codes = npt.NDArray[np.int32]
_OTHER_WEIGHTS = ("bold", "italic", "oblique", "mono", "black", "light", "thin", "condensed")
# These draw a box for every letter that there is.
_PLACEHOLDERS = ("lastresort", "blank")
_RIGHT_TO_LEFT = ("R", "AL")


@lru_cache(maxsize=2048)
def text_mask(text: str, size: int, bold: bool) -> npt.NDArray[np.uint16]:
    """(height, width, 1) cover of a line of text in 0..255; the height depends on size only."""
    ascent, descent = _font(_own(bold), size).getmetrics()
    width = max(int(np.ceil(text_length(text, size, bold))), 1)
    image = Image.new("L", (width, ascent + descent))
    canvas, x = ImageDraw.Draw(image), 0.0
    for part, path in _runs(text, bold):
        font = _font(path, size)
        canvas.text((x, ascent), part, fill=255, font=font, anchor="ls")
        x += font.getlength(part)
    return np.asarray(image, np.uint16)[:, :, None]


def text_length(text: str, size: int, bold: bool = False) -> float:
    """Width of a line of text in px."""
    return float(sum(_font(path, size).getlength(part) for part, path in _runs(text, bold)))


def lacking(text: str) -> str:
    """The letters of a text that no font of this machine has, each once.

    Where Pillow cannot set text from right to left, letters of such scripts count as lacking:
    they would stand in the wrong order.
    """
    if text.isascii():
        return ""
    return "".join(letter for letter in dict.fromkeys(text) if not _can_be_drawn(letter))


def wrap(text: str, size: int, width: float, first: float = 0.0) -> list[str]:
    """Break a text into lines, between words where it has spaces.

    Args:
        text: on one line.
        size: of the letters in px.
        width: of a line in px.
        first: px that are taken at the beginning of the first line.
    """
    lines, line, room = [], "", width - first
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_length(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
            room = width
        while len(word) > 1 and text_length(word, size) > room:
            count = _fitting(word, size, room)
            lines.append(word[:count])
            word, room = word[count:], width
        line = word
    return [*lines, line] if line else lines


def shorten_to(text: str, size: int, width: float, bold: bool = False) -> str:
    """As much of a line of text as ``width`` px hold, with an ellipsis for what is left out."""
    if text_length(text, size, bold) <= width:
        return text
    room = width - text_length("…", size, bold)
    return text[: _fitting(text, size, room, bold)].rstrip() + "…" if room > 0 else ""


def _fitting(text: str, size: int, room: float, bold: bool = False) -> int:
    """How many letters fit, at least one; found by halving, since setting text is slow."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = text_length(text[:middle], size, bold) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


@lru_cache(maxsize=256)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@cache
def _own(bold: bool) -> str:
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name)


def _runs(text: str, bold: bool) -> list[tuple[str, str]]:
    """Parts of a text and the font file of each; marks and spaces stay with what they follow."""
    if text.isascii():
        return [(text, _own(bold))]
    runs: list[tuple[str, str]] = []
    for letter in text:
        follows = letter == " " or bool(unicodedata.combining(letter))
        path = runs[-1][1] if runs and follows else _path_for(letter, bold)
        if runs and runs[-1][1] == path:
            runs[-1] = (runs[-1][0] + letter, path)
        else:
            runs.append((letter, path))
    return runs


@lru_cache(maxsize=8192)
def _path_for(letter: str, bold: bool) -> str:
    """The font file that a letter is drawn with; what none has is DejaVu's box."""
    own = _own(bold)
    if _has(_codes(own), letter):
        return own
    return next((path for path in _others() if _has(_codes(path), letter)), own)


@lru_cache(maxsize=8192)
def _can_be_drawn(letter: str) -> bool:
    if unicodedata.category(letter) in ("Cf", "Zs", "Mn"):
        return True
    turned = unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT
    if turned and not (features.check("raqm") and features.check("fribidi")):
        return False
    return _has(_codes(_path_for(letter, False)), letter)


def _has(codes: Codes, letter: str) -> bool:
    place = int(np.searchsorted(codes, ord(letter)))
    return place < len(codes) and int(codes[place]) == ord(letter)


@cache
def _codes(path: str) -> Codes:
    """The code points that a font file has, sorted; none if it cannot be read or scaled."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        if not font.scalable:
            return np.zeros(0, np.int32)
        return np.array(sorted(font.get_charmap()), np.int32)
    except (OSError, RuntimeError):
        return np.zeros(0, np.int32)


@cache
def _others() -> list[str]:
    """Font files of the machine, upright ones of usual weight first."""
    from matplotlib.font_manager import findSystemFonts

    def order(path: str) -> tuple[bool, str]:
        name = Path(path).name.lower()
        return any(word in name for word in _OTHER_WEIGHTS), name

    found = sorted(findSystemFonts(), key=order)
    return [p for p in found if not any(word in Path(p).name.lower() for word in _PLACEHOLDERS)]
