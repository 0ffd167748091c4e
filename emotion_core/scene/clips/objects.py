"""Whole objects of a folder on a file system that fsspec opens: object storage, or a mounted disk.

The libraries behind fsspec raise errors of many kinds, and each asks again for some seconds before
it does. So all of them become a sentence here, and a place that did not answer is left alone for a
while: a page asks for the same clip several times.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any

from fsspec.core import split_protocol, url_to_fs
from fsspec.registry import get_filesystem_class

from emotion_core.errors import EmotionCoreError, MediaError, OutputError

_PIECE = 8 << 20  # bytes; fsspec asks for twice as much at a time
_LEFT_ALONE = 15.0  # seconds
_LONGEST = 200  # characters of what a library says of its error
_log = logging.getLogger(__name__)


class ObjectFolder:
    """Objects by their names.

    Args:
        url: of a place that is there.
        below: the folder below it, with ``/`` between its parts; made when something is written.
    """

    def __init__(self, url: str, below: str) -> None:
        self.url, self.below = url, below
        self._failed: tuple[float, EmotionCoreError] | None = None

    @property
    def is_failing(self) -> bool:
        """Whether it did not answer a moment ago, so that it is not asked now."""
        return self._failed is not None and time.monotonic() < self._failed[0] + _LEFT_ALONE

    def names(self, prefix: str = "") -> dict[str, int]:
        """Names that begin in this way, with the size of each in bytes.

        Raises:
            MediaError: the place cannot be read.
        """
        with self._said(MediaError, "reached") as (files, root):
            folder = self._folder(root)
            if _takes_prefix(type(files)):
                # all in one question; of a bucket that is not there it raises an error
                found = files.find(folder, prefix=prefix, detail=True).values()
            else:
                files.invalidate_cache()
                try:
                    found = files.ls(folder, detail=True)
                except FileNotFoundError:
                    if not files.isdir(root):  # as a disk that is not mounted
                        raise
                    found = []
            named = {one["name"].rpartition("/")[2]: one for one in found}
            return {
                name: one["size"]
                for name, one in named.items()
                if one["type"] == "file" and name.startswith(prefix)
            }

    def read(self, name: str) -> Iterator[bytes]:
        """The content of an object, a piece at a time.

        Raises:
            MediaError: it is not there, or the place cannot be read.
        """
        try:
            with self._said(MediaError, "reached", FileNotFoundError) as (files, root):
                source = files.open(f"{self._folder(root)}/{name}", "rb", block_size=_PIECE)
        except FileNotFoundError:
            raise gone(name) from None
        with source:
            while True:
                with self._said(MediaError, "reached"):
                    piece = source.read(_PIECE)
                if not piece:
                    return
                yield piece

    def put(self, file: Path, name: str, part: str) -> None:
        """Write an object, which appears whole.

        Args:
            file: what is in it.
            name: its name.
            part: its name until it is whole, where objects do not appear whole by themselves.

        Raises:
            OutputError: the place cannot be written to.
        """
        self._place(lambda files, target: files.put_file(str(file), target), name, part)

    def copy(self, name: str, target: ObjectFolder, part: str) -> None:
        """Copy an object to another folder of the same place, without its bytes coming here.

        Args:
            name, part: as of :meth:`put`.
            target: the other folder.

        Raises:
            NotImplementedError: this file system does not do that.
            OutputError: the place cannot be written to.
        """
        with self._said(OutputError, "written to") as (_, root):
            source = f"{self._folder(root)}/{name}"
        target._place(
            lambda files, out: files.cp_file(source, out), name, part, NotImplementedError
        )

    def remove(self, name: str) -> None:
        """Remove an object, if it is there.

        Raises:
            OutputError: that cannot be done.
        """
        with self._said(OutputError, "written to") as (files, root):
            try:
                files.rm_file(f"{self._folder(root)}/{name}")
            except FileNotFoundError:
                if not _takes_prefix(type(files)) and not files.isdir(root):
                    raise

    def _place(
        self,
        write: Callable[[Any, str], object],
        name: str,
        part: str,
        *passing: type[Exception],
    ) -> None:
        with self._said(OutputError, "written to", *passing) as (files, root):
            folder = self._folder(root)
            if _takes_prefix(type(files)):
                write(files, f"{folder}/{name}")
                return
            if not files.isdir(root):
                raise FileNotFoundError(2, "The folder is not there")
            files.makedirs(folder, exist_ok=True)
            write(files, f"{folder}/{part}")
            files.mv(f"{folder}/{part}", f"{folder}/{name}")

    def _folder(self, root: str) -> str:
        return f"{root.rstrip('/')}/{self.below}"

    @contextmanager
    def _said(
        self, error_kind: type[EmotionCoreError], verb: str, *passing: type[Exception]
    ) -> Iterator[tuple[Any, str]]:
        """The file system, and where the URL leads there; what it raises becomes a sentence."""
        if self._failed is not None and self.is_failing:
            raise error_kind(str(self._failed[1]))
        try:
            kind = get_filesystem_class(split_protocol(self.url)[0])
            # others need not know the option, and give it to a client that knows nothing of it
            options = {"use_listings_cache": False} if _takes_prefix(kind) else {}
            # fsspec keeps one for each thread or process that needs its own
            yield url_to_fs(self.url, **options)
        except passing:
            raise
        except Exception as error:
            place = "The place where clips are kept (EME_MEDIA_URL)"
            said = error_kind(f"{place} cannot be {verb}: {_reason(error)}.")
            _log.warning("%s %r", said, error)
            if error_kind is MediaError:  # what may not be written can still be read
                self._failed = time.monotonic(), said
            raise said from error


def gone(name: str) -> MediaError:
    """The sentence on a clip that is not there any more."""
    return MediaError(f"The clip {name} is no longer where it was kept.")


def _takes_prefix(kind: Any) -> bool:
    """Whether a file system is object storage: no folders, and what is written appears whole."""
    find = getattr(kind, "_find", kind.find)
    return "prefix" in signature(find).parameters


def _reason(error: Exception) -> str:
    """What a library says of its error, without addresses: a user may read it."""
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    line = re.sub(r"[:\s]*[\"']?\w+://\S+", "", text.splitlines()[0])[:_LONGEST].rstrip(".")
    return line[:1].lower() + line[1:]
