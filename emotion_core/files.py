"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from emotion_core.errors import OutputError


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a temporary name beside ``out``; put it in place only if the block succeeds.

    Whatever ends the block early, also a closed generator, removes the temporary file and
    leaves an older ``out`` as it was.

    Raises:
        OutputError: the folder cannot be made or written to, or the file cannot be replaced.
    """
    temporary = out.with_name(f".{out.stem}-{uuid4().hex[:8]}.part{out.suffix}")
    try:
        if out.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
    except OSError as error:
        raise cannot_write(out, error) from error
    try:
        yield temporary
        try:
            temporary.replace(out)
        except OSError as error:
            raise cannot_write(out, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def cannot_write(out: Path, reason: OSError | str) -> OutputError:
    """The sentence for a file that cannot be written."""
    detail = (reason.strerror or str(reason)) if isinstance(reason, OSError) else reason
    if "no space left" in detail.lower():
        detail = "the disk is full"
    return OutputError(f"{out} cannot be written: {detail[:1].lower()}{detail[1:]}.")
