"""The clips of a library on object storage, and their copies on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

from emotion_core.errors import MediaError
from emotion_core.progress import Task, finish
from emotion_core.scene.clips.cache import ClipCache, holding
from emotion_core.scene.clips.objects import ObjectFolder, gone
from emotion_core.unfinished import Note, placing

# Seconds for which an answer counts: a page asks for the same clips at every run. Clips do not
# change, and whoever would write or delete one asks anew.
_REMEMBERED = 60.0
_MOST = 10_000  # answers


class RemoteClips:
    """Clips that are kept elsewhere.

    Args:
        folder: where they would lie in the data directory; what is noted of them names them there.
        objects: where they lie.
        cache: of this machine.
    """

    def __init__(self, folder: Path, objects: ObjectFolder, cache: ClipCache) -> None:
        self._folder, self.objects, self.cache = folder, objects, cache
        # by what the names begin with: when that was asked, and the answer
        self._answers: dict[str, tuple[float, dict[str, int]]] = {}

    def names(self, sha256: str = "") -> dict[str, int]:
        """Names and sizes of the clips with this content, or of all, as it is now.

        Raises:
            MediaError: the place cannot be reached.
        """
        found = self.objects.names(sha256)
        if len(self._answers) >= _MOST:
            self._answers.clear()
        self._answers[sha256] = time.monotonic(), found
        # the part of an upload is not a clip yet
        return {name: size for name, size in found.items() if not name.startswith(".")}

    def find(self, sha256: str) -> str | None:
        """Name of the clip with this content; not asked again if that is known.

        Raises:
            MediaError: the place cannot be reached.
        """
        cached = self.cache.find(sha256)
        if cached is not None:
            return cached.name
        return next(iter(self._known(sha256)), None)

    def size(self, name: str) -> int:
        """Bytes of a clip that is here or there.

        Raises:
            MediaError: it is not there, or the place cannot be reached.
        """
        sizes = self._known(name.partition(".")[0])
        if name not in sizes:
            raise gone(name)
        return sizes[name]

    def fetching(self, name: str) -> Task[Path]:
        """The copy of a clip on this machine, fetched if it is not here.

        Raises:
            MediaError: it is not there, is damaged, or the place cannot be reached.
            OutputError: it cannot be written here, or too little would be left on the disk.
        """
        cached = self.cache.find(name)
        if cached is not None:
            return cached
        size = self.size(name)
        try:
            return (yield from self.cache.fetch(name, size, lambda: self.objects.read(name)))
        except MediaError:
            self._answers.clear()
            raise

    def holding(self, name: str) -> AbstractContextManager[Path]:
        """The copy on this machine, which stays until the block ends.

        Raises:
            MediaError, OutputError: as :meth:`fetching`.
        """
        return holding(lambda: finish(self.fetching(name)))

    def put(self, file: Path, name: str, note: Note | None) -> None:
        """Write a clip, unless it is there.

        Args:
            file: what is in it.
            name: its name.
            note: where it is noted that the clip is new, until the library knows it.

        Raises:
            MediaError: the place cannot be reached.
            OutputError: it cannot be written to.
        """
        there = self.names(name.partition(".")[0]).get(name) == file.stat().st_size
        self._place(lambda part: self.objects.put(file, name, part), name, note, there)

    def copy(self, name: str, target: RemoteClips, note: Note | None) -> None:
        """Copy a clip to another library there; its bytes come here only where they must.

        Raises:
            MediaError, OutputError: as :meth:`put`.
        """

        def write(part: str) -> None:
            try:
                self.objects.copy(name, target.objects, part)
            except NotImplementedError:
                with self.holding(name) as file:
                    target.objects.put(file, name, part)

        target._place(write, name, note, there=False)

    def discard(self, name: str) -> None:
        """Remove a clip, and its copy on this machine.

        Raises:
            OutputError: that cannot be done.
        """
        self._answers.clear()
        self.cache.remove(name)
        self.objects.remove(name)

    def _known(self, sha256: str) -> dict[str, int]:
        for asked in ("", sha256):
            moment, found = self._answers.get(asked, (0.0, {}))
            if asked in self._answers and time.monotonic() < moment + _REMEMBERED:
                return {name: size for name, size in found.items() if name.startswith(sha256)}
        return self.names(sha256)

    def _place(
        self, write: Callable[[str], None], name: str, note: Note | None, there: bool
    ) -> None:
        if note is not None:
            # also what is there: another process may have left it, or have it taken back
            undo = _leave if there else self._take_back
            note.unless_known(self._folder / name, undo=undo)
        if there:
            return
        self._answers.clear()
        part = f".{uuid4().hex[:16]}.part"
        with placing() as note_of_part:
            note_of_part.unless_known(self._folder / part, undo=self._take_back)
            write(part)

    def _take_back(self, path: Path) -> None:
        self.discard(path.name)


def _leave(_: Path) -> None:
    """It was there before."""
