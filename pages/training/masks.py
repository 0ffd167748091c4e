"""The masks of the same few faces, epoch by epoch."""

from __future__ import annotations

import cv2
import streamlit as st

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import RunError
from emotion_core.render.mask_grid import draw_mask_grid
from emotion_core.training.runs.folders import TrainingRun
from emotion_core.training.runs.masks import read_faces, read_masks
from pages.shared.text import as_text

_OWN = "the label of each face"


def show_masks(run: TrainingRun) -> None:
    """Faces with their masks after an epoch that the slider chooses."""
    if not run.mask_epochs:
        return
    st.header("Masks")
    emotion_column, epoch_column = st.columns([1, 2])
    chosen = emotion_column.selectbox("Show masks of", [_OWN, *EMOTIONS], key="mask-emotion")
    with epoch_column:
        epoch = _choose_epoch(run)
    try:
        faces = read_faces(run.folder)
        masks = read_masks(run.folder, epoch, len(faces.images))
    except RunError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return
    grid = draw_mask_grid(faces, masks, None if chosen == _OWN else chosen)
    alt = f"Masks over the validation faces after epoch {epoch + 1}"
    st.image(grid, width="stretch", alt=alt)
    st.caption(
        f"The same validation faces after epoch {epoch + 1}. Red: what the mask shows the "
        "classifier. Blue: what it hides. The masks start out blurred and should close in on the "
        "parts of the face that the reading depends on."
    )
    st.download_button(
        "Masks as image",
        lambda: cv2.imencode(".png", grid[..., ::-1])[1].tobytes(),
        f"{run.name} masks epoch {epoch + 1}.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
    )


def _choose_epoch(run: TrainingRun) -> int:
    """The epoch whose masks are shown: the latest, until another one is chosen."""
    epochs = run.mask_epochs
    if len(epochs) == 1:
        st.caption("So far there are masks of one epoch.")
        return epochs[0]
    key, last = f"mask-epoch-{run.folder}", f"last-mask-epoch-{run.folder}"
    # stays with the latest as epochs are added, and with the reader's own where there is one
    if (
        st.session_state.get(key) in (None, st.session_state.get(last))
        or st.session_state[key] not in epochs
    ):
        st.session_state[key] = epochs[-1]
    st.session_state[last] = epochs[-1]
    return st.select_slider(
        "After epoch", epochs, format_func=lambda epoch: str(epoch + 1), key=key
    )
