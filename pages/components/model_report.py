"""What came with a model: its measured figures and its card."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.emotions.cards import FIGURES_FILE, ModelFigures, read_card, read_figures
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.figures.models import draw_confusion
from pages.components.text import as_text

AGREEMENT = "Share of the pictures in which its leading emotion is the one most people voted for."
MACRO_F1 = "Mean of the F1 of the emotions, rare ones included; 1 at best."
CALIBRATION = (
    "How far the share that it gives its leading emotion lies, on average, from how often that "
    "is the emotion of the votes."
)


def show_figures(folder: Path) -> None:
    """The measured figures of the model in a folder, or a sentence where there are none."""
    try:
        figures = read_figures(folder)
    except ModelError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return
    if figures is None:
        st.info("There are no measured figures of this model to draw.", icon=":material/info:")
        return
    low, high = (f"{100 * share:.1f}" for share in figures.top1_interval)
    agreement, alike, calibration, pictures = st.columns(4)
    agreement.metric("Agrees with the votes", f"{100 * figures.top1:.1f} %", help=AGREEMENT)
    agreement.caption(f"95 % interval {low} to {high} %")
    alike.metric("Macro F1", f"{figures.macro_f1:.2f}", help=MACRO_F1)
    alike.caption("every emotion counts alike")
    calibration.metric("Calibration error", f"{100 * figures.ece:.1f} %", help=CALIBRATION)
    calibration.caption("0 where its shares are to be taken at their word")
    pictures.metric("Pictures", f"{figures.count:,}", help="Face pictures that it was measured on.")
    pictures.caption("its card says which")
    matrix, table = st.columns([4, 3])
    with matrix:
        st.plotly_chart(draw_confusion(figures), width="stretch")
        st.caption(
            "A row is 100 %: the faces for which most people voted for that emotion. A column is "
            "what the model read in them, with the number of pictures below."
        )
    with table:
        _show_emotions(figures)
        st.download_button(
            "Figures as JSON",
            (folder / FIGURES_FILE).read_bytes,
            f"{folder.name} evaluation.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _show_emotions(figures: ModelFigures) -> None:
    st.markdown("**How each emotion is read**")
    rows = [(name, figures.per_class[name]) for name in EMOTIONS]
    percent = st.column_config.NumberColumn(format="%.0f %%")
    st.dataframe(
        pd.DataFrame(
            {
                "emotion": [name for name, _ in rows],
                "precision": [100 * row.precision for _, row in rows],
                "recall": [100 * row.recall for _, row in rows],
                "F1": [row.f1 for _, row in rows],
                "pictures": [row.count for _, row in rows],
            }
        ),
        hide_index=True,
        column_config={"precision": percent, "recall": percent}
        | {"F1": st.column_config.NumberColumn(format="%.2f")},
    )
    st.caption(
        "Precision: of the faces that it reads as this emotion, how many the votes call so too. "
        "Recall: of the faces that the votes call so, how many it reads as this emotion. "
        "F1: both in one number, 1 at best. Few pictures make rough figures."
    )


def show_card(folder: Path) -> None:
    """The card of the model in a folder, with its pictures."""
    try:
        parts = read_card(folder)
    except ModelError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return
    if not parts:
        st.info("No card came with this model.", icon=":material/info:")
        return
    with st.container(border=True):
        for part in parts:
            if part.picture is None:
                st.markdown(part.text)
            else:
                st.image(str(part.picture), caption=as_text(part.text) or None)
