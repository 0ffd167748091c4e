"""Work on the sound and the lines of clips that have been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from emotion_core.files import from_text
from emotion_core.jobs.work import Phase, Work
from emotion_core.library.database.engine import open_database
from emotion_core.library.line_index import find_who_speaks
from emotion_core.library.sounds import hear_clip
from emotion_core.library.words import find_script, write_down
from emotion_core.progress import Task
from emotion_core.scene.analysis import ClipId
from emotion_core.settings import Settings


@dataclass(frozen=True)
class _OnSound(Work):
    """Work on the sound of a clip.

    Attributes:
        path: where it lies, as :func:`~emotion_core.files.to_text` writes it.
        clip: its identity.
    """

    path: str
    clip: ClipId

    computes: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """The clip."""
        return self.clip.sha256

    @property
    def title(self) -> str:
        """The name of the clip."""
        return self.clip.name


@dataclass(frozen=True)
class HearClip(_OnSound):
    """Read the sound of a clip that was read before Eme could hear."""

    kind: ClassVar[str] = "hear"
    result: ClassVar[Any] = None
    edits: ClassVar[bool] = False

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which gives nothing."""

        def hear() -> Task[None]:
            yield from hear_clip(settings, from_text(self.path), self.clip)

        return [Phase("Listening", hear)]


@dataclass(frozen=True)
class FindScript(_OnSound):
    """Find the lines of a script in the sound of a clip."""

    kind: ClassVar[str] = "script"
    result: ClassVar[Any] = int

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which gives how many lines were found."""

        def find() -> Task[int]:
            return find_script(settings, from_text(self.path), self.clip.sha256)

        return [Phase("Looking for the lines", find)]


@dataclass(frozen=True)
class WriteDown(_OnSound):
    """Write down what is said in a clip."""

    kind: ClassVar[str] = "words"
    result: ClassVar[Any] = int

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One, which gives how many lines were written."""

        def write() -> Task[int]:
            return write_down(settings, from_text(self.path), self.clip.sha256)

        return [Phase("Writing down the words", write)]


@dataclass(frozen=True)
class FindWhoSpeaks(Work):
    """Find who is seen to speak the lines of scenes that were indexed without that.

    Attributes:
        scenes: their numbers.
    """

    scenes: tuple[int, ...]

    kind: ClassVar[str] = "speakers"
    result: ClassVar[Any] = None
    computes: ClassVar[bool] = False
    edits: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The scenes."""
        return ",".join(map(str, self.scenes))

    @property
    def title(self) -> str:
        """What it is called."""
        return "Who speaks the lines"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One."""
        database = open_database(settings)
        return [Phase("Finding speakers", lambda: find_who_speaks(database, settings, self.scenes))]
