"""Attributions: where in a face the model sees each emotion that it reads."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.labels import CHANCE, EMOTIONS, percent
from emotion_core.emotions.registry import short_name
from emotion_core.emotions.uncertainty import describe_reading
from emotion_core.errors import EmotionCoreError
from emotion_core.explanation.moments import uncertainty_at
from emotion_core.export.masks import pack_explanation, pack_picture
from emotion_core.render.masks import overlay, shown_emotions
from emotion_core.types import Attribution
from pages.attributions.face_of_scene import face_of_scene
from pages.attributions.parts import hide_a_part, region_bars
from pages.attributions.tests import compare_methods, faithfulness
from pages.attributions.through_time import through_time
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.faces.masks import about, masks_of, method_names, name_of, stop_others
from pages.shared.faces.photo import face_of_photo
from pages.shared.text import as_text

_SOURCES = {"scene": "A face in a scene", "photo": "A photo"}
_PICTURE = 224


def main() -> None:
    """Show which parts of a face the model uses, in a scene or a photo."""
    st.caption(
        "See which parts of a face the model uses for each emotion it reads. This explains a "
        "reading of a performed expression, not what anyone feels."
    )
    source = st.segmented_control(
        "Source",
        list(_SOURCES),
        format_func=_SOURCES.__getitem__,
        default="scene",
        key="source",
        label_visibility="collapsed",
        required=True,
    )
    try:
        chosen = face_of_scene() if source == "scene" else face_of_photo()
        if chosen is not None:
            stop_others(chosen)
            _explain(chosen)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")


def _explain(chosen: ChosenFace) -> None:
    uncertainty = uncertainty_at(chosen.face, chosen.probabilities)
    reading = describe_reading(chosen.shares, uncertainty)
    st.markdown(f"## {as_text(chosen.title)}: {as_text(reading)}")
    method, least = _choose_method(chosen)
    found = masks_of(chosen, method)
    if found is None:
        return
    shown = shown_emotions(chosen.probabilities, least)
    _show_masks(chosen, found, shown)
    _downloads(chosen, found, least)
    emotions = [EMOTIONS[k] for k in shown] or [EMOTIONS[int(chosen.probabilities.argmax())]]
    region_bars(chosen, found, emotions)
    hide_a_part(chosen)
    faithfulness(chosen, found, method)
    compare_methods(chosen, method, emotions)
    through_time(chosen, method)


def _choose_method(chosen: ChosenFace) -> tuple[str, float]:
    """The method, and the share above which an emotion is shown."""
    names = method_names(chosen.classifier)
    if names[0] != "explainer":
        name = as_text(short_name(chosen.classifier.identity.name))
        st.caption(
            f"{name} has no trained explainer, so {name_of(names[0])} is used. You can choose "
            "another method."
        )
    left, right = st.columns(2)
    if st.session_state.get("method") not in names:
        st.session_state["method"] = names[0]
    method = left.selectbox("Method", names, format_func=name_of, key="method")
    left.caption(f"{as_text(name_of(method))}: {about(method)}.")
    least = right.slider(
        "Show emotions above (%)",
        min_value=0,
        max_value=100,
        value=round(100 * CHANCE),
        key="least",
        help="With seven emotions, guessing gives each 14%.",
    )
    # the slider shows whole points; where it stands at chance, chance itself is meant
    return method, CHANCE if least == round(100 * CHANCE) else least / 100


def _show_masks(chosen: ChosenFace, found: Attribution, shown: list[int]) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.image(chosen.face.shown, caption="the face", width=_PICTURE, alt=chosen.title)
        for k in shown:
            caption = f"{EMOTIONS[k]} {percent(float(chosen.probabilities[k]))}"
            picture = overlay(chosen.face.shown, found.masks[0, k])
            alt = f"Mask of {EMOTIONS[k]} over the face"
            st.image(picture, caption=caption, width=_PICTURE, alt=alt)
    if not shown:
        st.caption("No emotion is this likely. Move the slider down to see masks.")
        return
    st.caption("Red: the model finds the emotion here. Blue: it does not.")


def _downloads(chosen: ChosenFace, found: Attribution, least: float) -> None:
    probabilities = chosen.probabilities  # here, since what follows has no page
    with st.container(horizontal=True):
        st.download_button(
            "Masks as image (PNG)",
            lambda: pack_picture(chosen.face, found, probabilities, least),
            f"{chosen.file_name}.png",
            "image/png",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Masks as data (NPZ)",
            lambda: pack_explanation(chosen.face, found, probabilities),
            f"{chosen.file_name}.npz",
            "application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
        )


main()
