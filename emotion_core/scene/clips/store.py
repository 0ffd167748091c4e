"""Clips that a library took in, addressed by content: none is kept twice.

In the data directory, or below ``EME_MEDIA_URL``, in the same folders and under the same names::

    media/<sha256>.<ext>
    users/<name>/media/<sha256>.<ext>

Wherever a clip lies, what is written of it (the source of an analysis or a scene, the path of a
job, a note of what is new) names it in the data directory, so that a library may be moved from one
place to the other. :meth:`MediaStore.local` gives the file to read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_cache_path

from emotion_core.errors import MediaError, OutputError
from emotion_core.files import Room, cannot_write, from_text, link_whole, printable
from emotion_core.progress import Task, finish
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.clips.cache import ClipCache
from emotion_core.scene.clips.objects import ObjectFolder
from emotion_core.scene.clips.remote import RemoteClips
from emotion_core.settings import Settings
from emotion_core.unfinished import Note, TemporaryFolder

_CHUNK = 1 << 20


def identify(path: Path) -> ClipId:
    """Hash a clip.

    Raises:
        MediaError: the file is missing, a folder, or may not be read.
    """
    try:
        with path.open("rb") as file:
            return ClipId(hashlib.file_digest(file, "sha256").hexdigest(), printable(path.name))
    except FileNotFoundError:
        raise MediaError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise MediaError(f"{path} is a folder, not a clip.") from None
    except OSError as error:
        raise MediaError(f"The file cannot be read: {error.strerror}.") from error


def clips_of(settings: Settings) -> MediaStore:
    """The clips of a library.

    Args:
        settings: of the library.
    """
    if not settings.media_url:
        return MediaStore(settings.media_dir)
    below = settings.media_dir.relative_to(settings.data_dir).as_posix()
    limit = settings.media_cache_gb * 1e9
    return _remote(settings.media_dir, settings.media_url, below, _cache_root(), limit)


def _cache_root() -> Path:
    return user_cache_path("eme", appauthor=False) / "clips"


@lru_cache(maxsize=1024)  # libraries; each knows what was asked a moment ago
def _remote(folder: Path, url: str, below: str, root: Path, limit: float) -> MediaStore:
    place = hashlib.sha256(f"{url}\n{below}".encode()).hexdigest()[:16]
    cache = ClipCache(root, place, limit)
    return MediaStore(folder, RemoteClips(folder, ObjectFolder(url, below), cache))


class MediaStore:
    """Clips that a library took in, each kept once.

    Args:
        folder: where they lie in the data directory, or would lie. What lies there is found also
            where new clips go elsewhere.
        remote: where they lie else.
    """

    def __init__(self, folder: Path, remote: RemoteClips | None = None) -> None:
        self.folder = folder
        self._remote = remote

    @property
    def is_failing(self) -> bool:
        """Whether the place where clips lie did not answer a moment ago."""
        return self._remote is not None and self._remote.objects.is_failing

    def add(self, source: BinaryIO, name: str, note: Note | None = None) -> tuple[Path, ClipId]:
        """Copy a clip in, a chunk at a time.

        Args:
            source: an open file.
            name: what the user calls it; gives the extension.
            note: where it is noted that the clip is new, until the library knows it.

        Returns:
            Where it lies, as it is written down, and its identity.

        Raises:
            MediaError: the place where clips are kept cannot be reached.
            OutputError: it cannot be written to, or too little is left on the disk.
        """
        work = self.folder if self._remote is None else self._remote.cache.folder
        digest, room = hashlib.sha256(), Room(work)
        room.check()
        try:
            work.mkdir(parents=True, exist_ok=True)
            with TemporaryFolder(".new-", work) as folder:
                file = folder / "clip"
                with file.open("wb") as copy:
                    while chunk := source.read(_CHUNK):
                        digest.update(chunk)
                        room.check(len(chunk))
                        copy.write(chunk)
                stored = f"{digest.hexdigest()}{Path(name).suffix.lower()}"
                path = self.put(file, stored, note)
                if self._remote is not None:
                    self._remote.cache.take(file, stored)
        except OSError as error:
            raise cannot_write(Path(name), error) from error
        return path, ClipId(digest.hexdigest(), name)

    def put(self, file: Path, name: str, note: Note | None = None) -> Path:
        """Put a whole file of the same disk in place; it may be gone from where it lay.

        Args:
            file: the clip.
            name: its SHA-256, with an ending.
            note: as of :meth:`add`.

        Returns:
            Where it lies, as it is written down.

        Raises:
            MediaError, OutputError: as :meth:`add`.
            OSError: the file cannot be moved.
        """
        place = self.folder / name
        if self._remote is not None:
            self._remote.put(file, name, note)
            return place
        if note is not None:
            note.unless_known(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        return place

    def copy_from(self, other: MediaStore, sha256: str, note: Note | None = None) -> bool:
        """Take over a clip that another library has.

        Args:
            other: the clips of that library.
            sha256: of the content.
            note: as of :meth:`add`.

        Returns:
            Whether it has that.

        Raises:
            MediaError, OutputError: as :meth:`add`.
            OSError: the file cannot be read.
        """
        place = next(iter(other.kept(sha256)), None)
        if place is None:
            return False
        if self._remote is None:
            if note is not None:
                note.unless_known(self.folder / place.name)
            link_whole(place, self.folder / place.name)
        elif place.exists() or other._remote is None:
            self._remote.put(place, place.name, note)
        else:
            other._remote.copy(place.name, self._remote, note)
        return True

    def kept(self, sha256: str = "") -> dict[Path, int]:
        """Where the copies of a clip lie, or all clips, with the size of each in bytes.

        The place where they lie is asked, whatever was known of it.

        Raises:
            MediaError: it cannot be reached.
        """
        found = {} if self._remote is None else self._remote.names(sha256)
        kept = {self.folder / name: size for name, size in found.items()}
        for path in self.folder.glob(f"{sha256}*" if sha256 else "[!.]*"):
            with suppress(OSError):
                if path.is_file():
                    kept[path] = path.stat().st_size
        return kept

    def discard(self, place: Path) -> None:
        """Remove a clip, if it is there.

        Args:
            place: where it lies, as it is written down.

        Raises:
            OutputError: that cannot be done.
        """
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{place} cannot be deleted: {error.strerror}.") from error
        if self._remote is not None:
            self._remote.discard(place.name)

    def locate(self, sha256: str) -> Path | None:
        """Where the clip with this content lies, as it is written down; nothing is fetched.

        Raises:
            MediaError: the place where clips lie cannot be reached.
        """
        here = next(self.folder.glob(f"{sha256}.*"), None) or next(self.folder.glob(sha256), None)
        if here is not None or self._remote is None:
            return here
        name = self._remote.find(sha256)
        return None if name is None else self.folder / name

    def locate_clip(self, sha256: str, source: str, created: datetime) -> Path | None:
        """The same, or where the clip was read if it has not changed since.

        Args:
            sha256: of its content.
            source: where it lay when it was read.
            created: when that was.

        Raises:
            MediaError: as :meth:`locate`.
        """
        own = _unchanged(source, created)
        try:
            return self.locate(sha256) or own
        except MediaError:
            if own is None:
                raise
            return own

    def find(self, sha256: str) -> Path | None:
        """The file to read for the clip with this content, if it is here or there.

        Raises:
            MediaError, OutputError: it cannot be fetched.
        """
        place = self.locate(sha256)
        return None if place is None else self.local(place)

    def find_clip(self, sha256: str, source: str, created: datetime) -> Path | None:
        """The file to read for what :meth:`locate_clip` finds.

        Raises:
            MediaError, OutputError: as :meth:`find`.
        """
        place = self.locate_clip(sha256, source, created)
        return None if place is None else self.local(place)

    def is_at_hand(self, place: Path) -> bool:
        """Whether :meth:`local` need not fetch a clip."""
        remote = self._remote_of(place)
        return remote is None or remote.cache.find(place.name) is not None

    def size(self, place: Path) -> int:
        """Bytes of a clip, wherever it lies.

        Raises:
            MediaError: the place cannot be reached, or it is gone.
            OSError: a file cannot be read.
        """
        remote = self._remote_of(place)
        return place.stat().st_size if remote is None else remote.size(place.name)

    def local(self, place: Path) -> Path:
        """The file to read for a clip, fetched once if it lies elsewhere.

        Args:
            place: where it lies, as it is written down; any other path is given back.

        Raises:
            MediaError: it is gone or damaged, or the place where it lies cannot be reached.
            OutputError: there is no room for it here.
        """
        return finish(self.fetching(place))

    def fetching(self, place: Path) -> Task[Path]:
        """As :meth:`local`, and says how far it is."""
        remote = self._remote_of(place)
        return place if remote is None else (yield from remote.fetching(place.name))

    @contextmanager
    def holding(self, place: Path) -> Iterator[Path]:
        """As :meth:`local`; the file stays until the block ends.

        Raises:
            MediaError, OutputError: as :meth:`local`.
        """
        remote = self._remote_of(place)
        if remote is None:
            yield place
        else:
            with remote.holding(place.name) as path:
                yield path

    def keep_at_hand(self, path: Path) -> None:
        """Fetch a clip anew if the file that :meth:`local` gave has left; it counts as used.

        Raises:
            MediaError, OutputError: as :meth:`local`.
        """
        if self._remote is not None and path.parent == self._remote.cache.folder:
            self.local(self.folder / path.name)

    def _remote_of(self, place: Path) -> RemoteClips | None:
        """What fetches a clip; ``None`` where its file lies here."""
        elsewhere = place.absolute().parent == self.folder.absolute() and not place.exists()
        return self._remote if elsewhere else None


def _unchanged(source: str, created: datetime) -> Path | None:
    """A file that has not changed since, if it is still there."""
    path = from_text(source)
    try:
        unchanged = bool(source) and path.is_file() and path.stat().st_mtime <= created.timestamp()
    except OSError:
        return None
    return path if unchanged else None
