"""Practice: act before the camera or say a line, and see at once what face and voice show."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError
from emotion_core.practice.live.session import LiveSession
from pages.players.camera.camera import camera_panel, end_camera
from pages.practice.clip import clip_panel
from pages.practice.consent import agreed, consent_dialog
from pages.practice.exercise_picker import ChosenExercise, choose_exercise
from pages.practice.panel import live_panel, outcome_panel
from pages.practice.photo import photo_panel
from pages.practice.session import live_session
from pages.practice.takes import take_list
from pages.practice.voice.panel import voice_panel
from pages.shared.active_model import active_model, models_line
from pages.shared.text import as_text

_BEFORE = "practice-before"
_CAMERA, _PHOTO, _CLIP, _VOICE = "Camera", "A photo", "A clip", "Your voice"
_SOUND, _SMOOTHING = "practice-sound", "practice-smoothing"


def main() -> None:
    """Show the camera with the live reading, the exercises and the takes."""
    st.caption(
        "Act in front of the camera and see at once what your face shows, or say a line after a "
        "scene. Eme reads the performance. It does not know what you feel, and it never grades."
    )
    if not agreed():
        return
    with st.spinner("Loading the model …"):
        own = live_session()
    before = _settings(own)
    if before == _VOICE:
        end_camera()
        voice_panel()
    else:
        _practise_face(before, own)
    take_list()


def _practise_face(before: str, own: LiveSession) -> None:
    """Exercises for the face, before the camera or what takes its place."""
    # wraps in a narrow window
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=790), st.container(width=400)
    with right:
        chosen = choose_exercise()
    with left:
        on = _practise_with(before, own, chosen)
    if before == _CAMERA:
        with right:
            live_panel(own, chosen, on=on)
        outcome = own.state().outcome
        if outcome is not None:
            outcome_panel(outcome)


def _settings(own: LiveSession) -> str:
    """The line above; gives what is practised before."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        before = st.segmented_control(
            "Practise with",
            [_CAMERA, _PHOTO, _CLIP, _VOICE],
            default=_CAMERA,
            key=_BEFORE,
            required=True,
        )
        with st.popover("Settings", icon=":material/tune:"):
            seconds = st.slider(
                "Smoothing",
                0.0,
                1.0,
                own.smoothing,
                0.1,
                format="%.1f s",
                help=(
                    "Readings are averaged over about this time. More makes them steadier "
                    "but slower."
                ),
                key=_SMOOTHING,
            )
            st.toggle("Record sound", True, key=_SOUND, help="Applies from the next start.")
            models_line(f"Model: {as_text(short_name(active_model()))}.")
        if st.button("Your video and voice, and what Eme reads", icon=":material/shield_person:"):
            consent_dialog()
    if seconds != own.smoothing:
        own.smooth_over(seconds)
    return str(before)


def _practise_with(before: str, own: LiveSession, chosen: ChosenExercise) -> bool:
    """The camera or what takes its place; gives whether the camera is on, or about to be."""
    if before == _CAMERA:
        return camera_panel(own, sound=bool(st.session_state.get(_SOUND, True)))
    end_camera()
    if before == _PHOTO:
        photo_panel(chosen)
    else:
        clip_panel(chosen)
    return False


try:
    main()
except EmotionCoreError as error:
    st.error(as_text(str(error)), icon=":material/error:")
