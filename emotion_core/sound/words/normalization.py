"""Words as they are compared: without case, accents and punctuation, in any language."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032\uff07", "'"))
# Marks above and below letters of the Latin, Greek and Cyrillic scripts. Vowel signs of others
# are letters in all but name.
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def plain(text: str) -> str:
    """Text in small letters without accents: ``"Señor, 'WAG"`` becomes ``"senor, 'wag"``."""
    letters = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", letters))


def words_of(text: str) -> list[str]:
    """The words of a text in their order, as :func:`plain` writes them.

    An apostrophe within a word stays ("don't", "mo'ng"), one around it goes ("'yan" is "yan").
    Hyphens part words. Scripts without spaces come as one word from mark to mark.
    """
    return _WORD.findall(plain(text))


def shown_words(text: str) -> list[str]:
    """The words of a text as they are written, one for each of :func:`words_of`."""
    found = _WORD.findall(unicodedata.normalize("NFC", text).translate(_APOSTROPHES))
    # a letter that falls apart into several words ("½") would break the pairing
    return found if len(found) == len(words_of(text)) else words_of(text)
