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

# In the name of a video, before what it depends on: one that shows what is heard, and one that
# does not.
_HEARD, _NAMED = "-heard-", "-named-"


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
        explainer = from_text(self.explainer) if self.explainer else None
        # asked before names and lines are: whoever changes them meanwhile finds no video as theirs
        out = video_path(settings, self.address, explainer, heard=self.heard)
        analysis = with_characters(open_database(settings), loaded)
        every, overlay = analysis.parameters.every, None
        if explainer is not None:
            classifier = reader_of(settings, analysis.model.name).classifier
            overlay = MaskOverlay.load(classifier, [explainer], every)
        heard = scene_sound(settings, analysis) if self.heard else None
        with clips_of(settings).holding(clip) as file:
            yield from write_annotated_video(
                file, analysis.faces, out, every=every, overlay=overlay, heard=heard
            )
        _delete_older(out)


def video_path(settings: Settings, address: str, explainer: Path | None, *, heard: bool) -> Path:
    """Where the annotated video of an analysis lies, with the names that there are now.

    Args:
        settings: where analyses are kept.
        address: of the analysis.
        explainer: whose masks it shows, in this state of its weights; none if ``None``.
        heard: whether it shows what is heard, with the lines that there are now; one of a scene
            whose sound was not read shows nothing of it.
    """
    name = "annotated" if explainer is None else f"annotated-{hash_weights(explainer)}"
    clip = address.partition("/")[0]
    characters = _characters(settings, clip)
    if heard and SoundStore(settings.analyses_dir).heard(clip):
        words = WordStore(settings.analyses_dir).path_of(clip)
        said = words.read_bytes() if words.is_file() else b""
        name += _HEARD + _key(b"%d " % SOUND_VERSION + said + characters)
    elif characters:
        name += _NAMED + _key(characters)
    return settings.analyses_dir / address / f"{name}.mp4"


def _characters(settings: Settings, clip: str) -> bytes:
    """Changes with the characters of a clip: what they are called, and whether they are shown."""
    columns = (Character.name, Character.number, Character.hidden)
    query = (
        select(Appearance.track, Appearance.address, *columns)
        .join(Appearance.character)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(Scene.clip_sha256 == clip)
        .order_by(Appearance.id)
    )
    with open_database(settings).reading() as session:
        found = [(*row[:-1], bool(row.hidden)) for row in session.execute(query)]
    return repr(found).encode() if found else b""


def _key(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def _delete_older(video: Path) -> None:
    """The same video with other lines or names than there are now."""
    for kind in (_HEARD, _NAMED):
        kept_as, found, _ = video.stem.rpartition(kind)
        if not found:
            continue
        older = set(video.parent.glob(f"{kept_as}{kind}*.mp4")) - {video}
        if kind == _NAMED:  # as earlier versions called it, with whichever names
            older.add(video.with_name(f"{kept_as}.mp4"))
        for path in older:
            path.unlink(missing_ok=True)


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
