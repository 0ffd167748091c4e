"""Pictures and videos of scenes that were read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import select

from emotion_core.emotions.registry import hash_weights
from emotion_core.files import from_text
from emotion_core.jobs.kinds.reading import read_before, reader_of
from emotion_core.jobs.work import Phase, Work
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import open_database
from emotion_core.library.database.tables import Appearance, Character, Scene
from emotion_core.library.deliveries import scene_sound
from emotion_core.library.scenes import write_missing_thumbnails
from emotion_core.progress import Task
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.sound.analysis import SOUND_VERSION
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore

_HEARD = "-heard-"  # in the name of a video, before what it depends on


@dataclass(frozen=True)
class DrawVideo(Work):
    """The clip of a scene with the readings drawn in.

    Attributes:
        address: of the analysis.
        explainer: folder of the explainer whose masks are drawn on the faces; none if empty.
        heard: whether what is heard is shown below the picture, where the sound was read.
    """

    address: str
    explainer: str = ""
    heard: bool = True

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
        heard = scene_sound(settings, analysis) if self.heard else None
        out = video_path(settings, self.address, explainer, heard=self.heard)
        with clips_of(settings).holding(clip) as file:
            yield from write_annotated_video(
                file, analysis.faces, out, every=every, overlay=overlay, heard=heard
            )
        if heard is not None:
            _delete_older(out)


def video_path(settings: Settings, address: str, explainer: Path | None, *, heard: bool) -> Path:
    """Where the annotated video of an analysis lies.

    Args:
        settings: where analyses are kept.
        address: of the analysis.
        explainer: whose masks it shows, in this state of its weights; none if ``None``.
        heard: whether it shows what is heard, with the lines and the names that there are now; one
            of a scene whose sound was not read shows nothing of it.
    """
    name = "annotated" if explainer is None else f"annotated-{hash_weights(explainer)}"
    clip = address.partition("/")[0]
    if heard and SoundStore(settings.analyses_dir).heard(clip):
        name += f"{_HEARD}{_heard_key(settings, clip)}"
    return settings.analyses_dir / address / f"{name}.mp4"


def _heard_key(settings: Settings, clip: str) -> str:
    """Changes with the lines of a clip, with its characters, and with how its sound is read."""
    words = WordStore(settings.analyses_dir).path_of(clip)
    content = words.read_bytes() if words.is_file() else b""
    columns = (Character.name, Character.number, Character.hidden)
    query = (
        select(Appearance.track, Appearance.address, *columns)
        .join(Appearance.character)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(Scene.clip_sha256 == clip)
        .order_by(Appearance.id)
    )
    with open_database(settings).reading() as session:
        content += repr([tuple(row) for row in session.execute(query)]).encode()
    return hashlib.blake2b(b"%d " % SOUND_VERSION + content, digest_size=6).hexdigest()


def _delete_older(video: Path) -> None:
    """The same video with other lines than there are now."""
    for older in video.parent.glob(f"{video.stem.rpartition(_HEARD)[0]}{_HEARD}*.mp4"):
        if older != video:
            older.unlink(missing_ok=True)


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
