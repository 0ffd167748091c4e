"""Archives of the library, written and merged, and scenes copied from one library to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from emotion_core.files import from_text
from emotion_core.jobs.work import Phase, Work
from emotion_core.library.archive.copying import Chosen, copy_scenes
from emotion_core.library.archive.exporting import ExportSummary, export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.database.engine import open_database
from emotion_core.settings import Settings


@dataclass(frozen=True)
class ExportLibrary(Work):
    """Write the library, or one film of it, as one file.

    Attributes:
        out: the file, as :func:`~emotion_core.files.to_text` writes it.
        film_id: only this film and its scenes.
    """

    out: str
    film_id: int | None = None

    kind: ClassVar[str] = "export"
    result: ClassVar[Any] = ExportSummary
    computes: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The file."""
        return self.out

    @property
    def title(self) -> str:
        """What it is called."""
        return "Library export"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which says what was written."""
        database, out = open_database(settings), from_text(self.out)
        return [
            Phase(
                "Writing the archive",
                lambda: export_library(database, settings, out, self.film_id),
            )
        ]


@dataclass(frozen=True)
class ImportLibrary(Work):
    """Merge an archive into the library.

    Attributes:
        path: the file, as :func:`~emotion_core.files.to_text` writes it.
        uploaded: whether the file is only there for this.
        takes: whether takes come along, see
            :func:`~emotion_core.library.archive.importing.import_library`.
    """

    path: str
    uploaded: bool = False
    takes: bool = True

    kind: ClassVar[str] = "import"
    result: ClassVar[Any] = MergeSummary
    computes: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The file."""
        return self.path

    @property
    def title(self) -> str:
        """What it is called."""
        return "Archive import"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which says what the archive has brought."""
        database, path = open_database(settings), from_text(self.path)
        return [
            Phase(
                "Reading the archive",
                lambda: import_library(database, settings, path, takes=self.takes),
            )
        ]

    def tidy(self) -> None:
        """Remove an upload."""
        if self.uploaded:
            from_text(self.path).unlink(missing_ok=True)


@dataclass(frozen=True)
class CopyScenes(Work):
    """Copy a scene, or a film with its scenes, from one library into another.

    Attributes:
        source, target: names of the libraries, see
            :attr:`~emotion_core.settings.Settings.library`.
        chosen: what to copy.
        about: what it is called.
        add_only: whether what the other library has already stays as it is.
        by: who shares it; nobody who is named, if empty.
    """

    source: str
    target: str
    chosen: Chosen
    about: str
    add_only: bool = True
    by: str = ""

    kind: ClassVar[str] = "copy"
    result: ClassVar[Any] = MergeSummary
    computes: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """What is copied, and where."""
        number = f"film {self.chosen.film_id}" if self.chosen.film_id else self.chosen.scene_id
        return f"{self.source}:{self.target}:{number}"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.about

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which says what is new there."""
        source, target = settings.library_of(self.source), settings.library_of(self.target)
        return [
            Phase(
                "Copying",
                lambda: copy_scenes(
                    source, target, self.chosen, add_only=self.add_only, by=self.by
                ),
            )
        ]
