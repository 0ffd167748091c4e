"""Whether a mask can be believed: it stands against chance, and beside other methods."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import EmotionCoreError
from emotion_core.explanation.metrics.faithfulness import (
    Faithfulness,
    measure_faithfulness,
)
from emotion_core.render.figures.explanation import draw_faithfulness
from emotion_core.render.masks import overlay
from emotion_core.types import Attribution
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.faces.masks import (
    about,
    masks_key,
    masks_of,
    method_names,
    name_of,
    run_once,
)
from pages.shared.table_button import table_button
from pages.shared.text import as_text

_PICTURE = 224


@st.fragment
def faithfulness(chosen: ChosenFace, found: Attribution, method: str) -> None:
    """The test of the shown mask of the leading emotion, on this very face."""
    st.header("Can you trust this mask?")
    target = int(chosen.probabilities.argmax())
    mask = found.masks[0, target]
    st.caption(
        f"This test hides the face bit by bit, starting where the mask of {EMOTIONS[target]} is "
        "strongest, and reads it after each step. With a good mask the reading drops sooner than "
        "with random masks."
    )
    job = run_once(
        f"test:{masks_key(chosen, method)}",
        "Mask test",
        lambda: measure_faithfulness(chosen.classifier, chosen.face.crop, mask, target),
        "Test this mask",
    )
    if job is not None:
        _show_test(job.result, chosen)


def _show_test(result: Faithfulness, chosen: ChosenFace) -> None:
    for sentence in result.sentences():
        st.markdown(sentence)
    curves = result.curves()
    for column, test in zip(st.columns(2), ("taken away", "brought back"), strict=True):
        alt = f"How the reading changes while the face is {test}, beside random masks."
        column.plotly_chart(
            draw_faithfulness(curves, test, result.emotion), width="stretch", alt=alt
        )
    st.caption(
        "The grey band covers all random masks. Hidden pixels turn grey; restored ones start out "
        "blurred."
    )
    table_button("Curves", lambda: curves, f"{chosen.file_name} test")


@st.fragment
def compare_methods(chosen: ChosenFace, method: str, emotions: list[str]) -> None:
    """The masks of one emotion by several methods, side by side."""
    st.header("Compare with other methods")
    others = [name for name in method_names(chosen.classifier) if name != method]
    picked = st.pills(
        "Methods",
        others,
        selection_mode="multi",
        format_func=lambda name: as_text(name_of(name)),
        key=f"compared-{method}",
        help="Each method works differently, so they need not agree.",
    )
    if not picked:
        st.caption("Choose methods to compare their masks with this one.")
        return
    emotion = emotions[0]
    if len(emotions) > 1:
        emotion = st.segmented_control(
            "Show masks of",
            emotions,
            default=emotion,
            key=f"compared-emotion-{emotions}",
            required=True,
        )
    with st.container(horizontal=True, gap="medium"):
        for name in (method, *picked):
            with st.container(width=_PICTURE):
                _one(chosen, name, emotion)


def _one(chosen: ChosenFace, method: str, emotion: str) -> None:
    """One method, or how far it is."""
    st.markdown(f"**{as_text(name_of(method))}**")
    try:
        found = masks_of(chosen, method)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    if found is not None:
        mask = found.masks[0, EMOTIONS.index(emotion)]
        alt = f"Mask of {emotion} by {name_of(method)}"
        st.image(overlay(chosen.face.shown, mask), width=_PICTURE, alt=alt)
        if not mask.any():
            st.caption(f"This method marks nothing for {emotion}.")
    st.caption(about(method).capitalize() + ".")
