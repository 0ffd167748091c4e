"""What reads clips: one classifier, one face detector and one embedder, each made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path

from emotion_core.emotions.classifier import EmotionClassifier, choose_device
from emotion_core.emotions.registry import identify_model
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import FaceEmbedder
from emotion_core.media.probe import probe
from emotion_core.progress import Task
from emotion_core.scene.analysis import (
    UNSTATED_VERSION,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
    analysis_id,
)
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.chunks import chunk_folder
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

# Two threads that ask at the same time would load a model twice.
_ONE_BY_ONE = threading.RLock()


class Reader:
    """Reads any number of clips with one model.

    Models are loaded when they are first needed: a clip that was read before needs none.

    Args:
        settings: where models and analyses are kept, and the device.
        model: name of the classifier; the default one if ``None``.
        every: of a clip, every N-th frame is read.
        exact: whether the classifier computes in full precision, as explanations need it.
        load_classifier: gives the classifier of a name; the app passes its cache.
    """

    def __init__(
        self,
        settings: Settings,
        model: str | None = None,
        *,
        every: int = 1,
        exact: bool = False,
        load_classifier: Callable[[str], EmotionClassifier] | None = None,
    ) -> None:
        self.settings = settings
        self.model = model or settings.model
        self.parameters = AnalysisParameters(
            every=every, embedder=settings.embedder, still_change=settings.still_change
        )
        self.store = AnalysisStore(settings.analyses_dir)
        self._load_classifier = load_classifier or lru_cache(maxsize=1)(
            partial(
                EmotionClassifier.load,
                models_dir=settings.models_dir,
                device=settings.device,
                exact=exact,
            )
        )

    @property
    def classifier(self) -> EmotionClassifier:
        """What reads the emotions.

        Raises:
            ModelError: it cannot be loaded.
        """
        with _ONE_BY_ONE:
            return self._load_classifier(self.model)

    @cached_property
    def detector(self) -> FaceDetector:
        """What finds the faces."""
        from emotion_core.faces.mtcnn import MTCNNDetector

        with _ONE_BY_ONE:
            device = choose_device(self.settings.device)
            return MTCNNDetector(self.parameters.min_face, device=device)

    @cached_property
    def embedder(self) -> FaceEmbedder:
        """What tells faces of different people apart.

        Raises:
            ModelError: it cannot be loaded.
        """
        from emotion_core.faces.identity.embedder import load_embedder

        device = choose_device(self.settings.device)
        return load_embedder(self.parameters.embedder, self.settings.models_dir, device)

    def find(self, clip: ClipId, *, current: bool = False) -> SceneAnalysis | None:
        """The stored analysis of a clip; ``None`` if it has not been read in this way.

        A reading by the version of the method before is as good as one by this: what was read is
        not read again unasked.

        Args:
            clip: its identity.
            current: whether only a reading by the present version counts.

        Raises:
            ModelError: there is no such model.
        """
        identity = identify_model(self.model, self.settings.models_dir)
        if identity is None:
            return None
        before = replace(self.parameters, version=UNSTATED_VERSION)
        for parameters in (self.parameters,) if current else (self.parameters, before):
            found = self.store.load(analysis_id(clip, identity, parameters))
            if found is not None:
                return found
        return None

    def read(self, path: Path, clip: ClipId) -> Task[SceneAnalysis]:
        """Read a clip, from where an earlier reading of it was broken off.

        Its chunks are kept beside the place of the analysis until that is stored.

        Args:
            path: the clip.
            clip: its identity, see :func:`emotion_core.scene.store.identify`.

        Raises:
            MediaError: the clip cannot be read; said before a model is loaded.
            ModelError: a model cannot be loaded.
            OutputError: the data directory cannot be written to.
        """
        from emotion_core.scene.analyzer import analyze_video

        info, classifier = probe(path), self.classifier
        address = analysis_id(clip, classifier.identity, self.parameters)
        return (
            yield from analyze_video(
                path,
                info,
                clip,
                classifier,
                self.detector,
                self.parameters,
                self.embedder,
                ChunkStore(chunk_folder(self.settings.analyses_dir, address)),
            )
        )
