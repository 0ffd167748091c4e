"""The live session of a user: made once, kept while they visit other pages."""

from __future__ import annotations

from functools import cache
from os import cpu_count
from threading import Lock

import streamlit as st

from emotion_core.emotions.classifier import EmotionClassifier, choose_device
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.detection import FaceDetector
from emotion_core.library.database.engine import open_database
from emotion_core.library.queries.browsing import get_scene
from emotion_core.library.takes import KeptTake, TakeNote, keep_take
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.exercises.serialization import to_json
from emotion_core.practice.live.reader import MIN_FACE
from emotion_core.practice.live.region_feedback import Explain, explain_with
from emotion_core.practice.live.session import LiveSession
from emotion_core.practice.movements.exercise import MirrorMovement
from emotion_core.practice.takes.recorder import RecordedTake
from emotion_core.settings import Settings
from pages.shared import services
from pages.shared.active_model import active_model
from pages.shared.intake import request_reading_of_take
from pages.shared.users.visitor import server_settings, visitor

_SESSION = "practice-session"
# From so many cores on, a take may be read while the camera is on without holding it up.
_ENOUGH_CORES = 4


def live_session() -> LiveSession:
    """The live session of this user, with the active model.

    Raises:
        ModelError: the model cannot be loaded.
    """
    name = active_model()
    classifier = services.classifier(name)
    found = st.session_state.get(_SESSION)
    if found is None or found.classifier is not classifier:
        explain = _explain(classifier)
        found = LiveSession(
            classifier,
            _live_detector(),
            services.mesh_reader(),
            _Keeper(name, visitor().own),
            explain,
            neutral=None if found is None else found.neutral,  # the face stays the same
        )
        st.session_state[_SESSION] = found
    return found


@cache
def _live_detector() -> FaceDetector:
    from emotion_core.faces.mtcnn import MTCNNDetector

    return MTCNNDetector(MIN_FACE, device=choose_device(server_settings().device))


def _explain(classifier: EmotionClassifier) -> Explain | None:
    """What region feedback explains with; nothing for a model without a trained explainer."""
    folder = services.find_explainer(classifier.identity)
    return None if folder is None else explain_with(MaskExplainer.load(folder, classifier))


class _Keeper:
    """Takes takes into the user's own library and has them read. Runs without a page."""

    def __init__(self, model: str, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._later: list[KeptTake] = []
        self._lock = Lock()

    def keep(self, take: RecordedTake, exercise: Exercise | None, *, on: bool) -> None:
        """Keep a take; on a small machine it is read once the camera is off."""
        kept = keep_take(take.path, self._settings, note_of(exercise))
        if on and (cpu_count() or 1) < _ENOUGH_CORES:
            with self._lock:
                self._later.append(kept)
        else:
            self._read(kept)

    def rest(self) -> None:
        """Have those read that had to wait."""
        with self._lock:
            later, self._later = self._later, []
        for kept in later:
            self._read(kept)

    def _read(self, kept: KeptTake) -> None:
        # it may have been deleted meanwhile
        if get_scene(open_database(self._settings), kept.scene_id) is not None:
            request_reading_of_take(self._settings, self._model, kept.path, kept.clip)


def note_of(exercise: Exercise | None) -> TakeNote:
    """What a take is about."""
    if exercise is None:
        return TakeNote("Free play")
    if isinstance(exercise, PlayAlong | MirrorMovement):
        scene, character = exercise.scene_id, exercise.character_id
        return TakeNote(exercise.title, to_json(exercise), scene, character)
    return TakeNote(exercise.title, to_json(exercise))
