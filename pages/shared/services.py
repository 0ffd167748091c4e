"""What pages share and the app makes once: settings, models, stores, the queue of jobs.

The library is the one that is open before whoever looks at the page (:mod:`pages.shared.users`);
models and the dispatcher are the server's. Plain caches and not Streamlit's, where the worker of
the queue needs them too: it has no page.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.errors import EmotionCoreError, LibraryError, MediaError, ModelError
from emotion_core.explanation import explainers
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.jobs import records
from emotion_core.jobs.computing import Computations
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.reading import exact_classifier_of, reader_of
from emotion_core.jobs.records import Job
from emotion_core.jobs.work import Work
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import open_library
from emotion_core.library.speakers import find_clip_speakers, with_sound
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import MediaStore, clips_of
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore, StoredScene
from emotion_core.scene.summary import SceneSummary, summarize
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from pages.shared.serving.clips import playable_from
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import ONLY_TEACHERS, server_settings, visitor

_log = logging.getLogger(__name__)


def settings() -> Settings:
    """The settings, of the library that is open."""
    return visitor().settings


@cache
def dispatcher() -> Dispatcher:
    """What has jobs done, whoever asked for them."""
    return Dispatcher(server_settings())


def queue() -> Database:
    """Where the jobs of all libraries stand.

    Raises:
        LibraryError: the database cannot be reached or read.
    """
    return records.open_queue(server_settings())


def submit(work: Work) -> Job:
    """Ask for long work in the library that is open, unless the same waits or runs already.

    Raises:
        JobError: there are too many jobs of this user.
        LibraryError: they may not change this library, or the queue cannot be written to.
    """
    if work.edits and not visitor().may_edit:
        raise LibraryError(ONLY_TEACHERS)
    return submit_to(settings(), work)


def submit_to(place: Settings, work: Work) -> Job:
    """Ask for long work in a library; needs no page.

    Raises:
        JobError, LibraryError: as :func:`submit`.
    """
    dispatcher().start()
    return records.add(queue(), work, place)


def retry(job: Job) -> Job | None:
    """Ask again for work that failed or was stopped.

    Raises:
        JobError, LibraryError: as :func:`submit`.
    """
    dispatcher().start()
    return records.retry(queue(), job.id, server_settings().library_of(job.library))


def jobs(*, only_open: bool = False, here: bool = False) -> list[Job]:
    """The jobs that this user sees, in their order.

    Args:
        only_open: without those that have ended.
        here: only those of the library that is open.

    Raises:
        LibraryError: the queue cannot be read.
    """
    found = visitor()
    seen = found.job_libraries
    if here:
        seen = [name for name in seen if name == found.settings.library]
    return records.listed(queue(), only_open=only_open, libraries=seen)


def is_busy_with(sha256: str) -> bool:
    """Whether a job waits or runs that is about a clip of this content."""
    return records.about(queue(), sha256, settings().library) is not None


@cache
def computations() -> Computations:
    """What pages compute for themselves."""
    return Computations()


@cache
def _models() -> dict[str, str]:
    return {}


def last_model() -> str | None:
    """Name of the model that this user has chosen last, in whichever session, if they have."""
    return _models().get(visitor().own.library)


def remember_model(name: str) -> None:
    """Let sessions of this user that begin from now on read with this model."""
    _models()[visitor().own.library] = name


def library() -> Database:
    """Films and scenes; who may not change them reads so where they try to.

    Raises:
        LibraryError: the database cannot be reached or read.
    """
    found = visitor()
    opened = open_library(found.settings)
    return opened if found.may_edit else opened.read_only(ONLY_TEACHERS)


def analyses() -> AnalysisStore:
    """The stored analyses."""
    return AnalysisStore(settings().analyses_dir)


def media() -> MediaStore:
    """The clips of the library."""
    return clips_of(settings())


def classifier(name: str) -> EmotionClassifier:
    """The classifier of a name, loaded once, and again when its files have changed."""
    return reader(name).classifier


def exact_classifier(name: str) -> EmotionClassifier:
    """The same in full precision, in which readings are explained."""
    return exact_classifier_of(server_settings(), name)


def reader(model: str) -> Reader:
    """What reads with a model: one for all sessions and all jobs of this process."""
    return reader_of(server_settings(), model)


def detector() -> FaceDetector:
    """What finds faces in pictures, and again in clips that were read."""
    return reader(server_settings().model).detector


def mesh_reader() -> MeshReader:
    """What reads the shape of faces.

    Raises:
        ModelError: it cannot be loaded.
    """
    return reader(server_settings().model).mesh


def load_models() -> EmotionClassifier | None:
    """Load the model in use and what finds faces, if they lie on this machine.

    Returns:
        The model as :func:`exact_classifier` gives it; ``None`` where it is not here.

    Raises:
        ModelError: it cannot be loaded.
    """
    name = _models().get("") or server_settings().model
    if identify_model(name, server_settings().models_dir) is None:
        return None
    detector()
    mesh_reader()
    exact = exact_classifier(name)
    classifier(name)
    return exact


def load_scene(address: str, created: str) -> SceneAnalysis | None:
    """A stored analysis whose tracks bear the names of their characters.

    Args:
        address: of the analysis.
        created: when it was read; one that was read anew is loaded anew.
    """
    stored = _load_stored(address, created, sound_changed(address))
    return None if stored is None else with_characters(library(), stored[0])


def load_speakers(address: str, created: str) -> pd.DataFrame | None:
    """Which tracks of a stored analysis speak; ``None`` where its sound was not read.

    Args:
        address, created: as of :func:`load_scene`.
    """
    stored = _load_stored(address, created, sound_changed(address))
    return None if stored is None else stored[1]


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _load_stored(
    address: str, created: str, heard: int
) -> tuple[SceneAnalysis, pd.DataFrame | None] | None:
    analysis = analyses().load(address)
    if analysis is None:
        return None
    sound = SoundStore(settings().analyses_dir).load(analysis.clip.sha256)
    speakers = find_clip_speakers(analysis, sound)
    return with_sound(analysis, speakers), speakers


def sound_changed(address: str) -> int:
    """Changes when the sound of a scene is read.

    Args:
        address: of its analysis.
    """
    clip = address.partition("/")[0]
    return file_changed(SoundStore(settings().analyses_dir).folder_of(clip) / "sound.json")


def file_changed(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def summary_of(scene: StoredScene, analysis: SceneAnalysis) -> SceneSummary:
    """A stored analysis in a few sentences; summed up once for all sessions."""
    names, heard = names_key(analysis.face_names()), sound_changed(scene.id)
    return _summary(scene.id, scene.created.isoformat(), f"{names} {heard}", analysis)


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _summary(address: str, created: str, names: str, _analysis: SceneAnalysis) -> SceneSummary:
    return summarize(_analysis)


def names_key(names: Mapping[int, str]) -> str:
    """Changes with the tracks that are shown, and with what they are called."""
    return hashlib.blake2b(repr(sorted(names.items())).encode(), digest_size=16).hexdigest()


def locate_clip(scene: StoredScene) -> Path | None:
    """Where the clip of a scene lies, if it is still there and has not been changed since.

    Nothing is fetched: this is for who only asks, and for jobs. What cannot be reached counts as
    gone; :func:`no_clip` says which it is.
    """
    try:
        return media().locate_clip(scene.clip.sha256, scene.source, scene.created)
    except MediaError:
        return None


def find_clip(scene: StoredScene) -> Path | None:
    """The file of the clip of a scene, fetched if it is kept elsewhere."""
    place = locate_clip(scene)
    if place is None or media().is_at_hand(place):
        return place if place is None else media().local(place)
    try:
        with st.spinner("Fetching the clip …", show_time=True):
            return media().local(place)
    except EmotionCoreError as error:
        _log.warning("%s", error)
        return None


def clip_for_later(scene: StoredScene) -> Callable[[], Path | None]:
    """Gives the file of the clip of a scene; called where there is no page."""
    clips = media()

    def find() -> Path | None:
        try:
            return clips.find_clip(scene.clip.sha256, scene.source, scene.created)
        except EmotionCoreError as error:
            _log.warning("%s", error)
            return None

    return find


def no_clip(which: str = "The clip has") -> str:
    """Why there is no clip, as the beginning of a sentence.

    Args:
        which: a clip or clips, and ``has`` or ``have``.
    """
    if media().is_failing:
        return f"{which.rpartition(' ')[0]} cannot be fetched right now"
    return f"{which} been moved or deleted"


def find_video(scene: StoredScene) -> str | Path | None:
    """What the browser plays for a scene: the copy made for it, or else the clip itself."""
    preview = settings().previews_dir / f"{scene.clip.sha256}.mp4"
    clip = preview if preview.is_file() else find_clip(scene)
    return None if clip is None else playable_from(clip)


def find_explainer(model: ModelId) -> Path | None:
    """Folder of the explainer of a model; ``None`` without one, or once the model has changed."""
    try:
        if identify_model(model.name, server_settings().models_dir) != model:
            return None
    except ModelError:
        return None
    return explainers.find_explainer(model, settings().explainer_folders())
