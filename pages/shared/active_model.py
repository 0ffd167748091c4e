"""The model that reads what is asked for next: one choice for all pages of a session.

A session begins with what was chosen last on this server, so that a reload keeps the model.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.emotions.registry import ModelId, identify_folder, identify_model, list_models
from pages.shared.services import classifier, last_model, remember_model, settings

MODELS_PAGE = "pages/models/page.py"
_ACTIVE = "active_model"
_FOLDERS = "model_folders"


def active_model() -> str:
    """Name of the model that reads what is asked for next."""
    return str(st.session_state.setdefault(_ACTIVE, last_model() or settings().model))


def active_identity() -> ModelId | None:
    """Which model that is; ``None`` where it has still to be fetched.

    Raises:
        ModelError: it is no longer there.
    """
    return identify_model(active_model(), settings().models_dir)


def known_models() -> list[str]:
    """The models to choose from: shipped, on the hub, and folders named in this session."""
    listed = list_models(settings().models_dir)
    own = [settings().model, active_model(), *st.session_state.get(_FOLDERS, [])]
    return [*listed, *dict.fromkeys(name for name in own if name not in listed)]


def use_model(name: str) -> None:
    """Make a model the active one, once it has been loaded.

    Raises:
        ModelError: it cannot be loaded; the active model stays.
    """
    classifier(name)
    st.session_state[_ACTIVE] = name
    remember_model(name)


def use_folder(path: str) -> str:
    """Make the model in a folder the active one; gives its name.

    Raises:
        ModelError: it cannot be loaded; the active model stays.
    """
    name = identify_folder(path, settings().models_dir).name
    use_model(name)
    folders = st.session_state.setdefault(_FOLDERS, [])
    if name not in folders:
        folders.append(name)
    return name


def models_line(text: str) -> DeltaGenerator:
    """A small line with a link to the page of the models behind it.

    Args:
        text: Markdown.

    Returns:
        The line, for what else is to stand on it.
    """
    line = st.container(horizontal=True, vertical_alignment="center", gap="small", width="content")
    line.caption(text, width="content")
    line.page_link(MODELS_PAGE, label="Models", icon=":material/neurology:", width="content")
    return line
