"""Reading clips into the library."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.errors import JobError, MediaError, ModelError
from emotion_core.files import from_text
from emotion_core.jobs.work import Crew, Phase, Work
from emotion_core.library.scenes import open_sample, read_scene
from emotion_core.library.sounds import hear_clip
from emotion_core.media.playback import make_playable, playable
from emotion_core.media.seeking import Segment
from emotion_core.progress import Task
from emotion_core.scene.analysis import ClipId, SceneAnalysis
from emotion_core.scene.chunks import HandOut
from emotion_core.scene.clips.store import clips_of, identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

_LOADING = threading.RLock()
_log = logging.getLogger(__name__)
_MOST_READERS = 2
_readers: dict[tuple[Path, str, ModelId | None], Reader] = {}


@dataclass(frozen=True)
class ReadClip(Work):
    """Make a clip playable in a browser, then read its faces and its sound into the library.

    Attributes:
        path: where it lies, as :func:`~emotion_core.files.to_text` writes it; a clip of the library
            where it would lie in the data directory.
        clip: its identity.
        model: name of the classifier.
        film_id: the film that the clip is from; ``None`` leaves a known clip where it is.
        anew: whether a reading by an earlier version of the method is done again.
    """

    path: str
    clip: ClipId
    model: str
    film_id: int | None = None
    anew: bool = False

    kind: ClassVar[str] = "read"
    result: ClassVar[Any] = str
    computes: ClassVar[bool] = True
    spreads: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """The clip and the model."""
        return f"{self.clip.sha256}:{self.model}"

    @property
    def title(self) -> str:
        """The name of the clip."""
        return self.clip.name

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """The last one gives the address of the analysis."""
        return self._phases(settings, None)

    def spread_phases(self, settings: Settings, crew: Crew) -> Sequence[Phase]:
        """The same, with chunks read by others."""

        def hand_out(found: Iterator[tuple[int, Segment] | None]) -> Task[None]:
            parts = (None if chunk is None else (self, *chunk) for chunk in found)
            return crew.do(_read_chunk, parts)

        return self._phases(settings, hand_out)

    def _phases(
        self,
        settings: Settings,
        hand_out: HandOut | None,
    ) -> Sequence[Phase]:
        path, clips = from_text(self.path), clips_of(settings)
        preview = settings.previews_dir / f"{self.clip.sha256}.mp4"

        def fetch() -> Task[None]:
            yield from clips.fetching(path)

        def copy() -> Task[None]:
            if preview.exists():
                return
            with clips.holding(path) as file:
                if not playable(file):
                    yield from make_playable(file, preview)

        address = ""

        def read() -> Task[None]:
            nonlocal address
            reader = reader_of(settings, self.model)
            task = read_scene(
                reader, path, self.clip, self.film_id, anew=self.anew, hand_out=hand_out
            )
            address = (yield from task).id

        def hear() -> Task[str]:
            yield from _hear(settings, path, self.clip)
            return address

        phases = [
            Phase("Converting the clip for playback", copy),
            Phase("Analyzing", read),
            Phase("Listening", hear),
        ]
        if not clips.is_at_hand(path):
            phases.insert(0, Phase("Fetching the clip", fetch))
        return phases


def _read_chunk(settings: Settings, work: ReadClip, number: int, segment: Segment) -> Task[None]:
    reader = reader_of(settings, work.model)
    with clips_of(settings).holding(from_text(work.path)) as path:
        yield from reader.read_chunk(path, work.clip, number, segment)


@dataclass(frozen=True)
class ReadSample(Work):
    """Build the sample scene and read it.

    Attributes:
        model: name of the classifier.
    """

    model: str

    kind: ClassVar[str] = "sample"
    result: ClassVar[Any] = str
    computes: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """The model."""
        return self.model

    @property
    def title(self) -> str:
        """What it is called."""
        return "Sample scene"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """The last one gives the address of the analysis."""
        address = ""

        def read() -> Task[None]:
            nonlocal address
            address = (yield from open_sample(reader_of(settings, self.model))).id

        def hear() -> Task[str]:
            clip = settings.sample_clip
            yield from _hear(settings, clip, identify(clip))
            return address

        return [Phase("Analyzing", read), Phase("Listening", hear)]


def _hear(settings: Settings, path: Path, clip: ClipId) -> Task[None]:
    """Hear a clip whose pictures were read.

    The scene stands without its sound too: its page says that it was not read, and offers to do so,
    which says what is wrong.
    """
    try:
        yield from hear_clip(settings, path, clip)
    except (MediaError, ModelError) as error:
        _log.warning("The sound of %s was not read: %s", clip.name, error)


def reader_of(settings: Settings, model: str) -> Reader:
    """What reads clips with a model into a library.

    Its models are loaded once a process for all libraries, and again when their files have changed.

    Raises:
        ModelError: there is no such model.
    """
    identity = identify_model(model, settings.models_dir)
    with _LOADING:  # or two who ask at the same time would both load it
        place = settings.data_dir, model, identity
        if place not in _readers:
            while len(_readers) >= _MOST_READERS:
                del _readers[next(iter(_readers))]
            _readers[place] = Reader(settings.library_of(""), model)
        found = _readers[place]
    return found if not settings.library else Reader(settings, model, models_of=found)


def exact_classifier_of(settings: Settings, model: str) -> EmotionClassifier:
    """The classifier of a name in full precision, in which readings are explained.

    Loaded once a process, and again when its files have changed.

    Raises:
        ModelError: it cannot be loaded.
    """
    with _LOADING:
        identity = identify_model(model, settings.models_dir)
        return _load_exact(model, identity, settings.models_dir, settings.device)


@lru_cache(maxsize=2)
def _load_exact(
    model: str, _identity: ModelId | None, models_dir: Path, device: str
) -> EmotionClassifier:
    return EmotionClassifier.load(model, models_dir, device, exact=True)


def read_before(settings: Settings, address: str) -> tuple[Path, SceneAnalysis]:
    """Where the clip of a scene lies, and its analysis, for work on what was read.

    The file to read is that which ``clips_of(settings).holding`` gives.

    Raises:
        JobError: one of them is gone.
        MediaError: the place where clips lie cannot be reached.
    """
    store = AnalysisStore(settings.analyses_dir)
    stored, analysis = store.read(address), store.load(address)
    if stored is None or analysis is None:
        raise JobError("The analysis is no longer there.")
    clips = clips_of(settings)
    clip = clips.locate_clip(stored.clip.sha256, stored.source, stored.created)
    if clip is None:
        raise JobError(f"The clip {stored.clip.name} is no longer there.")
    return clip, analysis
