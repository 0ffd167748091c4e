"""What the command line and the app both do with a clip: look it up, else read and keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from emotion_core.emotions.classifier import EmotionClassifier, choose_device
from emotion_core.emotions.registry import identify_model
from emotion_core.faces.detection import MTCNNDetector
from emotion_core.faces.identity.embedder import load_embedder
from emotion_core.scene.analysis import AnalysisParameters, ClipId, SceneAnalysis, analysis_id
from emotion_core.scene.analyzer import AnalysisStep, analyze_video
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings

ClassifierLoader = Callable[[str], EmotionClassifier]


def open_scene(
    path: Path,
    clip: ClipId,
    model: str,
    parameters: AnalysisParameters,
    settings: Settings,
    load_classifier: ClassifierLoader | None = None,
) -> Iterator[AnalysisStep]:
    """The analysis of a clip: at once when it is stored, else step by step, and then stored.

    Args:
        path: the clip.
        clip: its identity.
        model: name of the classifier.
        parameters: how to read it.
        settings: where analyses are kept, and the device.
        load_classifier: gives the classifier of a name; the app passes a cached one.

    Yields:
        Steps; the last one carries the analysis.

    Raises:
        MediaError: the clip cannot be read.
        ModelError: the model cannot be loaded.
        OutputError: the data directory cannot be written to.
    """
    store = AnalysisStore(settings.analyses_dir)
    stored = find_scene(store, clip, model, parameters, settings)
    if stored is not None:
        duration = stored.info.duration
        yield AnalysisStep(len(stored.frames), duration, duration, 0.0, stored)
        return
    if load_classifier is None:
        classifier = EmotionClassifier.load(model, settings.models_dir, settings.device)
    else:
        classifier = load_classifier(model)
    device = choose_device(settings.device)
    detector = MTCNNDetector(parameters.min_face, device=device)
    embedder = load_embedder(parameters.embedder, settings.models_dir, device)
    for step in analyze_video(path, clip, classifier, detector, parameters, embedder):
        if step.analysis is not None:
            store.save(step.analysis, path)
        yield step


def find_scene(
    store: AnalysisStore,
    clip: ClipId,
    model: str,
    parameters: AnalysisParameters,
    settings: Settings,
) -> SceneAnalysis | None:
    """The stored analysis of a clip, without loading the model.

    Raises:
        ModelError: there is no such model.
    """
    identity = identify_model(model, settings.models_dir)
    return None if identity is None else store.load(analysis_id(clip, identity, parameters))
