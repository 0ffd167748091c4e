"""What pages share and the app makes once: settings, models, stores, the queue of jobs.

Plain caches and not Streamlit's, where the worker of the queue needs them too: it has no page.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import streamlit as st

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.errors import ModelError
from emotion_core.explanation import explainers
from emotion_core.faces.detection import FaceDetector
from emotion_core.jobs import records
from emotion_core.jobs.computing import Computations
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.reading import reader_of
from emotion_core.jobs.records import Job
from emotion_core.jobs.work import Work
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import open_library
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore, MediaStore, StoredScene
from emotion_core.scene.summary import SceneSummary, summarize
from emotion_core.settings import Settings, load_settings
from pages.shared.serving.clips import playable_from

_LOADING = threading.RLock()


@cache
def settings() -> Settings:
    """The settings, read once for all sessions."""
    return load_settings()


@cache
def dispatcher() -> Dispatcher:
    """What has jobs done, whoever asked for them."""
    return Dispatcher(settings())


def submit(work: Work) -> Job:
    """Ask for long work, unless the same waits or runs already.

    Raises:
        LibraryError: the library cannot be written to.
    """
    dispatcher().start()
    return records.add(library(), work)


def retry(job: Job) -> Job | None:
    """Ask again for work that failed or was stopped.

    Raises:
        LibraryError: the library cannot be written to.
    """
    dispatcher().start()
    return records.retry(library(), job.id)


def is_busy_with(sha256: str) -> bool:
    """Whether a job waits or runs that is about a clip of this content."""
    return records.about(library(), sha256) is not None


@cache
def computations() -> Computations:
    """What pages compute for themselves."""
    return Computations()


@cache
def _models() -> list[str]:
    return []


def last_model() -> str | None:
    """Name of the model that was chosen last, by whichever session; ``None`` before any was."""
    return _models()[-1] if _models() else None


def remember_model(name: str) -> None:
    """Let sessions that begin from now on read with this model."""
    _models()[:] = [name]


def library() -> Database:
    """Films and scenes.

    Raises:
        LibraryError: the database cannot be reached or read.
    """
    return open_library(settings())


def analyses() -> AnalysisStore:
    """The stored analyses."""
    return AnalysisStore(settings().analyses_dir)


def media() -> MediaStore:
    """The clips of the library."""
    return MediaStore(settings().media_dir)


def classifier(name: str) -> EmotionClassifier:
    """The classifier of a name, loaded once, and again when its files have changed."""
    return reader(name).classifier


def exact_classifier(name: str) -> EmotionClassifier:
    """The same in full precision, in which readings are explained."""
    with _LOADING:
        return _exact_classifier(name, identify_model(name, settings().models_dir))


@lru_cache(maxsize=2)
def _exact_classifier(name: str, identity: ModelId | None) -> EmotionClassifier:
    return EmotionClassifier.load(name, settings().models_dir, settings().device, exact=True)


def reader(model: str) -> Reader:
    """What reads clips with a model: one for all sessions and all jobs of this process."""
    return reader_of(settings(), model)


def detector() -> FaceDetector:
    """What finds faces in pictures, and again in clips that were read."""
    return reader(settings().model).detector


def load_models() -> EmotionClassifier | None:
    """Load the model in use and what finds faces, if they lie on this machine.

    Returns:
        The model as :func:`exact_classifier` gives it; ``None`` where it is not here.

    Raises:
        ModelError: it cannot be loaded.
    """
    name = last_model() or settings().model
    if identify_model(name, settings().models_dir) is None:
        return None
    detector()
    exact = exact_classifier(name)
    classifier(name)
    return exact


def load_scene(address: str, created: str) -> SceneAnalysis | None:
    """A stored analysis whose tracks bear the names of their characters.

    Args:
        address: of the analysis.
        created: when it was read; one that was read anew is loaded anew.
    """
    stored = _load_stored(address, created)
    return None if stored is None else with_characters(library(), stored)


@st.cache_resource(show_spinner=False, max_entries=8)
def _load_stored(address: str, created: str) -> SceneAnalysis | None:
    return analyses().load(address)


def summary_of(scene: StoredScene, analysis: SceneAnalysis) -> SceneSummary:
    """A stored analysis in a few sentences; summed up once for all sessions."""
    return _summary(scene.id, scene.created.isoformat(), names_key(analysis.face_names()), analysis)


@st.cache_resource(show_spinner=False, max_entries=32)
def _summary(address: str, created: str, names: str, _analysis: SceneAnalysis) -> SceneSummary:
    return summarize(_analysis)


def names_key(names: Mapping[int, str]) -> str:
    """Changes with the tracks that are shown, and with what they are called."""
    return hashlib.blake2b(repr(sorted(names.items())).encode(), digest_size=16).hexdigest()


def find_clip(scene: StoredScene) -> Path | None:
    """Where the clip of a scene lies, if it is still there and has not been changed since."""
    return media().find_clip(scene.clip.sha256, scene.source, scene.created)


def find_video(scene: StoredScene) -> str | Path | None:
    """What the browser plays for a scene: the copy made for it, or else the clip itself."""
    preview = settings().previews_dir / f"{scene.clip.sha256}.mp4"
    clip = preview if preview.is_file() else find_clip(scene)
    return None if clip is None else playable_from(clip)


def find_explainer(model: ModelId) -> Path | None:
    """Folder of the explainer of a model; ``None`` without one, or once the model has changed."""
    try:
        if identify_model(model.name, settings().models_dir) != model:
            return None
    except ModelError:
        return None
    return explainers.find_explainer(model, settings().explainer_folders())
