"""What reads clips: a classifier, a detector, an embedder and a mesh reader, each made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_core.emotions.classifier import EmotionClassifier, choose_device
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import FaceEmbedder
from emotion_core.media.probe import probe
from emotion_core.media.seeking import Segment, read_segment
from emotion_core.progress import Task, within
from emotion_core.scene.analysis import (
    ANALYSIS_VERSION,
    UNSTATED_VERSION,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
    analysis_id,
)
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.chunks import HandOut, chunk_folder, join
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

if TYPE_CHECKING:
    from emotion_core.faces.mesh.mesh import MeshReader

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
        models_of: another one with the same model, whose models it uses.
    """

    def __init__(
        self,
        settings: Settings,
        model: str | None = None,
        *,
        every: int = 1,
        exact: bool = False,
        load_classifier: Callable[[str], EmotionClassifier] | None = None,
        models_of: Reader | None = None,
    ) -> None:
        self.settings, self._models_of = settings, models_of
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
        if self._models_of is not None:
            return self._models_of.classifier
        with _ONE_BY_ONE:
            return self._load_classifier(self.model)

    @cached_property
    def detector(self) -> FaceDetector:
        """What finds the faces."""
        if self._models_of is not None:
            return self._models_of.detector
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
        if self._models_of is not None:
            return self._models_of.embedder
        from emotion_core.faces.identity.embedder import load_embedder

        device = choose_device(self.settings.device)
        return load_embedder(self.parameters.embedder, self.settings.models_dir, device)

    @cached_property
    def mesh(self) -> MeshReader:
        """What reads the shape of faces.

        Raises:
            ModelError: it cannot be loaded.
        """
        if self._models_of is not None:
            return self._models_of.mesh
        from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader

        with _ONE_BY_ONE:
            device = choose_device(self.settings.device)
            return load_mesh_reader(DEFAULT_MESH, self.settings.models_dir, device)

    def find(self, clip: ClipId, *, current: bool = False) -> SceneAnalysis | None:
        """The stored analysis of a clip; ``None`` if it has not been read in this way.

        A reading by a version of the method before is taken too: what was read is not read again
        unasked.

        Args:
            clip: its identity.
            current: whether only a reading by the present version counts.

        Raises:
            ModelError: there is no such model.
        """
        identity = identify_model(self.model, self.settings.models_dir)
        if identity is None:
            return None
        versions = range(ANALYSIS_VERSION, UNSTATED_VERSION - 1, -1)
        for version in versions[:1] if current else versions:
            parameters = replace(self.parameters, version=version)
            found = self.store.load(analysis_id(clip, identity, parameters))
            if found is not None:
                return found
        return None

    def read(
        self,
        path: Path,
        clip: ClipId,
        hand_out: HandOut | None = None,
    ) -> Task[SceneAnalysis]:
        """Read a clip, from where an earlier reading of it was broken off.

        Its chunks are kept beside the place of the analysis until that is stored.

        Args:
            path: the clip.
            clip: its identity, see :func:`emotion_core.scene.clips.store.identify`.
            hand_out: has others read chunks, with :meth:`read_chunk`; see
                :func:`~emotion_core.scene.analyzer.analyze_by_many`.

        Raises:
            MediaError: the clip cannot be read; said before a model is loaded.
            ModelError: a model cannot be loaded.
            OutputError: the data directory cannot be written to.
        """
        from emotion_core.scene.analyzer import analyze_by_many, analyze_video

        info = probe(path)
        if hand_out is not None:
            model = self._model()
            kept = self._chunks(clip, model)
            return (
                yield from analyze_by_many(path, info, clip, model, self.parameters, kept, hand_out)
            )
        classifier = self.classifier
        return (
            yield from analyze_video(
                path,
                info,
                clip,
                classifier,
                self.detector,
                self.parameters,
                self.embedder,
                self.mesh,
                self._chunks(clip, classifier.identity),
            )
        )

    def read_chunk(self, path: Path, clip: ClipId, number: int, segment: Segment) -> Task[None]:
        """Read a chunk of a clip and keep it where :meth:`read` looks for it.

        Args:
            path, clip: as of :meth:`read`.
            number: of the chunk.
            segment: where it lies.

        Yields:
            Progress in seconds of the clip.

        Raises:
            MediaError, ModelError, OutputError: as :meth:`read`.
        """
        from emotion_core.scene.analyzer import ChunkReader

        info, classifier = probe(path), self.classifier
        reader = ChunkReader(
            info, classifier, self.detector, self.parameters, self.embedder, self.mesh
        )
        frames = read_segment(path, segment, max_side=self.parameters.max_side)
        task = reader.read(number, frames)
        chunk = yield from within(task, segment.start, segment.seconds)
        self._chunks(clip, classifier.identity).save(chunk)

    def address(self, clip: ClipId) -> str:
        """Where the analysis of a clip will lie, or lies.

        Raises:
            ModelError: there is no such model.
        """
        return analysis_id(clip, self._model(), self.parameters)

    def ready(self, clip: ClipId) -> int:
        """How many chunks of a clip that is being read are there, from its beginning on."""
        return self._chunks(clip, self._model()).ready()

    def read_so_far(self, path: Path, clip: ClipId, ready: int) -> SceneAnalysis | None:
        """The beginning of a clip that is being read; nothing is read for it.

        Args:
            path, clip: as of :meth:`read`.
            ready: how many chunks of it, see :meth:`ready`.

        Returns:
            As that of a clip that ends there; ``None`` where its chunks are no longer there.

        Raises:
            MediaError: the clip cannot be opened.
        """
        model = self._model()
        kept = self._chunks(clip, model)
        chunks = [kept.load(number) for number in range(ready)]
        whole = [chunk for chunk in chunks if chunk is not None]
        if not whole or len(whole) < ready:
            return None
        info = replace(probe(path), duration=whole[-1].end)
        return join(whole, info, clip, model, self.parameters, ())

    def _chunks(self, clip: ClipId, model: ModelId) -> ChunkStore:
        address = analysis_id(clip, model, self.parameters)
        return ChunkStore(chunk_folder(self.settings.analyses_dir, address))

    def _model(self) -> ModelId:
        """The classifier; it is loaded only where that is the way to find it."""
        return identify_model(self.model, self.settings.models_dir) or self.classifier.identity
