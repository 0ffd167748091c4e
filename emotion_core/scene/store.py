"""Analyses on disk, addressed by content: nothing is ever computed twice.

Layout under the data directory::

    analyses/<clip sha256>/<model and parameters>/         faces.parquet, frames.parquet,
                                                           identity.parquet, analysis.json
    analyses/<clip sha256>/.<model and parameters>-.../    chunks, until all of a clip was read
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from emotion_core.checked_tables import EarlierTable
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import ExportError
from emotion_core.files import completed_folder, from_text, to_text, whole_file
from emotion_core.scene.analysis import (
    UNSTATED_VERSION,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
    analysis_id,
)
from emotion_core.scene.checks import check_analysis, check_clip
from emotion_core.scene.chunks import chunk_folder
from emotion_core.scene.stored_tables import (
    identity_table,
    read_faces,
    read_frames,
    read_identity,
)
from emotion_core.types import VideoInfo
from emotion_core.unfinished import TemporaryFolder
from emotion_core.validation import Instant


def _with_version(parameters: object) -> object:
    """Stored parameters with the version of the method, which early ones do not say."""
    if isinstance(parameters, dict):
        return {"version": UNSTATED_VERSION, **parameters}
    return parameters


_StoredParameters = Annotated[AnalysisParameters, BeforeValidator(_with_version)]


@dataclass(frozen=True, slots=True)
class StoredScene:
    """What is written beside the tables of an analysis.

    Attributes:
        source: where the clip lay when it was read.
        created: when, in UTC.
        others: as in :class:`SceneAnalysis`.
    """

    clip: ClipId
    info: VideoInfo
    shots: tuple[tuple[float, float], ...]
    model: ModelId
    parameters: _StoredParameters
    warnings: tuple[str, ...]
    source: str
    created: Instant

    @property
    def id(self) -> str:
        """Its address, as :func:`~emotion_core.scene.analysis.analysis_id` makes it."""
        return analysis_id(self.clip, self.model, self.parameters)

    @property
    def current_id(self) -> str:
        """The address that it would have if it were made now."""
        return analysis_id(self.clip, self.model, self.parameters.current())


_STORED = TypeAdapter(StoredScene)


class AnalysisStore:
    """Analyses by clip, model and parameters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, address: str) -> SceneAnalysis | None:
        """The stored analysis with this address, if there is one that can be read.

        Args:
            address: :attr:`SceneAnalysis.id`, or what :func:`analysis_id` gives.
        """
        try:
            return self.load_checked(address)
        except (OSError, ValueError):
            return None  # damaged by hand: it is simply computed again

    def load_checked(self, address: str) -> SceneAnalysis | None:
        """The same, where damage is no reason to compute it again but an error.

        Returns:
            ``None`` for one of an early version, that had fewer tables and columns.

        Raises:
            OSError, ValueError: it cannot be read, or is not what an analysis can be.
        """
        folder, stored = self.folder / address, self.read(address)
        if stored is None:
            raise ValueError("an analysis must say of which clip it is")
        if not (folder / "identity.parquet").is_file():
            return None
        try:
            analysis = SceneAnalysis(
                clip=stored.clip,
                info=stored.info,
                shots=stored.shots,
                faces=read_faces(folder / "faces.parquet"),
                frames=read_frames(folder / "frames.parquet"),
                model=stored.model,
                parameters=stored.parameters,
                warnings=stored.warnings,
                identity=read_identity(folder / "identity.parquet"),
            )
        except EarlierTable:
            return None
        check_analysis(analysis)
        return analysis

    def read(self, address: str) -> StoredScene | None:
        """What is stored beside the tables at an address, if it can be read."""
        return _read_stored(self.folder / address / "analysis.json")

    def addresses(self) -> Iterator[str]:
        """Where analyses lie, also those that cannot be read any more."""
        for path in self.folder.glob("*/[!.]*/analysis.json"):
            yield f"{path.parent.parent.name}/{path.parent.name}"

    def save(self, analysis: SceneAnalysis, source: Path) -> StoredScene:
        """Store an analysis; gives what is written of it.

        Args:
            analysis: what to store.
            source: where the clip lies, to play it from there when it is not in the media
                folder.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        stored = StoredScene(
            clip=analysis.clip,
            info=analysis.info,
            shots=analysis.shots,
            model=analysis.model,
            parameters=analysis.parameters,
            warnings=analysis.warnings,
            source=to_text(source.resolve()),
            created=self._moment(analysis.clip, source),
        )
        folder = self.folder / analysis.id
        with completed_folder(folder) as work:
            analysis.faces.to_parquet(work / "faces.parquet")
            analysis.frames.to_parquet(work / "frames.parquet")
            identity_table(analysis.identity).to_parquet(work / "identity.parquet")
            (work / "analysis.json").write_bytes(_STORED.dump_json(stored, indent=1))
        self._forget_chunks(analysis.id)
        return stored

    def _moment(self, clip: ClipId, source: Path) -> datetime:
        """The present, but after the clip and its earlier analyses, whatever the clock says."""
        present, earlier = datetime.now(UTC), []
        with suppress(OSError):
            changed = source.stat().st_mtime
            if changed > present.timestamp():
                earlier.append(datetime.fromtimestamp(ceil(changed), UTC))
        for path in self.folder.glob(f"{clip.sha256}/[!.]*/analysis.json"):
            stored = _read_stored(path)
            if stored is not None:
                earlier.append(stored.created + timedelta(microseconds=1))
        return max([present, *earlier])

    def relocate(self, address: str, source: Path | None, name: str | None = None) -> None:
        """Say of a stored analysis that its clip lies elsewhere now, or has another name.

        Args:
            address: of the analysis.
            source: where the clip lies; ``None`` for nowhere that is known.
            name: of the clip; as before if ``None``.
        """
        stored = self.read(address)
        if stored is not None:
            clip = replace(stored.clip, name=name or stored.clip.name)
            place = "" if source is None else to_text(source.resolve())
            moved = replace(stored, source=place, clip=clip)
            with whole_file(self.folder / address / "analysis.json") as work:
                work.write_bytes(_STORED.dump_json(moved, indent=1))

    def delete(self, address: str) -> None:
        """Forget an analysis; the clip stays."""
        shutil.rmtree(self.folder / address, ignore_errors=True)
        self._forget_chunks(address)

    def _forget_chunks(self, address: str) -> None:
        # all at once: another process that reads the same clip sees either that they are there or
        # that they are gone
        chunks = chunk_folder(self.folder, address)
        if chunks.is_dir():
            with suppress(OSError), TemporaryFolder(".old-", chunks.parent) as gone:
                chunks.replace(gone / chunks.name)


def _read_stored(path: Path) -> StoredScene | None:
    try:
        stored = _STORED.validate_json(path.read_bytes())
        check_clip(stored.info, stored.parameters)
    except (OSError, ValueError):
        return None
    return stored


@dataclass(frozen=True, slots=True)
class _Described:
    """What stands beside the tables, in ``summary.json`` or in ``analysis.json``."""

    clip: ClipId
    info: VideoInfo
    shots: tuple[tuple[float, float], ...]
    model: ModelId
    parameters: _StoredParameters
    warnings: tuple[str, ...]
    source: str = ""


_DESCRIBED = TypeAdapter(_Described)


def load_analysis(folder: Path) -> tuple[SceneAnalysis, Path | None]:
    """The analysis in a folder that the command ``analyze`` or the app has written.

    Args:
        folder: with ``faces.parquet``, ``frames.parquet`` and ``summary.json`` or
            ``analysis.json``.

    Returns:
        The analysis, and where its clip lay when it was read, as far as the folder says.

    Raises:
        ExportError: there is none, or it cannot be read.
    """
    names = [name for name in ("analysis.json", "summary.json") if (folder / name).is_file()]
    if not names:
        raise ExportError(f"{folder} has no analysis. Give a clip or the folder of an analysis.")
    try:
        described = _DESCRIBED.validate_json((folder / names[0]).read_bytes())
        analysis = SceneAnalysis(
            clip=described.clip,
            info=described.info,
            shots=described.shots,
            faces=read_faces(folder / "faces.parquet"),
            frames=read_frames(folder / "frames.parquet"),
            model=described.model,
            parameters=described.parameters,
            warnings=described.warnings,
        )
        check_analysis(analysis)
    except (OSError, ValueError) as error:
        raise ExportError(
            f"The analysis in {folder} is damaged or from an older version. Analyze the clip again."
        ) from error
    return analysis, from_text(described.source) if described.source else None
