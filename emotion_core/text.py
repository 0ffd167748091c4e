"""Numbers, times and words as everything that is shown or written says them."""

from __future__ import annotations

import math
import re

UNKNOWN = "–"
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold, each replaced by U+FFFD."""
    return "".join(
        letter if _allowed(ord(letter)) else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def one_line(text: str) -> str:
    """Text of a sentence or a cell: on one line, and without marks that turn what follows it.

    Letters of Arabic or Hebrew bring their direction with them; the marks that embed or override
    one (Unicode Bidirectional Algorithm, UAX 9) would reach into the words around a name.
    """
    return " ".join(_TURNING.sub("", clean(text)).split())


def number(value: float, decimals: int = 2) -> str:
    """A number, or a dash where it is not known."""
    # adding 0 after rounding turns -0.0 into 0.0
    return f"{round(value, decimals) + 0:.{decimals}f}" if math.isfinite(value) else UNKNOWN


def share(value: float) -> str:
    """A share of 1 in per cent, without the sign, or a dash where it is not known."""
    return number(100 * value, 0)


def count_of(amount: int, noun: str) -> str:
    """For example ``1 shot``, ``2 shots``."""
    return f"{amount} {noun}{'s' * (amount != 1)}"


def _allowed(code: int) -> bool:
    # production Char of XML 1.0 (W3C, 5th edition)
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def format_time(seconds: float) -> str:
    """A time in a clip as players show it: ``1:04.2``, from an hour on ``1:01:04.2``."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}" if hours else f"{minutes}"
    return (f"{hours}:" if hours else "") + f"{clock}:{rest // 10:02d}.{rest % 10}"


def shorten(text: str, limit: int, *, middle: bool = False) -> str:
    """At most ``limit`` characters, with an ellipsis for what is left out.

    Args:
        text: on one line.
        limit: how many characters at most.
        middle: leave the middle out and not the end, where both ends distinguish names.
    """
    if len(text) <= limit:
        return text
    tail = limit - 1 - (limit - 1) // 2 if middle else 0
    return text[: limit - 1 - tail].rstrip() + "…" + text[len(text) - tail :]
