"""The masks of a face by any method: at once where that is quick, else as a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId, hash_weights
from emotion_core.explanation.explainers import find_explainers
from emotion_core.explanation.found_faces import attribute_faces
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import (
    build_method,
    default_method,
    methods_for,
)
from emotion_core.jobs.computing import Computation
from emotion_core.jobs.records import JobState
from emotion_core.jobs.work import Phase
from emotion_core.progress import Task, finish
from emotion_core.types import Attribution
from pages.shared import services
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.jobs.panel import computation_panel
from pages.shared.users.caches import per_library

# What each method is called, and how it looks.
_NAMES = {
    "explainer": "Trained explainer",
    "occlusion": "Occlusion",
    "grad-cam": "Grad-CAM",
    "rollout": "Attention rollout",
    "integrated-gradients": "Integrated gradients",
    "rise": "RISE",
    "random": "Random blobs",
    "gaussian": "Centred blob",
}
_ABOUT = {
    "explainer": "a second network, trained to find the part of the face that this model needs",
    "occlusion": "hides one square after another and marks where that weakens the reading most",
    "grad-cam": "what the last layers of the model respond to; coarse",
    "rollout": "where the model directs its attention; the same for all emotions",
    "integrated-gradients": "adds up each pixel's influence between a blank picture and the face",
    "rise": "reads the face behind 1,000 random masks (the authors used more) and marks what the "
    "most confident readings had in view",
    "random": "random; any useful method must do better",
    "gaussian": "the same for every face; any useful method must do better",
}
_SLOW = ("occlusion", "integrated-gradients", "rise")
# These take so long that they wait for a button.
_ASKED_FOR = ("integrated-gradients", "rise")
_JOBS = "mask_jobs"
_OWN = "explainer:"  # before the folder of one that is not the first choice
_MOST_OWN = 5


def method_names(classifier: EmotionClassifier) -> list[str]:
    """The methods that can look into a model, the best one first.

    The explainer of the model is one, and so are the newest others, such as those that the student
    has trained.
    """
    folders = services.settings().explainer_folders()
    first = default_method(classifier.identity, folders)
    own = [f"{_OWN}{path}" for path in find_explainers(classifier.identity, folders)]
    available = _available(classifier.identity.fingerprint, classifier)
    return list(dict.fromkeys([first, *own[1 : 1 + _MOST_OWN], *available]))


def name_of(method: str) -> str:
    """What a method is called."""
    if not method.startswith(_OWN):
        return _NAMES[method]
    run = Path(method.removeprefix(_OWN)).parent.name  # <run>/model
    return f"{_NAMES['explainer']} from run {run}"


def about(method: str) -> str:
    """How it looks, as the end of a sentence."""
    return _ABOUT["explainer" if method.startswith(_OWN) else method]


def masks_of(chosen: ChosenFace, method: str) -> Attribution | None:
    """The masks; while they are computed or wait to be asked for, that is shown instead.

    Raises:
        ModelError: the explainer is damaged.
    """
    key = masks_key(chosen, method)
    if method not in _SLOW:
        return _attribute(key, chosen, method)
    built = load_method(chosen.classifier, method)  # here, since the worker has no page
    job = run_once(
        key,
        name_of(method),
        lambda: attribute_faces([chosen.face], built),
        f"Compute {name_of(method)}" if method in _ASKED_FOR else None,
    )
    return job.result if job is not None else None


def masks_key(chosen: ChosenFace, method: str) -> str:
    """Changes with the face, the model, the method and the explainer."""
    return f"masks:{chosen.key}:{method_key(chosen.classifier, method)}"


def method_key(classifier: EmotionClassifier, method: str) -> str:
    """Changes with the method, and with the weights of the explainer."""
    folder = explainer_folder(classifier.identity, method)
    return method if folder is None else f"{method}-{hash_weights(folder)}"


def explainer_folder(model: ModelId, method: str) -> Path | None:
    """Where the explainer lies that a method is; ``None`` if it is none, or there is none."""
    if method == MaskExplainer.name:
        return services.find_explainer(model)
    return Path(method.removeprefix(_OWN)) if method.startswith(_OWN) else None


def load_method(classifier: EmotionClassifier, method: str) -> AttributionMethod:
    """A method for a model, made once.

    Raises:
        ModelError: it cannot be made.
    """
    key = f"{classifier.identity.fingerprint}:{method_key(classifier, method)}"
    return _load_method(key, classifier, method)


def prepare(classifier: EmotionClassifier) -> None:
    """Load what a face is explained with unless something else is chosen. Needs no page.

    Raises:
        ModelError: it cannot be made.
    """
    load_method(classifier, method_names(classifier)[0])


def run_once(
    key: str, title: str, begin: Callable[[], Task[Any]], ask: str | None = None
) -> Computation | None:
    """Do something slow in the background; gives the job once it is done.

    Args:
        key: what it is about; the result is kept under it.
        title: what to call it.
        begin: begins the task.
        ask: label of a button that has to be pressed first.
    """
    key = f"{services.settings().library}:{key}"
    job = services.computations().get(key)
    if job is not None and job.state is JobState.DONE:
        return job
    if job is not None:
        computation_panel(job)
        ask = "Try again"
    if job is not None and job.active:
        return None
    if ask is None or st.button(ask, key=f"ask-{key}", icon=":material/play_arrow:"):
        services.computations().submit(key, title, [Phase("computing", begin)])
        st.session_state.setdefault(_JOBS, set()).add(key)
        st.rerun()
    return None


def stop_others(chosen: ChosenFace) -> None:
    """Stop what this session still computes for faces that it has left."""
    for key in list(st.session_state.get(_JOBS, ())):
        job = services.computations().get(key)
        if job is None or not job.active or chosen.address not in key:
            st.session_state[_JOBS].discard(key)
            if job is not None and job.active:
                job.stop()


@per_library(st.cache_data(show_spinner=False, max_entries=100))
def _attribute(key: str, _chosen: ChosenFace, method: str) -> Attribution:
    return finish(attribute_faces([_chosen.face], load_method(_chosen.classifier, method)))


@st.cache_resource(show_spinner=False, max_entries=16)
def _load_method(key: str, _classifier: EmotionClassifier, method: str) -> AttributionMethod:
    folder = explainer_folder(_classifier.identity, method)
    if folder is not None:
        return MaskExplainer.load(folder, _classifier)
    return build_method(method, _classifier)


@st.cache_data(show_spinner=False, max_entries=8)
def _available(fingerprint: str, _classifier: EmotionClassifier) -> list[str]:
    able = methods_for(_classifier)
    return [name for name in _NAMES if name in able]
