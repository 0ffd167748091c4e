"""Chunks of a clip that is being read, kept until all of it was."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pydantic import TypeAdapter

from emotion_core.errors import OutputError
from emotion_core.faces.identity.track_embeddings import FaceChange
from emotion_core.files import completed_folder
from emotion_core.scene.chunks import Chunk
from emotion_core.scene.stored_tables import identity_table, read_faces, read_frames, read_identity


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is kept beside the tables of a chunk."""

    tracks: int
    end: float
    changes: tuple[FaceChange, ...]


_BESIDE = TypeAdapter(_Beside)


class ChunkStore:
    """The chunks of one analysis; a chunk is there whole or not at all.

    Args:
        folder: where they lie, see :func:`emotion_core.scene.chunks.chunk_folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, number: int) -> Chunk | None:
        """A chunk, if it was kept and can be read."""
        folder = self._folder(number)
        try:
            beside = _BESIDE.validate_json((folder / "chunk.json").read_bytes())
            return Chunk(
                number,
                read_faces(folder / "faces.parquet"),
                read_frames(folder / "frames.parquet"),
                beside.tracks,
                beside.end,
                read_identity(folder / "identity.parquet"),
                beside.changes,
            )
        except (OSError, ValueError, KeyError):
            return None  # it is read again

    def ready(self) -> int:
        """How many chunks are kept in a row, from the first on."""
        return next(number for number in count() if not self._folder(number).is_dir())

    def save(self, chunk: Chunk) -> None:
        """Keep a chunk.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        try:
            with completed_folder(self._folder(chunk.number)) as work:
                chunk.faces.to_parquet(work / "faces.parquet")
                chunk.frames.to_parquet(work / "frames.parquet")
                identity_table(chunk.identity).to_parquet(work / "identity.parquet")
                beside = _Beside(chunk.tracks, chunk.end, chunk.changes)
                (work / "chunk.json").write_bytes(_BESIDE.dump_json(beside))
        except OutputError:
            # gone where another process has read all of the clip meanwhile: nobody needs it then
            if self.folder.exists():
                raise

    def _folder(self, number: int) -> Path:
        return self.folder / f"{number:05d}"
