"""Pictures and videos of scenes that were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from emotion_core.emotions.registry import hash_weights
from emotion_core.files import from_text
from emotion_core.jobs.kinds.reading import read_before, reader_of
from emotion_core.jobs.work import Phase, Work
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import open_database
from emotion_core.library.scenes import write_missing_thumbnails
from emotion_core.progress import Task
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings


@dataclass(frozen=True)
class DrawVideo(Work):
    """The clip of a scene with the readings drawn in.

    Attributes:
        address: of the analysis.
        explainer: folder of the explainer whose masks are drawn on the faces; none if empty.
    """

    address: str
    explainer: str = ""

    kind: ClassVar[str] = "draw"
    result: ClassVar[Any] = None
    computes: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """The analysis."""
        return self.address

    @property
    def title(self) -> str:
        """What it is called."""
        return "Annotated video"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One."""
        return [Phase("Drawing the video", lambda: self._draw(settings))]

    def _draw(self, settings: Settings) -> Task[None]:
        from emotion_core.render.video.annotated import write_annotated_video
        from emotion_core.render.video.mask_overlay import MaskOverlay

        clip, loaded = read_before(settings, self.address)
        analysis = with_characters(open_database(settings), loaded)
        every, overlay = analysis.parameters.every, None
        explainer = from_text(self.explainer) if self.explainer else None
        if explainer is not None:
            classifier = reader_of(settings, analysis.model.name).classifier
            overlay = MaskOverlay.load(classifier, [explainer], every)
        out = video_path(settings, self.address, explainer)
        with clips_of(settings).holding(clip) as file:
            faces = analysis.faces
            yield from write_annotated_video(file, faces, out, every=every, overlay=overlay)


def video_path(settings: Settings, address: str, explainer: Path | None) -> Path:
    """Where the annotated video of an analysis lies; with masks, of this state of the explainer."""
    name = "annotated" if explainer is None else f"annotated-{hash_weights(explainer)}"
    return settings.analyses_dir / address / f"{name}.mp4"


@dataclass(frozen=True)
class MakeThumbnails(Work):
    """The strips of pictures of scenes that have none.

    Attributes:
        scenes: their numbers.
    """

    scenes: tuple[int, ...]

    kind: ClassVar[str] = "thumbnails"
    result: ClassVar[Any] = None
    computes: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The scenes."""
        return ",".join(map(str, self.scenes))

    @property
    def title(self) -> str:
        """What it is called."""
        return "Library thumbnails"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One."""
        database = open_database(settings)
        return [
            Phase(
                "Making thumbnails",
                lambda: write_missing_thumbnails(database, settings, self.scenes),
            )
        ]
