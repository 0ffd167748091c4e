"""A photo in place of the camera: one face, read once."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.labels import describe
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.tracks import regions_of
from emotion_core.faces.regions import region_shares
from emotion_core.performance.comparison.alignment import hellinger
from emotion_core.practice.feedback.feedback import describe_region_feedback
from emotion_core.practice.live.reader import NO_READING
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.types import FloatArray
from pages.players.camera.camera import photo_sheet
from pages.practice.exercise_picker import ChosenExercise
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.faces.masks import masks_of, method_names
from pages.shared.faces.photo import face_of_photo
from pages.shared.text import as_text


def photo_panel(chosen: ChosenExercise) -> None:
    """An upload field, and how the face in it stands to what is asked first."""
    st.caption("No camera? Take a photo of your face at the peak of the expression.")
    if isinstance(chosen.exercise, MovementExercise):
        st.caption("A movement needs the camera or a clip: a photo shows one moment only.")
    face = face_of_photo("practice-photo")
    if face is None:
        return
    target = NO_READING if chosen.exercise is None else chosen.exercise.target_at(0.0)
    photo_sheet(face.face.shown, face.probabilities, target, chosen.still_at(0.0))
    st.markdown(as_text(_describe(face, target)))


def _describe(face: ChosenFace, target: FloatArray) -> str:
    sentences = [f"{face.title}: {describe(face.shares)}."]
    if len(target):
        distance = float(hellinger(face.probabilities.astype(float), target.astype(float)))
        sentences.append(
            f"Distance from the target: {distance:.2f} (0 = the same, 1 = nothing in common)."
        )
    return " ".join([*sentences, _region_feedback(face, target)])


def _region_feedback(face: ChosenFace, target: FloatArray) -> str:
    """Which parts carry the expression; empty where no explainer says, or they are unknown."""
    method = method_names(face.classifier)[0]
    if method != MaskExplainer.name:
        return ""
    masks = masks_of(face, method)
    if masks is None:
        return ""
    regions = regions_of(face.face, masks.masks.shape[-1])
    if regions is None:
        return ""
    return describe_region_feedback(face.probabilities, region_shares(masks, [regions]), target)
