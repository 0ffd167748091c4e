"""Models: which one reads, what it says of itself, and how well it was measured to read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from emotion_core.emotions.cards import read_model_summary
from emotion_core.emotions.measured import read_figures
from emotion_core.emotions.registry import find_model, short_name
from emotion_core.errors import ModelError
from pages.models.report import AGREEMENT, CALIBRATION, FOUND, show_card, show_figures
from pages.shared import services
from pages.shared.active_model import active_model, known_models, use_folder, use_model
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

SHOWN = "shown_model"


def main() -> None:
    """Show what each model is and how it was tested, and let the user choose one."""
    st.caption(
        "A model looks at a face and gives each of seven emotions a probability. Models differ, "
        "and every model makes mistakes: here is what each one is and how it was tested."
    )
    _choose()
    _compare()
    shown = st.session_state[SHOWN]
    st.header(as_text(short_name(shown)))
    try:
        folder = find_model(shown, services.settings().models_dir)
    except ModelError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    if folder is None:
        st.info(
            "This model is not on this computer yet. Eme downloads it from the model hub the "
            "first time you use it; its card is on the hub.",
            icon=":material/cloud_download:",
        )
        return
    show_figures(folder)
    show_card(folder)


def _choose() -> None:
    """Which model is shown, and which one is used; ``SHOWN`` holds the first afterwards."""
    chooser, user, opener = st.columns([5, 2, 2], vertical_alignment="bottom")
    # a new key closes it once a model was taken from it
    number = st.session_state.setdefault("folder_number", 0)
    if visitor().is_local:
        with opener.popover("Open a folder", width="stretch", key=f"folder-{number}"):
            _open_folder()
    models = known_models()
    if st.session_state.get(SHOWN) not in models:
        st.session_state[SHOWN] = active_model()
    with chooser:
        shown = st.selectbox("Model", models, format_func=short_name, key=SHOWN)
    in_use = shown == active_model()
    pressed = user.button(
        "Selected" if in_use else "Use this model",
        icon=":material/check:" if in_use else None,
        disabled=in_use,
        type="primary",
        width="stretch",
        key="use",
    )
    if pressed:
        try:
            here = find_model(shown, services.settings().models_dir) is not None
            how = (
                "Loading {}" if here else "Downloading {} from the model hub. This can take minutes"
            )
            with st.spinner(as_text(f"{how.format(short_name(shown))} …")):
                use_model(shown)
            st.rerun()
        except ModelError as error:
            _refuse(error)
    name = as_text(short_name(active_model()))
    st.markdown(f"**{name}** reads what you open, on every page, in this session.")


def _open_folder() -> None:
    """A form for a model of the user's own; it is used at once."""
    with st.form("open-folder", border=False):
        path = st.text_input("Path of the folder", placeholder="/home/me/models/my-model")
        st.caption("A folder with config.json and weights in safetensors format.")
        opened = st.form_submit_button("Use it", icon=":material/check:")
    if opened and path.strip():
        try:
            with st.spinner("Loading …"):
                st.session_state[SHOWN] = use_folder(path)
            st.session_state["folder_number"] += 1
            st.rerun()
        except ModelError as error:
            _refuse(error)


def _refuse(error: ModelError) -> None:
    stays = f"{short_name(active_model())} stays selected."
    st.error(as_text(f"{error} {stays}"), icon=":material/error:")


def _compare() -> None:
    """One row a model on this machine."""
    rows = [row for name in known_models() if (row := _row(name)) is not None]
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={
            "in use": st.column_config.TextColumn(width="small"),
            "size (MB)": st.column_config.NumberColumn(format="%.1f", help="On disk."),
            "parameters (millions)": st.column_config.NumberColumn(
                format="%.1f",
                help="The numbers that training sets; more of them take longer to compute.",
            ),
            "measured on": st.column_config.TextColumn(help="Data set, and which part of it."),
            "input (px)": st.column_config.NumberColumn(
                help="Side of the square that each face is resized to."
            ),
            "agreement": percent | {"help": AGREEMENT},
            "found on average": percent | {"help": FOUND},
            "calibration error": percent | {"help": CALIBRATION},
        },
    )
    st.caption(
        "Models on this computer. Blank: not measured, or not recorded. Compare two models only "
        "where both were tested on the same images."
    )


def _row(name: str) -> dict[str, object] | None:
    try:
        folder = find_model(name, services.settings().models_dir)
        if folder is None:
            return None
        summary = read_model_summary(folder)
    except (ModelError, OSError):
        return None
    try:
        figures = read_figures(folder)
    except ModelError:
        figures = None  # said where the model itself is shown
    return {
        "model": short_name(name),
        "in use": "✓" if name == active_model() else "",
        "size (MB)": summary.size / 1e6,
        "parameters (millions)": None if summary.parameters is None else summary.parameters / 1e6,
        "input (px)": summary.input_size,
        "agreement": None if figures is None else 100 * figures.top1,
        "found on average": None if figures is None else 100 * figures.mean_recall,
        "calibration error": None if figures is None else 100 * figures.ece,
        "measured on": None
        if figures is None or figures.measured is None
        else figures.measured.where,
    }


main()
