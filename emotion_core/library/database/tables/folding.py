"""Text as it is stored, searched and shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Letters and signs that are, or make what follows, written from right to left.
_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})


def storable(text: str) -> str:
    """The text without zero bytes, and with a mark for what is no letter in any encoding."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def fold(text: str) -> str:
    """The text as it is searched and sorted: without case and without accents."""
    apart = unicodedata.normalize("NFKD", storable(text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def isolated(text: str) -> str:
    """The text such that its direction of writing does not reach what stands beside it."""
    turns = any(unicodedata.bidirectional(letter) in _TURNING for letter in text)
    return f"\u2068{text}\u2069" if turns else text


def folded_lines(texts: Iterable[str]) -> str:
    """Several texts as one to search in; a word never runs from one into the next."""
    return "\n".join(fold(text) for text in texts)
