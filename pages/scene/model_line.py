"""Which model read a scene, and the offer to read it again."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from emotion_core.emotions.registry import ModelId, short_name
from emotion_core.errors import ModelError
from emotion_core.scene.analysis import ANALYSIS_VERSION
from emotion_core.scene.store import StoredScene
from pages.shared.active_model import active_identity, active_model, models_line
from pages.shared.intake import begin_reading
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor


def model_line(scene: StoredScene, clip: Path | None, version: int) -> None:
    """One line, with an offer where the active model is another, or Eme was when it read.

    Args:
        scene: what is shown.
        clip: its clip, if it is still there.
        version: of the method that read it.
    """
    line = models_line(f"Model: {as_text(short_name(scene.model.name))}.")
    try:
        active = active_identity()
    except ModelError as error:
        st.warning(
            as_text(f"The selected model cannot be used: {error}"), icon=":material/warning:"
        )
        return
    same = _same(scene.model, active)
    if (same and version == ANALYSIS_VERSION) or not visitor().may_edit:
        return
    name = as_text(short_name(active_model()))
    with line:
        if same:
            st.caption("Read by an earlier version of Eme.", width="content")
        elif scene.model.name == active_model():
            st.caption(f"{name} has changed since.", width="content")
        else:
            st.caption(f"You have selected {name}.", width="content")
        if clip is None:
            st.caption("The clip is missing, so it cannot be analyzed again.", width="content")
        elif st.button(
            "Analyze again" if same else f"Analyze with {name}",
            icon=":material/refresh:",
            key="read-again",
        ):
            begin_reading(clip, scene.clip, anew=True)


def unreadable(scene: StoredScene, clip: Path | None) -> None:
    """Say that the tables of a scene cannot be shown, and offer to read it again.

    Args: as for :func:`model_line`.
    """
    st.error(
        "The stored analysis of this scene is damaged or from an older version of Eme.",
        icon=":material/error:",
    )
    if not visitor().may_edit:
        return
    if clip is None:
        st.caption("The clip is missing, so it cannot be analyzed again.")
    elif st.button("Analyze again", icon=":material/refresh:", key="read-again"):
        begin_reading(clip, scene.clip)


def _same(read_with: ModelId, active: ModelId | None) -> bool:
    """Whether the weights are the same; by name where the active ones are still to be fetched."""
    if active is None:
        return read_with.name == active_model()
    return read_with.fingerprint == active.fingerprint
