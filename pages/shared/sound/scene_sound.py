"""The sound of a scene beside its faces, put together once for all sessions."""

from __future__ import annotations

import streamlit as st

from emotion_core.library.deliveries import scene_sound
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.scene.store import StoredScene
from emotion_core.sound.word_store import WordStore
from pages.shared import services
from pages.shared.users.caches import per_library


def sound_key(scene: StoredScene) -> str:
    """Changes with what is known of the sound, the lines and the characters of a scene."""
    created = scene.created.isoformat()
    words = WordStore(services.settings().analyses_dir).path_of(scene.clip.sha256)
    said = services.sound_changed(scene.id), services.file_changed(words)
    analysis = services.load_scene(scene.id, created)
    names = "" if analysis is None else services.names_key(analysis.face_names())
    return f"{scene.id} {created} {said} {names}"


def load_sound(scene: StoredScene) -> SceneSound | None:
    """The sound of a scene; ``None`` where it was not read.

    Raises:
        ModelError: what reads voices cannot be loaded.
    """
    return _load(scene.id, scene.created.isoformat(), sound_key(scene))


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _load(address: str, created: str, key: str) -> SceneSound | None:
    """The key follows from the others, and from what is stored."""
    analysis = services.load_scene(address, created)
    speakers = services.load_speakers(address, created)
    if analysis is None or speakers is None:
        return None
    return scene_sound(services.settings(), analysis, speakers)
