"""Text files of any encoding as text."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import numpy as np

from emotion_core.errors import WordsError

# Subtitles of a whole film have about 0.1 MB.
LARGEST = 20_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # before UTF-16, whose mark its own begins with
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What Windows wrote text in, by language, and what East Asian subtitles came in.
_CODE_PAGES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp874", "cp932", "cp949", "gb18030", "big5", "euc_jp", "iso2022_jp", "koi8_r"),
]
# Their letters for Western Europe are those of Windows-1252, so that a guess between them and it
# rests on a few letters.
_NEAR_WESTERN = {"cp1250", "cp1257", "cp1258"}
_GUESSED_FROM = 100_000
# Characters that no text holds.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    r"""The text of a file, with ``\n`` at the end of lines, and warnings on how it was read.

    UTF-8, UTF-16 and UTF-32 are known by their mark or their form. Of other encodings the file
    does not say which it is: it is guessed from what the text would be (charset-normalizer).

    Raises:
        WordsError: the file is missing, a folder, or may not be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise WordsError(f"{path} is a folder, not a text.") from error
    except FileNotFoundError as error:
        raise WordsError(f"There is no file {path}.") from error
    except OSError as error:
        raise WordsError(f"{path.name} cannot be read: {error.strerror}.") from error
    warnings: list[str] = []
    if len(data) > LARGEST:
        data = data[:LARGEST]
        warnings.append(
            f"{path.name} is larger than {LARGEST / 1e6:.0f} MB. Only its beginning was read."
        )
    encoding, sure = _encoding(data)
    text = data.decode(encoding, errors="replace").lstrip("\ufeff")
    if not sure:
        warnings.append(
            f"{path.name} does not say its encoding. It was read as {encoding}; if letters are "
            "wrong, save it as UTF-8."
        )
    elif "\N{REPLACEMENT CHARACTER}" in text:
        warnings.append(f"Some letters of {path.name} are damaged and show as \ufffd.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), tuple(warnings)


def _encoding(data: bytes) -> tuple[str, bool]:
    """Python's name of an encoding, and whether it is certain."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, True
    wide = _wide(data)
    if wide:
        return wide, True
    try:
        # a file that was cut may end within a letter
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return _guess(data), False
    return "utf-8", True


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: spaces, digits and line ends have a zero in every second byte."""
    even = min(len(data), _GUESSED_FROM) & ~1
    sample = np.frombuffer(data[:even], np.uint8).reshape(-1, 2)
    if not len(sample):
        return None
    zeros = (sample == 0).mean(axis=0)
    if zeros.max() < 0.1 or zeros.min() > zeros.max() / 4:
        return None
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    # other data with many zeros has control characters too
    return None if CONTROLS.search(data[:even].decode(encoding, "replace")) else encoding


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes  # loads a table of languages

    # ASCII says nothing, and there is much of it: numbers and times
    parts = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(parts)[:_GUESSED_FROM]
    found = [match.encoding for match in from_bytes(sample, cp_isolation=_CODE_PAGES)]
    if not found or (found[0] in _NEAR_WESTERN and "cp1252" in found):
        return "cp1252"
    return str(found[0])
